"""The module of an author's file: run as Python runs any import, with its neighbours beside it.

A file in a package, a folder with an __init__.py, is that package's module, so that it may import
what lies beside it in both ways: `from .rates import LIMIT`, `from mybank.rates import LIMIT`.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from zkpipe.accel.posix import BYTES, FOLDER
from zkpipe.circuits.errors import CompileError
from zkpipe.cli.circuit_name import CircuitName


@dataclass(frozen=True, slots=True)
class Home:
    """Where a module is imported from.

    root  the folder that holds the file, or the outermost package that it is in
    name  its dotted name there
    """

    root: Path
    name: str

    @property
    def package(self) -> str:
        """The package that it is in; empty for a file of its own."""
        return self.name.rpartition(".")[0]


def home_of(source: CircuitName) -> Home:
    """As the module was named; otherwise every folder with an __init__.py is a package."""
    if source.module is not None:
        below = source.module.count(".") + (source.path.name == "__init__.py")
        return Home(source.path.absolute().parents[below], source.module)
    path = source.path.resolve()
    folder, names = path.parent, [] if path.name == "__init__.py" else [path.stem]
    if "." in path.stem:  # no module has such a name: a file of its own
        return Home(folder, path.stem.replace(".", "_"))
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        names.insert(0, folder.name)
        folder = folder.parent
    return Home(folder, ".".join(names))


@contextmanager
def neighbours(source: CircuitName, home: Home) -> Iterator[None]:
    """The author's folders on the path, and no bytecode left in them.

    Of a package the root comes first, and the file's own folder last: its modules have plain names.
    The working folder is the very last, and stays what it is, whatever the author makes it: the
    names of outputs begin there.
    """
    path, before = sys.path, sys.dont_write_bytecode
    last = [str(source.path.resolve().parent)] if home.package else []
    with suppress(FileNotFoundError):  # it may be deleted
        last.append(str(Path.cwd()))
    sys.path = [str(home.root), *path, *last]
    sys.dont_write_bytecode = True
    try:
        with _working_folder():
            yield
    finally:
        sys.dont_write_bytecode = before
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


def run(source: CircuitName, home: Home) -> ModuleType:
    """The module of a file, run.

    A file of its own has a name that no other module has. Raises CompileError if the file is in a
    package of a name that is taken, and whatever the author's text raises.
    """
    path = source.path
    name = home.name if home.package else f"zkpipe circuit {path.stem}"
    if home.package:
        _import_package(path, home)
    file = str(path.resolve())
    if home.package and name in sys.modules:  # its package has imported it, or something else
        found = sys.modules[name]
        place = getattr(found, "__file__", None)
        if isinstance(found, ModuleType) and isinstance(place, str) and _is_same(place, file):
            return found
        raise CompileError(
            f"{path} is not what its package takes for {name}.",
            "Give the file another name: its package has imported something else by this one.",
        )
    spec = importlib.util.spec_from_file_location(name, file, loader=_AsWritten(name, file))
    if spec is None or spec.loader is None:
        raise CompileError(f"{path} is no Python module.", "Give a file whose name ends in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses look for the names in annotations
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _is_same(place: str, file: str) -> bool:
    return str(Path(place).resolve()) == file


def _import_package(path: Path, home: Home) -> None:
    package = importlib.import_module(home.package)
    places = [Path(place).resolve() for place in getattr(package, "__path__", [])]
    folder = path.resolve().parent
    if (folder if path.name != "__init__.py" else folder.parent) not in places:
        top = home.package.partition(".")[0]
        raise CompileError(
            f"{path} is in a package named {top}, and another {top} is imported already.",
            "Give the package another name.",
        )
