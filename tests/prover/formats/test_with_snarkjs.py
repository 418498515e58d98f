"""snarkjs reads what we write. Needs node: `make setup`; its ceremony's files are in vectors."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.witness import Witness
from zkpipe.prover import Proof, ProvingKey, VerifyingKey, load_public, save_public

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests" / "vectors" / "formats"
SNARKJS = ROOT / "node_modules" / ".bin" / "snarkjs"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not SNARKJS.exists(),
    reason="snarkjs is not here: install node and npm, then `make setup`",
)


def snarkjs(folder: Path, *arguments: str) -> str:
    command = [str(SNARKJS), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)  # noqa: S603 - our own text
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_snarkjs_reads_the_r1cs_that_we_write(tmp_path: Path) -> None:
    ConstraintSystem.load(VECTORS / "bits.r1cs").save(tmp_path / "ours.r1cs")
    shutil.copy(VECTORS / "bits.r1cs", tmp_path / "theirs.r1cs")
    for name in ("ours", "theirs"):
        snarkjs(tmp_path, "r1cs", "export", "json", f"{name}.r1cs", f"{name}.json")
    ours, theirs = (json.loads((tmp_path / f"{n}.json").read_text()) for n in ("ours", "theirs"))
    assert ours["constraints"] == theirs["constraints"]
    assert ours["map"] == theirs["map"]
    assert (ours["nVars"], ours["nOutputs"], ours["nPubInputs"]) == (12, 1, 1)


def test_snarkjs_proves_and_verifies_with_the_key_and_witness_that_we_write(tmp_path: Path) -> None:
    key = ProvingKey.load(VECTORS / "bits.zkey")
    key.save(tmp_path / "ours.zkey")
    Witness.load(VECTORS / "bits.wtns").save(tmp_path / "ours.wtns")
    snarkjs(tmp_path, "groth16", "prove", "ours.zkey", "ours.wtns", "proof.json", "public.json")
    Proof.load(tmp_path / "proof.json").save(tmp_path / "proof2.json")
    save_public(tmp_path / "public2.json", load_public(tmp_path / "public.json"))
    key.verifying_key.save(tmp_path / "vkey.json")
    answer = snarkjs(tmp_path, "groth16", "verify", "vkey.json", "public2.json", "proof2.json")
    assert "OK!" in answer


def test_snarkjs_takes_a_development_key_and_its_contribution_does_not_wash_it(
    tmp_path: Path,
) -> None:
    loaded = ProvingKey.load(VECTORS / "bits.zkey")
    replace(loaded, development=True, history=b"").save(tmp_path / "dev.zkey")
    snarkjs(tmp_path, "zkey", "contribute", "dev.zkey", "more.zkey", "--name=a", "--entropy=b")
    more = ProvingKey.load(tmp_path / "more.zkey")
    assert more.development
    more.verifying_key.save(tmp_path / "vkey.json")
    shutil.copy(VECTORS / "bits.wtns", tmp_path)
    snarkjs(tmp_path, "groth16", "prove", "more.zkey", "bits.wtns", "proof.json", "public.json")
    answer = snarkjs(tmp_path, "groth16", "verify", "vkey.json", "public.json", "proof.json")
    assert "OK!" in answer


def test_snarkjs_exports_from_our_key_the_verifying_key_that_we_export(tmp_path: Path) -> None:
    key = ProvingKey.load(VECTORS / "bits.zkey")
    key.save(tmp_path / "ours.zkey")
    snarkjs(tmp_path, "zkey", "export", "verificationkey", "ours.zkey", "vkey.json")
    assert VerifyingKey.load(tmp_path / "vkey.json") == key.verifying_key
