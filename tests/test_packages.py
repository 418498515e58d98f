"""Packages whose names are loaded late: all are there, are what type checkers read, and wait."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("accel", "circuits", "prover", "benchmarks")
ALL = (*PACKAGES, "verifier_contracts", "cli")

IMPORTS = """
import importlib, pkgutil, warnings

warnings.filterwarnings("error", module=rf"({'|'.join(ALL)})\\b")
for package in ALL:
    for found in pkgutil.walk_packages([f"{ROOT}/{package}"], f"{package}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
"""


def names_for_type_checkers(package: str) -> dict[str, str]:
    """The names that a package imports for type checkers, and their modules."""
    source = Path(import_module(package).__file__ or "").read_text()
    (block,) = (node for node in ast.parse(source).body if isinstance(node, ast.If))
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


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_alone_brings_no_compiler(package: str) -> None:
    """Nor does the list of kernels to compile ahead, which commands ask for before they compute."""
    code = f"import sys, {package}, prover.warm_jobs; print('numba' in sys.modules)"
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_to_prove_takes_nothing_of_the_language() -> None:
    code = (
        "import sys; from prover import ProvingKey, prove; from circuits import Witness\n"
        "print([name for name in sys.modules if name.startswith('circuits.language.')])"
    )
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("folder", [*ALL, "examples"])
def test_no_source_of_ours_is_old_fashioned_to_this_python(folder: str) -> None:
    """A warning is an error here; where bytecode is kept, an import would not give it."""
    sources = sorted((ROOT / folder).rglob("*.py"))
    assert sources
    for path in sources:
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)


def test_no_import_of_ours_warns() -> None:
    """Of what this Python, or a library in this version, will do without."""
    names = f"ALL, ROOT = {ALL!r}, {str(ROOT)!r}"
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", names + IMPORTS], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
