from __future__ import annotations

import struct
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words, words_from_ints
from zkpipe.circuits import Array, Int, Private, Public, UInt, Witness, circuit
from zkpipe.circuits.formats.r1cs import write_r1cs
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.errors import FormatError, RangeError

VECTORS = Path(__file__).parents[2] / "vectors" / "formats"
CIRCOM = (VECTORS / "bits.r1cs").read_bytes()
HEADER = section(CIRCOM, 1).body
WIRES, OUTPUTS, PUBLIC, PRIVATE, LABELS, CONSTRAINTS = (
    HEADER + at for at in (36, 40, 44, 48, 52, 60)
)

Rows = list[tuple[dict[int, int], dict[int, int], dict[int, int]]]
load = ConstraintSystem.load


@circuit
def spread(x: Private[Array[UInt[40], 4]], y: Public[UInt[8]]) -> Public[Int[60]]:
    """Rows of many kinds, with few coefficients and with many."""
    return (x[0] * y + 3 * x[1]) * 5 + (x[2] // 10) * (x[3] % 1000)


def rows_of(system: ConstraintSystem) -> Rows:
    """The constraints as dictionaries from wire to coefficient."""
    coefficients = ints_from_words(system.coefficients)

    def row(matrix: SparseMatrix, i: int) -> dict[int, int]:
        entries = range(int(matrix.starts[i]), int(matrix.starts[i + 1]))
        return {int(matrix.wires[e]): coefficients[matrix.values[e]] for e in entries}

    return [
        (row(system.a, i), row(system.b, i), row(system.c, i))
        for i in range(system.constraint_count)
    ]


def plain_reader(data: bytes) -> Rows:
    """Section 2 read number by number, from the description of the format."""
    at = section(data, 2).body
    count = struct.unpack_from("<I", data, section(data, 1).body + 60)[0]
    rows = []
    for _ in range(count):
        three = []
        for _ in range(3):
            row = {}
            (entries,) = struct.unpack_from("<I", data, at)
            at += 4
            for _ in range(entries):
                (wire,) = struct.unpack_from("<I", data, at)
                row[wire] = int.from_bytes(data[at + 4 : at + 36], "little")
                at += 36
            three.append(row)
        rows.append((three[0], three[1], three[2]))
    return rows


def system_of(rows: Rows, wires: int, outputs: int = 1, public: int = 0) -> ConstraintSystem:
    """A system from dictionaries, in the arrays that the compiler makes."""
    distinct = sorted({value for three in rows for row in three for value in row.values()})
    number = {value: i for i, value in enumerate(distinct)}

    def matrix(k: int) -> SparseMatrix:
        entries = [sorted(three[k].items()) for three in rows]
        return SparseMatrix(
            np.cumsum([0, *map(len, entries)], dtype=np.int64),
            np.array([w for row in entries for w, _ in row], dtype=np.uint32),
            np.array([number[v] for row in entries for _, v in row], dtype=np.uint32),
        )

    return ConstraintSystem(
        name="test",
        a=matrix(0),
        b=matrix(1),
        c=matrix(2),
        coefficients=words_from_ints(distinct),
        wire_count=wires,
        output_count=outputs,
        public_input_count=public,
        private_input_count=0,
        labels=np.arange(wires, dtype=np.uint64),
    )


def test_reads_the_counts_and_labels_that_circom_wrote() -> None:
    system = load(VECTORS / "bits.r1cs")
    assert system.name == "bits"
    assert (system.wire_count, system.constraint_count, system.public_count) == (12, 10, 2)
    assert (system.output_count, system.public_input_count) == (1, 1)
    assert system.labels.tolist() == [0, 1, 2, 3, *range(5, 13)]
    assert system.symbols is None
    assert system.program is None


def test_reads_the_rows_that_circom_wrote_and_its_witness_satisfies_them() -> None:
    rows = rows_of(load(VECTORS / "bits.r1cs"))
    assert rows == plain_reader(CIRCOM)
    values = ints_from_words(Witness.load(VECTORS / "bits.wtns").values)
    for three in rows:
        a, b, c = (sum(values[w] * v for w, v in row.items()) % R for row in three)
        assert a * b % R == c


def test_writes_the_bytes_that_circom_wrote(tmp_path: Path) -> None:
    """Its counts too: of two private inputs one has no wire, of 14 labels the last has none."""
    write_r1cs(tmp_path / "a.r1cs", load(VECTORS / "bits.r1cs"))
    assert struct.unpack_from("<IQ", CIRCOM, PRIVATE) == (2, 14)
    assert (tmp_path / "a.r1cs").read_bytes() == CIRCOM


LINEAR = st.dictionaries(
    st.integers(0, 9), st.sampled_from([1, 2, R - 1, R - 2, 2**64, 2**128 + 1, 12345]), max_size=5
)


@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.tuples(LINEAR, LINEAR, LINEAR), max_size=8))
def test_what_is_written_comes_back(tmp_path_factory: pytest.TempPathFactory, rows: Rows) -> None:
    path = tmp_path_factory.mktemp("r1cs") / "a.r1cs"
    write_r1cs(path, system_of(rows, wires=10, outputs=2, public=3))
    loaded = load(path)
    assert rows_of(loaded) == rows == plain_reader(path.read_bytes())
    assert (loaded.output_count, loaded.public_input_count) == (2, 3)
    assert len(set(ints_from_words(loaded.coefficients))) == len(loaded.coefficients)


@pytest.mark.parametrize("chunk", [1, 3, 10, 11])
def test_writing_in_chunks_of_any_size_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    system = load(VECTORS / "bits.r1cs")
    write_r1cs(tmp_path / "a.r1cs", system)
    monkeypatch.setattr("zkpipe.circuits.formats.r1cs.CHUNK", chunk)
    write_r1cs(tmp_path / "b.r1cs", system)
    assert (tmp_path / "a.r1cs").read_bytes() == (tmp_path / "b.r1cs").read_bytes()


def test_many_distinct_coefficients_are_numbered_each_once(tmp_path: Path) -> None:
    values = [pow(7, i, R) for i in range(5000)]
    rows: Rows = [({0: v, 1: values[-1 - i]}, {2: v}, {}) for i, v in enumerate(values)]
    write_r1cs(tmp_path / "a.r1cs", system_of(rows, wires=3))
    loaded = load(tmp_path / "a.r1cs")
    assert sorted(ints_from_words(loaded.coefficients)) == sorted(values)
    assert rows_of(loaded) == rows


def entry(wire: int, value: int = 1) -> bytes:
    return struct.pack("<I", wire) + value.to_bytes(32, "little")


def row(*entries: bytes) -> bytes:
    return struct.pack("<I", len(entries)) + b"".join(entries)


def file_of(constraints: int, body: bytes, wires: int = 4) -> bytes:
    """CIRCOM's file with another section 2 and with 4 wires."""
    data = patched(without(without(CIRCOM, 2), 3), 8, "I", 1)
    body_at = section(data, 1).body
    data = patched(data, body_at + 36, "IIII", wires, 1, 1, 1)
    data = patched(data, body_at + 60, "I", constraints)
    for kind, content in ((2, body), (3, struct.pack(f"<{wires}Q", *range(wires)))):
        data = with_count(data + struct.pack("<IQ", kind, len(content)) + content, 1)
    return data


def test_rows_out_of_order_are_read_in_order(tmp_path: Path) -> None:
    body = row(entry(3, 5), entry(1, 6)) + row() + row(entry(2, 7), entry(0, 8), entry(1, 9))
    (tmp_path / "a.r1cs").write_bytes(file_of(1, body))
    system = load(tmp_path / "a.r1cs")
    assert system.a.wires.tolist() == [1, 3]
    assert system.c.wires.tolist() == [0, 1, 2]
    assert rows_of(system) == [({3: 5, 1: 6}, {}, {2: 7, 0: 8, 1: 9})]


def test_an_unknown_section_of_odd_size_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.r1cs").write_bytes(with_unknown_section(CIRCOM, b"odd"))
    assert rows_of(load(tmp_path / "a.r1cs")) == plain_reader(CIRCOM)


def labelled(*labels: int, private: int = 2, count: int = 20) -> bytes:
    """A file of one output, one public input, `private` private ones, and wires of these labels."""
    data = file_of(1, row(entry(1)) + row(entry(2)) + row(entry(3)), wires=len(labels))
    data = patched(data, section(data, 1).body + 48, "IQ", private, count)
    return patched(data, section(data, 3).body, f"{len(labels)}Q", *labels)


@pytest.mark.parametrize(
    ("labels", "inputs", "private"),
    [
        ((0, 1, 2, 3, 4), [2, 3, 4], [3, 4]),
        ((0, 1, 2, 3, 5), [2, 3], [3]),  # 4 is in no constraint
        ((0, 1, 2, 5, 6), [2], []),  # nor is 3
        ((0, 1, 2, 9, 4, 8, 3), [2, 4, 6], [4, 6]),
        ((0, 1, 2, 19), [2], []),
    ],
)
def test_labels_say_which_wires_are_inputs(
    tmp_path: Path, labels: tuple[int, ...], inputs: list[int], private: list[int]
) -> None:
    (tmp_path / "a.r1cs").write_bytes(labelled(*labels))
    system = load(tmp_path / "a.r1cs")
    assert (system.private_input_count, system.label_count) == (2, 20)
    assert system.input_wires.tolist() == inputs
    assert system.private_input_wires.tolist() == private
    write_r1cs(tmp_path / "b.r1cs", system)
    again = load(tmp_path / "b.r1cs")
    assert (tmp_path / "b.r1cs").read_bytes()[-8 * len(labels) :] == struct.pack(
        f"<{len(labels)}Q", *labels
    )
    assert again.private_input_count == 2
    assert again.label_count == 20


def test_more_private_inputs_than_wires_are_counted_as_declared(tmp_path: Path) -> None:
    (tmp_path / "a.r1cs").write_bytes(labelled(0, 1, 2, 3, private=2**32 - 1, count=2**33))
    system = load(tmp_path / "a.r1cs")
    assert system.private_input_count == 2**32 - 1
    assert system.private_input_wires.tolist() == [3]


def test_a_digest_is_that_of_the_file_for_a_system_compiled_saved_and_loaded(
    tmp_path: Path,
) -> None:
    for system in (spread.compile(), load(VECTORS / "bits.r1cs")):
        system.save(tmp_path / "a.r1cs")
        again = load(tmp_path / "a.r1cs")
        assert again.digest == system.digest
        assert system.digest == sha256((tmp_path / "a.r1cs").read_bytes()).hexdigest()
    assert load(VECTORS / "bits.r1cs").digest == sha256(CIRCOM).hexdigest()


def test_a_digest_tells_any_two_systems_apart() -> None:
    """One coefficient, one label, one count, and chunks of rows in another order."""
    system = spread.compile()
    other = system.coefficients.copy()
    other[0] = words_from_ints([12345])[0]
    labels = system.labels.copy()
    labels[[-1, -2]] = labels[[-2, -1]]
    fewer = system.private_input_count - 1
    digests = {
        system.digest,
        replace(system, coefficients=other).digest,
        replace(system, labels=labels).digest,
        replace(system, private_input_count=fewer).digest,
        replace(system, a=system.b, b=system.a).digest,
    }
    assert len(digests) == 5
    assert replace(system, name="another", symbols=None).digest == system.digest


def test_more_private_inputs_than_labels_are_saved_so_that_they_are_read_again(
    tmp_path: Path,
) -> None:
    system = replace(spread.compile(), private_input_count=200, label_count=0)
    system.save(tmp_path / "a.r1cs")
    assert load(tmp_path / "a.r1cs").digest == system.digest
    with pytest.raises(RangeError, match="more than its 20 labels"):
        replace(system, label_count=20)


def test_a_digest_of_a_system_that_was_changed_is_refused() -> None:
    system = spread.compile()
    system.a.wires[0] = 1 << 30
    with pytest.raises(RangeError):
        _ = system.digest


LIES = {
    "no wires": (patched(CIRCOM, WIRES, "I", 0), "no wires"),
    "one wire less": (patched(CIRCOM, WIRES, "I", 11), "labels"),
    "one wire more": (patched(CIRCOM, WIRES, "I", 13), "labels"),
    "2^32 - 1 wires": (patched(CIRCOM, WIRES, "I", 2**32 - 1), "at most 2^31"),
    "more outputs than wires": (patched(CIRCOM, OUTPUTS, "I", 11), "11 outputs"),
    "2^32 - 1 outputs": (patched(CIRCOM, OUTPUTS, "I", 2**32 - 1), "outputs"),
    "2^32 - 1 public inputs": (patched(CIRCOM, PUBLIC, "I", 2**32 - 1), "public inputs"),
    "2^32 - 1 private inputs": (patched(CIRCOM, PRIVATE, "I", 2**32 - 1), "private inputs"),
    "no labels": (patched(CIRCOM, LABELS, "Q", 0), "0 labels"),
    "no constraints": (patched(CIRCOM, CONSTRAINTS, "I", 0), "after its 0 constraints"),
    "one constraint less": (patched(CIRCOM, CONSTRAINTS, "I", 9), "after its 9 constraints"),
    "one constraint more": (patched(CIRCOM, CONSTRAINTS, "I", 11), "of constraint 10"),
    "2^32 - 1 constraints": (patched(CIRCOM, CONSTRAINTS, "I", 2**32 - 1), "too short for"),
    "the constant one called otherwise": (labelled(5, 1, 2, 3), "wire 0 is the constant one"),
    "an output called an input": (labelled(0, 3, 2, 4), "wire 1 is a public value, and has"),
    "a public input called an internal one": (labelled(0, 1, 9, 3), "wire 2 is a public value"),
    "outputs and public inputs in another order": (labelled(0, 2, 1, 3), "has the label 2"),
    "labels that are all 0": (labelled(0, 0, 0, 0), "has the label 0"),
    "a label twice": (labelled(0, 1, 2, 3, 3), "wires 3 and 4 both have the label 3"),
    "a label twice, apart": (labelled(0, 1, 2, 9, 5, 7, 9), "wires 3 and 6 both have the label 9"),
    "a label twice, of a public value": (labelled(0, 1, 2, 3, 1), "wires 1 and 4 both have"),
    "a label past the last": (labelled(0, 1, 2, 20), "the label 20; there are 20"),
    "label 2^64 - 1": (labelled(0, 1, 2, 2**64 - 1), "the label 18446744073709551615"),
    "8-byte field": (patched(CIRCOM, HEADER, "I", 8), "8 bytes"),
    "a field of 0 bytes": (patched(CIRCOM, HEADER, "I", 0), "0 bytes"),
    "a field of 2^32 - 1 bytes": (patched(CIRCOM, HEADER, "I", 2**32 - 1), "bytes"),
    "another prime": (patched(CIRCOM, HEADER + 4, "I", 1), "another prime"),
    "a row of 2^32 - 1 entries": (
        patched(CIRCOM, section(CIRCOM, 2).body, "I", 2**32 - 1),
        "row A of constraint 0",
    ),
    "a wire that is not there": (file_of(1, row() + row(entry(4)) + row()), "uses wire 4"),
    "wire 2^32 - 1": (file_of(1, row() + row() + row(entry(2**32 - 1))), "uses wire 4294967295"),
    "coefficient r": (file_of(1, row(entry(0, R)) + row() + row()), "not below"),
    "coefficient 2^256 - 1": (file_of(1, row(entry(0, 2**256 - 1)) + row() + row()), "not below"),
    "a wire twice": (file_of(1, row(entry(1), entry(1)) + row() + row()), "wire 1 twice"),
    "a wire twice, apart": (
        file_of(2, row() * 4 + row(entry(1), entry(2), entry(1)) + row()),
        "constraint 1 has wire 1 twice",
    ),
    "a section that is not of words": (file_of(1, row() * 3 + b"\0"), "multiple of 4"),
    "custom gates": (
        with_count(CIRCOM + struct.pack("<IQI", 4, 4, 1), 1),
        "custom gates",
    ),
    "uses of custom gates": (
        with_count(CIRCOM + struct.pack("<IQI", 5, 4, 2**32 - 1), 1),
        "custom gates",
    ),
    "an empty list of custom gates": (
        with_count(CIRCOM + struct.pack("<IQ", 4, 0), 1),
        "too short",
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_is_refused_with_its_own_sentence(tmp_path: Path, name: str) -> None:
    data, sentence = LIES[name]
    error = assert_refused(load, tmp_path / "a.r1cs", name, data)
    assert isinstance(error, FormatError)
    assert sentence in error.problem


def test_sections_of_no_custom_gates_are_harmless(tmp_path: Path) -> None:
    data = with_count(CIRCOM + struct.pack("<IQIIQI", 4, 4, 0, 5, 4, 0), 2)
    (tmp_path / "a.r1cs").write_bytes(data)
    assert rows_of(load(tmp_path / "a.r1cs")) == plain_reader(CIRCOM)


def test_every_broken_frame_is_refused(tmp_path: Path) -> None:
    assert assert_all_refused(load, tmp_path / "a.r1cs", broken_frames(CIRCOM)) > 40


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    assert assert_all_refused(load, tmp_path / "a.r1cs", truncations(CIRCOM)) == len(CIRCOM)


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_a_missing_section_is_refused(tmp_path: Path, kind: int) -> None:
    error = assert_refused(load, tmp_path / "a.r1cs", "missing", without(CIRCOM, kind))
    assert error.problem.endswith(f"has no section {kind}.")


def test_mutations_are_refused_or_give_a_system_that_holds_together(tmp_path: Path) -> None:
    kept = 0
    for what, system in accepted_mutations(load, tmp_path / "a", CIRCOM, seed=2, count=600):
        assert isinstance(system, ConstraintSystem)
        assert all(value < R for value in ints_from_words(system.coefficients)), what
        assert len(system.labels) == system.wire_count, what
        assert 1 + system.public_count <= system.wire_count, what
        public = np.arange(1 + system.public_count)
        assert (system.labels[: len(public)] == public).all(), what
        assert len(set(system.labels.tolist())) == system.wire_count, what
        assert int(system.labels.max()) < system.label_count, what
        for matrix in (system.a, system.b, system.c):
            assert matrix.row_count == system.constraint_count, what
            assert matrix.starts[-1] == len(matrix.wires) == len(matrix.values), what
            assert (matrix.wires < system.wire_count).all(), what
            assert (matrix.values < len(system.coefficients)).all(), what
        rows = rows_of(system)
        assert all(list(r) == sorted(r) for three in rows for r in three), what
        kept += 1
    assert 50 < kept < 500


EXTREMES = {
    "2^64 - 1 labels": (patched(CIRCOM, LABELS, "Q", 2**64 - 1), None),
    "2^64 - 1 labels, and 2^64 - 2 the last": (
        labelled(0, 1, 2, 2**64 - 2, count=2**64 - 1),
        None,
    ),
    "2^64 - 1 labels, and 2^64 - 1 the last": (
        labelled(0, 1, 2, 2**64 - 1, count=2**64 - 1),
        "the label 18446744073709551615",
    ),
    "2^32 - 1 private inputs": (
        patched(patched(CIRCOM, LABELS, "Q", 2**64 - 1), PRIVATE, "I", 2**32 - 1),
        None,
    ),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_numbers_are_saved_as_they_were_read_or_refused(tmp_path: Path, name: str) -> None:
    data, refusal = EXTREMES[name]
    (tmp_path / "a.r1cs").write_bytes(data)
    if refusal is not None:
        with pytest.raises(FormatError, match=refusal):
            load(tmp_path / "a.r1cs")
        return
    load(tmp_path / "a.r1cs").save(tmp_path / "b.r1cs")
    again = load(tmp_path / "b.r1cs")
    again.save(tmp_path / "c.r1cs")
    assert (tmp_path / "c.r1cs").read_bytes() == (tmp_path / "b.r1cs").read_bytes()
    for kind in (1, 2, 3):
        one, other = (section(x, kind) for x in (data, (tmp_path / "b.r1cs").read_bytes()))
        assert (tmp_path / "b.r1cs").read_bytes()[other.body : other.body + other.size] == (
            data[one.body : one.body + one.size]
        )
