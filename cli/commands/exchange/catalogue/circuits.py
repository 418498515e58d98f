"""catalogue circuit: checked, proposed, compared with the chain, listed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.catalogue.data import NODE, STATUS
from zkpipe.cli.commands.exchange.catalogue.decisions import approve, retire
from zkpipe.cli.commands.exchange.identifiers import ID, shown_id
from zkpipe.cli.commands.exchange.working import looks, viewing, working, works
from zkpipe.cli.console.answer import NO, YES, Answer, Fact, development_row, table
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.files.piped import Piped
from zkpipe.cli.files.verifier_file import ACCEPT
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from zkpipe.exchange.clients.circuits.checking import Checked
    from zkpipe.exchange.home import Home

DEVELOPER = "--home developer --password-file password"
TRANSCRIPT = 1 << 30  # bytes


@click.group("circuit")
def circuit() -> None:
    """Circuits: which computations may be proved on published tables."""


@command(
    "check",
    example=f"zkpipe catalogue circuit check register register.zkey --home owner "
    f"--password-file password {NODE}",
    status="Exit status 1: something speaks against the circuit; 3: no node answers.",
)
@click.argument("file", metavar="FILE.py", type=str)
@click.argument("key", metavar="KEY.zkey", type=FILE)
@works
def check(file: str, key: Path, home: Path, password_file: Path | Piped | None, rpc: str) -> Answer:
    """Examine a circuit and its key, and keep both in the home if nothing speaks against them.

    FILE.py[:NAME] is a program that runs on your machine: read it first. It runs again only as long
    as it has the same bytes. register, update:SCHEMA.json and stats:SCHEMA.json:COLUMN are the
    exchange's own circuits. Checked are: that the inputs determine every value (SAFE, without a
    waiver); that lint finds nothing; that the key fits. Keep what you publish with (register,
    update) and what you answer with.
    """
    with working(home, password_file, rpc) as session:
        from zkpipe.exchange.clients.circuits import Circuits

        found = _checked(file, key)
        names = _names(session.home, found)
        circuits = Circuits(session.home)
        if not found.objections:
            circuits.keep(found)
        state = session.latest
        circuits.adopt(state)
        ids = [
            row["circuit"]
            for row in state.rows("circuits", r1cs_hash=shown_id(found.r1cs_hash))
            if row["key_digest"] == shown_id(found.key_digest)
        ]
    return Answer(
        {**_facts(found), "names": names, "objections": list(found.objections), "circuits": ids},
        table(
            [
                *_rows(found, names),
                *(("proposed as", one) for one in ids),
                *(("objection", one) for one in found.objections),
                *development_row(found.development),
            ]
        ),
        status=NO if found.objections else YES,
    )


@command(
    "propose",
    example=f"zkpipe catalogue circuit propose register register.zkey {DEVELOPER} {NODE}",
    status="Exit status 3: no Solidity compiler is here, or no node answers.",
)
@click.argument("file", metavar="FILE.py", type=str)
@click.argument("key", metavar="KEY.zkey", type=FILE)
@click.option("--ceremony", metavar="FILE", type=FILE, help="Transcript of the key's ceremony.")
@ACCEPT
@works
def propose(
    file: str,
    key: Path,
    ceremony: Path | None,
    accept_unverified: str | None,
    home: Path,
    password_file: Path | Piped | None,
    rpc: str,
) -> Answer:
    """Deploy the verifier of a circuit, and propose the circuit to the council.

    FILE.py and KEY.zkey are as for `check`, which comes first here, too. However the command ends,
    run it again: it finishes what was begun, and pays for nothing twice. A development key is taken
    on development chains only, and so is one that you have not verified to be from a ceremony
    (`zkpipe key verify`), unless you give a REASON.
    """
    import hashlib

    from zkpipe.exchange.clients.circuits import Circuits
    from zkpipe.exchange.clients.circuits.proposing import propose as propose_circuit
    from zkpipe.exchange.clients.facts import provenance_word
    from zkpipe.exchange.structs import ZERO
    from zkpipe.ground.files.reading import read_file

    digest = ZERO if ceremony is None else hashlib.sha256(read_file(ceremony, TRANSCRIPT)).digest()
    with working(home, password_file, rpc) as session:
        found = _checked(file, key)
        names = _names(session.home, found)
        with progress("deploying the verifier"):
            record = propose_circuit(
                session, Circuits(session.home), found, digest, accept_unverified
            )
    return Answer(
        {
            "circuit": shown_id(record.circuit),
            "verifier": record.verifier,
            **_facts(found),
            "provenance": provenance_word(record.provenance),
        },
        table(
            [
                ("circuit", shown_id(record.circuit)),
                ("verifier", record.verifier),
                *_rows(found, names),
                ("provenance", provenance_word(record.provenance)),
                *development_row(found.development),
            ]
        ),
    )


@command(
    "verify",
    example=f"zkpipe catalogue circuit verify CIRCUIT register register.zkey --home member {NODE}",
    status="Exit status 1: something differs; 3: no compiler is here, or no node answers.",
)
@click.argument("which", metavar="CIRCUIT", type=ID)
@click.argument("file", metavar="FILE.py", type=str)
@click.argument("key", metavar="KEY.zkey", type=FILE)
@looks
def verify(which: bytes, file: str, key: Path, home: Path, rpc: str) -> Answer:
    """Compare a circuit on the chain with its source and key, before you approve it.

    FILE.py[:NAME] is a program that runs on your machine: read it first. The circuit is compiled
    again, and the key's rows must be the circuit's. The verifier is generated and compiled for the
    key: its code must be that on the chain, but for the price of a pairing, which is compared with
    your node's. That a ceremony's points are of these rows shows only its transcript: `snarkjs
    zkey verify`.
    """
    from zkpipe.exchange.clients.circuits import source_of
    from zkpipe.exchange.clients.circuits.comparing import compare
    from zkpipe.exchange.clients.facts import record_of, row_of
    from zkpipe.prover import ProvingKey

    expect((key, Kind.PROVING_KEY))
    read = ProvingKey.load(key)
    with viewing(home, rpc) as view:
        record = record_of(row_of(view.latest, "circuits", "circuit", which))
        source = source_of(file)
        compile_kernels()
        with progress("compiling the circuit and its verifier"):
            found = compare(view, record, source, read)
    return Answer(
        {"circuit": shown_id(which), "same": not found, "differences": found},
        table(
            [
                ("circuit", shown_id(which)),
                ("same", "NO" if found else "yes"),
                *(("difference", one) for one in found),
                *development_row(record.development),
            ]
        ),
        status=NO if found else YES,
    )


@command("list", example=f"zkpipe catalogue circuit list --home developer {NODE}", status=STATUS)
@looks
def list_circuits(home: Path, rpc: str) -> Answer:
    """List all circuits that were proposed, with their states."""
    from zkpipe.exchange.clients.catalogue.looking import circuit_facts

    with viewing(home, rpc) as view:
        found = [circuit_facts(row) for row in view.latest.rows("circuits")]
    rows = [
        (
            one.facts["kind"],
            f"{one.id}, {one.facts['state']}, {one.facts['leak_bits']} bits, "
            f"key: {one.facts['provenance']}",
        )
        for one in found
    ]
    return Answer(
        {"circuits": [{"id": one.id, **one.facts} for one in found]},
        table(rows or [("circuits", "none")]),
    )


def _checked(file: str, key: Path) -> Checked:
    from zkpipe.exchange.clients.circuits import source_of
    from zkpipe.exchange.clients.circuits.checking import check as examine

    expect((key, Kind.PROVING_KEY))
    source = source_of(file)
    compile_kernels()
    with progress("examining the circuit"):
        return examine(source, key)


def _names(home: Home, found: Checked) -> list[str]:
    """The columns that a circuit opens, by the schema that it is of, if the home has that."""
    from zkpipe.exchange.clients.circuits.checking import names_of
    from zkpipe.exchange.clients.holdings import Holdings
    from zkpipe.exchange.errors import UnknownSubjectError
    from zkpipe.exchange.tables import Schema

    schema = Schema.of(found.source.schema) if found.source.schema else None
    if schema is None:
        with suppress(UnknownSubjectError):
            schema = Holdings(home).schema(found.template.record.schema_hash)
    return names_of(found.columns, schema)


def _facts(found: Checked) -> dict[str, Fact]:
    record = found.template.record
    return {
        "kind": record.kind,
        "columns": list(found.columns),
        "leak_bits": record.leak_bits,
        "floor_safe": record.floor_safe,
        "schema": shown_id(record.schema_hash),
        "constraints": found.system.constraint_count,
        "r1cs_hash": shown_id(found.r1cs_hash),
        "key_digest": shown_id(found.key_digest),
        "source_hash": shown_id(found.source.hash),
        "development": found.development,
    }


def _rows(found: Checked, names: list[str]) -> list[tuple[str, object]]:
    from zkpipe.exchange.states import Kind as CircuitKind

    record = found.template.record
    return [
        ("kind", CircuitKind(record.kind).name.lower()),
        ("opens", ", ".join(names)),
        ("tells", f"{record.leak_bits} bits an answer"),
        ("keeps floors", "yes" if record.floor_safe else "no"),
        ("constraints", f"{found.system.constraint_count:,}"),
        ("r1cs hash", shown_id(found.r1cs_hash)),
        ("key digest", shown_id(found.key_digest)),
    ]


for made in (check, propose, approve, retire, verify, list_circuits):
    circuit.add_command(made)
