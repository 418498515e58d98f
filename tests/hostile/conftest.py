"""A folder with a right file of every kind, from which hostile ones are made."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.workshop import CIRCUITS, done
from tests.prover.ceremony.transcripts import make_ceremony
from tests.verifier_contracts.begun import BEGUN
from zkpipe.prover import ProvingKey, VerifyingKey
from zkpipe.prover.ceremony.attestation import attestation
from zkpipe.prover.ceremony.phase1.create import new_ptau
from zkpipe.prover.ceremony.phase1.prepare import prepare_ptau
from zkpipe.verifier_contracts import (
    Chain,
    Deployment,
    compile_solidity,
    find_solc,
    solidity_verifier,
)
from zkpipe.verifier_contracts.deployment_file import BegunDeployment
from zkpipe.verifier_contracts.errors import CompilerMissingError

VECTORS = Path(__file__).parents[1] / "vectors" / "formats"


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds")
    shutil.copytree(VECTORS, folder, dirs_exist_ok=True)
    make_ceremony(folder)
    new_ptau(1, folder / "small.ptau")
    prepare_ptau(folder / "6.ptau", folder / "final.ptau")
    key = ProvingKey.load(folder / "bits.zkey")
    named = replace(key, public_names=("square", "y"), development=True, history=b"")
    named.save(folder / "named.zkey")
    replace(named.verifying_key).save(folder / "named.vkey.json")
    values = {"x": 3, "list": [1, [2, "3"], 0.5], "record": {"a": True, "b": -1}, "0x": "0x1F"}
    (folder / "input.json").write_text(json.dumps(values, indent=1))
    hashes = [("after", bytes(64)), ("hash", bytes(range(64)))]
    (folder / "attestation.txt").write_text(attestation("a circuit's key", 1, "Zoë", hashes))
    lines = ["# whom I trust", "", f"{'0a' * 64} Alice of Example", "9F" * 64, f"vkey {'1b' * 32}"]
    (folder / "trusted.txt").write_text("\n".join([*lines, f"vkey 0x{'2c' * 32} of the bank", ""]))
    (folder / "begun.json").write_text(json.dumps(BegunDeployment("Square", BEGUN).to_json()))
    return folder


@pytest.fixture(scope="session")
def deployed_seeds(seeds: Path) -> Path:
    """The folder with the record of a deployment too."""
    try:
        find_solc()
    except CompilerMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")
    source = solidity_verifier(VerifyingKey.load(VECTORS / "verification_key.json"), "V")
    compiled = compile_solidity(source)
    contract = Chain.embedded().deploy(compiled, "V")
    Deployment.of(contract, compiled["V"]).save(seeds / "deployment.json")
    return seeds


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """A folder with files of one circuit that belong together, its ceremonies among them."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(CIRCUITS / "square.py", folder)
    for name in ("attestation.txt", "begun.json"):
        shutil.copy(seeds / name, folder)
    (folder / "input.json").write_text('{"root": 12}')
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done("compile", "square.py", "--out", ".")
        done("witness", "square.py", "input.json", "square.wtns")
        done("ptau", "new", 3, "0.ptau")
        powers = json.loads(done("ptau", "contribute", "0.ptau", "1.ptau", "--json"))
        done("ptau", "beacon", "1.ptau", "2.ptau", "0102", 10)
        done("ptau", "prepare", "2.ptau", "final.ptau")
        done("setup", "square.r1cs", "initial.zkey", "--ptau", "final.ptau")
        told = json.loads(done("key", "contribute", "initial.zkey", "first.zkey", "--json"))
        done("key", "beacon", "first.zkey", "key.zkey", "0102", 10)
        (folder / "trusted.txt").write_text(f"{powers['hash']} Alice\n{told['hash']}\n")
        done("prove", "key.zkey", "square.wtns", "proof.json", "public.json")
        done("export", "vkey", "key.zkey", "vkey.json")
        done("export", "verifier", "key.zkey", "verifier.sol")
    return folder
