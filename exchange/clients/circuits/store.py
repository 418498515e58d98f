"""The checked circuits of a home, found by their id.

    circuits = Circuits(home)
    circuits.keep(checked)             # its source and its key
    circuits.bind(record)              # once CircuitRegistry knows it
    circuits.system(circuit).solve(..); circuits.key(circuit)

    circuits/R1CS-KEY/circuit.json     what it is made of
    circuits/R1CS-KEY/key.zkey         its key, a copy
    documents/circuit-ID               its Record
    documents/vkey-ID, source-ID       its verifying key, a developer's source: see `public`

The documents are public.

What is given is what the Record says: the constraint system has its r1cs_hash, the key its
key_digest, the template its kind, columns and bits. Keys and sources are in no backup: a restored
home gets them by `circuit check` again.
"""

from __future__ import annotations

import filecmp
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from zkpipe.circuits.system import ConstraintSystem
from zkpipe.exchange.canonical import written
from zkpipe.exchange.circuits import Template
from zkpipe.exchange.clients.circuits.checking import Checked, check_record
from zkpipe.exchange.clients.circuits.public import VKEY, keep_key, keep_source
from zkpipe.exchange.clients.circuits.sources import CHECK, LARGEST, CircuitSource
from zkpipe.exchange.clients.facts import record_of
from zkpipe.exchange.clients.holdings import SCHEMA
from zkpipe.exchange.errors import CircuitError, DamagedError
from zkpipe.exchange.home import Home
from zkpipe.exchange.home.folder import make_folder, read_own, sweep
from zkpipe.exchange.index import State
from zkpipe.exchange.struct_files import read_struct, struct_file
from zkpipe.exchange.structs import Record
from zkpipe.exchange.tables import Schema
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.files.reading import file_failure, read_file
from zkpipe.ground.files.strict_json import parse_json
from zkpipe.ground.files.writing import atomic_write, place_file
from zkpipe.prover import ProvingKey
from zkpipe.verifier_contracts import key_digest

FOLDER = "circuits"
FORMAT = "zkpipe kept circuit 1"
RECORD = "circuit"  # the kind of a document
FILE, KEY = "circuit.json", "key.zkey"
LIMIT = 1 << 23  # bytes of circuit.json

T = TypeVar("T")


class Circuits:
    """The circuits of a home: see the module."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._folder = home.place(FOLDER)
        self._made: dict[tuple[str, bytes], object] = {}
        self._checked: dict[str, Checked] = {}  # by this process; by its folder's name

    def __repr__(self) -> str:
        return f"Circuits({str(self._home.path)!r})"

    def keep(self, checked: Checked) -> None:
        """Keep a circuit that was checked, with a copy of its key. Once is enough.

        Raises CircuitError if something speaks against it; HomeError, FileError.
        """
        checked.require_fine()
        folder = self.folder(checked)
        self._checked[folder.name] = checked
        said = written({"format": FORMAT, "source": checked.source.to_json()})
        with self._home.changing():
            for path in (self._folder, folder):
                make_folder(path)
                sweep(path)
            if not _are_same(checked.key_file, folder / KEY):  # a damaged copy is mended, too
                checked.key.check_unchanged()
                _copy(checked.key_file, folder / KEY)
            place_file(folder / FILE, said)
        if checked.source.schema:
            schema = Schema.of(checked.source.schema)
            self._home.documents.put(SCHEMA, schema.hash.hex(), schema.canonical)

    def folder(self, checked: Checked) -> Path:
        """Where a circuit that was kept lies."""
        return self._folder / _name(checked.r1cs_hash, checked.key_digest)

    def bind(self, record: Record) -> bytes:
        """Keep what CircuitRegistry knows of a circuit; the circuit's id.

        record  as the chain has it: its id is a digest of it

        Raises HomeError if the home was opened to read and does not have it.
        """
        circuit = record.circuit
        if circuit.hex() not in self._home.documents.names(RECORD):
            self._home.documents.put(RECORD, circuit.hex(), struct_file(record))
        if self.has(record):
            self._keep_public(circuit)
        return circuit

    def _keep_public(self, circuit: bytes) -> None:
        """Keep what an auditor needs, as documents: the verifying key, and a developer's source."""
        documents = self._home.documents
        if circuit.hex() in documents.names(VKEY):
            return
        source = self.source(circuit)
        if source.is_python:
            data = read_file(Path(source.file), LARGEST)
            if hashlib.sha256(data).hexdigest() == source.digest:
                keep_source(documents, circuit, data.decode("utf-8", "replace"))
        keep_key(documents, circuit, self.key(circuit).verifying_key)

    def adopt(self, state: State) -> list[bytes]:
        """Bind what an exchange knows of the circuits whose sources and keys the home has.

        Raises HomeError if there is something new and the home was opened to read.
        """
        records = (record_of(row) for row in state.rows("circuits"))
        return [self.bind(record) for record in records if self.has(record)]

    def ids(self) -> list[bytes]:
        """The ids of all circuits that the home has with a record and a key, sorted."""
        found = (bytes.fromhex(name) for name in self._home.documents.names(RECORD))
        return [circuit for circuit in found if (self._place(self.record(circuit)) / KEY).exists()]

    def has(self, record: Record) -> bool:
        """Whether the home has a circuit's source and key."""
        return (self._place(record) / FILE).exists()

    def record(self, circuit: bytes) -> Record:
        """What CircuitRegistry knows of a circuit. Raises CircuitError if it was not bound."""
        if circuit.hex() not in self._home.documents.names(RECORD):
            raise CircuitError(f"The home does not know circuit 0x{circuit.hex()}.", CHECK)
        data = self._home.documents.get(RECORD, circuit.hex())
        record = read_struct(Record, data, f"The record of circuit 0x{circuit.hex()}")
        if record.circuit != circuit:
            raise DamagedError(
                f"The record of circuit 0x{circuit.hex()} is damaged: it is another circuit's.",
                "Restore the home from a backup.",
            )
        return record

    def source(self, circuit: bytes) -> CircuitSource:
        """What a circuit is made of. Raises CircuitError, DamagedError."""
        path = self._place(self.record(circuit)) / FILE
        if not path.exists():
            raise CircuitError(f"The home does not have circuit 0x{circuit.hex()}.", CHECK)
        value = parse_json(read_own(path, LIMIT), str(path), limit=LIMIT)
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise DamagedError(f"{path} is no kept circuit.", CHECK)
        try:
            return CircuitSource.from_json(value["source"])  # type: ignore[arg-type] # a misfit raises
        except (LookupError, TypeError, AttributeError) as error:
            raise DamagedError(f"{path} is damaged.", CHECK) from error

    def template(self, circuit: bytes) -> Template:
        """The circuit, as its record says.

        A developer's file is run, if it is the one that was checked. Raises CircuitError, also for
        a file that was changed, and if it makes another circuit than the record's.

        Cost: that of tracing it, once for each Circuits.
        """
        self.system(circuit)
        return self._template(circuit)

    def system(self, circuit: bytes) -> ConstraintSystem:
        """The constraint system, to solve. Raises as `template`. Cost: as `template`."""

        def made() -> ConstraintSystem:
            template = self._template(circuit)
            checked = self._checked_here(circuit)
            system = template.circuit.trace() if checked is None else checked.system
            if bytes.fromhex(system.digest) != self.record(circuit).r1cs_hash:
                raise CircuitError(
                    f"The source of circuit 0x{circuit.hex()} makes another circuit than its "
                    "record says.",
                    f"Something that it imports or reads was changed. {CHECK}",
                )
            return system

        return self._once("system", circuit, made)

    def key(self, circuit: bytes) -> ProvingKey:
        """The proving key, whose verifying key is the record's.

        Raises CircuitError if the home does not have it; DamagedError if its file is the key of
        another circuit; what ProvingKey.load raises for what is no key.

        Cost: see ProvingKey.load, once for each Circuits.
        """

        def made() -> ProvingKey:
            path = self._place(self.record(circuit)) / KEY
            if not path.exists():
                raise CircuitError(f"The home has no key of circuit 0x{circuit.hex()}.", CHECK)
            key = ProvingKey.load(path)
            if bytes.fromhex(key_digest(key.verifying_key)) != self.record(circuit).key_digest:
                raise DamagedError(
                    f"{path} is the key of another circuit than 0x{circuit.hex()}.", CHECK
                )
            return key

        return self._once("key", circuit, made)

    def forget_key(self, circuit: bytes) -> None:
        """Load the key of a circuit again when it is asked for: its file was changed."""
        self._made.pop(("key", circuit), None)

    def stamp(self, circuit: bytes) -> tuple[object, ...]:
        """What changes if somebody puts other files of a circuit in place. Raises CircuitError."""
        place = self._place(self.record(circuit))
        return tuple(map(_stamp, (place / FILE, place / KEY)))

    def _template(self, circuit: bytes) -> Template:
        def made() -> Template:
            source, checked = self.source(circuit), self._checked_here(circuit)
            try:
                template = source.template() if checked is None else checked.template
            except ZkpipeError as error:
                if source.is_python and not isinstance(error, CircuitError):
                    problem = f"{source.file} makes its circuit no more: {error.problem}"
                    raise CircuitError(problem, CHECK) from error
                raise
            check_record(template, self.record(circuit))
            return template

        return self._once("template", circuit, made)

    def _checked_here(self, circuit: bytes) -> Checked | None:
        """A circuit as this process has checked it; None if it has not."""
        return self._checked.get(self._place(self.record(circuit)).name)

    def _once(self, what: str, circuit: bytes, make: Callable[[], T]) -> T:
        found = self._made.get((what, circuit))
        if found is None:
            found = self._made[what, circuit] = make()
        return found  # type: ignore[return-value] # each kind has its own name

    def _place(self, record: Record) -> Path:
        return self._folder / _name(record.r1cs_hash, record.key_digest)


def _name(r1cs_hash: bytes, key: bytes) -> str:
    return f"{r1cs_hash.hex()}-{key.hex()}"


def _are_same(one: Path, other: Path) -> bool:
    """Whether two files have the same bytes. Cost: reading both, 1 s a GB."""
    return other.exists() and filecmp.cmp(one, other, shallow=False)


def _stamp(path: Path) -> object:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _copy(source: Path, target: Path) -> None:
    """A copy for the user alone, whole or not at all."""
    try:
        with source.open("rb") as read, atomic_write(target, secret=True) as write:
            shutil.copyfileobj(read, write, 1 << 22)
    except OSError as error:
        raise file_failure("read", source, error) from error
