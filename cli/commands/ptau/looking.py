"""ptau verify, info."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer, Fact, shown_name, table
from zkpipe.cli.console.memory_size import OF_CEREMONY
from zkpipe.cli.console.progress import counted, progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.chance import beacon_hashing
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zkpipe.prover.ceremony.phase1.verify import ListedContribution

PTAU = click.argument("file", metavar="FILE.ptau", type=FILE)


@command(
    "verify",
    example="zkpipe ptau verify beacon.ptau",
    status="Exit status 1: the transcript does not hold. The message says where.",
)
@PTAU
@OF_CEREMONY
def verify(file: Path, max_memory: int | None) -> Answer:
    """Verify a file of the powers of tau, contribution by contribution and point by point.

    It holds if every contributor proved to know what they multiplied by, each answered to the one
    before, and all powers and Lagrange bases follow from the last. At least one contribution must
    not be a beacon. Compare the hashes with those that the contributors published: a history that
    one person made up verifies too. That it holds is remembered, for `zkpipe key verify`.
    """
    from zkpipe.ground.files.reading import FileError
    from zkpipe.prover.ceremony.deciding import keep_verified_powers
    from zkpipe.prover.ceremony.phase1.verify import verify_opened
    from zkpipe.prover.ceremony.ptau_file import read_ptau
    from zkpipe.prover.ceremony.public_files import is_public

    expect((file, Kind.PTAU))
    opened = read_ptau(file)  # what is malformed says so before kernels are compiled
    compile_kernels()
    exponents = [record.beacon.exponent for record in opened.records if record.beacon is not None]
    with counted(f"verifying {file}{beacon_hashing(exponents)}") as report:
        found = verify_opened(opened, report, max_memory)
        public = is_public(opened)
        with suppress(FileError):  # then `key verify` verifies them once more
            keep_verified_powers(opened)
    persons = sum(not one.is_beacon for one in found.contributions)
    rows: list[tuple[str, object]] = [
        ("holds", f"{file}: the powers of tau of a ceremony of 2^{found.ceremony_power}"),
        ("powers", f"2^{found.power}"),
        ("prepared", "for phase 2" if found.prepared else "not yet for phase 2"),
        ("contributions", f"{persons}{_and_beacons(len(found.contributions) - persons)}"),
        *_listed(found.contributions),
    ]
    if public:
        rows.append(("public", f"the public file of 2^{found.power}"))
    if found.truncated:
        rows.append(
            ("not checked", "the last hash: it is over powers that this file no longer has")
        )
    return Answer(
        {
            "holds": True,
            "power": found.power,
            "ceremony_power": found.ceremony_power,
            "prepared": found.prepared,
            "truncated": found.truncated,
            "public_file": public,
            "contributions": _facts(found.contributions),
        },
        table(rows),
    )


@command("info", example="zkpipe ptau info beacon.ptau")
@PTAU
def info(file: Path) -> Answer:
    """Say what a file of the powers of tau holds, and who contributed. Nothing is verified."""
    from zkpipe.prover.ceremony.phase1.verify import contributions_of
    from zkpipe.prover.ceremony.ptau_file import read_ptau
    from zkpipe.prover.ceremony.public_files import is_public

    expect((file, Kind.PTAU))
    with progress(f"reading {file}"):
        found = read_ptau(file)
        contributions = contributions_of(found.records)
        public = is_public(found)
    rows: list[tuple[str, object]] = [
        ("file", f"{file}: {Kind.PTAU.value}, {file.stat().st_size:,} bytes"),
        ("power", found.power),
        ("ceremony power", found.ceremony_power),
        ("prepared for phase 2", "yes" if found.prepared else "no"),
        ("public file", f"yes, of 2^{found.power}" if public else "no"),
        ("contributions", len(contributions)),
        *_listed(contributions),
    ]
    return Answer(
        {
            "power": found.power,
            "ceremony_power": found.ceremony_power,
            "prepared": found.prepared,
            "truncated": found.truncated,
            "public_file": public,
            "contributions": _facts(contributions),
        },
        table(rows),
    )


def contributors(file: Path) -> tuple[list[Fact], list[tuple[str, object]]]:
    """Who contributed, as facts and as rows: for `zkpipe info` too. Nothing is verified."""
    from zkpipe.prover.ceremony.phase1.verify import contributions_of
    from zkpipe.prover.ceremony.ptau_file import read_ptau

    found = contributions_of(read_ptau(file).records)
    return _facts(found), _listed(found)


def _listed(contributions: Sequence[ListedContribution]) -> list[tuple[str, object]]:
    return [
        (f"  {one.number}", f"{one.response_hash.hex()} {_who(one)}".rstrip())
        for one in contributions
    ]


def _and_beacons(count: int) -> str:
    return {0: "", 1: ", and a beacon"}.get(count, f", and {count} beacons")


def _who(one: ListedContribution) -> str:
    name = shown_name(one.name)
    if one.beacon is None:
        return name
    return f"{name} (beacon {one.beacon.value.hex()}, 2^{one.beacon.exponent})".lstrip()


def _facts(contributions: Sequence[ListedContribution]) -> list[Fact]:
    return [
        {
            "number": one.number,
            "name": one.name,
            "beacon": one.is_beacon,
            "value": None if one.beacon is None else one.beacon.value.hex(),
            "exponent": None if one.beacon is None else one.beacon.exponent,
            "hash": one.response_hash.hex(),
        }
        for one in contributions
    ]
