"""Circuits with more public values than a contract can check: told when they are counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.workshop import done, invoke, refused
from zkpipe.verifier_contracts.solidity.generator import MOST_PUBLIC_VALUES

CIRCUIT = """
from zkpipe.circuits import Array, Field, Private, Public, circuit

@circuit
def many(x: Private[Field], y: Public[Array[Field, {inputs}]]) -> Public[Field]:
    total = x * x
    for one in y:
        total = total + one
    return total
"""


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "many.py"


@pytest.mark.parametrize("command", [["info"], ["setup"]], ids=str)
def test_more_public_values_than_a_contract_holds_are_told(many: Path, command: list[str]) -> None:
    words = [*command, "many.py", *(["many.zkey", "--dev"] if command == ["setup"] else [])]
    many.write_text(CIRCUIT.format(inputs=MOST_PUBLIC_VALUES - 1))
    result = invoke(*words)
    assert result.exit_code == 0
    assert "contract" not in result.stderr
    many.write_text(CIRCUIT.format(inputs=MOST_PUBLIC_VALUES))
    Path("many.zkey").unlink(missing_ok=True)
    result = invoke(*words)
    assert result.exit_code == 0
    assert f"has {MOST_PUBLIC_VALUES + 1} public values" in result.stderr
    assert f"at most {MOST_PUBLIC_VALUES}" in result.stderr
    assert "hash" in result.stderr
    if command == ["info"]:
        [warning] = json.loads(done(*words, "--json"))["warnings"]
        assert warning["kind"] == "no-contract"


def test_a_contract_for_them_is_refused_as_was_told(many: Path) -> None:
    many.write_text(CIRCUIT.format(inputs=MOST_PUBLIC_VALUES))
    invoke("setup", "many.py", "many.zkey", "--dev")
    refused("export", "verifier", "many.zkey", "many.sol", says=f"at most {MOST_PUBLIC_VALUES}")
