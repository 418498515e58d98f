"""The folder of compiled kernels: what changed, at any depth, compiles again."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from accel import kernels
from accel.kernels import ROOT, kernel_cache, source_digest

LAYERS = ("accel", "circuits", "prover")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree of modules in accel's place: top imports middle, middle imports bottom."""
    sources = {
        "accel/__init__.py": "",
        "accel/top.py": "from accel.middle import value\n",
        "accel/middle.py": "import numpy\nfrom accel.bottom import (\n    value,\n)\n",
        "accel/bottom.py": "value = 1\n",
        "accel/sibling.py": "def late():\n    from accel import bottom\n    return bottom.value\n",
        "accel/plain.py": "import accel.bottom as low\n",
        "accel/ring.py": "from accel import gnir\n",
        "accel/gnir.py": "from accel import ring\n",
        "accel/alone.py": "import os\n# from nothing import bottom\n",
        "accel/folder/__init__.py": "",
        "accel/folder/inner.py": "size = 2\n",
        "accel/deep.py": "from accel.folder import inner\n",
        "accel/grouped.py": "from accel import (\n    alone,\n    bottom as low,  # why\n)\n",
        "circuits/tape.py": "from accel.top import value\n",
    }
    for name, source in sources.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    monkeypatch.setattr(kernels, "ROOT", tmp_path)
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    """As a new process would."""
    source_digest.cache_clear()
    kernels._imports.cache_clear()


def digests(package: Path) -> dict[str, str]:
    forget()
    return {p.stem: source_digest(p) for p in sorted(package.rglob("*.py")) if "__" not in p.name}


@pytest.mark.parametrize(
    ("changed", "seen_by"),
    [
        ("accel/bottom.py", {"bottom", "middle", "top", "tape", "sibling", "plain", "grouped"}),
        ("accel/middle.py", {"middle", "top", "tape"}),
        ("accel/top.py", {"top", "tape"}),
        ("accel/ring.py", {"ring", "gnir"}),
        ("accel/gnir.py", {"ring", "gnir"}),
        ("accel/folder/inner.py", {"inner", "deep"}),
        ("accel/folder/__init__.py", {"deep"}),
        ("accel/alone.py", {"alone", "grouped"}),
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


@pytest.mark.parametrize("machine", ["scalar", "simd"])
def test_a_change_in_a_machine_is_seen_by_all(machine: str, package: Path) -> None:
    """Lowerings come with the types of the arguments: no import leads to them."""
    (package / "accel" / f"{machine}.py").write_text("limbs = 5\n")
    before = digests(package)
    (package / "accel" / f"{machine}.py").write_text("limbs = 4\n")
    after = digests(package)
    assert all(before[name] != after[name] for name in before)


def test_digests_are_the_same_each_time_and_in_every_place(package: Path, tmp_path: Path) -> None:
    before = digests(package)
    assert digests(package) == before
    assert all(re.fullmatch("[0-9a-f]{20}", digest) for digest in before.values())


def module_files() -> list[Path]:
    return [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]


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
    places = [ROOT.joinpath(*name.split(".")) for name in names if name.split(".")[0] in LAYERS]
    candidates = [p for place in places for p in (place.with_suffix(".py"), place / "__init__.py")]
    return {candidate for candidate in candidates if candidate.is_file()}


def test_every_module_with_kernels_is_keyed_by_all_it_imports() -> None:
    with_kernels = [p for p in module_files() if "@kernel" in p.read_text()]
    assert {"msm.py", "transforms.py", "pairing.py", "batch.py"} <= {p.name for p in with_kernels}
    for path in with_kernels:
        seen, todo = set(), [path]
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                todo.extend(imported_files(here))
        keyed, todo = set(), [path]
        while todo:
            here = todo.pop()
            if here not in keyed:
                keyed.add(here)
                todo.extend(kernels._imports(here)[1])
        assert seen <= keyed, path


def test_no_kernel_lies_where_digests_do_not_look() -> None:
    """Layers above have no kernels: they would need to be in the digest's packages."""
    assert set(LAYERS) <= set(kernels.PACKAGES)
    others = [p for p in ROOT.iterdir() if (p / "__init__.py").is_file()]
    for package in others:
        if package.name not in kernels.PACKAGES:
            for path in package.rglob("*.py"):
                assert "njit" not in path.read_text(), path


# --- compiled code on disk

COUNTING = """
from accel.kernels import kernel
from accel.{name} import amount

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
from accel.{top} import raise_it
value = raise_it(10)
stats = raise_it.stats
print(value, sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""


def run(tree: Path, cache: Path, top: str) -> tuple[int, int, int]:
    """A program in a tree of its own: the kernel's value, hits and misses of the disk cache."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(tree)}
    command = [sys.executable, "-P", "-c", PROGRAM.format(top=top)]
    done = subprocess.run(  # noqa: S603 # this interpreter, a program of the test
        command, cwd=tree, env=environment, capture_output=True, text=True, check=True
    )
    value, hits, misses = (int(text) for text in done.stdout.split())
    return value, hits, misses


def test_a_stale_kernel_is_never_used(tmp_path: Path) -> None:
    """A module that a kernel's module imports changes: the kernel compiles anew."""
    tree, cache = tmp_path / "tree", tmp_path / "cache"
    (tree / "accel").mkdir(parents=True)
    (tree / "accel" / "__init__.py").write_text("")
    (tree / "accel" / "kernels.py").write_bytes((ROOT / "accel" / "kernels.py").read_bytes())
    (tree / "accel" / "counting.py").write_text(COUNTING.format(name="parts"))
    (tree / "accel" / "parts.py").write_text(AMOUNT.format(amount=1))
    assert run(tree, cache, "counting") == (11, 0, 1)
    assert run(tree, cache, "counting") == (11, 1, 0)
    (tree / "accel" / "parts.py").write_text(AMOUNT.format(amount=5))
    assert run(tree, cache, "counting") == (15, 0, 1)
    (tree / "accel" / "parts.py").write_text(AMOUNT.format(amount=1))
    assert run(tree, cache, "counting") == (11, 1, 0)
    folders = sorted(path.name for path in (cache / "zkpipe" / "kernels").iterdir())
    assert len(folders) == 2, "one folder for each state of the sources"


def test_the_cache_may_be_deleted_at_any_time(tmp_path: Path) -> None:
    tree, cache = tmp_path / "tree", tmp_path / "cache"
    (tree / "accel").mkdir(parents=True)
    (tree / "accel" / "__init__.py").write_text("")
    (tree / "accel" / "kernels.py").write_bytes((ROOT / "accel" / "kernels.py").read_bytes())
    (tree / "accel" / "counting.py").write_text(COUNTING.format(name="parts"))
    (tree / "accel" / "parts.py").write_text(AMOUNT.format(amount=1))
    assert run(tree, cache, "counting") == (11, 0, 1)
    for path in cache.rglob("*.nbc"):
        path.unlink()
    assert run(tree, cache, "counting") == (11, 0, 1)


def test_kernels_lie_under_the_users_cache_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kernel_cache().name == "kernels"
    if sys.platform == "linux":
        assert kernel_cache() == tmp_path / "zkpipe" / "kernels"
