"""Small tables and what a circuit makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.exchange.some_tables import small_schema
from tests.long_form import IS_LONG
from zkpipe.circuits import Circuit, ConstraintSystem, InputError, Point, UnsatisfiedError
from zkpipe.circuits.testing import rejects
from zkpipe.exchange.circuits import Recipients
from zkpipe.exchange.tables import Commitment, Table, commit
from zkpipe.exchange.tables.layout import Layout
from zkpipe.exchange.tables.segments import dtype_of

CTX = 7
RECIPIENT, AUDITOR = 123_456_789, 987_654_321
KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
FOR = Recipients(
    (Point.BASE * RECIPIENT).y, (Point.BASE * AUDITOR).y, nonce=2**250 + 77, key=2**200 + 5
)


def outcome(system: ConstraintSystem, inputs: dict[str, Any]) -> list[int] | None:
    """The public values that a witness has; None if there is none."""
    try:
        return system.solve(**inputs).public
    except (InputError, UnsatisfiedError):
        return None


def refuses(circuit: Circuit, system: ConstraintSystem, inputs: dict[str, Any]) -> None:
    """Assert that inputs have no witness; in the long form, for a prover who lies, too."""
    assert outcome(system, inputs) is None
    if IS_LONG:
        rejects(circuit, inputs)


def by_hand(columns: list[list[int]], schema: Layout | None = None) -> Table:
    """A table of one segment, of any slots."""
    of = small_schema() if schema is None else schema
    arrays = tuple(
        np.array([slots], dtype_of(format_))
        for slots, format_ in zip(columns, of.formats, strict=True)
    )
    size = len(columns[0])
    return Table(of, size.bit_length() - 1, arrays, np.full((1, size), -1))


def committed(columns: list[list[int]], key: bytes = KEY) -> Commitment:
    return commit(by_hand(columns), key)


def sorted_rows(rng: np.random.Generator, size: int, cells: int = 2) -> list[list[int]]:
    """Columns of small_schema: sorted rows of few units, of which each has some values."""
    count = int(rng.integers(0, size + 1))
    keys = sorted(
        (int(rng.integers(1, cells + 1)), int(rng.integers(0, max(1, size // 3))) * 2**60 % 2**62)
        for _ in range(count)
    )
    slots, units = [], []
    for i, (cell, unit) in enumerate(keys):
        slots.append(2 * cell + (i == 0 or keys[i - 1] != keys[i]))
        units.append(unit)

    def values(most: int) -> list[int]:
        return [int(v) if rng.random() < 0.7 else 0 for v in rng.integers(1, most + 1, count)]

    wells = [cell for cell, _ in keys]
    columns = [slots, units, values(106), wells, values(106)]
    return [column + [0] * (size - count) for column in columns]
