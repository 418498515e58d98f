"""The key that a ceremony begins with, against snarkjs: the same file, byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.interop.conftest import Circom, Snarkjs
from tests.long_form import IS_LONG
from tests.prover.ceremony.powers import write_powers
from tests.prover.groth16.statements import chain, edge_statements, sum_of_powers
from zkpipe.circuits.formats.r1cs_rows import ENTRY
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.files.binfile import read_binfile, write_binfile
from zkpipe.prover import setup

Powers = Callable[[int], Path]


@pytest.fixture(scope="session")
def powers(tmp_path_factory: pytest.TempPathFactory) -> Powers:
    """By a power: a prepared .ptau of so many powers."""
    folder, made = tmp_path_factory.mktemp("powers"), dict[int, Path]()

    def powers(power: int) -> Path:
        if power not in made:
            made[power] = write_powers(folder / f"{power}.ptau", power)
        return made[power]

    return powers


def both(r1cs: Path, ptau: Path, snarkjs: Snarkjs, folder: Path) -> tuple[bytes, bytes]:
    """The initial keys of the two tools."""
    ours, theirs = folder / "ours.zkey", folder / "theirs.zkey"
    setup(ConstraintSystem.load(r1cs), ptau).save(ours)
    assert snarkjs("zKey.newZKey", r1cs, ptau, theirs) != -1
    return ours.read_bytes(), theirs.read_bytes()


def test_powers_of_known_secrets_are_prepared_as_snarkjs_prepares_them(
    snarkjs: Snarkjs, powers: Powers, tmp_path: Path
) -> None:
    file = read_binfile(powers(4), b"ptau", 1)
    plain, prepared = tmp_path / "plain.ptau", tmp_path / "prepared.ptau"
    with write_binfile(plain, b"ptau", 1, 7) as writer:
        for kind in range(1, 8):
            writer.array(kind, file.section(kind))
    snarkjs("powersOfTau.preparePhase2", plain, prepared)
    assert prepared.read_bytes() == powers(4).read_bytes()


@pytest.mark.parametrize("name", ["powers", *edge_statements()])
def test_a_key_of_our_circuit_equals_that_of_snarkjs(
    name: str, snarkjs: Snarkjs, powers: Powers, tmp_path: Path
) -> None:
    """From powers that just suffice: there the last coset lacks a power of tau."""
    system = {"powers": sum_of_powers(), **edge_statements()}[name].system
    r1cs = tmp_path / "c.r1cs"
    system.save(r1cs)
    size = setup(system, powers(8)).domain_size
    for ptau in {powers(size.bit_length() - 1), powers(8)}:
        ours, theirs = both(r1cs, ptau, snarkjs, tmp_path)
        assert ours == theirs


@pytest.mark.parametrize("name", ["hashed", "unseen"])
def test_a_key_of_a_circom_circuit_equals_that_of_snarkjs(
    name: str, circom: Callable[[str], Circom], snarkjs: Snarkjs, ceremony: Path, tmp_path: Path
) -> None:
    """From powers of tau that snarkjs made and prepared."""
    ours, theirs = both(circom(name).r1cs, ceremony, snarkjs, tmp_path)
    assert ours == theirs


@pytest.mark.parametrize("power", [10, 11])
def test_a_key_of_a_thousand_rows_equals_that_of_snarkjs(
    power: int, snarkjs: Snarkjs, powers: Powers, tmp_path: Path
) -> None:
    r1cs = tmp_path / "c.r1cs"
    chain(1000).system.save(r1cs)
    ours, theirs = both(r1cs, powers(power), snarkjs, tmp_path)
    assert ours == theirs


def test_entries_of_a_row_stay_in_the_order_of_the_file(
    snarkjs: Snarkjs, powers: Powers, tmp_path: Path
) -> None:
    """snarkjs keeps it; for `digest` and `save` entries are sorted, so that they do not change."""
    ordered, turned = tmp_path / "ordered.r1cs", tmp_path / "turned.r1cs"
    system = sum_of_powers().system
    system.save(ordered)
    file = read_binfile(ordered, b"r1cs", 1)
    with write_binfile(turned, b"r1cs", 1, 3) as writer:
        writer.array(2, rows_turned(file.section(2).view("<u4")))
        for kind in (1, 3):
            writer.array(kind, file.section(kind))
    assert turned.read_bytes() != ordered.read_bytes()
    loaded = ConstraintSystem.load(turned)
    assert loaded.digest == system.digest
    ours, theirs = both(turned, powers(4), snarkjs, tmp_path)
    assert ours == theirs
    assert ours != both(ordered, powers(4), snarkjs, tmp_path)[0]
    loaded.save(turned)
    assert turned.read_bytes() == ordered.read_bytes()


def rows_turned(words: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Section 2 of an .r1cs with the entries of each row in reverse."""
    out, at = words.copy(), 0
    while at < len(words):
        count = int(words[at])
        rows = words[at + 1 : at + 1 + ENTRY * count].reshape(count, ENTRY)
        out[at + 1 : at + 1 + ENTRY * count] = rows[::-1].reshape(-1)
        at += 1 + ENTRY * count
    return out


# By rows and power: SHA-256 of the key that snarkjs 0.7.6 makes. The long form makes it again, and
# of other sizes too.
LARGE = {
    (20000, 15): "ae88ef0ece7ac0d79beb2898d877fdebbc20c358c440d9deff61727d4e0737a1",
    (20000, 16): "5c86c9a9e59ea90cec40a318be69fdb2f48b8955b58f00eeeae72db43e9bb250",
}
LARGER = [(12000, 14), (12000, 15), (40000, 16), (40000, 17)] if IS_LONG else []


@pytest.mark.parametrize(("rows", "power"), [*LARGE, *LARGER])
def test_a_key_of_2_to_the_15_points_equals_that_of_snarkjs(
    rows: int, power: int, snarkjs: Snarkjs, powers: Powers, tmp_path: Path
) -> None:
    """From there on the circuit's hash takes one point more than it says."""
    r1cs, ours, theirs = (tmp_path / name for name in ("c.r1cs", "ours.zkey", "theirs.zkey"))
    chain(rows).system.save(r1cs)
    setup(ConstraintSystem.load(r1cs), powers(power)).save(ours)
    digest = hashlib.sha256(ours.read_bytes()).hexdigest()
    if IS_LONG:
        assert snarkjs("zKey.newZKey", r1cs, powers(power), theirs) != -1
        assert ours.read_bytes() == theirs.read_bytes()
    assert LARGE.get((rows, power), digest) == digest
