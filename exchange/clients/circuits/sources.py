"""What a circuit is made of: one of the exchange's own circuits, or a developer's file.

    source_of("stats:schema.json:visits")    its schema is read, and kept with it
    source_of("score.py:region_score")       the digest of the file is kept with it

A developer's file is a program: it runs with the rights of whoever runs it. So it runs only where
its owner asks for that (`CircuitSource.run`), and after that only while it has the same bytes
(`CircuitSource.template`). It lies where it was, since it may read files beside it. Whoever else
can write to it, or to a folder on the way, could change what runs: such a file is refused. Programs
beside it do not run: who checked the file has not read them, and sourceHash is of one file.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from zkpipe.exchange.circuit_words import own_circuit
from zkpipe.exchange.circuits import Template, register, stats, update
from zkpipe.exchange.circuits.query import is_query
from zkpipe.exchange.errors import CircuitError
from zkpipe.exchange.tables import Schema
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.files.ownership import objection
from zkpipe.ground.files.reading import file_failure, read_file
from zkpipe.ground.files.strict_json import Json
from zkpipe.ground.process.interruption import ends_the_process

LARGEST = 1 << 24  # bytes of a file
CHECK = "Run `zkpipe catalogue circuit check FILE.py KEY.zkey` on it."


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitSource:
    """What a circuit is made of.

    name           register, update, stats, or python
    segment_class  of the exchange's own; 0 for a developer's
    schema         text of the schema of update and stats; empty for others
    column         that stats sums; empty for others
    file           a developer's; empty for others
    digest         SHA-256 of its bytes
    chosen         the circuit's name in it; empty for its only one
    """

    name: str
    segment_class: int = 0
    schema: str = ""
    column: str = ""
    file: str = ""
    digest: str = ""
    chosen: str = ""

    @property
    def is_python(self) -> bool:
        """Whether it is a developer's file."""
        return self.name == "python"

    @property
    def hash(self) -> bytes:
        """Record.source_hash: SHA-256 of a developer's file; zeros for the exchange's own."""
        return bytes.fromhex(self.digest) if self.is_python else bytes(32)

    def template(self) -> Template:
        """The circuit; of a developer, only if the file has the bytes that were checked.

        Raises CircuitError, and what the circuit raises.
        """
        if self.is_python:
            return _chosen(_module(Path(self.file), self.digest), self)
        if self.name == "register":
            return register(self.segment_class)
        schema = Schema.of(self.schema)
        if self.name == "update":
            return update(schema, self.segment_class)
        return stats(schema, self.column, self.segment_class)

    def to_json(self) -> dict[str, Json]:
        """For a file: the fields that are not empty."""
        named: dict[str, str | int] = {
            "name": self.name,
            "class": self.segment_class,
            "schema": self.schema,
            "column": self.column,
            "file": self.file,
            "digest": self.digest,
            "chosen": self.chosen,
        }
        return {name: value for name, value in named.items() if value}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> CircuitSource:
        """What `to_json` gave."""
        return cls(
            name=value["name"],
            segment_class=value.get("class", 0),
            **{n: value.get(n, "") for n in ("schema", "column", "file", "digest", "chosen")},
        )


def source_of(words: str) -> CircuitSource:
    """The source that words name. A developer's file is read, not run.

    words  register[@CLASS], update[@CLASS]:SCHEMA.json, stats[@CLASS]:SCHEMA.json:COLUMN, or
           FILE.py[:NAME]

    Raises CircuitError for other words; FileError, FormatError, SchemaError for the file.
    """
    own = own_circuit(words)
    if own is not None:
        schema = "" if own.schema is None else Schema.load(own.schema).canonical.decode()
        return CircuitSource(
            name=own.name,
            segment_class=own.segment_class,
            schema=schema,
            column=own.column or "",
        )
    place, colon, chosen = words.rpartition(":")
    if not colon or not place.endswith(".py"):
        place, chosen = words, ""
    if not place.endswith(".py"):
        raise CircuitError(
            f"{words!r} names no circuit of the exchange.",
            "Give register, update:SCHEMA.json, stats:SCHEMA.json:COLUMN or FILE.py[:NAME].",
        )
    path = Path(place).absolute()
    digest = hashlib.sha256(read_file(path, LARGEST)).hexdigest()
    return CircuitSource(name="python", file=str(path), digest=digest, chosen=chosen)


def _module(path: Path, digest: str) -> ModuleType:
    """The module of a developer's file, run."""
    try:
        why = objection(path)
    except OSError as error:
        raise file_failure("read", path, error) from error
    if why is not None:
        raise CircuitError(
            f"{path} is not run: {why}.", "Put it where only you can write, and check it there."
        )
    data = read_file(path, LARGEST)
    if hashlib.sha256(data).hexdigest() != digest:
        raise CircuitError(
            f"{path} is not the file that was checked: it was changed.",
            f"Read what was changed. {CHECK}",
        )
    module = ModuleType(f"zkpipe circuit {path.stem} {digest[:16]}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # where dataclasses look for the names in annotations
    try:
        with redirect_stdout(sys.stderr):
            code = compile(data, str(path), "exec", dont_inherit=True, optimize=0)
            exec(code, vars(module))  # noqa: S102 # its owner has checked these bytes
    except ZkpipeError:
        raise
    except ModuleNotFoundError as error:
        raise CircuitError(
            f"{path} imports {error.name}, which is no library of this Python.",
            "Install it. If it is your own file, write it into this one: a circuit is one file.",
        ) from error
    except BaseException as error:
        if ends_the_process(error):
            raise
        raise CircuitError(
            f"{path} raises {type(error).__name__} when it is run.",
            f"Run `zkpipe lint {path.name}`, which shows the line.",
        ) from error
    return module


def _chosen(module: ModuleType, source: CircuitSource) -> Template:
    found = {name: one for name, one in vars(module).items() if isinstance(one, Template)}
    if source.chosen:
        found = {name: one for name, one in found.items() if name == source.chosen}
    if len(set(map(id, found.values()))) != 1:
        which = f"no circuit {source.chosen}" if source.chosen else f"{len(found)} circuits"
        raise CircuitError(
            f"{source.file} has {which} of the exchange.",
            "Make one with @query(schema, columns); name it, FILE.py:NAME, if there are several.",
        )
    (template, *_) = found.values()
    if not is_query(template):
        raise CircuitError(
            f"A circuit of {source.file} is not as @query makes them: what it says of its bits and "
            "of floors could be anything.",
            "Make it with @query(schema, columns), and change nothing of what that gives.",
        )
    return template
