"""What snarkjs and groth16py read in our files is what we wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import CIRCOM_INPUTS, Circom, Keyed, Snarkjs
from tests.prover.groth16.statements import edge_statements
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits.formats.sym import with_names
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.witness import Witness
from zkpipe.prover import prove
from zkpipe.verifier_contracts import calldata

NAMES = ["powers", *edge_statements()]


@pytest.mark.parametrize("name", NAMES)
def test_snarkjs_r1cs_info_counts_what_we_count(
    name: str, keyed: Callable[[str], Keyed], snarkjs: Snarkjs
) -> None:
    made = keyed(name)
    said = snarkjs("r1cs.info", made.r1cs)
    assert int(said["prime"]) == R
    assert {field: said[field] for field in ("nVars", "nOutputs", "nPubInputs", "nPrvInputs")} == {
        "nVars": len(made.statement.values),
        "nOutputs": made.statement.outputs,
        "nPubInputs": made.statement.public_inputs,
        "nPrvInputs": made.statement.private_inputs,
    }
    assert said["nConstraints"] == len(made.statement.rows)


@pytest.mark.parametrize("name", NAMES)
def test_snarkjs_wtns_check_takes_the_right_witness_only(
    name: str, keyed: Callable[[str], Keyed], snarkjs: Snarkjs, tmp_path: Path
) -> None:
    made = keyed(name)
    assert snarkjs("wtns.check", made.r1cs, made.wtns) is True
    values = list(made.statement.values)
    wire = next(iter(made.statement.rows[-1][2] or made.statement.rows[1][1]))  # one that matters
    values[wire] += 1
    made.statement.witness_of(values).save(tmp_path / "wrong.wtns")
    assert snarkjs("wtns.check", made.r1cs, tmp_path / "wrong.wtns") is False


@pytest.mark.parametrize("name", NAMES)
def test_the_verifying_key_that_snarkjs_exports_is_ours_but_for_the_development_field(
    name: str, keyed: Callable[[str], Keyed], snarkjs: Snarkjs, tmp_path: Path
) -> None:
    made = keyed(name)
    made.key.verifying_key.save(tmp_path / "key.json")
    ours = json.loads((tmp_path / "key.json").read_text())
    theirs = snarkjs("zKey.exportVerificationKey", made.zkey)
    assert ours.pop("zkpipe_development") is True
    theirs.pop("vk_alphabeta_12")  # snarkjs computes it beforehand; no verifier needs it
    assert ours == theirs


def test_the_verifying_key_that_groth16py_finds_in_our_zkey_is_ours(
    keyed: Callable[[str], Keyed], groth16py: Any, tmp_path: Path
) -> None:
    made = keyed("powers")
    made.key.verifying_key.save(tmp_path / "key.json")
    ours = json.loads((tmp_path / "key.json").read_text())
    _, key = groth16py.import_zkey(str(made.zkey))
    theirs = json.loads(key.to_json())
    assert {field: theirs[field] for field in ours if field in theirs} == {
        field: ours[field] for field in ours if field in theirs
    }
    assert {"vk_alpha_1", "vk_beta_2", "vk_gamma_2", "vk_delta_2", "IC"} <= set(theirs)


@pytest.mark.parametrize("name", ["powers", "no public value", "many public values"])
def test_calldata_has_the_numbers_of_snarkjs(
    name: str, keyed: Callable[[str], Keyed], snarkjs: Snarkjs, tmp_path: Path
) -> None:
    made = keyed(name)
    proof = prove(made.key, made.statement.witness)
    proof.save(tmp_path / "proof.json")
    text = snarkjs(
        "groth16.exportSolidityCallData",
        json.loads((tmp_path / "proof.json").read_text()),
        [str(value) for value in made.public],
    )
    theirs = numbers(json.loads(f"[{text}]"))
    ours = [*calldata(proof, made.public)]
    if not made.public:
        ours.append([])  # snarkjs writes an empty list; our verifier's function takes none
    assert numbers(ours) == theirs


def numbers(value: Any) -> Any:
    """Lists and tuples to lists, hexadecimal to integers."""
    if isinstance(value, list | tuple):
        return [numbers(part) for part in value]
    return int(value, 16) if isinstance(value, str) else value


@pytest.mark.parametrize("name", CIRCOM_INPUTS)
def test_circom_s_files_say_to_us_what_they_say_to_snarkjs(
    name: str, circom: Callable[[str], Circom], snarkjs: Snarkjs
) -> None:
    files = circom(name)
    system, said = ConstraintSystem.load(files.r1cs), snarkjs("r1cs.info", files.r1cs)
    assert system.wire_count == said["nVars"] == len(Witness.load(files.wtns).values)
    assert system.constraint_count == said["nConstraints"]
    assert system.output_count == said["nOutputs"]
    assert system.public_input_count == said["nPubInputs"]
    assert system.private_input_count == said["nPrvInputs"]


def test_an_input_that_circom_took_away_is_no_wire(circom: Callable[[str], Circom]) -> None:
    files = circom("shift")
    system = with_names(ConstraintSystem.load(files.r1cs), files.sym)
    inputs = system.input_wires.tolist()
    assert [system.symbols[wire] for wire in inputs] == ["area"]
    assert list(system.dropped_inputs.values()) == ["unused"]
    report = analyse(system)
    assert report.verdict is Verdict.UNSAFE
    assert report.undetermined == ("side",)
    for witness in (report.counterexample.first, report.counterexample.second):
        _, side, area, s = ints_from_words(witness.values)
        assert s * s % R == area
        assert side == (s + area * area) % R


@pytest.mark.parametrize("name", CIRCOM_INPUTS)
def test_snarkjs_reads_the_r1cs_that_we_write_of_circom_s(
    name: str, circom: Callable[[str], Circom], snarkjs: Snarkjs, tmp_path: Path
) -> None:
    files = circom(name)
    ConstraintSystem.load(files.r1cs).save(tmp_path / "again.r1cs")
    assert (tmp_path / "again.r1cs").read_bytes() == files.r1cs.read_bytes()
    Witness.load(files.wtns).save(tmp_path / "again.wtns")
    assert snarkjs("wtns.check", tmp_path / "again.r1cs", tmp_path / "again.wtns") is True
    assert (tmp_path / "again.wtns").read_bytes() == files.wtns.read_bytes()
