"""The folder of compiled kernels: what changed, at any depth, compiles again."""

from __future__ import annotations

import ast
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numba
import pytest
from numba import types
from numba.core.registry import cpu_target

from zkpipe.accel.compiled import kernel_files, kernel_folders, toolchain
from zkpipe.accel.compiled import sources as module
from zkpipe.accel.compiled.kernel_code import KernelCode
from zkpipe.accel.compiled.kernel_files import KernelFiles
from zkpipe.accel.compiled.kernel_folders import kernel_cache
from zkpipe.accel.compiled.sources import LAYERS, ROOT, forget, source_digest, sources
from zkpipe.ground.files.reading import file_failure

ACCEL = (ROOT / "accel").resolve()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree of modules in accel's place: top imports middle, middle imports bottom."""
    sources = {
        "__init__.py": "",
        "accel/__init__.py": "",
        "accel/top.py": "from zkpipe.accel.middle import value\n",
        "accel/middle.py": "import numpy\nfrom zkpipe.accel.bottom import (\n    value,\n)\n",
        "accel/bottom.py": "value = 1\n",
        "accel/sibling.py": (
            "def late():\n    from zkpipe.accel import bottom\n    return bottom.value\n"
        ),
        "accel/plain.py": "import zkpipe.accel.bottom as low\n",
        "accel/ring.py": "from zkpipe.accel import gnir\n",
        "accel/gnir.py": "from zkpipe.accel import ring\n",
        "accel/alone.py": "import os\n# from nothing import bottom\n",
        "accel/folder/__init__.py": "",
        "accel/folder/inner.py": "size = 2\n",
        "accel/deep.py": "from zkpipe.accel.folder import inner\n",
        "accel/near.py": "from . import bottom\nfrom .folder.inner import size\n",
        "accel/folder/far.py": "from ..middle import value as kept\n",
        "accel/typed.py": (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import zkpipe.accel.alone\n"
        ),
        "accel/several.py": (
            "import os, zkpipe.accel.alone as a, zkpipe.accel.bottom as b; size = 1\n"
        ),
        "accel/computed.py": "from importlib import import_module\n",
        "accel/grouped.py": (
            "from zkpipe.accel import (\n    alone,\n    bottom as low,  # why\n)\n"
        ),
        "circuits/tape.py": "from zkpipe.accel.top import value\n",
    }
    for name, source in sources.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    forget()
    yield tmp_path
    forget()


def digests(package: Path) -> dict[str, str]:
    forget()
    return {p.stem: source_digest(p) for p in sorted(package.rglob("*.py")) if "__" not in p.name}


@pytest.mark.parametrize(
    ("changed", "seen_by"),
    [
        (
            "accel/bottom.py",
            {"bottom", "middle", "top", "tape", "sibling", "plain", "grouped"}
            | {"near", "far", "several", "computed"},
        ),
        ("accel/middle.py", {"middle", "top", "tape", "far", "computed"}),
        ("accel/top.py", {"top", "tape", "computed"}),
        ("accel/ring.py", {"ring", "gnir", "computed"}),
        ("accel/gnir.py", {"ring", "gnir", "computed"}),
        ("accel/folder/inner.py", {"inner", "deep", "near", "computed"}),
        ("accel/folder/__init__.py", {"deep", "computed"}),
        ("accel/alone.py", {"alone", "grouped", "typed", "several", "computed"}),
        ("circuits/tape.py", {"tape", "computed"}),
    ],
)
def test_a_change_is_seen_by_all_that_import_it(
    changed: str, seen_by: set[str], package: Path
) -> None:
    before = digests(package)
    path = package / changed
    path.write_text(path.read_text() + "\n")
    after = digests(package)
    assert {name for name in after if after[name] != before[name]} == seen_by


def test_a_module_that_two_share_gives_them_different_folders(package: Path) -> None:
    assert len(set(digests(package).values())) >= 9


@pytest.mark.parametrize("compiler", ["from llvmlite import ir", "import numba.extending as x"])
def test_a_change_in_a_lowering_is_seen_by_all(compiler: str, package: Path) -> None:
    """Lowerings come with the types of the arguments: no import leads to them."""
    lowering = package / "accel" / "new_machine.py"
    lowering.write_text(f"{compiler}\nfrom zkpipe.accel import carries\nlimbs = 5\n")
    (package / "accel" / "carries.py").write_text("bits = 52\n")
    before = digests(package)
    lowering.write_text(f"{compiler}\nfrom zkpipe.accel import carries\nlimbs = 4\n")
    after = digests(package)
    assert all(before[name] != after[name] for name in before)
    (package / "accel" / "carries.py").write_text("bits = 51\n")
    last = digests(package)
    assert all(last[name] != after[name] for name in before)


@pytest.mark.parametrize("setting", ["NUMBA_OPT", "NUMBA_BOUNDSCHECK"])
def test_a_setting_of_numba_has_kernels_of_its_own(
    setting: str, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digests(package)
    monkeypatch.setenv(setting, "1")
    assert digests(package)["bottom"] != before["bottom"]


@pytest.mark.parametrize("compiler", ["numba", "llvmlite"])
def test_another_version_of_a_compiler_has_kernels_of_its_own(
    compiler: str, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digests(package)
    monkeypatch.setattr(f"{compiler}.__version__", "1000.0")
    assert digests(package)["bottom"] != before["bottom"]


@pytest.mark.parametrize(
    "other",
    [
        {"version_info": (3, 99, 0, "final", 0)},
        {"version_info": (*sys.version_info[:2], 99, "final", 0)},
        {"implementation": SimpleNamespace(cache_tag="other-311")},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_python_has_kernels_of_its_own(
    other: dict[str, Any], package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that share a user's cache never take each other's."""
    before = digests(package)
    names = ("version_info", "implementation", "flags", "abiflags")
    here = {name: getattr(sys, name) for name in names if hasattr(sys, name)}
    here |= {"modules": sys.modules, "path": sys.path}
    monkeypatch.setattr(toolchain, "sys", SimpleNamespace(**here))
    assert digests(package) == before
    monkeypatch.setattr(toolchain, "sys", SimpleNamespace(**{**here, **other}))
    after = digests(package)
    assert all(before[name] != after[name] for name in before)


def test_notes_of_imports_that_are_damaged_are_made_again(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    before = digests(package)
    (notes,) = (tmp_path / "cache").rglob("imports.json")
    for damage in ("", "[1]", '{"a": 1}', "{"):
        notes.write_text(damage)
        assert digests(package) == before


def test_notes_of_imports_that_others_could_have_written_are_not_believed(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fixed fault: notes that hide an import hid its changes too."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    before = digests(package)
    (notes,) = (tmp_path / "cache").rglob("imports.json")
    monkeypatch.setattr(module, "readable", lambda _: [notes.parent])  # and no other cache
    notes.write_text(json.dumps(dict.fromkeys(json.loads(notes.read_text()), ())))
    assert digests(package) != before  # or this test would show nothing
    notes.chmod(0o666)
    assert digests(package) == before


def test_what_editors_and_copying_programs_leave_is_no_module(package: Path) -> None:
    """A fixed fault: a link to nothing, .#top.py, ended every program that used kernels."""
    computed = package / "accel" / "computed.py"  # it may import every module
    before = digests(package)["computed"]
    (package / "accel" / ".#top.py").symlink_to("someone@host.123:456")
    (package / "accel" / "._top.py").write_bytes(b"\0\5\x16\7\0")
    forget()
    assert source_digest(computed) == before


def test_notes_that_no_place_takes_leave_no_file(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk: each command would leave one more."""

    def full(path: Path, _aim: object) -> Path:
        raise OSError(28, "No space left on device", str(path))

    for home in ("XDG_CACHE_HOME", "TMPDIR"):
        monkeypatch.setenv(home, str(tmp_path / "cache"))
    monkeypatch.setattr(Path, "replace", full)
    assert digests(package)
    assert [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_digests_are_the_same_each_time_and_in_every_place(package: Path, tmp_path: Path) -> None:
    before = digests(package)
    assert digests(package) == before
    assert all(re.fullmatch("[0-9a-f]{20}", digest) for digest in before.values())


def module_files() -> list[Path]:
    return [p for layer in LAYERS for p in sorted((ROOT / layer).resolve().rglob("*.py"))]


def imported_files(path: Path) -> set[Path]:
    """Our files that a module names in an import, by Python's own parser."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import is not seen"
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    ours = [name.split(".")[1:] for name in names if name.startswith("zkpipe.")]
    places = [ROOT.joinpath(*parts).resolve() for parts in ours]
    candidates = [p for place in places for p in (place.with_suffix(".py"), place / "__init__.py")]
    return {candidate for candidate in candidates if candidate.is_file()}


def with_kernels() -> list[Path]:
    return [p for p in module_files() if "@kernel" in p.read_text()]


def test_every_module_with_kernels_is_keyed_by_all_it_imports() -> None:
    assert {"multi_scalar.py", "ntt.py", "pairing.py", "buckets.py"} <= {
        p.name for p in with_kernels()
    }
    for path in with_kernels():
        seen, todo = set(), [path]
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                if here.name != "__init__.py":  # a package's table of contents
                    todo.extend(imported_files(here))
        assert seen <= sources(path), path


def test_only_accel_lowers_kernels() -> None:
    """Lowerings are looked for there."""
    for path in module_files():
        if not path.is_relative_to(ACCEL):
            assert not re.search("(import|from) (numba|llvmlite)", path.read_text()), path


def test_a_change_in_the_sums_leaves_pairings_and_transforms_compiled() -> None:
    msm = ACCEL / "msm" / "multi_scalar.py"
    for name in ("curves/pairing", "transforms/kernels/ntt", "msm/buckets"):
        assert msm not in sources(ACCEL / f"{name}.py")


def test_no_kernel_lies_where_digests_do_not_look() -> None:
    """Layers above have no kernels: they would need to be in the digest's packages."""
    others = [p for p in ROOT.iterdir() if (p / "__init__.py").is_file()]
    for package in others:
        if package.name not in LAYERS:
            for path in package.rglob("*.py"):
                assert "njit" not in path.read_text(), path


LOWERING = """
import sys
from pathlib import Path
from zkpipe.accel.compiled.sources import ROOT, sources
run = set()
def watch(frame, event, _):
    if event == "call":
        run.add(frame.f_code.co_filename)
from numba import types
from zkpipe.accel.bn254 import BN254
from zkpipe.accel.fields.arrays import RowsType
from zkpipe.accel.linear.kernels.sparse import to_montgomery
from zkpipe.accel.machines.machine import SCALAR
rows = RowsType(BN254.fr, SCALAR, 1, False)
sys.setprofile(watch)
to_montgomery.compile((rows, rows, types.int64))
sys.setprofile(None)
ours = {Path(name).resolve() for name in run if name.startswith(str(ROOT))}
missed = ours - sources((ROOT / "accel" / "linear" / "kernels" / "sparse.py").resolve())
print(len(ours), *missed)
"""


def test_all_of_ours_that_runs_while_a_kernel_compiles_is_in_its_digest(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-P", "-c", LOWERING]
    done = subprocess.run(  # noqa: S603 # this interpreter, a program of the test
        command, env=environment, capture_output=True, text=True, check=True, cwd=ROOT
    )
    count, *missed = done.stdout.split()
    assert int(count) >= 5
    assert missed == []


# --- compiled code on disk

COUNTING = """
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.{name} import amount

@kernel
def raise_it(x):
    return x + amount()
"""
AMOUNT = """
from numba import njit

@njit
def amount():
    return {amount}
"""
PROGRAM = """
from zkpipe.accel.{top} import {name} as called
value = called(10)
stats = called.stats
print(value, sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""


def plant(tree: Path) -> None:
    """A tree with the machinery of kernels, a kernel, and a module that it imports."""
    accel = tree / "zkpipe" / "accel"
    (accel / "compiled").mkdir(parents=True)
    for package in (accel.parent, accel, accel / "compiled"):
        (package / "__init__.py").write_text("")
    for name in (
        "compiled/kernels",
        "compiled/kernel_code",
        "compiled/kernel_files",
        "compiled/kernel_folders",
        "compiled/sources",
        "compiled/toolchain",
    ):
        (accel / f"{name}.py").write_bytes((ACCEL / f"{name}.py").read_bytes())
    shutil.copytree(ROOT / "ground", accel.parent / "ground")
    (accel / "counting.py").write_text(COUNTING.format(name="parts"))
    (accel / "parts.py").write_text(AMOUNT.format(amount=1))


def run(tree: Path, cache: Path, top: str, name: str = "raise_it") -> tuple[int, int, int]:
    """A program in a tree of its own: the kernel's value, hits and misses of the disk cache."""
    printed = output(PROGRAM.format(top=top, name=name), tree, cache)
    value, hits, misses = (int(text) for text in printed.split())
    return value, hits, misses


def output(program: str, tree: Path, cache: Path) -> str:
    environment = {
        **os.environ,
        "XDG_CACHE_HOME": str(cache),
        "PYTHONPATH": str(tree),
        "PYTHONDONTWRITEBYTECODE": "1",  # Python's own cache knows a file by its second and size
    }
    command = [sys.executable, "-P", "-c", program]
    done = subprocess.run(  # noqa: S603 # this interpreter, a program of the test
        command, cwd=tree, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_stale_kernel_is_never_used(tmp_path: Path) -> None:
    """A module that a kernel's module imports changes: the kernel compiles anew."""
    tree, cache = tmp_path / "tree", tmp_path / "cache"
    plant(tree)
    assert run(tree, cache, "counting") == (11, 0, 1)
    assert run(tree, cache, "counting") == (11, 1, 0)
    (tree / "zkpipe" / "accel" / "parts.py").write_text(AMOUNT.format(amount=5))
    assert run(tree, cache, "counting") == (15, 0, 1)
    (tree / "zkpipe" / "accel" / "parts.py").write_text(AMOUNT.format(amount=1))
    assert run(tree, cache, "counting") == (11, 1, 0)
    folders = {path.parent for path in cache.rglob("*.nbc")}
    assert len(folders) == 2, "one folder for each state of the sources"


def test_the_same_sources_in_another_place_find_the_same_kernels(tmp_path: Path) -> None:
    """Two checkouts of one version, or one that was moved: compiled once per machine."""
    for name in ("one", "other"):
        plant(tmp_path / name)
    assert run(tmp_path / "one", tmp_path / "cache", "counting") == (11, 0, 1)
    assert run(tmp_path / "other", tmp_path / "cache", "counting") == (11, 1, 0)


def test_the_cache_may_be_deleted_at_any_time(tmp_path: Path) -> None:
    tree, cache = tmp_path / "tree", tmp_path / "cache"
    plant(tree)
    assert run(tree, cache, "counting") == (11, 0, 1)
    for path in cache.rglob("*.nbc"):
        path.unlink()
    assert run(tree, cache, "counting") == (11, 0, 1)


@pytest.mark.parametrize("damage", [b"", b"not what numba wrote", None])
def test_a_damaged_kernel_is_compiled_again(damage: bytes | None, tmp_path: Path) -> None:
    tree, cache = tmp_path / "tree", tmp_path / "cache"
    plant(tree)
    run(tree, cache, "counting")
    for path in cache.rglob("*.nbc"):
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert run(tree, cache, "counting") == (11, 0, 1)
    assert run(tree, cache, "counting") == (11, 1, 0)


CALLING = """
from zkpipe.accel.counting import raise_it
from zkpipe.accel.compiled.kernels import kernel

@kernel
def raise_twice(x):
    return raise_it(raise_it(x))
"""
FILLED = """
from numba.core import entrypoints
from numba.core.registry import cpu_target
from zkpipe.accel.calling import raise_it, raise_twice

def filled():
    return bool(cpu_target.target_context._registries), entrypoints._already_initialized

print(raise_it(10), *filled(), raise_twice(10), *filled())
"""


def test_a_kernel_from_disk_can_be_called_by_one_that_compiles(tmp_path: Path) -> None:
    """Until that one compiles, numba fills no registries and asks no package for extensions."""
    tree, cache = tmp_path / "tree", tmp_path / "cache"
    plant(tree)
    (tree / "zkpipe" / "accel" / "calling.py").write_text(CALLING)
    assert run(tree, cache, "counting") == (11, 0, 1)
    assert output(FILLED, tree, cache).split() == ["11", *["False"] * 2, "12", *["True"] * 2]
    assert run(tree, cache, "calling", "raise_twice") == (12, 1, 0), "it holds the code it calls"


def test_code_that_needs_what_the_process_lacks_is_not_taken() -> None:
    """The linker would end the process."""
    code = KernelCode("it", b"", b"", defined=(), needed=("NRT_Free", "no_such_function"))
    assert code.library(cpu_target.target_context.codegen()) is None


LACKING = """
import pickle
from pathlib import Path
from zkpipe.accel.compiled.kernel_code import KernelCode
path = Path({path!r})
key, (code, *rest) = pickle.loads(path.read_bytes())
code = KernelCode(*code)._replace(needed=("no_such_function",))
path.write_bytes(pickle.dumps((key, (tuple(code), *rest))))
"""


def test_a_kernel_that_needs_what_the_process_lacks_is_compiled_again(tmp_path: Path) -> None:
    tree, cache = tmp_path / "tree", tmp_path / "cache"
    plant(tree)
    run(tree, cache, "counting")
    (path,) = (path for path in cache.rglob("*.nbc") if "raise_it" in path.name)
    output(LACKING.format(path=str(path)), tree, cache)
    assert run(tree, cache, "counting") == (11, 0, 1)
    assert run(tree, cache, "counting") == (11, 1, 0)


DIGEST = "a" * 20


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where kernels of that digest are kept, in a cache of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "zkpipe" / "kernels" / DIGEST


def test_signatures_that_processes_compile_at_once_are_all_kept(kept: Path) -> None:
    """numba's own cache numbers them, and two processes can take the same number."""
    numbers = [KernelFiles(work, DIGEST)._cache_file for _ in range(2)]  # as of two processes
    keys = [((types.int64,), "cpu", "code"), ((types.float64,), "cpu", "code")]
    for files, key in zip(numbers, keys, strict=True):
        assert files.load(key) is None
    for files, key in zip(numbers, keys, strict=True):
        files.save(key, f"for {key[0]}")
    for key in keys:
        assert numbers[0].load(key) == numbers[1].load(key) == f"for {key[0]}"


def test_a_file_under_the_name_of_another_signature_is_not_taken(kept: Path) -> None:
    files = KernelFiles(work, DIGEST)._cache_file
    files.save(((types.int64,), "cpu"), "code")
    (path,) = kept.iterdir()
    path.rename(kept / files._file_name(((types.int32,), "cpu")))
    assert files.load(((types.int32,), "cpu")) is None


def work(x: int) -> int:
    return x


def nowhere(digest: str) -> Iterator[Path]:
    return iter([Path("/dev/null/none"), Path("/proc")])


def test_what_cannot_be_kept_is_no_error_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_files, "writable", nowhere)
    before = kernel_files.Losses.count
    made = numba.njit(work)
    made._cache = KernelFiles(work, DIGEST)
    assert made(3) == 3
    assert kernel_files.Losses.count == before + 1


def compiled() -> Any:
    made = numba.njit(work)
    made._cache = KernelFiles(work, DIGEST)
    assert made(3) == 3
    return made


def was_read(made: Any) -> bool:
    return sum(made.stats.cache_hits.values()) == 1 and not sum(made.stats.cache_misses.values())


def test_where_the_first_place_is_full_the_next_one_keeps_and_gives(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    place_file = kernel_files.place_file

    def full(path: Path, data: bytes) -> None:
        if path.parent == kept:
            raise file_failure("written", path, OSError(28, "No space left on device"))
        place_file(path, data)

    monkeypatch.setattr(kernel_files, "place_file", full)
    assert not was_read(compiled())
    assert list(kept.iterdir()) == []
    assert was_read(compiled())


def test_what_lies_in_a_folder_that_can_only_be_read_is_used_and_what_it_lacks_goes_elsewhere(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    access = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: not Path(path).is_relative_to(kept) and access(path, mode)
    )
    assert was_read(compiled())
    [file] = kept.iterdir()
    file.unlink()
    assert not was_read(compiled())
    assert list(kept.iterdir()) == []
    assert was_read(compiled())


class Planted:
    """Unpickled, it leaves a file behind."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> Any:
        return Path.touch, (self.trace,)


def belongs_to_another(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to another user")
    os.chown(path, 65534, 65534)


def can_be_written_by_all(path: Path) -> None:
    path.chmod(0o666)


def can_be_written_by_its_group(path: Path) -> None:
    path.chmod(0o660)


def is_a_link(path: Path) -> None:
    path.rename(path.with_suffix(".else"))
    path.symlink_to(path.with_suffix(".else"))


@pytest.mark.parametrize(
    "spoil",
    [belongs_to_another, can_be_written_by_all, can_be_written_by_its_group, is_a_link],
)
def test_a_kernel_that_others_could_have_written_is_not_unpickled(
    kept: Path, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    compiled()
    [file] = kept.glob("*.nbc")
    assert file.stat().st_mode & 0o077 == 0
    trace = tmp_path / "trace"
    file.write_bytes(pickle.dumps(Planted(trace)))
    compiled()
    assert trace.exists()  # the user's own is read: the plant works
    trace.unlink()
    file.write_bytes(pickle.dumps(Planted(trace)))
    spoil(file)
    made = compiled()
    assert not trace.exists()
    assert sum(made.stats.cache_misses.values()) == 1
    assert sum(compiled().stats.cache_hits.values()) == 1


@pytest.mark.parametrize("above", [0, 1, 2], ids=["its folder", "one above", "two above"])
def test_a_kernel_where_others_could_have_put_it_is_not_unpickled(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, above: int
) -> None:
    """The file is the user's own, mode 0600; a folder on the way is open to all."""
    monkeypatch.setattr(kernel_folders, "_opened", set())
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    compiled()
    [file] = kept.glob("*.nbc")
    trace = tmp_path / "trace"
    file.write_bytes(pickle.dumps(Planted(trace)))
    compiled()
    assert trace.exists()  # where it should lie it is read: the plant works
    trace.unlink()
    file.write_bytes(pickle.dumps(Planted(trace)))
    (kept, *kept.parents)[above].chmod(0o777)
    kernel_folders._opened.clear()  # as in another process
    made = compiled()
    assert not trace.exists()
    assert sum(made.stats.cache_misses.values()) == 1


def test_whatever_the_umask_only_the_user_can_write_to_a_kernel(kept: Path) -> None:
    before = os.umask(0)
    try:
        compiled()
    finally:
        os.umask(before)
    [file] = kept.glob("*.nbc")
    assert file.stat().st_mode & 0o077 == 0


def test_kernels_lie_under_the_users_cache_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kernel_cache().name == "kernels"
    if sys.platform == "linux":
        assert kernel_cache() == tmp_path / "zkpipe" / "kernels"
