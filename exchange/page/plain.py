"""Text that others wrote on the chain, as it may stand on a page.

Anyone can write anything there: markup, letters that turn the direction of what follows, signs that
cannot be seen, towers of accents, a megabyte. The markup is the template's to escape. Here the rest
becomes harmless: what cannot be seen is shown by its number, and what is long is cut.
"""

from __future__ import annotations

import unicodedata

LONGEST = 160  # characters of a text on a page
ACCENTS = 2  # marks on one letter; the languages of the world need no more in a row
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # Unicode's categories of what is not seen


def shown(text: str, longest: int = LONGEST) -> str:
    """A text of others, harmless: nothing in it is invisible, or turns what stands around it.

    What is longer than `longest` as shown is cut, and ends in an ellipsis.
    """
    parts: list[str] = []
    length = marks = 0
    for sign in text:
        category = unicodedata.category(sign)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category in HIDDEN or marks > ACCENTS:
            part = f"[U+{ord(sign):04X}]"
        else:
            part = " " if category == "Zs" else sign
        length += len(part)
        if length > longest:
            return "".join(parts) + "…"
        parts.append(part)
    return "".join(parts)


def shown_bytes(data: bytes, longest: int = LONGEST) -> str:
    """Bytes of others: their text if they are one in UTF-8, else 0x and hexadecimal."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = f"0x{data.hex()}"
    return shown(text, longest)


def shown_name(word: bytes) -> str:
    """A name of 32 bytes, as ERC-1056 has them: text, and zeros after it."""
    return shown_bytes(word.rstrip(b"\0"))
