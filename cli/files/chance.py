"""What a contributor gives beside the operating system's chance, and the value of a beacon."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from zkpipe.cli.console.progress import MINUTE, duration
from zkpipe.cli.files.piped import SOURCE, Piped

LIMIT = 1 << 20  # bytes of a file of chance
MOST_BEACON_BYTES = 255
CHANCE = click.option(
    "--entropy-file",
    metavar="FILE",
    type=SOURCE,
    help="Chance of your own, mixed into the operating system's.",
)


def given_chance(file: Path | Piped | None) -> bytes:
    """Chance that the user gives; asked for where there is a terminal. Raises FileError."""
    from zkpipe.ground.files.reading import read_file

    if file is not None:
        return read_file(file, LIMIT)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return b""
    question = "Type something that nobody can guess, or nothing"
    typed = click.prompt(question, default="", show_default=False, hide_input=True, err=True)
    return str(typed).encode("utf-8", "surrogatepass")


def beacon_hashing(exponents: Iterable[int]) -> str:
    """How long beacons take, as the end of what is said before; empty for less than a minute.

    Raises RangeError for those that nobody can compute.
    """
    from zkpipe.prover.ceremony.generators import SECONDS, refuse_endless_beacons

    listed = list(exponents)
    refuse_endless_beacons(listed)
    hashes = sum(1 << exponent for exponent in listed)
    if hashes * SECONDS < MINUTE:
        return ""
    return f": a beacon's {hashes:,} hashes take about {duration(hashes * SECONDS)}"


def beacon_value(text: str) -> bytes:
    """The bytes of hexadecimal digits, perhaps behind 0x. Raises click.UsageError."""
    digits = text[2:] if text[:2].lower() == "0x" else text
    try:
        if not digits or not digits.isascii() or not digits.isalnum():
            raise ValueError
        found = bytes.fromhex(digits)
    except ValueError:
        raise click.UsageError(
            "HEX is not a value of a beacon: give two hexadecimal digits a byte.",
            click.get_current_context(),
        ) from None
    if len(found) > MOST_BEACON_BYTES:
        raise click.UsageError(
            f"HEX has {len(found)} bytes; a beacon's value has at most {MOST_BEACON_BYTES}.",
            click.get_current_context(),
        )
    return found
