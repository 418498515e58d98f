"""What to do about a text that is no JSON: the ways in which people write it, by what stands there.

They take JSON for Python, JavaScript, YAML or JSON5. Nothing of the text is repeated: an input may
be private.
"""

from __future__ import annotations

import re

_MENDS: tuple[tuple[str, str], ...] = (  # what stands behind the place, and what to do
    (r"//|/\*|#|--", "JSON has no comments: take it out."),
    (r"'|\u2018|\u2019|\u201c|\u201d|`", "Write names and texts in straight double quotes."),
    (r"(None|nil|undefined)\b", "Write null."),
    (r"(True|TRUE|yes|Yes)\b", "Write true."),
    (r"(False|FALSE|no|No)\b", "Write false."),
    (r"(-?(nan|inf|Inf|infinity|Infinity))\b", "Give a number."),
    (r"[-+.][-+.0-9]", "Write a number with a digit first, and no plus sign: 0.5, 5, -5."),
    (r"[}\]]", "Take out the comma before the bracket, or write the value that is missing."),
    (r"\"", "Put a comma between the two."),
    (r"[^\W\d]\w*\s*[:=]", "Write names in double quotes, and a colon after them."),
    (r"[^\W\d]", "Write texts in double quotes."),
    (r"\x00", "Save it as UTF-8."),
)
_AFTER_A_DIGIT: tuple[tuple[str, str], ...] = (
    (r"[xX]", 'Write hex digits in quotes: "0x1f".'),
    (r"[0-9]", "Write numbers without leading zeros."),
    (r"[.]", "Write a digit behind the point."),
    (r"[^\W\d]|_|'", "Write a number in digits alone, without separators or a unit."),
)
EMPTY = 'Make the file again, or write JSON into it: {"x": 3, "y": [1, 2]}.'
_END = "The text ends too early: close its quotes and brackets."
_MORE = "Take out what follows the first value."
_NO_JSON = 'Write JSON: {"x": 3, "y": [1, 2]}.'
_OTHERWISE = "Correct the text there."


def fix(text: str, place: int, said: str) -> str:
    """What to do about the place at which a reader stopped.

    said  what Python's reader says of it
    """
    before, after = text[:place].rstrip(), text[place:].lstrip()
    if said.startswith("Extra data"):
        return "Save it as UTF-8." if after.startswith("\0") else _MORE
    if not before and not after:
        return EMPTY
    if not after or said.startswith("Unterminated"):
        return _END
    if said.startswith("Invalid control character"):
        return "Write \\n for a new line in a text, or close the quotes before."
    if after.startswith(",") and after[1:].lstrip()[:1] in ("}", "]"):  # as of Python 3.13
        after = after[1:].lstrip()
    touches = place > 0 and text[place - 1].isdigit()
    if not before and re.match(r"[^\W\d]", after):
        return _NO_JSON
    for pattern, found in (*(_AFTER_A_DIGIT if touches else ()), *_MENDS):
        if re.match(pattern, after):
            return found
    return _OTHERWISE
