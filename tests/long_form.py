"""Whether a test takes its long form, which `make fuzz` asks for with FUZZ_SYSTEMS.

The suite takes a part of what a test could try: each kind of case, at fewer sizes and in fewer
combinations. The long form takes all of it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

IS_LONG = "FUZZ_SYSTEMS" in os.environ
Row, Column = TypeVar("Row"), TypeVar("Column")


def in_turn(
    rows: Sequence[Row], columns: Sequence[Column], each: int = 1
) -> list[tuple[Row, Column]]:
    """Pairs of rows and columns: all in the long form, else `each` columns a row, in turn.

    Every row is among them, and every column if there are as many rows as columns.
    """
    width = len(columns) if IS_LONG else each
    return [
        (row, columns[(i * each + j) % len(columns)])
        for i, row in enumerate(rows)
        for j in range(width)
    ]
