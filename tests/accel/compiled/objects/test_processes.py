"""From process to process: what one compiles the next calls without numba, and nothing stale."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.accel.compiled.objects import tree as planted
from tests.accel.compiled.objects.spoils import (
    cut_in_half,
    flip_middle,
    give_away,
    link,
    open_to_all,
)
from tests.accel.compiled.objects.tree import WITHOUT, call, call_without, change, plant, run


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with a kernel, which was called once."""
    tree = tmp_path_factory.mktemp("compiled")
    plant(tree)
    assert call(tree) == ["11", "True"]
    return tree


@pytest.fixture
def tree(compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, with its cache."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    return shutil.copytree(compiled, tmp_path / "tree", symlinks=True)


def files(tree: Path) -> list[Path]:
    """Those of shared objects: code and indices."""
    kernels = tree / "cache" / "zkpipe" / "kernels"
    return sorted([*kernels.glob("*/*.so"), *kernels.glob("*/index.json")])


def test_the_second_process_needs_no_numba(tree: Path) -> None:
    assert call(tree) == ["11", "False"]
    assert call_without(tree) == ["11", "False"]
    assert len(files(tree)) == 2


def test_a_kernel_that_changed_in_the_source_is_never_served_from_the_old_file(tree: Path) -> None:
    """Nor where only what it calls changed, in another module, and the text has the same size."""
    change(tree, 2)
    assert "numba" in " ".join(call_without(tree))  # it cannot be had without
    assert call(tree) == ["12", "True"]
    assert call_without(tree) == ["12", "False"]
    path = tree / "zkpipe" / "accel" / "parts.py"
    before = path.stat()
    change(tree, 3)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert call(tree) == ["13", "True"]
    change(tree, 1)
    assert call_without(tree) == ["11", "False"]  # what was compiled first is right again


def test_a_source_that_changes_while_a_process_runs_gives_nothing_stale(tree: Path) -> None:
    """It calls the old code, and compiles the new text, but keeps nothing of that."""
    program = f"""
import sys
sys.path.insert(0, {str(Path(planted.__file__).parents[4])!r})
from pathlib import Path
from tests.accel.compiled.objects.tree import change
from zkpipe.accel.compiled.entries import Kernels
kernels = Kernels("zkpipe.accel.text")
print(kernels.raised(10))
change(Path({str(tree)!r}), 5)
print(kernels.raised(True))
"""
    source = tree / "zkpipe" / "accel" / "parts.py"
    assert run(tree, program) == ["11", "6"]
    change(tree, 1)
    assert call(tree, "True")[0] == "2"
    assert call(tree) == ["11", "False"]
    assert source.exists()


@pytest.mark.parametrize(
    "settings",
    [{"NUMBA_OPT": "1"}, {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""}],
    ids=["a setting of numba", "another processor"],
)
def test_another_way_of_compiling_has_an_object_of_its_own(
    tree: Path, settings: dict[str, str]
) -> None:
    """As another processor has: its code might not run on this one."""
    settings = {"ZKPIPE_BACKEND": "scalar", **settings}
    assert call(tree, **settings) == ["11", "True"]
    assert call_without(tree, **settings) == ["11", "False"]
    assert call_without(tree) == ["11", "False"]
    assert len(files(tree)) == 4


def test_other_types_compile_and_are_added(tree: Path) -> None:
    assert "numba" in " ".join(call_without(tree, "True"))
    assert call(tree, "True") == ["2", "True"]
    assert call_without(tree, "True") == ["2", "False"]
    assert call_without(tree) == ["11", "False"]
    assert len(files(tree)) == 2


def test_what_only_numba_can_tell_goes_through_numba_each_time(tree: Path) -> None:
    before = [path.stat().st_mtime_ns for path in files(tree)]
    for _ in range(2):
        assert call(tree, "0.5") == ["1.5", "True"]
    assert [path.stat().st_mtime_ns for path in files(tree)] == before


@pytest.mark.parametrize(
    ("spoil", "which"),
    [
        (cut_in_half, ".so"),
        (flip_middle, ".so"),
        (give_away, ".so"),
        (open_to_all, ".so"),
        (link, ".so"),
        (cut_in_half, ".json"),
        (open_to_all, ".json"),
    ],
)
def test_a_process_goes_on_by_numba_where_files_are_not_to_be_trusted(
    tree: Path, spoil: Callable[[Path], None], which: str
) -> None:
    """And writes them again. `test_files` has all ways of spoiling them."""
    [path] = [path for path in files(tree) if path.suffix == which]
    spoil(path)
    assert call(tree) == ["11", "True"]
    assert call_without(tree) == ["11", "False"]
    assert not path.is_symlink()
    assert path.stat().st_mode & 0o077 == 0


def test_code_that_was_planted_is_not_executed(tree: Path) -> None:
    """A whole object of the attacker's, which would run as it is loaded, in the place of ours."""
    [code] = [path for path in files(tree) if path.suffix == ".so"]
    evil = bytearray(code.read_bytes())
    at = evil.index(b"\x0f\x0b\xcc")  # what begins our code
    evil[at : at + 2] = b"\xeb\xfe"
    code.write_bytes(evil)
    assert call(tree) == ["11", "True"]


def test_a_process_that_writes_nothing_can_still_call(tree: Path) -> None:
    """The cache can only be read."""
    if os.geteuid() == 0:
        pytest.skip("root can write everywhere")
    for path in [*(tree / "cache").rglob("*"), tree / "cache"]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    assert call_without(tree) == ["11", "False"]


def test_processes_that_end_at_once_all_leave_what_they_compiled(tree: Path) -> None:
    arguments = ["True", "np.int8(1)", "np.uint16(2)", "np.uint64(3)"]
    program = "import numpy as np\n" + planted.CALL
    environment = {**os.environ, "PYTHONPATH": str(tree), "XDG_CACHE_HOME": str(tree / "cache")}
    started = [
        subprocess.Popen(  # noqa: S603 # this interpreter, a program of the test
            [sys.executable, "-P", "-c", program.format(argument=argument)],
            env=environment,
            cwd=tree,
            stdout=subprocess.DEVNULL,
        )
        for argument in arguments
    ]
    assert [process.wait() for process in started] == [0] * len(arguments)
    for argument in ("10", *arguments):
        program = WITHOUT + "import numpy as np\n" + planted.CALL.format(argument=argument)
        assert run(tree, program)[1] == "False"
    assert len(files(tree)) == 2


CHILDREN = """
import multiprocessing, sys
from zkpipe.accel.compiled.entries import Kernels
kernels = Kernels("zkpipe.accel.text")

def work(x):
    return kernels.raised(x), "numba" in sys.modules

if __name__ == "__main__":
    for way in ("fork", "spawn", "forkserver"):
        with multiprocessing.get_context(way).Pool(2) as pool:
            print(pool.map(work, [1, 2, 3]) == [(2, False), (3, False), (4, False)])
    print(kernels.raised(1))
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(pool.map(work, [5]))
"""


def test_children_call_without_numba_however_they_start(tree: Path) -> None:
    (tree / "children.py").write_text(WITHOUT + CHILDREN)
    program = "import runpy; runpy.run_path('children.py', run_name='__main__')"
    words = run(tree, f"import sys; sys.path.insert(0, '.'); {program}", check=False)
    assert words == ["True", "True", "True", "2", "[(6,", "False)]"]
