"""The file of a key's record: strict JSON beside the key, KEY.zkey.circuit.json.

    format        "zkpipe circuit of a key 1"
    key           fingerprint of the key, see prover.circuit_record
    circuit       the circuit's name; null if it is not known, or cannot be carried
    digest        ConstraintSystem.digest
    public_names  a list; null if they are not known

A record that cannot serve costs its key nothing: whoever reads it warns and goes on without.
"""

from __future__ import annotations

import os
from pathlib import Path

from zkpipe.circuits.r1cs.identity import CircuitId
from zkpipe.circuits.r1cs.public_names import LONGEST, MOST, names_problem
from zkpipe.ground.errors import FormatError, ShapeError, ZkpipeWarning
from zkpipe.ground.files.ownership import OTHERS
from zkpipe.ground.files.reading import FileError, open_regular, read_file, read_head
from zkpipe.ground.process.posix import has_owners, user_number
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.prover.circuit_record import CircuitRecord, key_fingerprint, record_path
from zkpipe.prover.formats.zkey import Head

FORMAT = "zkpipe circuit of a key 1"
MEMBERS = ("format", "key", "circuit", "digest", "public_names")
_MARK = b'"zkpipe circuit of a key '
_SMALL = 4096  # bytes of a record without names
_OF_A_NAME = 12 * LONGEST + 16  # bytes of a name, all of whose letters are escaped
_FIX = "Remove it, or put the key's own record in its place: that of the ceremony's first key."


@dataclass(frozen=True, slots=True)
class Told:
    """What a key or its record says of its circuit; None where it says nothing.

    record   the file that said something of it; None if all stands in the key
    warning  why the record beside the key cannot serve: malformed, of another key, or others'
    """

    circuit: CircuitId | None
    public_names: tuple[str, ...] | None
    record: Path | None
    warning: ZkpipeWarning | None = None


def told_of(head: Head) -> Told:
    """What is said of a key's circuit, in the key or else beside it. Nothing of it is proved."""
    found = None if head.circuit is not None else look_beside(head)
    if isinstance(found, CircuitRecord):
        names = head.names or found.public_names
        return Told(found.circuit, names, record_path(head.file.path))
    return Told(head.circuit, head.names, None, found)


def record_of(head: Head) -> CircuitRecord | None:
    """The record beside a key; None if there is none that serves, with a warning."""
    found = look_beside(head)
    if isinstance(found, ZkpipeWarning):
        found.report()
        return None
    return found


def look_beside(head: Head) -> CircuitRecord | ZkpipeWarning | None:
    """The record beside a key, or why the one that is there cannot serve."""
    key = head.file.path
    path = record_path(key)
    if not os.path.lexists(path):
        return None
    try:
        _refuse_others(path, key)
        found = read_record(path, head.counts["public_count"])
    except (FormatError, FileError) as error:
        return ZkpipeWarning("record-unusable", f"{error.problem} It is not used.", _FIX)
    if found.key == fingerprint_of(head):
        return found
    problem = f"{path} is the record of another key. It is not used."
    return ZkpipeWarning("record-of-another-key", problem, _FIX)


def fingerprint_of(head: Head) -> str:
    """The fingerprint of a key in its file."""
    return key_fingerprint(head.counts, head.points, head.history)


def _refuse_others(path: Path, key: Path) -> None:
    """Raises FileError for a record that others could have written than could the key."""
    with open_regular(path) as (handle, _):
        mine, its = os.fstat(handle), key.stat()
    user = user_number() if has_owners() else mine.st_uid
    if mine.st_uid not in (its.st_uid, user, 0) or mine.st_mode & OTHERS & ~its.st_mode:
        raise FileError(f"{path} can be written by others than {key}.", _FIX)


def read_record(path: Path, public_count: int | None = None) -> CircuitRecord:
    """A record from its file.

    public_count  of the key; None if it is not known

    Raises FileError if it cannot be read, FormatError if it is no record as described above.
    """
    from zkpipe.ground.files.strict_json import parse_json

    most = MOST if public_count is None else min(public_count, MOST)
    limit, values = _SMALL + most * _OF_A_NAME, most + 16
    value = parse_json(read_file(path, limit), str(path), limit=limit, values=values)
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise FormatError(f"{path} is not the record of a key's circuit.", _FIX)
    if set(value) != set(MEMBERS):
        raise FormatError(f"{path} has not the members {', '.join(MEMBERS)}.", _FIX)
    names = value["public_names"]
    listed = tuple(names) if isinstance(names, list) else names
    count = public_count
    if count is None:
        count = len(listed) if isinstance(listed, tuple) else 0
    problem = names_problem(listed, count)
    if problem is not None:
        raise FormatError(f"{path}: its public_names {problem}.", _FIX)
    try:
        circuit = CircuitId(value["digest"], value["circuit"])  # type: ignore[arg-type] # checked
        return CircuitRecord(value["key"], circuit, listed)  # type: ignore[arg-type] # the same
    except ShapeError as error:
        raise FormatError(f"{path} is no record: {error.problem}", _FIX) from None


def check_place(path: Path) -> None:
    """Raises FileError for a place of a record where something else is: it would be lost.

    To be asked before the work that ends in a record.
    """
    if os.path.lexists(path) and _MARK not in read_head(path, _SMALL):
        raise FileError(
            f"{path} is there and is no record of a key's circuit. It is not overwritten.",
            "Move it away, or give the key another name.",
        )


def write_record(path: Path, record: CircuitRecord) -> None:
    """Write a record, atomically. Raises FileError, see also `check_place`."""
    from zkpipe.ground.files.strict_json import write_json

    check_place(path)
    names = record.public_names
    write_json(
        path,
        {
            "format": FORMAT,
            "key": record.key,
            "circuit": record.circuit.name,
            "digest": record.circuit.digest,
            "public_names": None if names is None else list(names),
        },
    )
