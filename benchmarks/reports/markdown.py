"""A report as Markdown. Results come from other machines: no text of theirs becomes markup."""

from __future__ import annotations

import re

from zkpipe.benchmarks.reports.table import Table

_MARKUP = re.compile(
    r"[\\`*~$#!\[\]|]|(?<![^\W_])_|_(?![^\W_])|(?<=\])\(|(?<=:)/(?=/)|^[-+=>]"
)  # an underscore within a word is none
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def plain(text: str) -> str:
    """Text that stays text in Markdown, on one line: no markup, link, formula or end of a cell."""
    line = " ".join(text.split())
    return _MARKUP.sub(r"\\\g<0>", line).translate(_ENTITIES)


def table_lines(table: Table) -> list[str]:
    """The rows of a table."""
    head, *body = (f"| {' | '.join(map(plain, line))} |" for line in (table.header, *table.rows))
    return [head, "|" + " --- |" * len(table.header), *body]


def table_section(table: Table, level: int) -> str:
    """A table with its title and its note."""
    note = [plain(table.note)] if table.note else []
    parts = [f"{'#' * level} {plain(table.title)}", *note, "\n".join(table_lines(table))]
    return "\n\n".join(parts)
