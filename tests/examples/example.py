"""What the tests of all small examples do: import a circuit, run a demonstration, read its page."""

from __future__ import annotations

import importlib
import runpy
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.docs.pages import ROOT, Page
from tests.docs.shown import difference
from zkpipe import ConstraintSystem, UnsatisfiedError
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.ground.errors import MissingError
from zkpipe.verifier_contracts import find_solc

EXAMPLES = ROOT / "examples"


def module_of(name: str) -> ModuleType:
    """The circuit's module of an example, which has the example's name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLES / name)
        return importlib.import_module(name)


def assert_no_proof(
    circuit: Circuit, system: ConstraintSystem, inputs: Mapping[str, Any], because: str
) -> None:
    """The solver and the plain run refuse the inputs with this message.

    The demonstration compiles the circuit, so the inputs determine all values. Where these values
    fail a check, there are no others, and no prover has a proof.
    """
    for run in (system.solve, circuit):
        with pytest.raises(UnsatisfiedError) as caught:
            run(**inputs)
        assert caught.value.message == because


def needs_solc() -> None:
    """Skip, if this machine has no compiler."""
    try:
        find_solc()
    except MissingError as error:
        pytest.skip(str(error))


def run_demo(name: str) -> None:
    """Run the demonstration in this process, as `python examples/NAME/demo.py` does in its own."""
    folder = EXAMPLES / name
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        runpy.run_path(str(folder / "demo.py"), run_name="__main__")


def copy_of(name: str, folder: Path, **files: str) -> dict[str, Any]:
    """What the demonstration of a copy defines, some of whose files have other texts.

    files  by their names, with an underscore for the dot
    """
    copied = folder / name
    shutil.copytree(EXAMPLES / name, copied)
    for file, text in files.items():
        (copied / file.replace("_", ".")).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(copied)
        return runpy.run_path(str(copied / "demo.py"), run_name="copied")


def assert_the_page_shows_what_the_demo_prints(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    needs_solc()
    run_demo(name)
    printed = capsys.readouterr()
    assert not printed.err
    (shown,) = [b for b in Page.load(EXAMPLES / name / "README.md").blocks if b.language == "text"]
    assert difference(shown.text, printed.out) is None, printed.out
