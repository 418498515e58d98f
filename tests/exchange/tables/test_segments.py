"""Frames as tables: order, heads, units in segments, and where each row came from."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from tests.exchange.some_tables import PLAN, VISITS, frame, schema, schema_of
from tests.oracles import exchange_commitments as oracle
from zkpipe.circuits import Point
from zkpipe.exchange.errors import ExchangeError, SchemaError, TableError
from zkpipe.exchange.tables import holder_of
from zkpipe.exchange.tables.encoding import encode
from zkpipe.exchange.tables.segments import segment_bounds
from zkpipe.ground.errors import FormatError, ZkpipeError


def plain_bounds(units, size):
    """Where segments begin, of the numbers of rows of units in order."""
    bounds, room, at = [0], size, 0
    for rows in units:
        if rows > room and room < size:
            bounds.append(at)
            room = size
        left = rows
        while left > room:
            at, left = at + room, left - room
            bounds.append(at)
            room = size
        at, room = at + left, room - left
    return bounds if bounds[-1] == at else [*bounds, at]


@pytest.mark.parametrize("seed", range(40))
def test_segments_are_filled_with_whole_units_in_order(seed):
    rng = np.random.default_rng(seed)
    units = rng.integers(1, [3, 8, 20, 40][seed % 4], rng.integers(1, 60)).tolist()
    starts = np.cumsum([0, *units[:-1]])
    assert segment_bounds(starts, sum(units), 16).tolist() == plain_bounds(units, 16)


@pytest.mark.parametrize("segment_class", [3, 5, 10])
@pytest.mark.parametrize("seed", range(4))
def test_rows_are_sorted_by_cell_and_unit_with_right_heads(seed, segment_class):
    data = frame(np.random.default_rng(seed), 300)
    table = encode(schema(), data, segment_class)
    size = 1 << segment_class
    origin, seen = table.origin, set()
    assert sorted(origin[origin >= 0].tolist()) == list(range(300))
    for s in range(len(table)):
        here = origin[s][: table.rows[s]].tolist()
        assert (origin[s][table.rows[s] :] == -1).all()
        keys = [
            (1 + 2 * "abc".index(data["plan"][i]) + data["well"][i], data["person"][i])
            for i in here
        ]
        assert keys == sorted(keys)
        heads = [i == 0 or keys[i] != keys[i - 1] for i in range(len(keys))]
        slots = [2 * cell + head for (cell, _), head in zip(keys, heads, strict=True)]
        padding = [0] * (size - len(here))
        assert table.columns[0][s].tolist() == slots + padding
        assert table.columns[1][s].tolist() == [person for _, person in keys] + padding
        assert table.units[s] == len(set(keys))
        if max(keys.count(key) for key in keys) < size:
            assert not seen & set(keys)
        seen |= set(keys)
    for j, name in ((2, "visits"), (5, "cost")):
        for s, i in np.argwhere(origin >= 0)[::37]:
            value = data[name][origin[s, i]]
            low, scale = {"visits": (-5, 1), "cost": (0, 100)}[name]
            expected = 0 if value is None else 1 + round(value * scale) - low
            assert table.columns[j][s, i] == expected


def test_a_unit_of_more_rows_than_a_segment_is_a_unit_of_each():
    data = {"person": [1] * 40 + [0, 2], "visits": [5] * 42, "plan": ["a"] * 42}
    table = encode(schema_of(columns=[VISITS, PLAN], cell=["plan"]), data, 4)
    assert table.rows.tolist() == [1, 16, 16, 9]
    assert table.units.tolist() == [1, 1, 1, 2]


def test_rows_that_go_leave_zeros():
    table = encode(schema(), frame(np.random.default_rng(1), 50), 6)
    goes = table.columns[0] // 2 == 2
    rest = table.without(goes)
    assert all((column[goes] == 0).all() for column in rest.columns)
    assert all(
        (a[~goes] == b[~goes]).all() for a, b in zip(rest.columns, table.columns, strict=True)
    )
    assert rest.rows[0] == table.rows[0] - goes.sum()
    with pytest.raises(ExchangeError, match="shape"):
        table.without(np.zeros(3, bool))


def test_one_row_in_two_cells_of_a_person_is_a_head_in_both():
    data = {"person": [7, 7], "visits": [1, 2], "plan": ["c", "a"]}
    table = encode(schema_of(columns=[VISITS, PLAN], cell=["plan"]), data, 2)
    assert table.columns[0][0].tolist() == [3, 7, 0, 0]
    assert table.origin[0].tolist() == [1, 0, -1, -1]


def test_a_keyed_set_is_sorted_by_124_bits():
    keys = [0x1234_5678_9ABC_DEF0_1234_5678_9ABC_DEF, 5, 2**124 - 1, 2**62 + 5]
    data = {"h": [f"0x{key:031x}" for key in keys], "visits": [1, 2, 3, 4]}
    table = encode(
        schema_of(columns=[VISITS], cell=[], unit={"name": "h", "type": "holder"}), data, 2
    )
    low, high = table.columns[1][0].tolist(), table.columns[2][0].tolist()
    whole = [b << 62 | a for a, b in zip(low, high, strict=True)]
    assert whole == sorted(keys, key=lambda key: (key % 2**62, key >> 62))
    assert table.columns[0][0].tolist() == [3, 3, 3, 3]
    with pytest.raises(TableError, match="Row 2 has no holder"):
        encode(table.schema, {**data, "h": [data["h"][0], "0x12", *data["h"][2:]]}, 2)


def test_a_holder_is_124_bits_of_the_digest_of_his_key():
    key = Point.BASE * 77
    number = oracle.tagged("HOLD", [key.x, key.y])
    assert holder_of(key) == f"0x{number % 2**124:031x}"
    named = schema_of(columns=[VISITS], cell=[], unit={"name": "h", "type": "holder"})
    table = encode(named, {"h": [holder_of(key)], "visits": [1]}, 2)
    assert table.columns[1][0, 0] == number % 2**62
    assert table.columns[2][0, 0] == (number >> 62) % 2**62


@pytest.mark.parametrize("type_", ["text", "digest"])
def test_units_of_digests_keep_apart_what_is_different(type_):
    named = schema_of(columns=[VISITS], cell=[], unit={"name": "p", "type": type_})
    values = (
        ["a", "b", "a", "c"]
        if type_ == "text"
        else [f"{i:064x}" for i in (1 << 200, 2 << 200, 1 << 200, 3 << 200)]
    )
    table = encode(named, {"p": values, "visits": [1, 2, 3, 4]}, 2)
    assert table.units.tolist() == [3]
    if type_ == "digest":
        with pytest.raises(TableError, match="the same first 62 bits"):
            encode(named, {"p": [f"{1:064x}", f"{2:064x}"], "visits": [1, 2]}, 2)


def test_a_unit_is_never_null_and_below_62_bits():
    one = schema_of(columns=[VISITS], cell=[])
    with pytest.raises(TableError, match="Row 2 has no unit in the column 'person'"):
        encode(one, {"person": [1, None], "visits": [1, 2]})
    with pytest.raises(
        TableError, match="Row 1 has a value out of its range in the column 'person'"
    ):
        encode(one, {"person": [2**62], "visits": [1]})
    assert encode(one, {"person": [2**62 - 2], "visits": [1]}).columns[1][0, 0] == 2**62 - 2


class Stream:
    """A data frame of another library: it speaks Arrow's protocol, as pandas and polars do."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


def test_every_kind_of_frame_gives_the_same_table(tmp_path):
    data = frame(np.random.default_rng(3), 200)
    data["extra"] = ["not in the schema"] * 200
    arrow = pa.table({**data, "town": pa.array(data["town"]).dictionary_encode()})
    csv, parquet = tmp_path / "t.csv", tmp_path / "t.parquet"
    plain = pa.table(data).set_column(
        5, "cost", pa.array([None if c is None else f"{c:.2f}" for c in data["cost"]])
    )
    names = plain.column_names
    lines = [",".join(names)]
    for row in plain.to_pylist():
        fields = ("" if row[n] is None else str(row[n]) for n in names)
        lines.append(",".join(fields))
    csv.write_text("\n".join(lines) + "\n", encoding="utf-8")
    pa.parquet.write_table(arrow, parquet)
    expected = encode(schema(), data)
    chunked = pa.concat_tables([arrow.slice(0, 7), arrow.slice(7)])
    for given in (arrow, chunked, Stream(arrow), str(csv), csv, parquet):
        found = encode(schema(), given)
        for a, b in zip(found.columns, expected.columns, strict=True):
            assert (a == b).all()


def test_what_is_no_table_is_refused_without_a_value_of_it(tmp_path):
    csv, other, parquet = tmp_path / "t.csv", tmp_path / "t.xlsx", tmp_path / "t.parquet"
    csv.write_text("person,visits\n1,2\n3,4,secret\n")
    other.write_text("")
    parquet.write_bytes(b"PAR1 secret PAR1")
    one = schema_of(columns=[VISITS], cell=[])
    for given, error, said in (
        (csv, FormatError, "is no CSV file"),
        (parquet, FormatError, "is no Parquet file"),
        (other, FormatError, "neither .csv nor .parquet"),
        ({"person": [1]}, TableError, "no column 'visits'"),
        ({"person": [1], "visits": [1, 2]}, TableError, "one length"),
        ({"person": [1], "visits": [object()]}, TableError, "Arrow cannot hold"),
        ({"person": [], "visits": []}, TableError, "have no rows"),
        (
            pa.table([[1], [1], [2]], names=["person", "visits", "visits"]),
            TableError,
            "two columns",
        ),
        (5, TableError, "The data are"),
    ):
        with pytest.raises(error) as caught:
            encode(one, given)
        assert said in str(caught.value)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_has_each_column_once(tmp_path, kind):
    path = tmp_path / f"t.{kind}"
    for header, said in (("person,visit", "no column"), ("person,visits,visits", "two columns")):
        names = header.split(",")
        if kind == "csv":
            path.write_text(f"{header}\n{','.join('1' for _ in names)}\n")
        else:
            pa.parquet.write_table(pa.table([[1]] * len(names), names=names), path)
        with pytest.raises(TableError, match=f"{said} 'visits'"):
            encode(schema_of(columns=[VISITS], cell=[]), path)


def test_a_quoted_empty_field_of_a_csv_file_is_a_text(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('person,town\n1,""\n2,\n')
    town = {"name": "town", "type": "text", "nulls": True}
    table = encode(schema_of(columns=[town], cell=[]), path)
    assert (table.columns[2][0, :2] != 0).tolist() == [True, False]


def test_a_segment_has_a_number_and_a_class():
    table = encode(schema(), frame(np.random.default_rng(1), 50), 4)
    assert repr(table) == f"<Table of {len(table)} segments>"
    with pytest.raises(ExchangeError, match="no segment"):
        table.segment(len(table))
    for wrong in (0, 21, "10"):
        with pytest.raises(SchemaError, match="class"):
            encode(schema(), frame(np.random.default_rng(1), 5), wrong)
    assert issubclass(TableError, ZkpipeError)
