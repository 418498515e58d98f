"""circom's programs and snarkjs' JSON: our files are those of snarkjs, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workshop import done, invoke
from tests.interop.conftest import CIRCOM_INPUTS, LARGER_INPUTS, Circom, Snarkjs
from tests.long_form import IS_LONG

INPUTS: Mapping[str, Any] = {**CIRCOM_INPUTS, **LARGER_INPUTS}
NAMES = [*CIRCOM_INPUTS, "merkle", *(["eddsa", "sha256"] if IS_LONG else [])]


@pytest.mark.parametrize("name", NAMES)
def test_the_witness_of_a_program_is_the_file_that_snarkjs_writes(
    name: str, circom: Callable[[str], Circom], tmp_path: Path
) -> None:
    made = circom(name)
    inputs, wtns = tmp_path / "input.json", tmp_path / "ours.wtns"
    inputs.write_text(json.dumps(INPUTS[name]))
    done("witness", made.wasm, inputs, wtns)
    assert wtns.read_bytes() == made.wtns.read_bytes()


@pytest.mark.parametrize("name", ["unseen", "merkle"])
def test_fullprove_of_a_program_is_a_proof_that_snarkjs_takes(
    name: str, circom: Callable[[str], Circom], snarkjs_command: Callable[..., Any], tmp_path: Path
) -> None:
    made = circom(name)
    names = ("input.json", "key.zkey", "key.json", "proof.json", "public.json")
    inputs, key, vkey, proof, public = (tmp_path / name for name in names)
    inputs.write_text(json.dumps(INPUTS[name]))
    done("setup", made.r1cs, key, "--dev")
    done("export", "vkey", key, vkey)
    done("fullprove", inputs, made.wasm, key, proof, public)
    assert "OK!" in snarkjs_command("groth16", "verify", vkey, public, proof).stdout


def test_missing_inputs_are_named_by_the_sym_file_where_circom_writes_it(
    circom: Callable[[str], Circom], tmp_path: Path
) -> None:
    made = circom("merkle")
    (tmp_path / "input.json").write_text(json.dumps({"leaf": "1"}))
    result = invoke("witness", made.wasm, tmp_path / "input.json", tmp_path / "w.wtns", "--json")
    assert result.exit_code == 2
    problem = json.loads(result.stderr)["error"]["problem"]
    assert problem == "merkle is missing the inputs `siblings`, `index`."


@pytest.mark.parametrize("name", NAMES)
def test_json_of_witnesses_and_constraints_is_what_snarkjs_exports(
    name: str,
    circom: Callable[[str], Circom],
    snarkjs_command: Callable[..., Any],
    tmp_path: Path,
) -> None:
    made = circom(name)
    for kind, group, file in (("wtns-json", "wtns", made.wtns), ("r1cs-json", "r1cs", made.r1cs)):
        ours, theirs = tmp_path / f"{group}.json", tmp_path / f"{group}.theirs.json"
        done("export", kind, file, ours)
        assert snarkjs_command(group, "export", "json", file, theirs).returncode == 0
        assert ours.read_bytes() == theirs.read_bytes()


@pytest.mark.parametrize("gates", [False, True])
def test_sections_for_custom_gates_that_are_empty_are_told_as_snarkjs_tells_them(
    gates: bool, circom: Callable[[str], Circom], snarkjs: Snarkjs, tmp_path: Path
) -> None:
    """circom writes them with --O0 of a circuit with custom templates; here they are added."""
    data = bytearray(circom("shift").r1cs.read_bytes())
    if gates:
        data[8:12] = (5).to_bytes(4, "little")
        for kind in (4, 5):
            data += kind.to_bytes(4, "little") + (4).to_bytes(8, "little") + bytes(4)
    r1cs, out = tmp_path / "c.r1cs", tmp_path / "c.json"
    r1cs.write_bytes(data)
    done("export", "r1cs-json", r1cs, out)
    theirs = snarkjs("r1cs.exportJson", r1cs)
    assert json.loads(out.read_text()) == theirs
    assert theirs["useCustomGates"] is gates
