"""Columns as a circuit opens them: their slots and salts are private inputs of bounded types.

A slot's type has as many bits as the column's greatest code needs. So an element is the sum of its
slots in one way only, and the digest, which says width and range, is of these slots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import make_dataclass
from typing import Any

from zkpipe.circuits import Array, Field, UInt, check
from zkpipe.exchange.tables.commitment import Commitment
from zkpipe.exchange.tables.digests import column_digest, root_of_opened, sibling_count, siblings
from zkpipe.exchange.tables.formats import Format, chunk_count
from zkpipe.exchange.tables.layout import Layout


class Opening:
    """Which columns of a schema a circuit opens, and the types of its inputs for that.

    columns        their numbers, ascending
    slots_type     a record of arrays, column_0, column_1, ..
    salts_type     the same
    siblings_type  digests beside
    """

    def __init__(self, schema: Layout, columns: Sequence[int], segment_class: int) -> None:
        self.schema = schema
        self.columns = sorted(columns)
        self.segment_class = segment_class
        size = 1 << segment_class
        formats = {j: schema.formats[j] for j in self.columns}
        self.slots_type = _record(
            "Slots", {j: Array[UInt[self._most(j).bit_length()], size] for j in formats}
        )
        self.salts_type = salts_type(formats, segment_class)
        self.siblings_type = Array[Field, sibling_count(len(schema.formats), self.columns)]

    def slots(self, record: Any, column: int) -> list[Any]:
        """The slots of a column, whose range is checked."""
        most = self._most(column)
        slots = list(getattr(record, _name(column)))
        if most & (most + 1):  # else the type says it
            for slot in slots:
                check(slot <= most, "a code is out of its column's range")
        return slots

    def _most(self, column: int) -> int:
        """The greatest code of a column; of column 0, in the schema's last cell."""
        if column == 0:
            return 2 * self.schema.cell_count + 1
        return self.schema.formats[column].most

    def root(
        self,
        slots: Mapping[int, Sequence[Any]],
        salts: Any,
        beside: Sequence[Any],
        schema_word: Any = None,
    ) -> Any:
        """The root under which the slots open.

        schema_word  the schema's, where it is an input; else the circuit's constant
        """
        word = self.schema.word if schema_word is None else schema_word
        digests = {
            j: column_digest(
                slots[j], getattr(salts, _name(j)), self.schema.formats[j], self.segment_class
            )
            for j in self.columns
        }
        return root_of_opened(word, digests, beside, len(self.schema.formats))

    def inputs(self, commitment: Commitment) -> dict[str, Any]:
        """The inputs `slots`, `salts` and `siblings` that open a commitment."""
        return {
            "slots": {_name(j): commitment.slots(j) for j in self.columns},
            "salts": salts_inputs(commitment, self.columns),
            "siblings": siblings(commitment.digests, self.columns),
        }


def salts_type(formats: Mapping[int, Format], segment_class: int) -> Any:
    """A record of the salts of columns."""
    return _record(
        "Salts",
        {j: Array[Field, chunk_count(f.width, segment_class)] for j, f in formats.items()},
    )


def salts_inputs(commitment: Commitment, columns: Sequence[int]) -> dict[str, list[int]]:
    """What a record of salts takes."""
    return {_name(j): commitment.salts(j) for j in columns}


def column_salts(record: Any, column: int) -> list[Any]:
    """The salts of a column in a record of them."""
    return list(getattr(record, _name(column)))


def _name(column: int) -> str:
    return f"column_{column}"


def _record(name: str, types: Mapping[int, Any]) -> Any:
    return make_dataclass(name, [(_name(j), type_) for j, type_ in types.items()], frozen=True)
