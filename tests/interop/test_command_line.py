"""The command `zkpipe` and the command `snarkjs` on each other's files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import HERE, Circom, Keyed, Snarkjs, proof_of_groth16py
from zkpipe.circuits.system import ConstraintSystem

CIRCUIT = """
from zkpipe.circuits import Field, Private, Public, circuit

@circuit
def cubic(x: Private[Field], shift: Public[Field]) -> Public[Field]:
    return x * x * x + x + shift
"""


def zkpipe(*arguments: str | Path, status: int = 0) -> str:
    """What the command prints; it must end with this status and without a traceback."""
    ended = subprocess.run(  # noqa: S603 # our own interpreter
        [sys.executable, "-c", "from zkpipe.cli.main import main; main()", *arguments],
        cwd=HERE.parents[1],
        env={**os.environ, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == status, ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stdout


def test_from_our_r1cs_and_wtns_to_a_proof_that_snarkjs_and_groth16py_take(
    keyed: Callable[[str], Keyed],
    snarkjs_command: Callable[..., Any],
    groth16py: Any,
    tmp_path: Path,
) -> None:
    made = keyed("powers")
    zkey, vkey = tmp_path / "key.zkey", tmp_path / "key.json"
    proof, public = tmp_path / "proof.json", tmp_path / "public.json"
    zkpipe("setup", made.r1cs, zkey, "--dev")
    zkpipe("prove", zkey, made.wtns, proof, public)
    zkpipe("export", "vkey", zkey, vkey)
    zkpipe("verify", vkey, public, proof)
    taken = snarkjs_command("groth16", "verify", vkey, public, proof)
    assert taken.returncode == 0
    assert "OK!" in taken.stdout
    verifier = groth16py.Verifier(groth16py.VerifyingKey.from_snarkjs_file(str(vkey)))
    assert verifier.verify_snarkjs(proof.read_text(), public.read_text())
    public.write_text(json.dumps([str(made.public[0]), "0"]))
    zkpipe("verify", vkey, public, proof, status=1)
    assert snarkjs_command("groth16", "verify", vkey, public, proof).returncode == 1
    assert not verifier.verify_snarkjs(proof.read_text(), public.read_text())


def test_from_circom_s_files_and_snarkjs_key_to_a_proof_that_snarkjs_takes(
    circom: Callable[[str], Circom],
    contributed: Callable[[Path], Path],
    snarkjs_command: Callable[..., Any],
    tmp_path: Path,
) -> None:
    files = circom("hashed")
    zkey, vkey = contributed(files.r1cs), tmp_path / "key.json"
    proof, public = tmp_path / "proof.json", tmp_path / "public.json"
    exported = snarkjs_command("zkey", "export", "verificationkey", zkey, vkey)
    assert exported.returncode == 0
    zkpipe("prove", zkey, files.wtns, proof, public)
    assert "OK!" in snarkjs_command("groth16", "verify", vkey, public, proof).stdout
    assert snarkjs_command("groth16", "prove", zkey, files.wtns, proof, public).returncode == 0
    zkpipe("verify", vkey, public, proof)


def test_from_our_language_to_proofs_of_snarkjs_and_groth16py(
    snarkjs: Snarkjs,
    snarkjs_command: Callable[..., Any],
    groth16py: Any,
    tmp_path: Path,
) -> None:
    source, inputs = tmp_path / "cubic.py", tmp_path / "input.json"
    source.write_text(CIRCUIT)
    inputs.write_text(json.dumps({"x": 3, "shift": "5"}))
    at = {kind: tmp_path / f"cubic.{kind}" for kind in ("r1cs", "wtns", "zkey")}
    vkey = tmp_path / "key.json"
    zkpipe("compile", source, "--out", tmp_path)
    zkpipe("witness", source, inputs, at["wtns"])
    zkpipe("setup", at["r1cs"], at["zkey"], "--dev")
    zkpipe("export", "vkey", at["zkey"], vkey)
    count = ConstraintSystem.load(at["r1cs"]).constraint_count
    assert f"Constraints: {count}" in snarkjs_command("r1cs", "info", at["r1cs"]).stdout
    assert snarkjs_command("wtns", "check", at["r1cs"], at["wtns"]).returncode == 0
    theirs, public = snarkjs.proof(at["zkey"], at["wtns"], tmp_path)
    assert public == [35, 5]
    for proof in (theirs, proof_of_groth16py(groth16py, at["zkey"], at["wtns"])):
        proof.save(tmp_path / "proof.json")
        zkpipe("verify", vkey, tmp_path / "snarkjs.public.json", tmp_path / "proof.json")


@pytest.mark.parametrize("wire", [1, 3])
def test_a_wrong_witness_ends_with_status_1_and_leaves_no_file(
    keyed: Callable[[str], Keyed], tmp_path: Path, wire: int
) -> None:
    made = keyed("powers")
    values = list(made.statement.values)
    values[wire] += 1
    wrong, out = tmp_path / "wrong.wtns", tmp_path / "out"
    made.statement.witness_of(values).save(wrong)
    out.mkdir()
    zkpipe("prove", made.zkey, wrong, out / "proof.json", out / "public.json", status=1)
    assert list(out.iterdir()) == []


def test_a_witness_of_another_circuit_ends_with_status_2_and_leaves_no_file(
    keyed: Callable[[str], Keyed], tmp_path: Path
) -> None:
    made, other = keyed("powers"), keyed("16 rows")
    zkpipe("prove", made.zkey, other.wtns, tmp_path / "a.json", tmp_path / "b.json", status=2)
    assert list(tmp_path.iterdir()) == []
