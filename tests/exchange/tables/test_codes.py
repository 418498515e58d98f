"""Values as codes: what each type takes, and what is refused by the number of its row."""

from __future__ import annotations

import datetime
import hashlib
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from zkpipe.exchange.errors import TableError
from zkpipe.exchange.tables.codes import codes_of
from zkpipe.exchange.tables.columns import Column

INT = Column("c", "int", -5, 100, 15, nulls=True)
WIDE = Column("c", "int", -(2**61), 2**61, 62, nulls=True)
DECIMAL = Column("c", "decimal", -1000, 100_000, 62, nulls=True, places=2)
BOOL = Column("c", "bool", 0, 1, 15, nulls=True)
CATEGORY = Column("c", "category", 0, 2, 15, nulls=True, values=("a", "7", "true"))
DATE = Column("c", "date", -10, 30_000, 15, nulls=True)
TIME = Column("c", "time", -10, 2**40, 62, nulls=True)
TEXT = Column("c", "text", 0, 2**61 - 1, 62, nulls=True)
DIGEST = Column("c", "digest", 0, 2**61 - 1, 62, nulls=True)
NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
CHINA = datetime.timezone(datetime.timedelta(hours=8))


def codes(column, values, type_=None):
    array = values if isinstance(values, pa.Array) else pa.array(values, type_)
    found = codes_of(column, pa.chunked_array([array]))
    assert all(part.dtype == (np.uint16 if column.width == 15 else np.uint64) for part in found)
    return [part.tolist() for part in found] if len(found) > 1 else found[0].tolist()


TAKEN = {
    "integers": (INT, [-5, None, 100], None, [1, 0, 106]),
    "small integers": (INT, [-5, None, 100], pa.int8(), [1, 0, 106]),
    "unsigned integers": (INT, [0, None, 100], pa.uint64(), [6, 0, 106]),
    "floats that are whole": (INT, [-5.0, float("nan"), None, 100.0], None, [1, 0, 0, 106]),
    "decimals that are whole": (INT, [Decimal("-5"), None], pa.decimal128(9, 2), [1, 0]),
    "texts of digits": (INT, ["-5", None, "100", "-0"], None, [1, 0, 106, 6]),
    "only nulls": (INT, [None, None], pa.null(), [0, 0]),
    "the ends of 62 bits": (WIDE, [-(2**61), 2**61 - 1], None, [1, 2**62]),
    "decimals": (DECIMAL, [Decimal("-10.00"), None, Decimal("0.1")], None, [1, 0, 1011]),
    "integers for decimals": (DECIMAL, [-10, None, 1000], None, [1, 0, 101_001]),
    "floats for decimals": (DECIMAL, [0.1, 12.34, None, -0.29], None, [1011, 2235, 0, 972]),
    "texts for decimals": (DECIMAL, ["-10.00", None, "0.1", "7"], None, [1, 0, 1011, 1701]),
    "bools": (BOOL, [False, None, True], None, [1, 0, 2]),
    "bools as texts": (BOOL, ["0", None, "TRUE", "false"], None, [1, 0, 2, 1]),
    "bools as integers": (BOOL, [0, None, 1], None, [1, 0, 2]),
    "bools as floats": (BOOL, [0.0, float("nan"), 1.0], None, [1, 0, 2]),
    "categories": (CATEGORY, ["7", None, "a"], None, [2, 0, 1]),
    "categories of a dictionary": (CATEGORY, pa.array(["7", None, "a"]).dictionary_encode(), None,
                                   [2, 0, 1]),
    "integers for categories": (CATEGORY, [7, None], None, [2, 0]),
    "floats for categories": (CATEGORY, [7.0, float("nan")], None, [2, 0]),
    "bools for categories": (CATEGORY, [True, None], None, [3, 0]),
    "dates": (DATE, [datetime.date(1970, 1, 1), None, datetime.date(1969, 12, 31)], None,
              [11, 0, 10]),
    "midnights": (DATE, [NEW_YEAR.replace(tzinfo=None), None], pa.timestamp("ns"), [20_465, 0]),
    "dates in milliseconds": (DATE, [datetime.date(1970, 1, 2)], pa.date64(), [12]),
    "dates as texts": (DATE, ["1970-01-02", None], None, [12, 0]),
    "times": (TIME, [NEW_YEAR, None], pa.timestamp("us", "UTC"), [1_767_225_611, 0]),
    "times of a zone": (TIME, [NEW_YEAR.astimezone(CHINA)], pa.timestamp("s", "Asia/Shanghai"),
                        [1_767_225_611]),
    "times as texts": (TIME, ["2026-01-01T00:00:00Z", None], None, [1_767_225_611, 0]),
    "times as texts of a zone": (TIME, ["2026-01-01T08:00:00+08:00"], None, [1_767_225_611]),
    "times as texts without a zone": (TIME, ["2026-01-01 00:00:00"], None, [1_767_225_611]),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_a_code_is_1_and_the_distance_from_the_least_value(name):
    column, values, type_, expected = TAKEN[name]
    assert codes(column, values, type_) == expected


REFUSED = {
    "below": (INT, [0, -6], None, "Row 2 has a value out of its range"),
    "above": (INT, [0, 101], None, "Row 2 has a value out of its range"),
    "far above": (INT, [0, 2**63 - 1], None, "Row 2 has a value out of its range"),
    "far below": (INT, [0, -(2**63)], None, "Row 2 has a value out of its range"),
    "unsigned far above": (INT, [0, 2**64 - 1], pa.uint64(), "Row 2 has a value out of its range"),
    "several": (INT, [0, 101, 102, 103], None, "and so have 2 more rows"),
    "half": (INT, [0.0, 0.5], None, "Row 2 has no whole number"),
    "infinite": (INT, [0.0, float("inf")], None, "Row 2 has no whole number"),
    "a large float": (WIDE, [0.0, 2.0**60], None, "Row 2 has no whole number"),
    "half a decimal": (INT, [Decimal("0.5")], None, "Row 1 has a number with more than 0 places"),
    "leading zeros": (INT, ["1", "007"], None, "Row 2 has no whole number"),
    "a plus": (INT, ["+5"], None, "Row 1 has no whole number"),
    "spaces": (INT, [" 5"], None, "Row 1 has no whole number"),
    "an exponent": (INT, ["1e2"], None, "Row 1 has no whole number"),
    "an empty text": (INT, ["1", ""], None, "Row 2 has no whole number"),
    "a line's end": (INT, ["1\n"], None, "Row 1 has no whole number"),
    "bools for integers": (INT, [True], None, "holds bool values, which are no int"),
    "dates for integers": (INT, [datetime.date(2026, 1, 1)], None, "which are no int"),
    "three places": (DECIMAL, [Decimal("1.25"), Decimal("1.255")], None, "Row 2 has a number"),
    "three places of a float": (DECIMAL, [1.25, 1.255], None, "with more than 2 places"),
    "three places of a text": (DECIMAL, ["1.25", "1.255"], None, "Row 2 has no number with"),
    "a large decimal": (DECIMAL, [Decimal(10**30)], None, "Row 1 has a value out of its range"),
    "a huge decimal": (DECIMAL, [Decimal(10**37)], None, "of more than 38 digits"),
    "2 for a bool": (BOOL, [0, 2], None, "Row 2 has a value out of its range"),
    "yes": (BOOL, ["true", "yes"], None, "Row 2 is no bool"),
    "no such category": (CATEGORY, ["a", "b"], None, "Row 2 has none of the listed values"),
    "a time of day": (DATE, [NEW_YEAR.replace(hour=1)], pa.timestamp("s"), "has a time of day"),
    "no date": (DATE, ["2026-1-1"], None, "Row 1 is no date"),
    "a date that no calendar has": (DATE, ["2026-02-30"], None, "that no calendar has"),
    "half a second": (TIME, [NEW_YEAR.replace(microsecond=1)], pa.timestamp("us"), "parts of"),
    "no time": (TIME, ["noon"], None, "Row 1 is no time"),
    "numbers for texts": (TEXT, [5], None, "which are no text"),
    "a short digest": (DIGEST, ["ab" * 31], None, "Row 1 has no digest"),
    "no hex": (DIGEST, ["0x" + "xy" * 32], None, "Row 1 has no digest"),
    "31 bytes": (DIGEST, [b"a" * 31], None, "Row 1 has other than 32 bytes"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_column_does_not_hold_is_refused_by_row_and_not_shown(name):
    column, values, type_, said = REFUSED[name]
    with pytest.raises(TableError) as caught:
        codes(column, values, type_)
    assert said in str(caught.value)
    for value in values:
        if isinstance(value, str) and len(value) > 2 and value != "true":
            assert value not in str(caught.value)
            assert value not in str(caught.value.explain())
    assert caught.value.__cause__ is None


def test_nulls_are_refused_where_the_schema_has_none():
    column = Column("c", "int", 0, 9, 15, nulls=False)
    with pytest.raises(TableError, match="Row 2 has no value in the column 'c'"):
        codes(column, [1, None])


def bits_of(digest: bytes) -> tuple[int, int]:
    number = int.from_bytes(digest, "big") >> 133
    return 1 + (number >> 62), number & (2**62 - 1)


def test_a_text_is_123_bits_of_its_digest():
    texts = ["Rome", "", None, "北京", "Rome"]
    prefix = b"zkpipe.v1.TEXT"
    expected = [
        (0, 0) if text is None else bits_of(hashlib.sha256(prefix + text.encode()).digest())
        for text in texts
    ]
    first, second = codes(TEXT, texts)
    assert list(zip(first, second, strict=True)) == expected
    assert first[0] == first[4]


def test_each_distinct_text_is_digested_once(monkeypatch):
    from zkpipe.exchange.tables import codes as module

    digested = []
    real = module.digests_of_texts
    monkeypatch.setattr(module, "digests_of_texts", lambda t: digested.extend(t) or real(t))
    codes(TEXT, ["a", "b", None, "a"] * 1000)
    assert sorted(digested) == ["a", "b"]


@pytest.mark.parametrize("kind", ["hex", "0x", "bytes", "fixed"])
def test_a_digest_is_its_first_123_bits(kind):
    given = [hashlib.sha256(bytes([i])).digest() for i in range(5)]
    given.append(b"\xff" * 32)
    values = {
        "hex": [d.hex() for d in given],
        "0x": ["0x" + d.hex().upper() for d in given],
        "bytes": given,
        "fixed": pa.array([*given, None], pa.binary(32)),
    }[kind]
    first, second = codes(DIGEST, values if kind == "fixed" else [*values, None])
    expected = [*map(bits_of, given), (0, 0)]
    assert list(zip(first, second, strict=True)) == expected


def test_a_slice_of_an_array_is_read_from_where_it_begins():
    texts = pa.array(["0x" + f"{i:064x}" for i in range(9)])
    decimals = pa.array([Decimal(i) for i in range(9)])
    assert codes(DIGEST, texts[5:]) == codes(DIGEST, pa.array(texts[5:].to_pylist()))
    assert codes(DECIMAL, decimals[5:]) == [1001 + 100 * i for i in range(5, 9)]
    assert codes(DIGEST, pa.array([bytes([i] * 32) for i in range(9)], pa.binary(32))[7:]) == codes(
        DIGEST, [bytes([7] * 32), bytes([8] * 32)]
    )


def test_random_integers_are_coded_as_plain_python_codes_them():
    rng = np.random.default_rng(1)
    values = [None if rng.random() < 0.1 else int(v) for v in rng.integers(-5, 101, 1000)]
    expected = [0 if v is None else v + 6 for v in values]
    floats = [float("nan") if v is None else float(v) for v in values]
    assert codes(INT, values) == codes(INT, floats) == expected
    assert codes(INT, [None if v is None else str(v) for v in values]) == expected
