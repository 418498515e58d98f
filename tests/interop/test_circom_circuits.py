"""Circuits of circomlib from circom's own files through every command, to the chain.

The public values that come out are computed here by other means: hashlib, our own Poseidon, and the
signature's own numbers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import LARGER_INPUTS, Circom
from tests.interop.test_command_line import zkpipe
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets import merkle_leaf, merkle_root
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.verifier_contracts import find_solc
from zkpipe.verifier_contracts.errors import CompilerMissingError

# by the name of the circuit: constraints, outputs, public and private inputs, and a private signal
COUNTS = {
    "merkle": (2420, 1, 0, 21, "digests[9]"),
    "eddsa": (4217, 0, 4, 3, "compConstant.out"),
    "sha256": (59793, 2, 0, 512, "hash.sha256compression[1].t2[63].sum.out[32]"),
}


# by the name of the circuit: exit status of lint, the verdict, and outputs that it could not prove,
# None for wires within
VERDICTS = {
    "merkle": (0, "safe", []),
    "eddsa": (1, "unknown", None),  # no output: lint asks about its wires, and leaves some open
    "sha256": (1, "unknown", ["half[0]", "half[1]"]),
}


def public_values(name: str, inputs: Mapping[str, Any]) -> list[int]:
    if name == "merkle":
        siblings, bits = ([int(x) for x in inputs[key]] for key in ("siblings", "index"))
        return [merkle_root(int(inputs["leaf"]), siblings, bits)]
    if name == "eddsa":
        return [int(inputs[key]) for key in ("enabled", "Ax", "Ay", "M")]
    message = int("".join(inputs["bits"]), 2).to_bytes(64, "big")
    digest = hashlib.sha256(message).digest()
    return [int.from_bytes(half, "big") for half in (digest[:16], digest[16:])]


@pytest.fixture
def solc() -> None:
    try:
        find_solc()
    except CompilerMissingError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("name", COUNTS if IS_LONG else ["merkle"])
def test_a_circuit_of_circomlib_goes_through_every_command(
    name: str,
    circom: Callable[[str], Circom],
    snarkjs_command: Callable[..., Any],
    solc: None,
    tmp_path: Path,
) -> None:
    made = circom(name)
    rows, outputs, public_inputs, private_inputs, signal = COUNTS[name]
    told = json.loads(zkpipe("info", made.r1cs, "--json"))
    assert told["constraints"] == rows
    counts = {"outputs": outputs, "public_inputs": public_inputs, "private_inputs": private_inputs}
    assert {kind: len(names) for kind, names in told["names"].items()} == counts
    assert {kind: told[kind] for kind in counts} == counts

    printed = json.loads(zkpipe("print", made.r1cs, "--json"))["rows"]
    signals = {name for row in printed for side in ("a", "b", "c") for name in row[side]}
    assert signal in signals
    assert len(printed) == rows
    assert len(signals) == told["wires"]

    status, verdict, open_ = VERDICTS[name]
    linted = json.loads(zkpipe("lint", made.r1cs, "--json", status=status))
    assert linted["verdict"] == verdict
    assert linted["undetermined"] == open_ if open_ is not None else linted["undetermined"]

    key, vkey, contract = (tmp_path / n for n in ("key.zkey", "key.json", "verifier.sol"))
    proof, public = tmp_path / "proof.json", tmp_path / "public.json"
    zkpipe("setup", made.r1cs, key, "--dev")
    zkpipe("prove", key, made.wtns, proof, public)
    zkpipe("export", "vkey", key, vkey)
    zkpipe("verify", vkey, public, proof)
    values = json.loads(public.read_text())
    assert [int(v) for v in values] == public_values(name, LARGER_INPUTS[name])
    zkpipe("export", "verifier", key, contract)
    zkpipe("verify-onchain", contract, public, proof)
    assert "OK!" in snarkjs_command("groth16", "verify", vkey, public, proof).stdout

    public.write_text(json.dumps([*values[:-1], str((int(values[-1]) + 1) % R)]))
    zkpipe("verify", vkey, public, proof, status=1)
    zkpipe("verify-onchain", contract, public, proof, status=1)


@pytest.mark.parametrize("name", ["merkle", "hashed"])
def test_print_says_of_circom_s_rows_what_snarkjs_says(
    name: str, circom: Callable[[str], Circom], snarkjs_command: Callable[..., Any]
) -> None:
    """snarkjs writes [ coefficient name +coefficient name ] * [ ... ] - [ ... ] = 0."""
    made = circom(name)
    theirs = snarkjs_command("r1cs", "print", made.r1cs, made.sym).stdout
    lines = [line for line in theirs.splitlines() if line.endswith("= 0")]
    ours = json.loads(zkpipe("print", made.r1cs, "--json"))["rows"]
    assert len(lines) == len(ours) > 0
    for line, row in zip(lines, ours, strict=True):
        sides = line[line.index("[ ") :].removesuffix(" = 0").split(" ] ")
        for text, side in zip(sides, ("a", "b", "c"), strict=True):
            assert combination(text) == {n: int(v) % R for n, v in row[side].items()}


def combination(text: str) -> dict[str, int]:
    """One of snarkjs' brackets: residues before names, 1 left out; the one is called 1."""
    out: dict[str, int] = {}
    for term in text.partition("[ ")[2].removesuffix(" ]").split():
        number, _, name = term.lstrip("+").partition("main.")
        if not name:
            number, name = number[:-1], "one"
        out[name] = int(number or 1)
    return out


OURS = """
from zkpipe import Array, Bool, Field, Private, Public, UInt, check, circuit, component, hint
from zkpipe.circuits.gadgets import check_merkle_membership, poseidon

@component
def fee(amount: UInt[32], rate: UInt[8]) -> UInt[40]:
    return amount * rate // 100

@circuit
def payment(
    root: Public[Field],
    amounts: Private[Array[UInt[32], 2]],
    siblings: Private[Array[Field, 2]],
    places: Private[Array[Bool, 2]],
) -> Public[UInt[40]]:
    check_merkle_membership(root, amounts, siblings, places)
    half = hint(lambda a: a // 2, amounts[0], returns=UInt[31])
    check(2 * half == amounts[0], "odd")
    return fee(amounts[0], 3) + fee(amounts[1], 7) * (amounts[0] < amounts[1])
"""


def test_our_r1cs_sym_and_wtns_pass_the_commands_of_snarkjs(
    snarkjs_command: Callable[..., Any], tmp_path: Path
) -> None:
    source, inputs = tmp_path / "payment.py", tmp_path / "input.json"
    source.write_text(OURS)
    root = merkle_root(merkle_leaf([500, 800]), [7, 8], [1, 0])
    values = {"root": str(root), "amounts": [500, 800], "siblings": [7, 8], "places": [1, 0]}
    inputs.write_text(json.dumps(values))
    r1cs, sym, wtns = (tmp_path / f"payment.{kind}" for kind in ("r1cs", "sym", "wtns"))
    zkpipe("compile", source, "--out", tmp_path)
    zkpipe("witness", source, inputs, wtns)

    system = ConstraintSystem.load(r1cs)
    told = snarkjs_command("r1cs", "info", r1cs)
    assert told.returncode == 0
    for what, count in (
        ("Wires", system.wire_count),
        ("Constraints", system.constraint_count),
        ("Outputs", 1),
        ("Public Inputs", 1),
        ("Private Inputs", 6),
    ):
        assert f"# of {what}: {count}" in told.stdout

    printed = snarkjs_command("r1cs", "print", r1cs, sym)
    assert printed.returncode == 0
    lines = [line for line in printed.stdout.splitlines() if line.endswith("= 0")]
    assert len(lines) == system.constraint_count
    assert "undefined" not in printed.stdout
    for signal in ("amounts[1]", "fee[1].quotient_0", "hint_0"):
        assert any(f"main.payment.{signal}" in line for line in lines), signal
    named = json.loads(zkpipe("print", r1cs, "--json"))["rows"]
    sources = json.loads(zkpipe("print", source, "--json"))["rows"]
    assert [{**row, "source": None} for row in sources] == named

    checked = snarkjs_command("wtns", "check", r1cs, wtns)
    assert checked.returncode == 0
    assert "WITNESS IS CORRECT" in checked.stdout
    data = bytearray(wtns.read_bytes())
    data[-32] ^= 1
    wtns.write_bytes(data)
    assert snarkjs_command("wtns", "check", r1cs, wtns).returncode == 1
