"""key verify, info."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.authors.circuit_name import CIRCUIT, CircuitName
from zkpipe.cli.command import command
from zkpipe.cli.console.answer import (
    NO,
    YES,
    Answer,
    Fact,
    development_row,
    names_row,
    shown_name,
    table,
)
from zkpipe.cli.console.memory_size import OF_CEREMONY
from zkpipe.cli.console.progress import counted, progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.chance import beacon_hashing
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.told import against, told_facts, told_rows
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zkpipe.prover import Provenance
    from zkpipe.prover.ceremony.deciding import Decided
    from zkpipe.prover.contributions import Contribution
    from zkpipe.prover.prepared_files import PreparedFile

KEY = click.argument("key", metavar="KEY.zkey", type=FILE)


@command(
    "verify",
    example="zkpipe key verify final.zkey --circuit square.py --ptau final.ptau",
    status="Exit status 1: the key, or powers that had to be verified, do not hold, and the "
    "message says where; or, with --contributions, the key stays Unverified.",
)
@KEY
@click.option("--circuit", metavar="CIRCUIT", type=CIRCUIT, required=True, help="What it is of.")
@click.option(
    "--ptau", "powers", metavar="FINAL.ptau", type=FILE, required=True, help="Its powers."
)
@click.option(
    "--contributions",
    "trusted",
    metavar="FILE",
    type=FILE,
    help="Your list: hashes of contributions that you trust, to keys and to powers, one a line "
    "with a name; `beacon HASH` for a beacon's. "
    "[default: trusted.txt in your configuration folder]",
)
@OF_CEREMONY
def verify(
    key: Path, circuit: CircuitName, powers: Path, trusted: Path | None, max_memory: int | None
) -> Answer:
    """Verify a circuit's key: its circuit, its powers of tau, and everybody who contributed.

    CIRCUIT is FILE.py[:NAME], PACKAGE.MODULE[:NAME] or C.r1cs.
    The key holds if it follows, point by point, from the circuit, from the powers of tau and from
    contributions that each prove to know their secret; at least one must not be a beacon. What
    travels with the key about its circuit is compared, and changes nothing of the answer.

    It is a Ceremony key if people of your list contributed to it and to the powers. This is
    remembered in your own folder, by the SHA-256 of the key's file, for the other commands. Powers
    that you have not verified with `zkpipe ptau verify` are verified then too. Else the key stays
    Unverified.
    """
    from zkpipe.cli.authors.circuit_file import load_system_with_known_names
    from zkpipe.prover.ceremony import CeremonyKey, PreparedPowers, decide_provenance, verify_key
    from zkpipe.prover.formats.circuit_record import told_of
    from zkpipe.prover.provenance.kind import Provenance
    from zkpipe.prover.provenance.trusted import TrustedList, users_list

    expect((key, Kind.PROVING_KEY), (powers, Kind.PTAU))
    known = users_list() if trusted is None else TrustedList.load(trusted)
    read = CeremonyKey.load(key)  # what is malformed says so before kernels are compiled
    steps, told = read.steps, told_of(read.head)
    opened = PreparedPowers.load(powers)
    system = load_system_with_known_names(circuit)
    compile_kernels()
    exponents = [step.exponent for step in steps if step.exponent is not None]
    with counted(f"verifying {key}{beacon_hashing(exponents)}") as report:
        found = verify_key(key, system, opened, report, max_memory)
    with counted(f"looking for contributors to {powers} whom you trust") as report:
        decided = decide_provenance(found, opened, known, report, max_memory)
    persons = sum(not step.beacon for step in found.contributions)
    verdict, said = against(told, system)
    rows: list[tuple[str, object]] = [
        ("holds", f"{key}: the key of {system.name}"),
        ("said of circuit", said),
        ("circuit hash", found.circuit_hash.hex()),
        ("contributions", f"{persons} of people, {len(found.contributions) - persons} of beacons"),
        *_listed(found.contributions, found.hashes),
        ("trusted", _trusted(decided)),
        ("key digest", found.key_digest),
        ("provenance", _decided(decided)),
    ]
    is_trusted = decided.provenance is Provenance.CEREMONY
    if not is_trusted:
        rows.append(("powers", f"taken as {powers} has them; verify them: `zkpipe ptau verify`"))
    return Answer(
        {
            "holds": True,
            "circuit_digest": system.identity.digest,
            "said_of_circuit": verdict,
            "circuit_hash": found.circuit_hash.hex(),
            "contributions": _facts(found.contributions, found.hashes),
            "trusted": None if known is None else [i + 1 for i in decided.phase2],
            "trusted_powers": None if known is None else [i + 1 for i in decided.phase1],
            "public_powers": decided.public,
            "key_digest": found.key_digest,
            "sha256": found.sha256,
            "provenance": decided.provenance.word,
            "because": decided.because or None,
        },
        table(rows),
        YES if trusted is None or is_trusted else NO,
    )


def _decided(decided: Decided) -> str:
    word = decided.provenance.word
    if decided.because:
        return f"stays {word}, because {decided.because}."
    return f"{word}: this is kept, and other commands tell it of this very file"


def _trusted(decided: Decided) -> str:
    of_key = _numbered(decided.phase2) or "nobody who contributed to the key"
    of_powers = _numbered(decided.phase1) or "nobody"
    powers = "the public powers of tau" if decided.public else f"to the powers: {of_powers}"
    return f"{of_key}; {powers}"


def _numbered(places: Sequence[int]) -> str:
    if not places:
        return ""
    numbers = ", ".join(str(i + 1) for i in places)
    return f"{'contribution' if len(places) == 1 else 'contributions'} {numbers}"


@command("info", example="zkpipe key info final.zkey")
@KEY
def info(key: Path) -> Answer:
    """Say what circuit a key is of, and who contributed to it. Nothing is verified.

    The circuit's digest, its name and the names of its public values are as the key has them, or
    the record beside it, KEY.zkey.circuit.json. If `zkpipe key prepare` prepared this very file,
    it says where that lies.

    Its provenance is Ceremony if you verified this very file with `zkpipe key verify`.
    """
    from zkpipe.prover.ceremony.phase2.transcript import contribution_hash
    from zkpipe.prover.contributions import HASH_BYTES, read_history
    from zkpipe.prover.formats.circuit_record import told_of
    from zkpipe.prover.formats.zkey import read_head
    from zkpipe.prover.prepared_files import prepared_of

    expect((key, Kind.PROVING_KEY))
    with progress(f"reading {key}"):
        head = read_head(key)
        steps = read_history(head.history, str(key)) if head.history else []
        told = told_of(head)
    if told.warning is not None:
        told.warning.report()
    circuit_hash = "" if head.development else head.history[:HASH_BYTES].hex()
    compile_kernels()
    hashes = [contribution_hash(step) for step in steps]
    provenance = _provenance(key, head.development)
    prepared = prepared_of(head)
    return Answer(
        {
            **head.counts,
            "development": head.development,
            **told_facts(told),
            "provenance": provenance.word,
            "prepared": None if prepared is None else str(prepared.file.path),
            "circuit_hash": circuit_hash or None,
            "public_names": told.public_names,
            "contributions": _facts(steps, hashes),
        },
        table(
            [
                ("key", f"{key}, {key.stat().st_size:,} bytes"),
                *told_rows(told),
                ("wires", f"{head.counts['wire_count']:,}"),
                ("public values", head.counts["public_count"]),
                *names_row(told.public_names),
                ("domain", f"{head.counts['domain_size']:,} points"),
                ("circuit hash", circuit_hash or "none"),
                ("contributions", len(steps)),
                *_listed(steps, hashes),
                ("provenance", provenance.word),
                ("prepared", _prepared(prepared)),
                *development_row(head.development),
            ]
        ),
    )


def _prepared(found: PreparedFile | None) -> str:
    if found is None:
        return "no"
    return f"{found.file.path}, {found.file.size:,} bytes, for {found.header.machine}"


def contributors(key: Path) -> tuple[list[Fact], list[tuple[str, object]]]:
    """Who contributed, as facts and as rows: for `zkpipe info` too. Nothing is verified."""
    from zkpipe.prover.ceremony.phase2.transcript import contribution_hash
    from zkpipe.prover.contributions import read_history
    from zkpipe.prover.formats.zkey import read_head

    head = read_head(key)
    steps = read_history(head.history, str(key)) if head.history else []
    hashes = [contribution_hash(step) for step in steps]
    return _facts(steps, hashes), _listed(steps, hashes)


def _provenance(path: Path, development: bool) -> Provenance:
    """Of a key that may be one to be refused, such as a ceremony's first."""
    from zkpipe.prover import Provenance, ProvingKey
    from zkpipe.prover.errors import InsecureKeyError

    try:
        return ProvingKey.load(path).provenance
    except InsecureKeyError:
        return Provenance.DEVELOPMENT if development else Provenance.UNVERIFIED


def _listed(steps: Sequence[Contribution], hashes: Sequence[bytes]) -> list[tuple[str, object]]:
    return [
        (f"  {i}", f"{hash_.hex()} {_who(step)}".rstrip())
        for i, (step, hash_) in enumerate(zip(steps, hashes, strict=True), 1)
    ]


def _who(step: Contribution) -> str:
    name = shown_name(step.name)
    if step.value is None:
        return name
    return f"{name} (beacon {step.value.hex()}, 2^{step.exponent})".lstrip()


def _facts(steps: Sequence[Contribution], hashes: Sequence[bytes]) -> list[Fact]:
    return [
        {
            "number": i,
            "name": step.name,
            "hash": hash_.hex(),
            "beacon": None if step.value is None else step.value.hex(),
            "exponent": step.exponent,
        }
        for i, (step, hash_) in enumerate(zip(steps, hashes, strict=True), 1)
    ]
