"""Tables of the page, and gas as it stands in them."""

from __future__ import annotations

from collections.abc import Iterable

STEP = 100  # gas that a figure is rounded to: proofs and keys are random, and so are their bytes


def rounded(gas: int) -> int:
    """Gas as the page has it."""
    return (gas + STEP // 2) // STEP * STEP


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown: the first column left, the others right."""
    columns = list(head)
    lines = [_line(columns), _line(["---", *["---:"] * (len(columns) - 1)]), *map(_line, rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
