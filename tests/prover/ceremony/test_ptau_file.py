"""The reader of .ptau files: strict, and total."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.circuits.formats.hostile_files import (
    accepted_mutations,
    assert_all_refused,
    assert_refused,
    broken_frames,
    patched,
    section,
    truncations,
    with_unknown_section,
    without,
)
from tests.long_form import IS_LONG
from tests.prover.ceremony.transcripts import records_of, with_records
from zkpipe.accel.bn254 import P, R
from zkpipe.ground.errors import FormatError
from zkpipe.prover.ceremony.phase1.create import new_ptau
from zkpipe.prover.ceremony.phase1.truncate import truncate_ptau
from zkpipe.prover.ceremony.ptau_file import (
    CONTRIBUTIONS,
    HEADER,
    LAGRANGE,
    POWERS,
    PtauFile,
    point_count,
    read_ptau,
)
from zkpipe.prover.ceremony.records import POINTS_BYTES, records_bytes

MUTATIONS = 20_000 if IS_LONG else 400


@pytest.fixture(scope="module")
def data(transcript: Path) -> bytes:
    return transcript.read_bytes()


def read_all(path: Path) -> PtauFile:
    """Read all that a file holds."""
    file = read_ptau(path)
    for kind in (*POWERS, *(LAGRANGE if file.prepared else ())):
        file.points(kind, 0, point_count(kind, file.power))
    return file


def test_what_is_written_is_read(transcript: Path, data: bytes) -> None:
    records = records_of(transcript)
    placed = section(data, CONTRIBUTIONS)
    assert records_bytes(records) == data[placed.body : placed.body + placed.size]


def test_broken_frames_are_refused(tmp_path: Path, data: bytes) -> None:
    assert assert_all_refused(read_all, tmp_path / "a.ptau", broken_frames(data)) > 80


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    new_ptau(1, tmp_path / "small")
    small = (tmp_path / "small").read_bytes()
    (tmp_path / "small").unlink()
    assert assert_all_refused(read_all, tmp_path / "a.ptau", truncations(small)) == len(small)


@pytest.mark.parametrize("kind", [*range(1, 8)])
def test_a_missing_section_is_refused(tmp_path: Path, data: bytes, kind: int) -> None:
    error = assert_refused(read_all, tmp_path / "a.ptau", "missing", without(data, kind))
    assert error.problem.endswith(f"has no section {kind}.")


def test_a_section_that_nobody_knows_is_skipped(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.ptau").write_bytes(with_unknown_section(data, b"of another tool"))
    assert len(read_all(tmp_path / "a.ptau").records) == 6


@pytest.mark.parametrize("kind", LAGRANGE)
def test_one_basis_alone_is_refused(tmp_path: Path, data: bytes, kind: int) -> None:
    changed = bytearray(with_unknown_section(data, bytes(64)))
    struct.pack_into("<I", changed, 12, kind)
    error = assert_refused(read_all, tmp_path / "a.ptau", "one basis", bytes(changed))
    assert f"has section {kind} and no section" in error.problem


@pytest.mark.parametrize(
    ("power", "ceremony"),
    [(0, 3), (3, 2), (4, 4), (2, 3), (29, 29), (3, 29), (1 << 31, 1 << 31), (3, 0)],
)
def test_powers_that_do_not_fit_are_refused(
    tmp_path: Path, data: bytes, power: int, ceremony: int
) -> None:
    at = section(data, HEADER).body + 36
    assert_refused(read_all, tmp_path / "a.ptau", "power", patched(data, at, "II", power, ceremony))


def test_another_field_is_refused(tmp_path: Path, data: bytes) -> None:
    at = section(data, HEADER).body + 4
    changed = data[:at] + R.to_bytes(32, "little") + data[at + 32 :]
    error = assert_refused(read_all, tmp_path / "a.ptau", "field", changed)
    assert "another prime field" in error.problem


@pytest.mark.parametrize("kind", POWERS)
@pytest.mark.parametrize("value", [P, (1 << 256) - 1])
def test_a_coordinate_of_p_or_more_is_refused(
    tmp_path: Path, data: bytes, kind: int, value: int
) -> None:
    placed = section(data, kind)
    at = placed.body + placed.size - 32
    changed = data[:at] + value.to_bytes(32, "little") + data[at + 32 :]
    error = assert_refused(read_all, tmp_path / "a.ptau", "coordinate", changed)
    assert f"section {kind}" in error.problem
    assert f"at offset {placed.size - 32}, is not below p" in error.problem


@pytest.mark.parametrize("kind", POWERS)
def test_a_coordinate_of_p_or_more_is_not_copied_into_a_truncated_file(
    tmp_path: Path, data: bytes, kind: int
) -> None:
    at = section(data, kind).body + 32
    (tmp_path / "a").write_bytes(data[:at] + P.to_bytes(32, "little") + data[at + 32 :])
    with pytest.raises(FormatError, match=rf"section {kind}: .* at offset 32, is not below p"):
        truncate_ptau(tmp_path / "a", tmp_path / "b", 1)
    assert not (tmp_path / "b").exists()


def test_a_coordinate_of_a_record_is_below_p(tmp_path: Path, data: bytes) -> None:
    at = section(data, CONTRIBUTIONS).body + 4 + 64
    changed = data[:at] + P.to_bytes(32, "little") + data[at + 32 :]
    error = assert_refused(read_all, tmp_path / "a.ptau", "coordinate", changed)
    assert "section 7: contribution 1, at offset 4, is malformed: coordinate 2" in error.problem


@pytest.mark.parametrize("count", [0, 5, 7, 8, 0xFFFFFFFF])
def test_another_count_of_contributions_is_refused(tmp_path: Path, data: bytes, count: int) -> None:
    changed = patched(data, section(data, CONTRIBUTIONS).body, "I", count)
    error = assert_refused(read_all, tmp_path / "a.ptau", "count", changed)
    assert "section 7" in error.problem


FIRST = 4 + POINTS_BYTES + 216 + 64  # type, size and parameters of the first contribution


@pytest.mark.parametrize(
    ("at", "layout", "value", "says"),
    [
        (0, "I", 2, "its type is 2"),
        (0, "I", 1, "not those of its type"),
        (4, "I", 0xFFFFFFFF, "too short"),
        (8, "B", 4, "of kind 4"),
        (8, "B", 0, "of kind 0"),
        (8, "B", 2, "of kind 65"),
        (9, "B", 255, "cut short"),
        (9, "B", 4, "of kind 101"),
    ],
)
def test_parameters_that_are_none_are_refused(
    tmp_path: Path, data: bytes, at: int, layout: str, value: int, says: str
) -> None:
    """Of the first contribution, whose name is Alice."""
    body = section(data, CONTRIBUTIONS).body
    changed = patched(data, body + FIRST + at, layout, value)
    error = assert_refused(read_all, tmp_path / "a.ptau", says, changed)
    assert "contribution 1" in error.problem
    assert says in error.problem


def test_parameters_of_one_kind_twice_are_refused(tmp_path: Path, data: bytes) -> None:
    at = section(data, CONTRIBUTIONS).body + FIRST + 8
    changed = patched(data, at, "7B", 1, 1, 65, 1, 2, 66, 67)
    error = assert_refused(read_all, tmp_path / "a.ptau", "twice", changed)
    assert "not in the order of their kinds" in error.problem


def test_a_state_that_is_none_is_refused(tmp_path: Path, data: bytes) -> None:
    at = section(data, CONTRIBUTIONS).body + 4 + POINTS_BYTES + 200
    error = assert_refused(read_all, tmp_path / "a.ptau", "state", patched(data, at, "Q", 200))
    assert "BLAKE2b" in error.problem


def test_a_name_that_is_no_text_is_shown_as_far_as_it_goes(tmp_path: Path, data: bytes) -> None:
    at = section(data, CONTRIBUTIONS).body + FIRST + 10
    (tmp_path / "a.ptau").write_bytes(patched(data, at, "B", 0xFF))
    assert records_of(tmp_path / "a.ptau")[0].name == "\ufffdlice"


def test_mutations_are_refused_or_give_a_file_that_holds_together(
    tmp_path: Path, data: bytes
) -> None:
    kept = 0
    for what, file in accepted_mutations(read_all, tmp_path / "a", data, 4, MUTATIONS):
        assert isinstance(file, PtauFile)
        assert file.power <= file.ceremony_power, what
        for record in file.records:
            assert len(record.state) == 216, what
            record.response_hash()
        kept += 1
    assert kept < MUTATIONS


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.ptau"
    path.write_bytes(data)
    file = read_ptau(path)
    path.write_bytes(data + b"x")
    with pytest.raises(Exception, match="was changed"):
        file.points(2, 0, 1)


def test_a_history_without_beacon_parameters_is_written_as_it_was(
    transcript: Path, tmp_path: Path
) -> None:
    records = [replace(record, name="") for record in records_of(transcript)]
    again = records_of(with_records(transcript, records, tmp_path / "a.ptau"))
    assert [record.name for record in again] == [""] * 6
    assert np.array_equal(again[3].powers.beta_g2, records[3].powers.beta_g2)
    assert again[5].beacon == records[5].beacon


def test_the_reader_names_what_is_no_ptau(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"zkey" + bytes(100))
    with pytest.raises(FormatError, match="a proving key"):
        read_ptau(tmp_path / "a")
