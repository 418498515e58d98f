"""The names of columns in messages: short, printable, and with advice for misspelt ones.

A name comes from a file of somebody's, so it may have any length and any characters. It is shown
as it is only if it is short and printable.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from itertools import islice

from zkpipe.ground.kinds import shown_text

SHORT = 60  # characters of a name that is shown as it is
MOST = 20  # names in one message
COMPARED = 1000  # names that a misspelt one is compared with, which is slow


def shown(name: str) -> str:
    """A name for a message."""
    is_plain = name.isprintable() and "`" not in name and name == name.strip()
    if is_plain and 0 < len(name) <= SHORT:
        return f"`{name}`"
    return shown_text(name)


def listed(names: Sequence[str], count: int | None = None) -> str:
    """Names for a message, the first of many.

    count  how many there are, if `names` are only the first
    """
    more = (len(names) if count is None else count) - len(names[:MOST])
    text = ", ".join(map(shown, names[:MOST]))
    return f"{text} and {more} more" if more > 0 else text


def nearest(name: str, candidates: Sequence[str]) -> str | None:
    """The candidate that is most likely meant by a name; None if none is near."""
    short = list(islice((other for other in candidates if len(other) <= SHORT), COMPARED))
    folded = _folded(name)
    for other in short:
        if _folded(other) == folded:
            return other
    near = difflib.get_close_matches(name, short, 1)
    return near[0] if near else None


def _folded(name: str) -> str:
    """A name without its case, spaces, underscores and hyphens."""
    return "".join(name.casefold().replace("_", " ").replace("-", " ").split())
