"""Packages whose names are loaded late: all are there, are what type checkers read, and wait."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.layers import LAYERS

ROOT = Path(__file__).resolve().parent.parent
LATE = ("accel", "circuits", "prover", "benchmarks", "verifier_contracts")
PACKAGES = ("zkpipe", *(f"zkpipe.{layer}" for layer in LATE), "zkpipe.prover.ceremony")

IMPORTS = """
import importlib, pkgutil, warnings

warnings.filterwarnings("error", module=r"zkpipe\\b")
import zkpipe
for found in pkgutil.walk_packages(zkpipe.__path__, "zkpipe."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
"""


def names_for_type_checkers(package: str) -> dict[str, str]:
    """The names that a package imports for type checkers, and their modules."""
    source = Path(import_module(package).__file__ or "").read_text()
    body = ast.parse(source).body
    (block,) = (n for n in body if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")
    return {
        alias.name: str(node.module)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_is_what_type_checkers_take_it_for(package: str) -> None:
    module = import_module(package)
    late = names_for_type_checkers(package)
    assert late
    for name, home in late.items():
        assert getattr(module, name) is getattr(import_module(home), name)
    assert set(late) <= set(module.__all__) <= set(dir(module))
    for name in module.__all__:
        assert hasattr(module, name)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_name_is_there(package: str) -> None:
    with pytest.raises(AttributeError, match=f"'{package}' has no attribute 'msm_g3'"):
        import_module(package).msm_g3  # noqa: B018 # the access is what is tested


@pytest.mark.parametrize("package", [*PACKAGES, "zkpipe.jobs.service.server"])
def test_a_package_alone_brings_no_compiler(package: str) -> None:
    """Nor does the list of kernels to compile ahead, which commands ask for before they compute.

    A service computes in its children alone.
    """
    code = f"import sys, {package}, zkpipe.prover.warm_jobs; print('numba' in sys.modules)"
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_to_prove_takes_nothing_of_the_language() -> None:
    code = (
        "import sys; from zkpipe import ProvingKey, Witness, prove\n"
        "print([name for name in sys.modules if name.startswith('zkpipe.circuits.language.')])"
    )
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("folder", [*LAYERS, "examples"])
def test_no_source_of_ours_is_old_fashioned_to_this_python(folder: str) -> None:
    """A warning is an error here; where bytecode is kept, an import would not give it."""
    sources = sorted((ROOT / folder).rglob("*.py"))
    assert sources
    for path in sources:
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)


@pytest.mark.parametrize("layer", LAYERS)
def test_no_folder_has_more_than_fifteen_modules(layer: str) -> None:
    """A table of contents that is longer says little of any of them."""
    folders = [ROOT / layer, *(path for path in (ROOT / layer).rglob("*") if path.is_dir())]
    counts = {folder: len(list(folder.glob("*.py"))) for folder in folders}
    assert max(counts.values()) > 1
    assert [folder for folder, count in counts.items() if count > 15] == []


def test_no_import_of_ours_warns() -> None:
    """Of what this Python, or a library in this version, will do without."""
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_not_imported_by_another_name(layer: str) -> None:
    """From a checkout's folder it could be, and every class would be there twice."""
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", f"import {layer}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"ImportError: It is imported as zkpipe.{layer}." in done.stderr


def test_the_package_alone_costs_nothing_and_gives_what_users_need() -> None:
    code = (
        "import sys; before = set(sys.modules); import zkpipe\n"
        "print(sorted(name for name in set(sys.modules) - before if name.startswith('zkpipe')))\n"
        "for name in zkpipe.__all__: getattr(zkpipe, name)"
    )
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['zkpipe', 'zkpipe.lazy']"


def output(*words: str) -> str:
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_layers_and_gadgets_are_there_without_an_import_of_their_own() -> None:
    code = "import zkpipe as zk; print(zk.circuits.gadgets.poseidon([1]) == zk.{}([1]))"
    assert output("-c", code.format("circuits.gadgets.poseidon")) == "True"
    names = (
        "zk.circuits.testing.agrees, zk.circuits.soundness.analyse, zk.prover.prove, zk.accel.ntt"
    )
    assert output("-c", f"import zkpipe as zk; print(len([{names}]))") == "4"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_lists_its_own_names_alone(package: str) -> None:
    """What it is made with, such as `late`, is nobody's business."""
    module = import_module(package)
    public = {name for name in dir(module) if not name.startswith("_")}
    assert set(module.__all__) - {"__version__"} <= public
    assert not public & {"late", "lazy", "annotations", "TYPE_CHECKING"}
    for name in public:
        assert hasattr(module, name)


def test_the_version_is_that_of_the_distribution() -> None:
    assert output("-c", "import zkpipe; print(zkpipe.__version__)") == version("zkpipe")


def test_the_command_runs_as_a_module() -> None:
    assert output("-m", "zkpipe", "--version") == f"zkpipe {version('zkpipe')}"


def test_no_folder_of_tests_has_more_than_fifteen_modules() -> None:
    folders = [path for path in (ROOT / "tests").rglob("*") if path.is_dir()]
    counts = {folder: len(list(folder.glob("*.py"))) for folder in folders}
    assert [folder for folder, count in counts.items() if count > 15] == []
