"""What a page shows beside what is printed: alike but for what differs from run to run."""

from __future__ import annotations

import re

# What differs from one run to the next, by its shape.
VARIES = (
    (re.compile(r"\b0x[0-9a-fA-F]{40}\b"), "(address)"),
    (re.compile(r"\b(?:0x)?[0-9a-f]{64}\b"), "(digest)"),
    (re.compile(r"\b\d[\d.,]* ?(?:s|ms|us|ns)\b"), "(time)"),
    (re.compile(r"\b\d{3},\d{3}(?= gas\b|$)"), "(gas)"),
)
ELLIPSIS = "..."


def difference(shown: str, printed: str) -> str | None:
    """None if what is printed is what is shown; else both.

    A line `...` stands for any number of lines, `...` within a line for any text. Space at the end
    of a line counts for nothing.
    """
    want, got = _lines(shown), _lines(printed)
    if re.fullmatch(_pattern(want), "".join(f"{line}\n" for line in got)):
        return None
    return f"other lines.\n--- shown\n{shown.rstrip()}\n--- printed\n{printed.rstrip()}"


def _lines(text: str) -> list[str]:
    lines = []
    for line in text.rstrip().splitlines():
        for pattern, name in VARIES:
            line = pattern.sub(name, line)
        lines.append(line.rstrip())
    return lines


def _pattern(lines: list[str]) -> str:
    return "".join(
        "(?:.*\n)*?" if line.strip() == ELLIPSIS else f"{_line(line)}\n" for line in lines
    )


def _line(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split(ELLIPSIS))
