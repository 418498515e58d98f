"""The languages of the page: a table of texts for each, and which one a reader wants.

A text may have places, {count}; a key that ends in #one is the text of exactly one, where the
language makes a difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zkpipe.ground.files.reading import read_file
from zkpipe.ground.files.strict_json import parse_json

FOLDER = Path(__file__).parent / "texts"
ONE = "#one"
LIMIT = 1 << 18  # bytes of a table
PART = re.compile(
    r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]{1,32})?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*"
)


@dataclass(frozen=True, slots=True)
class Language:
    """A language. `name` is what it calls itself, `tag` what HTML calls it (BCP 47)."""

    code: str
    tag: str
    name: str
    texts: Mapping[str, str]

    def text(self, key: str, **values: Any) -> str:
        """The text of a key, with values in its places. Raises LookupError if there is none."""
        return self.texts[key].format_map(values)

    def counted(self, key: str, count: int, **values: Any) -> str:
        """The text of a key for a number of things: {count} is its place."""
        chosen = f"{key}{ONE}" if count == 1 and f"{key}{ONE}" in self.texts else key
        return self.text(chosen, count=f"{count:,}", **values)


@cache
def languages() -> dict[str, Language]:
    """All, by code; the first is the one of readers who ask for none of them."""
    made = [("en", "en", "English"), ("zh", "zh-Hans", "中文")]
    return {code: Language(code, tag, name, _table(code)) for code, tag, name in made}


def _table(code: str) -> dict[str, str]:
    path = FOLDER / f"{code}.json"
    value = parse_json(read_file(path, LIMIT), str(path), limit=LIMIT)
    assert isinstance(value, dict)  # noqa: S101 # ours
    return {str(key): str(text) for key, text in value.items()}


def wanted(accepted: str) -> Language:
    """The language that an Accept-Language header prefers; English if it names none that is here.

    Of those with the same weight the first counts. What is no such header is as none.
    """
    found = languages()
    best, weight = next(iter(found.values())), 0.0
    for part in accepted[:1000].split(","):
        match = PART.fullmatch(part)
        if match is None:
            continue
        code, q = match[1].lower(), float(match[2] or 1)
        if code in found and q > weight:
            best, weight = found[code], q
    return best
