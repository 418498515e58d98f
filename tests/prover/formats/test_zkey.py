from __future__ import annotations

import mmap
import struct
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from py_ecc import optimized_bn128 as bn128

from tests.circuits.formats.hostile_files import (
    accepted_mutations,
    assert_all_refused,
    assert_refused,
    broken_frames,
    patched,
    section,
    truncations,
    with_count,
    with_unknown_section,
    without,
)
from tests.long_form import IS_LONG
from tests.prover.formats.key_material import g1, to_py_ecc, torsion_point
from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits import ConstraintSystem, Witness
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.ground.errors import FormatError, ZkpipeError
from zkpipe.ground.files.reading import FileError
from zkpipe.prover import prove
from zkpipe.prover.contributions import DEVELOPMENT_HASH
from zkpipe.prover.errors import InsecureKeyError
from zkpipe.prover.formats.zkey import DEVELOPMENT
from zkpipe.prover.points import g1_from_words, g1_words, g2_words
from zkpipe.prover.proving_key import ProvingKey

VECTORS = Path(__file__).parents[2] / "vectors" / "formats"
SNARKJS = (VECTORS / "bits.zkey").read_bytes()
HEADER = section(SNARKJS, 2).body
WIRES, PUBLIC, DOMAIN = HEADER + 72, HEADER + 76, HEADER + 80
ALPHA, BETA1, BETA2 = HEADER + 84, HEADER + 148, HEADER + 212
GAMMA2, DELTA1, DELTA2 = HEADER + 340, HEADER + 468, HEADER + 532
RECORDS = section(SNARKJS, 4).body + 4
QUERIES = ("ic", "a_query", "b_g1_query", "b_g2_query", "l_query", "h_query")


def arrays_equal(one: ProvingKey, other: ProvingKey) -> bool:
    points = ("alpha_g1", "beta_g1", "beta_g2", "gamma_g2", "delta_g1", "delta_g2")
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in (*points, *QUERIES, "coefficients")
    )


def test_reads_the_counts_and_shapes_that_snarkjs_wrote() -> None:
    key = ProvingKey.load(VECTORS / "bits.zkey")
    assert (key.domain_size, key.wire_count, key.public_count) == (16, 12, 2)
    assert not key.development
    assert [getattr(key, name).shape for name in QUERIES] == [
        (3, 8),
        (12, 8),
        (12, 8),
        (12, 16),
        (9, 8),
        (16, 8),
    ]
    assert key.beta_g1.shape == key.delta_g1.shape == (8,)


def test_the_points_are_snarkjs_points_in_montgomery_words() -> None:
    key = ProvingKey.load(VECTORS / "bits.zkey")
    for query in (key.ic, key.h_query, key.l_query):
        for words in query:
            assert bn128.is_on_curve(to_py_ecc(g1_from_words(words, BN254)), bn128.b)
    absent = [i for i, words in enumerate(key.b_g1_query) if not words.any()]
    assert absent  # a wire that no row of B has: infinity, all zeros
    assert all(not key.b_g2_query[i].any() for i in absent)


def test_the_coefficients_are_those_of_the_circuit_times_r_squared() -> None:
    key = ProvingKey.load(VECTORS / "bits.zkey")
    system = ConstraintSystem.load(VECTORS / "bits.r1cs")
    values = ints_from_words(system.coefficients)

    def entries(k: int, matrix: SparseMatrix) -> list[tuple[int, int, int, int]]:
        rows = np.repeat(np.arange(matrix.row_count), np.diff(matrix.starts)).tolist()
        return [
            (k, row, wire, values[value])
            for row, wire, value in zip(rows, matrix.wires, matrix.values, strict=True)
        ]

    expected = entries(0, system.a) + entries(1, system.b)
    # binding each public value: a row of A for each, after the constraints
    expected += [(0, system.constraint_count + i, i, 1) for i in range(system.public_count + 1)]
    stored = ints_from_words(np.ascontiguousarray(key.coefficients["value"]))
    canonical = [value * pow(2**512, -1, R) % R for value in stored]
    found = zip(
        key.coefficients["matrix"].tolist(),
        key.coefficients["constraint"].tolist(),
        key.coefficients["wire"].tolist(),
        canonical,
        strict=True,
    )
    assert sorted(found) == sorted(expected)


def test_the_arrays_of_a_loaded_key_are_copies_that_nobody_can_write_to() -> None:
    key = ProvingKey.load(VECTORS / "bits.zkey")
    for name in (*QUERIES, "coefficients"):
        array = getattr(key, name)
        assert name == "ic" or not array.flags.writeable
        assert not isinstance(array.base, mmap.mmap)
    assert key.a_query is not key.a_query


def test_what_is_written_comes_back_and_is_written_the_same(tmp_path: Path) -> None:
    key = ProvingKey.load(VECTORS / "bits.zkey")
    key.save(tmp_path / "a.zkey")
    again = ProvingKey.load(tmp_path / "a.zkey")
    assert arrays_equal(key, again)
    assert again.history == key.history
    assert len(again.history) > 68
    again.save(tmp_path / "b.zkey")
    assert (tmp_path / "a.zkey").read_bytes() == (tmp_path / "b.zkey").read_bytes()


def test_every_section_is_written_as_snarkjs_wrote_it(tmp_path: Path) -> None:
    ProvingKey.load(VECTORS / "bits.zkey").save(tmp_path / "a.zkey")
    ours = (tmp_path / "a.zkey").read_bytes()
    for kind in range(1, 11):
        mine, theirs = section(ours, kind), section(SNARKJS, kind)
        body = ours[mine.body : mine.body + mine.size]
        assert body == SNARKJS[theirs.body : theirs.body + theirs.size], kind


def test_a_key_may_be_saved_over_the_file_it_is_mapped_from(tmp_path: Path) -> None:
    path = tmp_path / "a.zkey"
    path.write_bytes(SNARKJS)
    key = ProvingKey.load(path)
    key.save(path)
    assert arrays_equal(key, ProvingKey.load(path))


def test_a_development_key_says_so_in_its_file_and_in_its_verifying_key(tmp_path: Path) -> None:
    key = replace(ProvingKey.load(VECTORS / "bits.zkey"), development=True, history=b"")
    key.save(tmp_path / "a.zkey")
    loaded = ProvingKey.load(tmp_path / "a.zkey")
    assert loaded.development
    assert loaded.verifying_key.development
    data = (tmp_path / "a.zkey").read_bytes()
    mark = section(data, DEVELOPMENT)
    assert b"forge" in data[mark.body : mark.body + mark.size]


@pytest.mark.parametrize("lost", [DEVELOPMENT, 10])
def test_a_development_key_is_known_by_either_mark(tmp_path: Path, lost: int) -> None:
    key = replace(ProvingKey.load(VECTORS / "bits.zkey"), development=True, history=b"")
    key.save(tmp_path / "a.zkey")
    data = (tmp_path / "a.zkey").read_bytes()
    (tmp_path / "b.zkey").write_bytes(without(data, lost))
    assert ProvingKey.load(tmp_path / "b.zkey").development


def test_the_mark_in_the_hash_survives_a_contribution(tmp_path: Path) -> None:
    key = ProvingKey.load(VECTORS / "bits.zkey")  # its history has one contribution
    replace(key, history=DEVELOPMENT_HASH + key.history[64:]).save(tmp_path / "a.zkey")
    assert ProvingKey.load(tmp_path / "a.zkey").development


def test_a_key_without_the_contributions_section_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zkey").write_bytes(without(SNARKJS, 10))
    with pytest.raises(InsecureKeyError, match="Nobody contributed"):
        ProvingKey.load(tmp_path / "a.zkey")


@pytest.mark.parametrize("odd", [1, 2, 3])
def test_arrays_behind_a_section_of_odd_size_are_right(tmp_path: Path, odd: int) -> None:
    (tmp_path / "a.zkey").write_bytes(with_unknown_section(SNARKJS, b"x" * odd))
    key = ProvingKey.load(tmp_path / "a.zkey")
    assert arrays_equal(key, ProvingKey.load(VECTORS / "bits.zkey"))
    assert key.a_query.flags.aligned


def word(value: int) -> bytes:
    return value.to_bytes(32, "little")


def with_bytes(at: int, body: bytes) -> bytes:
    return SNARKJS[:at] + body + SNARKJS[at + len(body) :]


def plus_p(at: int) -> bytes:
    """The file with p added to a coordinate: the same value modulo p in another form."""
    return with_bytes(at, word(int.from_bytes(SNARKJS[at : at + 32], "little") + P))


LIES = {
    "alpha plus p": (plus_p(ALPHA), "not below p"),
    "beta plus p": (plus_p(BETA2 + 96), "not below p"),
    "delta plus p": (plus_p(DELTA2 + 32), "not below p"),
    "beta of the prover plus p": (plus_p(BETA1 + 32), "not below p"),
    "IC[1] plus p": (plus_p(section(SNARKJS, 3).body + 64), "not below p"),
    "IC[2] 2^256 - 1": (
        with_bytes(section(SNARKJS, 3).body + 160, word(2**256 - 1)),
        "not below p",
    ),
    "another protocol": (patched(SNARKJS, section(SNARKJS, 1).body, "I", 2), "another protocol"),
    "coordinates of 48 bytes": (patched(SNARKJS, HEADER, "I", 48), "48 bytes"),
    "coordinates of 2^32 - 1 bytes": (patched(SNARKJS, HEADER, "I", 2**32 - 1), "bytes"),
    "another base field": (patched(SNARKJS, HEADER + 4, "I", 1), "another prime"),
    "another scalar field": (patched(SNARKJS, HEADER + 40, "I", 7), "another prime"),
    "r for p": (with_bytes(HEADER + 4, word(R)), "coordinates are of another prime"),
    "no wires": (patched(SNARKJS, WIRES, "I", 0), "public values among 0 wires"),
    "one wire more": (patched(SNARKJS, WIRES, "I", 13), "points"),
    "2^32 - 1 wires": (patched(SNARKJS, WIRES, "I", 2**32 - 1), "at most 2^31"),
    "no public values": (patched(SNARKJS, PUBLIC, "I", 0), "section 3"),
    "one public value more": (patched(SNARKJS, PUBLIC, "I", 3), "section 3"),
    "as many public values as wires": (patched(SNARKJS, PUBLIC, "I", 12), "public values among"),
    "2^32 - 1 public values": (patched(SNARKJS, PUBLIC, "I", 2**32 - 1), "public values among"),
    "no domain": (patched(SNARKJS, DOMAIN, "I", 0), "domain of 0"),
    "a domain of 2": (patched(SNARKJS, DOMAIN, "I", 2), "too few for 2"),
    "a domain of 8": (patched(SNARKJS, DOMAIN, "I", 8), "section 9"),
    "a domain of 24": (patched(SNARKJS, DOMAIN, "I", 24), "power of two"),
    "a domain of 2^28": (patched(SNARKJS, DOMAIN, "I", 2**28), "up to 2^27"),
    "a domain of 2^27": (patched(SNARKJS, DOMAIN, "I", 2**27), "section 9"),
    "2^31 wires": (patched(SNARKJS, WIRES, "I", 2**31), "points"),
    "a domain of 2^29": (patched(SNARKJS, DOMAIN, "I", 2**29), "power of two"),
    "no records": (patched(SNARKJS, RECORDS - 4, "I", 0), "0 records"),
    "2^32 - 1 records": (patched(SNARKJS, RECORDS - 4, "I", 2**32 - 1), "records"),
    "a record of matrix C": (
        patched(SNARKJS, RECORDS, "I", 2),
        "record 0, at offset 4, has matrix 2",
    ),
    "a record of row 16": (
        patched(SNARKJS, RECORDS + 4, "I", 16),
        "record 0, at offset 4, has constraint 16",
    ),
    "a record of wire 12": (
        patched(SNARKJS, RECORDS + 52, "I", 12),
        "record 1, at offset 48, has wire 12",
    ),
    "a coefficient r": (with_bytes(RECORDS + 12, word(R)), "value of record 0"),
    "a coefficient 2^256 - 1": (with_bytes(RECORDS + 56, word(2**256 - 1)), "value of record 1"),
    "2^32 - 1 contributions": (
        patched(SNARKJS, section(SNARKJS, 10).body + 64, "I", 2**32 - 1),
        "Section 10",
    ),
    "no contributions": (patched(SNARKJS, section(SNARKJS, 10).body + 64, "I", 0), "Section 10"),
}


@pytest.mark.parametrize("name", LIES)
def test_is_refused_with_its_own_sentence(tmp_path: Path, name: str) -> None:
    data, sentence = LIES[name]
    error = assert_refused(ProvingKey.load, tmp_path / "a.zkey", name, data)
    assert isinstance(error, FormatError)
    assert sentence in error.problem


BAD_POINTS = {
    "alpha infinity": (ALPHA, bytes(64), "alpha of the verifying key is infinity"),
    "alpha off the curve": (ALPHA, word(1) * 2, "alpha of the verifying key is not a point"),
    "alpha the generator": (ALPHA, g1_words(g1(1), BN254).tobytes(), "generator"),
    "beta of the prover another": (
        BETA1,
        g1_words(g1(5), BN254).tobytes(),
        "do not belong together",
    ),
    "beta infinity": (BETA2, bytes(128), "beta of the verifying key is infinity"),
    "gamma off the curve": (GAMMA2, word(1) * 4, "gamma of the verifying key is not a point"),
    "gamma equal to delta": (GAMMA2, SNARKJS[DELTA2 : DELTA2 + 128], "delta equals gamma"),
    "delta outside G2": (DELTA2, g2_words(torsion_point(1), BN254).tobytes(), "not in the group"),
    "delta equal to gamma": (DELTA2, SNARKJS[GAMMA2 : GAMMA2 + 128], "delta equals gamma"),
    "beta of the prover infinity": (BETA1, bytes(64), "beta in G1"),
    "beta of the prover off the curve": (BETA1, word(3) * 2, "beta in G1"),
    "delta of the prover infinity": (DELTA1, bytes(64), "do not lead to its delta"),
    "delta of the prover off the curve": (DELTA1, word(3) * 2, "do not lead to its delta"),
    "IC[1] infinity": (section(SNARKJS, 3).body + 64, bytes(64), "IC[1]"),
}


@pytest.mark.parametrize("name", BAD_POINTS)
def test_a_bad_point_of_the_header_is_refused(tmp_path: Path, name: str) -> None:
    at, body, sentence = BAD_POINTS[name]
    error = assert_refused(ProvingKey.load, tmp_path / "a.zkey", name, with_bytes(at, body))
    assert isinstance(error, InsecureKeyError)
    assert sentence in error.problem


def test_every_broken_frame_is_refused(tmp_path: Path) -> None:
    assert assert_all_refused(ProvingKey.load, tmp_path / "a.zkey", broken_frames(SNARKJS)) > 120


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    """At every byte in the long form; at every fifth, which meets every kind of field, else."""
    step = 1 if IS_LONG else 5
    cut = islice(truncations(SNARKJS), 0, None, step)
    total = assert_all_refused(ProvingKey.load, tmp_path / "a.zkey", cut)
    assert total == len(range(0, len(SNARKJS), step))


@pytest.mark.parametrize("kind", range(1, 10))
def test_a_missing_section_is_refused(tmp_path: Path, kind: int) -> None:
    error = assert_refused(ProvingKey.load, tmp_path / "a.zkey", "missing", without(SNARKJS, kind))
    assert error.problem.endswith(f"has no section {kind}.")


def read_all(path: Path) -> ProvingKey:
    """A key all of whose queries were read: only then are their coordinates looked at."""
    key = ProvingKey.load(path)
    assert all(len(getattr(key, name)) == key.length(name) for name in QUERIES[1:])
    return key


def plus_p_somewhere(kind: int) -> tuple[int, bytes]:
    """The first coordinate of a query that can have p added to it; the file with that."""
    placed = section(SNARKJS, kind)
    for at in range(placed.body, placed.body + placed.size, 32):
        value = int.from_bytes(SNARKJS[at : at + 32], "little")
        if value and value + P < 1 << 256:
            return at - placed.body, plus_p(at)
    raise AssertionError("no such coordinate")


@pytest.mark.parametrize(("name", "kind"), [*zip(QUERIES[1:], range(5, 10), strict=True)])
def test_a_coordinate_of_a_query_that_is_p_or_more_is_refused_where_it_is_read(
    tmp_path: Path, name: str, kind: int
) -> None:
    """Such a key proved, as p was taken away on the way: other bytes for the same key."""
    at, data = plus_p_somewhere(kind)
    (tmp_path / "a.zkey").write_bytes(data)
    key = ProvingKey.load(tmp_path / "a.zkey")
    witness = Witness.load(VECTORS / "bits.wtns")
    says = f"section {kind}: a coordinate of point [0-9]+, at offset {at}, is not below p"
    with pytest.raises(FormatError, match=says):
        getattr(key, name)
    if name != "b_g1_query":  # which our proofs do without
        with pytest.raises(FormatError, match=says):
            prove(key, witness)


def test_mutations_are_refused_or_give_a_key_that_holds_together(tmp_path: Path) -> None:
    kept = 0
    for what, key in accepted_mutations(read_all, tmp_path / "a", SNARKJS, seed=4, count=300):
        assert isinstance(key, ProvingKey)
        assert key.verifying_key.public_count == key.public_count, what
        assert len(key.a_query) == key.wire_count, what
        assert len(key.h_query) == key.domain_size, what
        assert (key.coefficients["wire"] < key.wire_count).all(), what
        assert (key.coefficients["constraint"] < key.domain_size).all(), what
        values = ints_from_words(np.ascontiguousarray(key.coefficients["value"]))
        assert all(value < R for value in values), what
        kept += 1
    assert 20 < kept < 280


def test_a_failed_save_keeps_the_old_key(tmp_path: Path) -> None:
    path, other = tmp_path / "a.zkey", tmp_path / "other.zkey"
    path.write_bytes(SNARKJS)
    other.write_bytes(SNARKJS)
    key = ProvingKey.load(other)
    other.write_bytes(SNARKJS[:2000])
    with pytest.raises(FileError, match="was changed while it was in use"):
        key.save(path)
    assert path.read_bytes() == SNARKJS
    assert sorted(tmp_path.iterdir()) == [path, other]


def test_other_formats_are_refused_as_keys(tmp_path: Path) -> None:
    for name in ("bits.r1cs", "bits.wtns", "proof.json", "bits.sym"):
        with pytest.raises(ZkpipeError, match=r"not a proving key"):
            ProvingKey.load(VECTORS / name)
    frame = b"zkey" + struct.pack("<II", 1, 0)
    (tmp_path / "bare.zkey").write_bytes(frame)
    with pytest.raises(FormatError, match="no section 1"):
        ProvingKey.load(tmp_path / "bare.zkey")
    assert with_count(frame, 0) == frame
