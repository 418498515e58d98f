"""What a contributor publishes about a contribution, as text for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

BEGIN = "zkpipe attestation of a contribution"


def attestation(to: str, number: int, name: str, hashes: Sequence[tuple[str, bytes]]) -> str:
    """The text: to what, which contribution, whose, when, and the hashes that tell it apart.

    hashes  the last is the contribution's own, by which it stands in lists of trusted ones
    """
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    rows = [
        ("to", to),
        ("contribution", f"{number}"),
        ("name", name or "none"),
        ("date", when),
        *((label, value.hex()) for label, value in hashes),
    ]
    width = max(len(label) for label, _ in rows) + 2
    lines = [f"{label:<{width}}{_one_line(value)}" for label, value in rows]
    return "\n".join([BEGIN, *lines, ""])


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
