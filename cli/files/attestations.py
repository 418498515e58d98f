"""What the contributors to a ceremony tell a command, and the attestation that it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from zkpipe.cli.console.answer import Answer, Fact
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind

NAME = click.option(
    "--name", metavar="TEXT", default="", help="Of the contributor, kept in the file."
)
ATTESTATION = click.option(
    "--attestation", metavar="FILE", type=FILE, help="Write the attestation to a file too."
)
HEX = click.argument("value", metavar="HEX")
EXPONENT = click.argument("exponent", metavar="EXPONENT", type=click.IntRange(10, 63))


def attested(path: Path | None) -> list[tuple[Path, Kind]]:
    """The output that an attestation asks for, if it is to be a file."""
    return [] if path is None else [(path, Kind.ATTESTATION)]


def attest(
    to: str,
    number: int,
    name: str,
    before: Sequence[tuple[str, bytes]],
    hash_: tuple[str, bytes],
    *,
    facts: Mapping[str, Fact],
    path: Path,
    places: Sequence[Path],
) -> Answer:
    """The answer of a contribution, with its attestation, which is also written to the places.

    to      what was contributed to
    before  hashes of what it was made from, by their names
    hash_   the contribution's own, from `own`
    facts   that the attestation does not tell
    path    of the file that came out, as the user named it
    """
    from zkpipe.ground.files.writing import write_file
    from zkpipe.prover.ceremony.attestation import attestation

    hashes = [*before, hash_]
    text = attestation(to, number, name, hashes)
    for place in places:
        write_file(place, text.encode())
    said = {
        **facts,
        "contribution": number,
        "name": name,
        **{_key(label): value.hex() for label, value in hashes},
        "attestation": text,
    }
    return Answer(said, f"{text}\nwritten to {path}")


def own(hash_: bytes, *, is_beacon: bool) -> tuple[str, bytes]:
    """The row of a contribution's hash; a beacon's has another label, as it is no person's."""
    return ("beacon" if is_beacon else "hash"), hash_


def _key(label: str) -> str:
    named = {"after": "previous_hash", "circuit": "circuit_hash", "beacon": "hash"}
    return named.get(label, label)
