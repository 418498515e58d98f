"""What a key says of its circuit, as rows of an answer: who says it stands beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zkpipe.cli.console.answer import Fact
from zkpipe.cli.files.file_kind import Kind, kind_of

if TYPE_CHECKING:
    from zkpipe.circuits.system import ConstraintSystem
    from zkpipe.ground.files.reading import Source
    from zkpipe.prover.formats.circuit_record import Told

IN_KEY, BESIDE = "the key", "the record beside it"


def told_facts(told: Told) -> dict[str, Fact]:
    """The circuit's name and digest, None where they are not known, and who says so."""
    circuit = told.circuit
    by = IN_KEY if told.record is None else BESIDE
    return {
        "circuit": None if circuit is None else circuit.name,
        "circuit_digest": None if circuit is None else circuit.digest,
        "circuit_said_by": None if circuit is None else by,
    }


def told_rows(told: Told) -> list[tuple[str, object]]:
    """The same for a table; a circuit that is not known is one row."""
    if told.circuit is None:
        return [("circuit", "unknown: neither the key nor a record beside it says")]
    facts = told_facts(told)
    return [
        ("circuit", facts["circuit"] or "without a name"),
        ("circuit digest", facts["circuit_digest"]),
        ("said by", f"{facts['circuit_said_by']}; compared, not verified"),
    ]


def names_said_by(told: Told) -> list[tuple[str, object]]:
    """The row that says that names of public values came from a record; none if they did not."""
    if told.record is None or not told.public_names:
        return []
    return [("said by", f"{told.record}; names bind nothing")]


def names_of_key(key: Source, given: Path | None) -> list[tuple[str, object]]:
    """The same for a file of a key, if the names were not given otherwise."""
    from zkpipe.prover.formats.circuit_record import told_of
    from zkpipe.prover.formats.zkey import read_head

    if given is not None or not isinstance(key, Path) or kind_of(key) is not Kind.PROVING_KEY:
        return []
    return names_said_by(told_of(read_head(key)))


def record_output(source: Path, key: Path) -> list[tuple[Path, Kind]]:
    """The output for the record of a key that is made from another one which has a record."""
    from zkpipe.prover.circuit_record import CircuitRecord, record_path
    from zkpipe.prover.formats.circuit_record import look_beside
    from zkpipe.prover.formats.zkey import read_head

    found = look_beside(read_head(source))
    return [(record_path(key), Kind.CIRCUIT_RECORD)] if isinstance(found, CircuitRecord) else []


def against(told: Told, system: ConstraintSystem) -> tuple[str, str]:
    """What a key or its record says, beside the circuit itself: agrees, wrong or none; in words."""
    from zkpipe.circuits.r1cs.public_names import other_names

    by = IN_KEY if told.record is None else BESIDE
    own, names = system.public_names, told.public_names
    if told.warning is not None:
        return "wrong", f"wrong: {told.warning.problem}"
    if told.circuit is not None and told.circuit != system.identity:
        return "wrong", f"wrong: {by} says it is of {told.circuit}, not {system.identity}"
    differing = other_names(names, own) if names is not None and own is not None else None
    if differing is not None:
        return "wrong", f"wrong names of public values: {differing}"
    if told.circuit is None and names is None:
        return "none", "none"
    compared = own is not None or names is None
    return "agrees", f"{by} agrees" + ("" if compared else "; names are not compared")
