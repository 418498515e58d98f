"""key contribute, beacon."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer
from zkpipe.cli.console.memory_size import OF_CEREMONY
from zkpipe.cli.console.progress import counted
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.attestations import ATTESTATION, EXPONENT, HEX, NAME, attest, attested, own
from zkpipe.cli.files.chance import CHANCE, beacon_hashing, beacon_value, given_chance
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.outputs import FORCE, outputs
from zkpipe.cli.files.piped import Piped
from zkpipe.cli.files.told import record_output
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from zkpipe.prover.ceremony.phase2.contribute import ContributedKey

SOURCE = click.argument("source", metavar="IN.zkey", type=FILE)
OUTPUT = click.argument("path", metavar="OUT.zkey", type=FILE)


@command(
    "contribute", example='zkpipe key contribute initial.zkey first.zkey --name "Alice of Example"'
)
@SOURCE
@OUTPUT
@NAME
@CHANCE
@ATTESTATION
@OF_CEREMONY
@FORCE
def contribute(
    source: Path,
    path: Path,
    name: str,
    entropy_file: Path | Piped | None,
    attestation: Path | None,
    max_memory: int | None,
    force: bool,
) -> Answer:
    """Contribute to a circuit's key: multiply its delta by a secret that is forgotten at once.

    As long as one contributor forgot theirs, nobody can forge proofs. It is drawn from the
    operating system; what you type when a terminal asks, or give in a file, is mixed into it.
    Publish the attestation that is printed: by its hash you and others find your contribution in
    the final key. Verify IN.zkey first: `zkpipe key verify`.
    """
    from zkpipe.prover.ceremony import contribute_key
    from zkpipe.prover.circuit_record import record_path

    expect((source, Kind.PROVING_KEY))
    inputs = [source, *([entropy_file] if entropy_file else [])]
    record = record_output(source, path)
    written = [(path, Kind.PROVING_KEY), *record, *attested(attestation)]
    with outputs(*written, inputs=[*inputs, record_path(source)], force=force) as places:
        given = given_chance(entropy_file)
        compile_kernels()
        at = places[1] if record else None
        with counted(f"contributing to {source}") as report:
            made = contribute_key(source, places[0], name, given, report, max_memory, record=at)
        return _answer(path, places[1 + len(record) :], made)


@command(
    "beacon",
    example="zkpipe key beacon first.zkey final.zkey "
    "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 10",
)
@SOURCE
@OUTPUT
@HEX
@EXPONENT
@NAME
@ATTESTATION
@OF_CEREMONY
@FORCE
def beacon(
    source: Path,
    path: Path,
    value: str,
    exponent: int,
    name: str,
    attestation: Path | None,
    max_memory: int | None,
    force: bool,
) -> Answer:
    """Close a key's ceremony with a public random value, not known while people contributed.

    HEX is the value, of 1 to 255 bytes; it is hashed 2^EXPONENT times by SHA-256. A beacon alone
    makes no key secure, as everybody can compute its secret.
    """
    from zkpipe.prover.ceremony import beacon_key
    from zkpipe.prover.circuit_record import record_path

    expect((source, Kind.PROVING_KEY))
    of_beacon = beacon_value(value)
    record = record_output(source, path)
    written = [(path, Kind.PROVING_KEY), *record, *attested(attestation)]
    with outputs(*written, inputs=[source, record_path(source)], force=force) as places:
        compile_kernels()
        at = places[1] if record else None
        with counted(f"applying a beacon to {source}{beacon_hashing([exponent])}") as report:
            made = beacon_key(
                source,
                places[0],
                of_beacon,
                exponent,
                name,
                report,
                max_memory=max_memory,
                record=at,
            )
        return _answer(path, places[1 + len(record) :], made)


def _answer(path: Path, attestations: list[Path], made: ContributedKey) -> Answer:
    return attest(
        "a circuit's key",
        made.number,
        made.name,
        [("circuit", made.circuit_hash), ("after", made.previous_hash)],
        own(made.hash, is_beacon=made.is_beacon),
        facts={"key": str(path), "beacon": made.is_beacon},
        path=path,
        places=attestations,
    )
