"""The module of an author's file: run as Python runs any import, with its neighbours beside it.

A file in a package, a folder with an __init__.py, is that package's module, so that it may import
what lies beside it in both ways: `from .rates import LIMIT`, `from mybank.rates import LIMIT`.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.language.text.frames import Owner, owner_of_file
from zkpipe.cli.authors.circuit_name import CircuitName
from zkpipe.ground.process.posix import BYTES, FOLDER


@dataclass(frozen=True, slots=True)
class Home:
    """Where a module is imported from.

    file  the file, as Python names it whatever folder is the working one later
    root  the folder that holds the file, or the outermost package that it is in
    name  its dotted name there
    """

    file: Path
    root: Path
    name: str

    @property
    def package(self) -> str:
        """The package that it is in; empty for a file of its own."""
        return self.name.rpartition(".")[0]


def home_of(source: CircuitName) -> Home:
    """As the module was named; otherwise every folder with an __init__.py is a package."""
    if source.module is not None:
        path = source.path.absolute()  # a link is the module that it is named as
        below = source.module.count(".") + (path.name == "__init__.py")
        return Home(path, path.parents[below], source.module)
    path = source.path.resolve()
    folder, names = path.parent, [] if path.name == "__init__.py" else [path.stem]
    if "." in path.stem:  # no module has such a name: a file of its own
        return Home(path, folder, path.stem.replace(".", "_"))
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        names.insert(0, folder.name)
        folder = folder.parent
    return Home(path, folder, ".".join(names))


# sys.path and sys.meta_path as an author's module has left them, by what they began as.
_left: dict[tuple[Home, tuple[str, ...]], tuple[list[str], list[Any]]] = {}


@contextmanager
def neighbours(home: Home) -> Iterator[None]:
    """The author's folders on the path, their texts taken as written, and no bytecode left in them.

    Of a package the root comes first, and the file's own folder last: its modules have plain names.
    The working folder is the very last, and stays what it is, whatever the author makes it: the
    names of outputs begin there.
    """
    path, finders, before = sys.path, sys.meta_path, sys.dont_write_bytecode
    last = [str(home.file.parent)] if home.package else []
    with suppress(FileNotFoundError):  # it may be deleted
        last.append(str(Path.cwd()))
    ours = [_Authors(home) if finder is PathFinder else finder for finder in finders]
    begun = [str(home.root), *path, *last]
    key = (home, tuple(begun))
    sys.path, sys.meta_path = _left.get(key, (begun, ours))
    sys.dont_write_bytecode = True
    try:
        with _working_folder():
            yield
    finally:
        _left[key] = (sys.path, sys.meta_path)  # what the author has added, hints may need
        sys.dont_write_bytecode = before
        sys.meta_path = finders
        sys.path = path


@contextmanager
def _working_folder() -> Iterator[None]:
    """The same working folder after the block; by a descriptor, as it may be deleted or moved."""
    try:
        handle = os.open(".", os.O_RDONLY | FOLDER | BYTES)
    except OSError:  # it cannot be read, or folders have no descriptors here
        yield
        return
    try:
        yield
    finally:
        with suppress(OSError):
            os.fchdir(handle)
        os.close(handle)


class _AsWritten(SourceFileLoader):
    """The author's text as it stands: Python's -O would drop the `assert` that is to be refused."""

    def get_code(self, fullname: str) -> CodeType:
        """The text's code, whatever lies beside it compiled."""
        path = self.get_filename(fullname)
        return compile(self.get_data(path), path, "exec", dont_inherit=True, optimize=0)


class _Authors(PathFinder):
    """Python's own finder; what an author wrote is loaded as written, whoever imports it."""

    def __init__(self, home: Home) -> None:
        self.package = str(home.root / home.name.partition(".")[0]) + os.sep

    def find_spec(  # type: ignore[override] # of an instance, which serves as well
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's place, and how it is loaded."""
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            file = spec.loader.path
            if owner_of_file(file) is Owner.USER or file.startswith(self.package):
                spec.loader = _AsWritten(fullname, file)
        return spec


def run(home: Home) -> ModuleType:
    """The module of a file, run.

    A file of its own has a name that no other module has. Raises CompileError if the file is in a
    package of a name that is taken, and whatever the author's text raises.
    """
    name, file = home.name, str(home.file)
    if home.package:
        _import_package(home)
        if name in sys.modules:
            return _imported(home)
    else:
        name = f"zkpipe circuit {name}"
    spec = importlib.util.spec_from_file_location(name, file, loader=_AsWritten(name, file))
    if spec is None or spec.loader is None:
        raise CompileError(f"{file} is not a Python module.", "Give a file whose name ends in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses look for the names in annotations
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _import_package(home: Home) -> None:
    package = importlib.import_module(home.package)
    places = [Path(place).resolve() for place in getattr(package, "__path__", [])]
    folder = home.file.parent
    if (folder if home.file.name != "__init__.py" else folder.parent).resolve() not in places:
        top = home.package.partition(".")[0]
        raise CompileError(
            f"{home.file.name} is in a package named {top}, and another {top} is imported already.",
            "Give the package another name.",
        )


def _imported(home: Home) -> ModuleType:
    """The module, which its package has imported. Raises CompileError if that took another."""
    found = sys.modules[home.name]
    place = getattr(found, "__file__", None)
    is_a_file = isinstance(found, ModuleType) and isinstance(place, str)
    if is_a_file and Path(str(place)).resolve() == home.file.resolve():
        return found
    raise CompileError(
        f"{home.file.name} is not what its package takes for {home.name}.",
        "Give the file another name: its package has imported something else by this one.",
    )
