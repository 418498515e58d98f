"""ptau new, contribute, beacon, prepare, truncate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.memory_size import OF_CEREMONY
from zkpipe.cli.console.progress import counted
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.attestations import ATTESTATION, EXPONENT, HEX, NAME, attest, attested, own
from zkpipe.cli.files.chance import CHANCE, beacon_hashing, beacon_value, given_chance
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.outputs import FORCE, outputs
from zkpipe.cli.files.piped import Piped
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from zkpipe.prover.ceremony.phase1.contribute import Contributed

SOURCE_FILE = click.argument("source", metavar="IN.ptau", type=FILE)
OUTPUT = click.argument("path", metavar="OUT.ptau", type=FILE)


@command("new", example="zkpipe ptau new 4 new.ptau")
@click.argument("power", metavar="POWER", type=click.IntRange(1, 28))
@OUTPUT
@FORCE
def new(power: int, path: Path, force: bool) -> Answer:
    """Begin a ceremony for circuits of up to 2^POWER constraints.

    Nobody has contributed to the file yet, so nothing may be made from it.
    An existing file is overwritten only with --force.
    """
    from zkpipe.prover.ceremony.phase1.create import new_ptau

    with outputs((path, Kind.PTAU), force=force) as [place]:
        with counted(f"writing 2^{power} powers of tau") as report:
            challenge = new_ptau(power, place, report)
        size = place.stat().st_size
    return Answer(
        {"ptau": str(path), "power": power, "bytes": size, "challenge": challenge.hex()},
        table(
            [
                ("powers of tau", f"{path}, {size:,} bytes"),
                ("power", power),
                ("first challenge", challenge.hex()),
            ]
        ),
    )


@command(
    "contribute", example='zkpipe ptau contribute new.ptau first.ptau --name "Alice of Example"'
)
@SOURCE_FILE
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
    """Contribute to a ceremony: multiply its powers by secrets that are forgotten at once.

    As long as one contributor forgot theirs, nobody can forge proofs. They are drawn from the
    operating system; what you type when a terminal asks, or give in a file, is mixed into them.
    Publish the attestation that is printed: by its hash you find your contribution in the final
    file. Verify IN.ptau first: `zkpipe ptau verify`.
    """
    from zkpipe.prover.ceremony.phase1.contribute import contribute_ptau

    expect((source, Kind.PTAU))
    inputs = [source, *([entropy_file] if entropy_file else [])]
    written = [(path, Kind.PTAU), *attested(attestation)]
    with outputs(*written, inputs=inputs, force=force) as places:
        given = given_chance(entropy_file)
        compile_kernels()
        with counted(f"contributing to {source}") as report:
            made = contribute_ptau(source, places[0], name, given, report, max_memory)
        return _answer(path, places, made)


@command(
    "beacon",
    example="zkpipe ptau beacon first.ptau beacon.ptau "
    "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 10",
)
@SOURCE_FILE
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
    """Close a ceremony with a public random value, which was not known while people contributed.

    HEX is the value, of 1 to 255 bytes; it is hashed 2^EXPONENT times by SHA-256. A beacon alone
    makes no file secure, as everybody can compute its secrets.
    """
    from zkpipe.prover.ceremony.phase1.contribute import beacon_ptau
    from zkpipe.prover.ceremony.records import Beacon

    expect((source, Kind.PTAU))
    of_beacon = Beacon(beacon_value(value), exponent)
    written = [(path, Kind.PTAU), *attested(attestation)]
    with outputs(*written, inputs=[source], force=force) as places:
        compile_kernels()
        with counted(f"applying a beacon to {source}{beacon_hashing([exponent])}") as report:
            made = beacon_ptau(source, places[0], of_beacon, name, report, max_memory=max_memory)
        return _answer(path, places, made)


@command("prepare", example="zkpipe ptau prepare beacon.ptau final.ptau")
@SOURCE_FILE
@OUTPUT
@OF_CEREMONY
@FORCE
def prepare(source: Path, path: Path, max_memory: int | None, force: bool) -> Answer:
    """Compute what phase 2 needs, the Lagrange bases of the powers.

    Keys are made from the file that comes out. It holds no new secret: anyone may make it, and
    `zkpipe ptau verify` checks it. If it is interrupted, the same command goes on where it was;
    until then unfinished work lies beside OUT.ptau. A file larger than the memory takes longer.
    """
    from zkpipe.prover.ceremony.phase1.prepare import prepare_ptau
    from zkpipe.prover.ceremony.ptau_file import read_ptau

    expect((source, Kind.PTAU))
    with outputs((path, Kind.PTAU), inputs=[source], force=force) as [place]:
        power = read_ptau(source).power
        compile_kernels()
        with counted(f"preparing {source} for phase 2") as report:
            prepare_ptau(source, place, report, max_memory, beside=path)
        size = place.stat().st_size
    return _written(path, power, size)


@command("truncate", example="zkpipe ptau truncate final.ptau small.ptau 2")
@SOURCE_FILE
@OUTPUT
@click.argument("power", metavar="POWER", type=click.IntRange(1, 27))
@FORCE
def truncate(source: Path, path: Path, power: int, force: bool) -> Answer:
    """Take the first 2^POWER powers out of a larger file, for smaller circuits.

    Nobody can contribute to the file that comes out, and its last contribution cannot be compared
    with the powers, of which most are gone.
    """
    from zkpipe.prover.ceremony.phase1.truncate import truncate_ptau

    expect((source, Kind.PTAU))
    with outputs((path, Kind.PTAU), inputs=[source], force=force) as [place]:
        with counted(f"truncating {source}") as report:
            truncate_ptau(source, place, power, report)
        size = place.stat().st_size
    return _written(path, power, size)


def _written(path: Path, power: int, size: int) -> Answer:
    return Answer(
        {"ptau": str(path), "power": power, "bytes": size},
        table([("powers of tau", f"{path}, {size:,} bytes"), ("power", power)]),
    )


def _answer(path: Path, places: list[Path], made: Contributed) -> Answer:
    hashes = [
        ("after", made.previous_hash),
        ("challenge", made.challenge),
    ]
    return attest(
        f"the powers of tau, power {made.power}",
        made.number,
        made.name,
        hashes,
        own(made.response_hash, is_beacon=made.beacon is not None),
        facts={"ptau": str(path), "power": made.power, "beacon": made.beacon is not None},
        path=path,
        places=places[1:],
    )
