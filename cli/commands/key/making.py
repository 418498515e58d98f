"""key contribute, beacon."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer
from zkpipe.cli.console.progress import counted
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.chance import CHANCE, beacon_hashing, beacon_value, given_chance
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.outputs import FORCE, outputs
from zkpipe.cli.files.piped import Piped
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from zkpipe.prover.ceremony.phase2.contribute import ContributedKey

NAME = click.option("--name", default="", help="Of the contributor, kept in the key.")
SOURCE = click.argument("source", metavar="IN.zkey", type=FILE)
OUTPUT = click.argument("path", metavar="OUT.zkey", type=FILE)
ATTESTATION = click.option(
    "--attestation", metavar="FILE", type=FILE, help="Write the attestation to a file too."
)


@command(
    "contribute", example='zkpipe key contribute initial.zkey first.zkey --name "Alice of Example"'
)
@SOURCE
@OUTPUT
@NAME
@CHANCE
@ATTESTATION
@FORCE
def contribute(
    source: Path,
    path: Path,
    name: str,
    entropy_file: Path | Piped | None,
    attestation: Path | None,
    force: bool,
) -> Answer:
    """Contribute to a circuit's key: multiply its delta by a secret that is forgotten at once.

    As long as one contributor forgot theirs, nobody can forge proofs. It is drawn from the
    operating system; what you type when a terminal asks, or give in a file, is mixed into it.
    Publish the attestation that is printed: by its hash you and others find your contribution in
    the final key. Verify IN.zkey first: `zkpipe key verify`.
    """
    from zkpipe.prover.ceremony.phase2 import contribute_key

    expect((source, Kind.PROVING_KEY))
    inputs = [source, *([entropy_file] if entropy_file else [])]
    written = [(path, Kind.PROVING_KEY), *_attested(attestation)]
    with outputs(*written, inputs=inputs, force=force) as places:
        given = given_chance(entropy_file)
        compile_kernels()
        with counted(f"contributing to {source}") as report:
            made = contribute_key(source, places[0], name, given, report)
        return _answer(path, places, made)


@command(
    "beacon",
    example="zkpipe key beacon first.zkey final.zkey "
    "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 10",
)
@SOURCE
@OUTPUT
@click.argument("value", metavar="HEX")
@click.argument("exponent", metavar="EXPONENT", type=click.IntRange(10, 40))
@NAME
@ATTESTATION
@FORCE
def beacon(
    source: Path,
    path: Path,
    value: str,
    exponent: int,
    name: str,
    attestation: Path | None,
    force: bool,
) -> Answer:
    """Close a key's ceremony with a public random value, not known while people contributed.

    HEX is the value, of 1 to 255 bytes; it is hashed 2^EXPONENT times by SHA-256. A beacon alone
    makes no key secure, as everybody can compute its secret.
    """
    from zkpipe.prover.ceremony.phase2 import beacon_key

    expect((source, Kind.PROVING_KEY))
    of_beacon = beacon_value(value)
    written = [(path, Kind.PROVING_KEY), *_attested(attestation)]
    with outputs(*written, inputs=[source], force=force) as places:
        compile_kernels()
        with counted(f"applying a beacon to {source}{beacon_hashing([exponent])}") as report:
            made = beacon_key(source, places[0], of_beacon, exponent, name, report)
        return _answer(path, places, made)


def _attested(path: Path | None) -> list[tuple[Path, Kind]]:
    return [] if path is None else [(path, Kind.ATTESTATION)]


def _answer(path: Path, places: list[Path], made: ContributedKey) -> Answer:
    from zkpipe.ground.files.writing import write_file
    from zkpipe.prover.ceremony.attestation import attestation

    text = attestation(
        "a circuit's key",
        made.number,
        made.name,
        [("circuit", made.circuit_hash), ("after", made.previous_hash), ("hash", made.hash)],
    )
    for place in places[1:]:
        write_file(place, text.encode())
    return Answer(
        {
            "key": str(path),
            "contribution": made.number,
            "name": made.name,
            "beacon": made.is_beacon,
            "circuit_hash": made.circuit_hash.hex(),
            "previous_hash": made.previous_hash.hex(),
            "hash": made.hash.hex(),
            "attestation": text,
        },
        f"{text}\nwritten to {path}",
    )


COMMANDS = (contribute, beacon)
