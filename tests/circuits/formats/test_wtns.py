from __future__ import annotations

import json
import struct
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
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words, ints_from_words, words_from_ints
from zkpipe.circuits.formats.wtns import write_wtns
from zkpipe.circuits.witness import Witness
from zkpipe.ground.errors import FormatError, ZkpipeError

VECTORS = Path(__file__).parents[2] / "vectors" / "formats"
CIRCOM = (VECTORS / "bits.wtns").read_bytes()


def test_reads_the_witness_that_circom_computed() -> None:
    values = ints_from_words(Witness.load(VECTORS / "bits.wtns").values)
    public = [int(text) for text in json.loads((VECTORS / "public.json").read_text())]
    assert values[:4] == [1, *public, 13]
    assert values[4:] == [1, 0, 1, 1, 0, 0, 0, 0]


def test_writes_the_bytes_that_snarkjs_writes(tmp_path: Path) -> None:
    path = tmp_path / "w.wtns"
    write_wtns(path, Witness.load(VECTORS / "bits.wtns").values)
    assert path.read_bytes() == CIRCOM


def test_values_up_to_r_minus_1_come_back(tmp_path: Path) -> None:
    values = words_from_ints([1, 0, 1, 2**64 - 1, 2**128, 2**253, R - 2, R - 1])
    Witness(values, 2).save(tmp_path / "w.wtns")
    loaded = Witness.load(tmp_path / "w.wtns")
    assert np.array_equal(loaded.values, values)
    assert loaded.public_count is None


def test_only_the_owner_may_read_a_witness(tmp_path: Path) -> None:
    write_wtns(tmp_path / "w.wtns", words_from_ints([1]))
    assert (tmp_path / "w.wtns").stat().st_mode & 0o777 == 0o600


def test_an_unknown_section_of_odd_size_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "w.wtns").write_bytes(with_unknown_section(CIRCOM, b"odd"))
    loaded = Witness.load(tmp_path / "w.wtns")
    assert np.array_equal(loaded.values, Witness.load(VECTORS / "bits.wtns").values)


def written(path: Path, values: Words) -> None:
    """A .wtns file of any values."""
    header = struct.pack("<I", 32) + R.to_bytes(32, "little") + struct.pack("<I", len(values))
    body = struct.pack("<IQ", 1, len(header)) + header
    body += struct.pack("<IQ", 2, values.nbytes) + values.tobytes()
    path.write_bytes(b"wtns" + struct.pack("<II", 2, 2) + body)


def is_refused_either_way(path: Path, values: Words, read: str, wrote: str) -> None:
    """What no file may hold cannot be written either."""
    with pytest.raises(ZkpipeError, match=wrote):
        write_wtns(path, values)
    assert not path.exists()
    written(path, values)
    with pytest.raises(FormatError, match=read):
        Witness.load(path)


@pytest.mark.parametrize("value", [R, R + 1, 2**254, 2**256 - 1])
@pytest.mark.parametrize("index", [1, 5, 11])
def test_a_value_not_below_r_is_refused(tmp_path: Path, value: int, index: int) -> None:
    values = words_from_ints([1] * 12)
    values[index] = words_from_ints([value])[0]
    is_refused_either_way(
        tmp_path / "w", values, f"value {index}, at offset {32 * index}, is not below", "not below"
    )


@pytest.mark.parametrize("first", [0, 2, R - 1])
def test_a_witness_that_does_not_begin_with_one_is_refused(tmp_path: Path, first: int) -> None:
    values = words_from_ints([first, 1])
    is_refused_either_way(tmp_path / "w", values, "first value", "first value")


def test_a_witness_without_values_is_refused(tmp_path: Path) -> None:
    values = np.empty((0, 4), dtype=np.uint64)
    is_refused_either_way(tmp_path / "w", values, "first value", "first value")


@pytest.mark.parametrize(
    "values",
    [
        words_from_ints([1, 2]).astype(np.int64),
        words_from_ints([1, 2]).astype(">u8"),
        words_from_ints([1, 2]).reshape(-1),
        words_from_ints([1, 2, 1, 2])[::2],
        words_from_ints([1, 2]).tolist(),
    ],
    ids=["signed", "big-endian", "flat", "strided", "list"],
)
def test_what_is_no_array_of_values_is_not_written(tmp_path: Path, values: Words) -> None:
    with pytest.raises(ZkpipeError, match="values of a witness"):
        write_wtns(tmp_path / "w.wtns", values)
    assert list(tmp_path.iterdir()) == []


def test_another_field_is_refused_by_its_name(tmp_path: Path) -> None:
    header = section(CIRCOM, 1).body
    for data in (
        patched(CIRCOM, header, "I", 8),
        patched(CIRCOM, header + 4, "Q", 2**64 - 2**32 + 1),
    ):
        error = assert_refused(Witness.load, tmp_path / "w.wtns", "field", data)
        assert "bn128" in error.fix


@pytest.mark.parametrize("count", [0, 11, 13, 2**31, 2**32 - 1])
def test_a_count_that_is_not_that_of_the_values_is_refused(tmp_path: Path, count: int) -> None:
    data = patched(CIRCOM, section(CIRCOM, 1).body + 36, "I", count)
    assert "section 2" in assert_refused(Witness.load, tmp_path / "w.wtns", "count", data).problem


def test_every_broken_frame_is_refused(tmp_path: Path) -> None:
    assert assert_all_refused(Witness.load, tmp_path / "w.wtns", broken_frames(CIRCOM)) > 30


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    assert assert_all_refused(Witness.load, tmp_path / "w.wtns", truncations(CIRCOM)) == len(CIRCOM)


@pytest.mark.parametrize("kind", [1, 2])
def test_a_missing_section_is_refused(tmp_path: Path, kind: int) -> None:
    error = assert_refused(Witness.load, tmp_path / "w.wtns", "missing", without(CIRCOM, kind))
    assert error.problem.endswith(f"has no section {kind}.")


def test_mutations_are_refused_or_read_as_what_they_say(tmp_path: Path) -> None:
    path = tmp_path / "w.wtns"
    kept = 0
    for what, loaded in accepted_mutations(Witness.load, path, CIRCOM, seed=1, count=600):
        assert isinstance(loaded, Witness)
        write_wtns(tmp_path / "again.wtns", loaded.values)
        assert (tmp_path / "again.wtns").read_bytes() == path.read_bytes(), what
        kept += 1
    assert 50 < kept < 500  # a changed value is a value: some must pass
