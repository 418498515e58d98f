"""How commands of the exchange show times, transactions, and what others wrote on the chain.

Names and values on the chain are anyone's. A terminal gets them in quotes, on one line, cut, and
without what would move its cursor or turn the direction of a line: that is written as escapes.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from zkpipe.cli.console.answer import Fact

if TYPE_CHECKING:
    from zkpipe.verifier_contracts import Receipt

MOST_SHOWN = 100  # characters of a value
MOST_TOLD = 1 << 16  # bytes of a value with --json
LARGEST_NUMBER = (1 << 53) - 1  # that every reader of JSON keeps
NEVER_ENDS = 1 << 37  # seconds: the year 6325
TURNING = ("R", "AL", "AN")  # bidirectional classes: these reorder what stands beside them


def foreign(data: bytes) -> str:
    """Bytes that someone else wrote, for a terminal: a text in quotes, or hexadecimal digits."""
    text = text_in(data)
    if text is None:
        shown = f"0x{data[: MOST_SHOWN // 2].hex()}"
        is_cut = len(data) > MOST_SHOWN // 2
    else:
        shown = f'"{"".join(map(_seen, text[:MOST_SHOWN]))}"'
        is_cut = len(text) > MOST_SHOWN
    return f"{shown}... ({len(data):,} bytes)" if is_cut else shown


def text_in(data: bytes) -> str | None:
    """The text in UTF-8; None if it is none."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _seen(character: str) -> str:
    is_plain = (
        character.isprintable()
        and not unicodedata.category(character).startswith("M")
        and unicodedata.bidirectional(character) not in TURNING
        and character not in '"\\'
    )
    return character if is_plain else json.dumps(character)[1:-1]


def foreign_facts(data: bytes) -> dict[str, Fact]:
    """Bytes that someone else wrote, for machines: whole, up to 65,536 of them."""
    if len(data) > MOST_TOLD:
        return {"bytes": len(data), "hex": None, "text": None}
    return {"bytes": len(data), "hex": f"0x{data.hex()}", "text": text_in(data)}


def moment(seconds: int) -> str:
    """A time in seconds since 1970."""
    if seconds >= NEVER_ENDS:
        return f"second {seconds}" if seconds <= LARGEST_NUMBER else "for ever"
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def number(value: int) -> int | str:
    """A number for JSON: as text past 2^53."""
    return value if value <= LARGEST_NUMBER else str(value)


def sent_facts(receipt: Receipt | None) -> dict[str, Fact]:
    """Of the transaction that did it; null where there is none of this home."""
    return {
        "transaction": None if receipt is None else receipt.transaction_hash,
        "block": None if receipt is None else receipt.block_number,
    }


def sent_row(receipt: Receipt | None) -> tuple[str, object]:
    """The row of a table that tells the transaction."""
    if receipt is None:
        return "done", "already, without a transaction of this home"
    return "done", f"transaction {receipt.transaction_hash}, block {receipt.block_number:,}"
