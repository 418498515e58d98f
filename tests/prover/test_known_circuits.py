"""A key knows its circuit: witnesses of others are refused, whatever the key says of itself."""

from __future__ import annotations

import copy
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from zkpipe.circuits import ConstraintSystem, Field, Private, Public, Witness, circuit
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.r1cs.identity import CircuitId
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.binfile import read_binfile, write_binfile
from zkpipe.jobs.errors import JobError
from zkpipe.jobs.proving.solver import SystemSolver
from zkpipe.jobs.proving.statement import Statement
from zkpipe.prover import DEVELOPMENT, ProvingKey, prove, prove_batch, setup, verify
from zkpipe.prover.circuit_record import key_fingerprint
from zkpipe.prover.errors import UnprovableError, WitnessError
from zkpipe.prover.formats.circuit_record import fingerprint_of
from zkpipe.prover.formats.zkey import CIRCUIT, read_head
from zkpipe.prover.groth16.matching import is_key_of


@circuit
def sums(x: Private[Field], y: Public[Field]) -> tuple[Public[Field], Public[Field]]:
    return x * x, x + y


@circuit
def other(x: Private[Field], y: Public[Field]) -> tuple[Public[Field], Public[Field]]:
    return x * (x + 1), x + y


@pytest.fixture(scope="module")
def system() -> ConstraintSystem:
    return sums.compile()


@pytest.fixture(scope="module")
def key(system: ConstraintSystem, tmp_path_factory: pytest.TempPathFactory) -> ProvingKey:
    path = tmp_path_factory.mktemp("key") / "sums.zkey"
    setup(system, DEVELOPMENT).save(path)
    return ProvingKey.load(path)


def test_a_key_says_its_circuit_in_memory_and_in_its_file(
    system: ConstraintSystem, key: ProvingKey
) -> None:
    made = setup(system, DEVELOPMENT)
    assert made.circuit == key.circuit == system.identity
    assert key.circuit is not None
    assert key.circuit.name == "sums"
    assert key.stream().collect().circuit == system.identity
    witness = system.solve(x=3, y=4)
    assert verify(key.verifying_key, prove(key, witness), witness.public_for(key))


def test_a_witness_of_another_circuit_is_named(system: ConstraintSystem, key: ProvingKey) -> None:
    another = other.compile()
    assert another.wire_count == system.wire_count
    witness = another.solve(x=3, y=4)
    said = (
        f"This witness is of circuit other ({another.digest[:16]}...), the key of circuit sums "
        f"({system.digest[:16]}...)."
    )
    for given in (witness, copy.copy(witness)):  # a copy has the digest alone
        with pytest.raises(WitnessError) as caught:
            prove(key, given)
        assert caught.value.problem == said
        assert "run the setup again" in caught.value.fix
    with pytest.raises(WitnessError, match="Witness 1: This witness is of circuit other"):
        prove_batch(key, [system.solve(x=1, y=1), witness])
    with pytest.raises(InputError, match="the key of circuit sums"):
        witness.public_for(key)
    with pytest.raises(JobError, match="This work is of circuit other"):
        Statement(SystemSolver(another, nullcontext), key)


def test_a_key_that_says_nothing_is_told_by_its_rows(
    system: ConstraintSystem, key: ProvingKey
) -> None:
    foreign = replace(key.stream().collect(), circuit=None)
    witness = system.solve(x=3, y=4)
    assert prove(foreign, witness)
    with pytest.raises(WitnessError, match="the key of another circuit") as caught:
        prove(foreign, other.compile().solve(x=3, y=4))
    assert caught.value.problem.endswith("it has other rows of A and B.")


def test_a_planted_digest_makes_no_key_that_of_another_circuit(key: ProvingKey) -> None:
    """The key was not made again when the circuit was changed; what travels with it says so."""
    another = other.compile()
    planted = replace(key.stream().collect(), circuit=another.identity)
    with pytest.raises(WitnessError, match="What travels with the key says otherwise, and is wron"):
        prove(planted, another.solve(x=3, y=4))
    with pytest.raises(JobError, match="is wrong"):
        Statement(SystemSolver(another, nullcontext), planted)


def test_a_wrong_digest_is_told_from_a_wrong_key(system: ConstraintSystem, key: ProvingKey) -> None:
    """With the key's own circuit it is what the key says that is wrong."""
    planted = replace(key.stream().collect(), circuit=CircuitId("0" * 64, "loan"))
    with pytest.raises(WitnessError, match="the key of circuit loan") as caught:
        prove(planted, system.solve(x=3, y=4))
    assert "The key has this circuit's rows of A and B" in caught.value.fix


def test_a_change_in_c_alone_is_told_by_the_digest(
    system: ConstraintSystem, key: ProvingKey
) -> None:
    """The key's rows of A and B do not tell it, and proofs of some witnesses would hold."""
    c = SparseMatrix(system.c.starts, system.c.wires, np.roll(system.c.values, 1))
    changed = replace(system, c=c)
    assert changed.identity != system.identity
    assert is_key_of(key, changed)
    with pytest.raises(WitnessError, match="the key of circuit sums") as caught:
        prove(key, replace(system.solve(x=3, y=4), circuit=changed))
    assert "changed in C alone" in caught.value.fix


def test_of_a_file_it_is_said_what_is_not_known(key: ProvingKey, tmp_path: Path) -> None:
    other.compile().solve(x=3, y=4).save(tmp_path / "w.wtns")
    with pytest.raises(UnprovableError) as caught:
        prove(key, Witness.load(tmp_path / "w.wtns"))
    assert caught.value.evidence == (
        f"The key says it is of {key.circuit}.",
        "Of which circuit the witness is, is not known: a .wtns does not say.",
    )


def test_planted_names_are_told_where_the_circuit_is_known(
    system: ConstraintSystem, key: ProvingKey, tmp_path: Path
) -> None:
    witness = system.solve(x=3, y=4)
    names = system.public_names
    assert names is not None
    first, *rest = names
    planted = replace(key.stream().collect(), public_names=(rest[0], first, *rest[1:]))
    with pytest.raises(InputError, match=f"public value 0 is `{rest[0].replace('[', '.')}"):
        witness.named_public_for(planted)
    assert witness.named_public_for(key) == witness.named_public_for(system)


def test_a_fingerprint_is_of_all_that_contributions_leave_as_it_is(
    key: ProvingKey, tmp_path: Path
) -> None:
    key.save(tmp_path / "k.zkey")
    head = read_head(tmp_path / "k.zkey")
    mine = fingerprint_of(head)
    for name in ("wire_count", "public_count", "domain_size"):
        counts = {**head.counts, name: 1 + head.counts[name]}
        assert key_fingerprint(counts, head.points, head.history) != mine
    for name, words in head.points.items():
        changed = words.copy()
        changed.reshape(-1)[-1] ^= 1
        points = {**head.points, name: changed}
        same = key_fingerprint(head.counts, points, head.history) == mine
        assert same == name.startswith("delta")
    for at in (0, 63):
        history = bytearray(head.history)
        history[at] ^= 1
        assert key_fingerprint(head.counts, head.points, bytes(history)) != mine
    assert key_fingerprint(head.counts, head.points, head.history + b"more") == mine


@pytest.mark.parametrize(
    "data",
    [b"", b"0" * 63, b"0" * 65, b"g" * 64, b"0" * 64 + b"\n", b"0" * 64 + b"\n*/",
     b"0" * 64 + b"\na\nb", b"0" * 64 + b"\n" + b"a" * 201, b"0" * 64 + b"\n\xff",
     b"0" * 64 + b"\n" + "a\u202e".encode(), b"x" * 300_000],
)  # fmt: skip
def test_what_a_key_says_is_read_strictly(data: bytes, key: ProvingKey, tmp_path: Path) -> None:
    key.save(tmp_path / "k.zkey")
    file = read_binfile(tmp_path / "k.zkey", b"zkey", 1)
    with write_binfile(tmp_path / "bad.zkey", b"zkey", 1, len(file.extents)) as writer:
        for kind in file.extents:
            with writer.section(kind) as out:
                out.write(data if kind == CIRCUIT else file.section(kind).tobytes())
    with pytest.raises(FormatError, match="section 1003"):
        ProvingKey.load(tmp_path / "bad.zkey")
