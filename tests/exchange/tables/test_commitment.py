"""Commitments: the digests of the definition, on random tables, at any size."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.exchange.some_tables import frame, schema, table
from tests.oracles import exchange_commitments as oracle
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.exchange.errors import ExchangeError
from zkpipe.exchange.tables import Schema, Table, commit, commit_segments
from zkpipe.exchange.tables.commitment import packed
from zkpipe.exchange.tables.digests import (
    column_digest,
    root_of_columns,
    root_of_opened,
    siblings,
)
from zkpipe.exchange.tables.formats import Format
from zkpipe.exchange.tables.salts import salts, segment_key

VECTORS = Path(__file__).parents[2] / "vectors" / "exchange" / "commitments.json"
KEY = bytes(range(32))


def by_definition(segment: Table, key: bytes) -> tuple[list[int], int]:
    columns = [
        (slots[0].tolist(), f.width, f.low, f.high)
        for slots, f in zip(segment.columns, segment.schema.formats, strict=True)
    ]
    return oracle.commitment(segment.schema.word, columns, key, segment.segment_class)


@pytest.mark.parametrize("segment_class", [1, 2, 4, 5, 6, 7, 8, 10])
def test_commitments_are_those_of_the_definition(segment_class):
    rng = np.random.default_rng(segment_class)
    whole = table(rng, 5 * 2**segment_class // 2 if segment_class < 8 else 900, segment_class)
    keys = [segment_key() for _ in range(len(whole))]
    found = commit_segments(whole, keys)
    for i in {0, len(whole) - 1}:
        digests, root = by_definition(whole.segment(i), keys[i])
        assert found[i].root == root
        assert list(found[i].digests) == digests
        assert commit(whole.segment(i), keys[i]).root == root


@pytest.mark.parametrize("vector", json.loads(VECTORS.read_text("utf-8")), ids=lambda v: v["name"])
def test_golden_vectors(vector):
    encoded = Schema.of(json.dumps(vector["schema"])).encode(vector["data"])
    found = commit(encoded, bytes.fromhex(vector["key"]))
    assert found.table.schema.word == int(vector["schema_word"], 16)
    assert [int(code) for code in encoded.columns[0][0][:4]] == vector["cells"]
    assert [f"{digest:#066x}" for digest in found.digests] == vector["digests"]
    assert f"{found.root:#066x}" == vector["root"]


def test_the_text_for_integers_and_circuits_says_the_same():
    segment = table(np.random.default_rng(5), 40, 6)
    found = commit(segment, KEY)
    digests = [
        column_digest(found.slots(j), found.salts(j), f, 6)
        for j, f in enumerate(segment.schema.formats)
    ]
    assert tuple(digests) == found.digests
    assert root_of_columns(segment.schema.word, digests) == found.root


@pytest.mark.parametrize("opened", [(0,), (0, 1), (2, 7), tuple(range(8)), (9, 20), (5, 63)])
@pytest.mark.parametrize("count", [8, 9, 21, 64])
def test_a_root_opens_in_some_columns_beside_the_digests_of_the_others(count, opened):
    if max(opened) >= count:
        opened = (0,)
    digests = list(range(1000, 1000 + count))
    beside = siblings(digests, opened)
    assert len(beside) < count
    root = root_of_opened(7, {j: digests[j] for j in opened}, beside, count)
    assert root == oracle.root(7, digests)


@pytest.mark.parametrize("count", [3, 8, 9, 64])
def test_absent_columns_are_zeros_for_a_circuit_that_has_room_for_all(count):
    digests = list(range(1000, 1000 + count))
    beside = siblings(digests, (0, 1), 64)
    assert len(beside) == 6 + 7
    assert root_of_opened(7, {0: 1000, 1: 1001}, beside, 64) == oracle.root(7, digests)


def test_every_slot_and_every_salt_changes_the_root():
    segment = table(np.random.default_rng(6), 30, 5)
    roots = {commit(segment, KEY).root, commit(segment, bytes(32)).root}
    for j in range(len(segment.columns)):
        for i in (0, 17, 31):
            changed = [c.copy() for c in segment.columns]
            changed[j][0, i] ^= 1
            other = Table(segment.schema, 5, tuple(changed), segment.origin)
            roots.add(commit(other, KEY).root)
    assert len(roots) == 2 + 3 * len(segment.columns)


def test_a_digest_is_of_one_width_depth_and_range():
    slots, key = [1] * 32, [5]
    formats = [Format(15, 0, 9), Format(62, 0, 9), Format(15, 1, 9), Format(15, 0, 10)]
    digests = {column_digest(slots, key, format_, 5) for format_ in formats}
    digests.add(column_digest([1] * 32 + [0] * 32, key, formats[0], 6))
    assert len(digests) == 5


def test_salts_are_the_hmacs_of_their_places():
    keys = [segment_key(), segment_key()]
    found = ints_from_words(salts(keys, 3, 5))
    assert found == [oracle.salt(key, 3, chunk) for key in keys for chunk in range(5)]


@pytest.mark.parametrize("width", [15, 62])
def test_slots_are_packed_side_by_side(width):
    rng = np.random.default_rng(width)
    slots = rng.integers(0, 1 << width, (3, 256), dtype=np.uint64)
    slots[0, :4] = (1 << width) - 1
    size = {15: 16, 62: 4}[width]
    rows = slots.reshape(-1, size).tolist()
    assert ints_from_words(packed(slots, width)) == [oracle.element(row, width) for row in rows]


def test_a_key_is_of_one_segment():
    whole = table(np.random.default_rng(1), 70, 5)
    with pytest.raises(ExchangeError, match="a key of its own"):
        commit_segments(whole, [KEY] * len(whole))
    with pytest.raises(ExchangeError, match="commit_segments"):
        commit(whole, KEY)
    with pytest.raises(ExchangeError, match="is not 32 bytes"):
        commit(whole.segment(0), b"short")


def test_a_commitment_shows_nothing_but_its_root():
    found = commit(table(np.random.default_rng(2), 20, 5), KEY)
    assert repr(found) == f"<Commitment {found.root:#066x}>"


def test_the_slots_of_a_commitment_are_its_tables():
    data = frame(np.random.default_rng(3), 20)
    found = commit(schema().encode(data), KEY)
    origin = found.table.origin[0]
    for i in range(20):
        value = data["visits"][origin[i]]
        assert found.cell(2, i) == (0 if value is None else 1 + value + 5)
    assert found.column(2) == found.digests[2]
