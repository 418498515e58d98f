"""The circuits and keys of a folder, by name: NAME.py and NAME.zkey, which lie side by side.

NAME.wasm of circom takes the place of NAME.py where there is none.

A circuit's file is run as code, and so are the modules that it imports. So nothing is served that
others than the user could have written (ground.files.ownership), nor what is not a regular file.
The folder is looked at again about once a second: circuits may come, go and change. A version says
which files it was: a key is best replaced by a rename.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkpipe.ground.files.ownership import objection
from zkpipe.jobs.errors import ServiceError, UnservedError
from zkpipe.jobs.service.known import Facts, Fault, Known

NAME = re.compile("[A-Za-z0-9_-]{1,64}")
AGE = 1.0  # seconds for which a look at the folder serves
MOST_MODULES = 5_000  # beside the circuits
CODE = (".py", ".pyc", ".so")
SourceOf = Callable[[Path], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Circuit:
    """Where a circuit and its key lie, and which files these are.

    source  for a worker: a source of cli.authors.solving_source as JSON
    """

    name: str
    source: Mapping[str, Any]
    key: Path
    version: str

    def named(self, digest: str | None) -> dict[str, Any]:
        """The part of a request to a worker that names it: see cli.jobs.proving_worker."""
        return {
            "circuit": self.source,
            "key": str(self.key),
            "version": self.version,
            "digest": digest,
        }


class Circuits:
    """Those of a folder.

    source_of  what a worker needs to know of a circuit's file

    Raises ServiceError if the folder is not there, or others can write to it.
    """

    def __init__(self, folder: Path, source_of: SourceOf) -> None:
        self.folder = folder.absolute()
        self._source_of = source_of
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._modules: tuple[str, str | None] = "", None
        self._found: dict[str, Circuit | UnservedError] = {}
        self._known = Known()
        if not folder.is_dir():
            raise ServiceError(f"{folder} is not a folder.", "Give the folder of the keys.")
        why = _objection(self.folder)
        if why is not None:
            raise ServiceError(
                f"{folder} is not to be trusted, and what lies in it is run: {why}.",
                "See that only you can write to it and to the folders above it.",
            )

    def find(self, name: str) -> Circuit:
        """The circuit of this name. Raises UnservedError."""
        found = self._look().get(name) if NAME.fullmatch(name) else None
        if found is None:
            raise UnservedError(
                "There is no circuit of this name.",
                "Ask for one that GET /health names.",
                is_there=False,
            )
        if isinstance(found, UnservedError):
            why = found.evidence[0] if found.evidence else ""
            raise UnservedError(found.problem, found.fix, is_there=True, why=why)
        return found

    def names(self) -> list[str]:
        """Of all that are served."""
        return [name for name, found in self._look().items() if isinstance(found, Circuit)]

    def refused(self) -> dict[str, UnservedError]:
        """Those that are not served, and why."""
        return {n: found for n, found in self._look().items() if isinstance(found, UnservedError)}

    def learn(self, circuit: Circuit, facts: Facts) -> None:
        """Keep what was found of a circuit in this version."""
        self._known.learn(circuit.name, circuit.version, facts)

    def cannot_load(
        self, circuit: Circuit, kind: str, why: str, *, holds_jobs: bool, seconds: float
    ) -> bool:
        """Keep why this version cannot be loaded; whether that is news."""
        return self._known.cannot_load(
            circuit.name, circuit.version, kind, why, holds_jobs=holds_jobs, seconds=seconds
        )

    def facts(self, circuit: Circuit) -> Facts | None:
        """What was found; None if this version was not looked at yet, or cannot be loaded."""
        return self._known.facts(circuit.name, circuit.version)

    def fault(self, circuit: Circuit) -> Fault | None:
        """Why this version cannot be loaded; None if nothing is known to be wrong."""
        return self._known.fault(circuit.name, circuit.version)

    def due(self) -> list[str]:
        """Those that are to be looked at: new ones, and again what could not be loaded."""
        return [
            name
            for name, found in self._look().items()
            if isinstance(found, Circuit) and self._known.is_due(name, found.version)
        ]

    def holds_jobs(self, name: str) -> bool:
        """Whether jobs of this circuit have to wait until somebody mends it."""
        found = self._look().get(name)
        if not isinstance(found, Circuit):
            return True
        fault = self.fault(found)
        return fault is not None and fault.holds_jobs

    def is_current(self, circuit: Circuit) -> bool:
        """Whether the files are still those; looks at once."""
        return self._look(age=0).get(circuit.name) == circuit

    def _look(self, age: float = AGE) -> dict[str, Circuit | UnservedError]:
        with self._lock:
            if time.monotonic() - self._looked > age:
                with suppress(OSError):  # the folder is away, or no descriptor is free: as it was
                    self._found = dict(self._scan())
                self._looked = time.monotonic()
            return self._found

    def _scan(self) -> Iterator[tuple[str, Circuit | UnservedError]]:
        names = os.listdir(self.folder)  # noqa: PTH208 # it raises where the folder is away
        keys = sorted(name.removesuffix(".zkey") for name in names if name.endswith(".zkey"))
        modules, why = self._looked_at_modules(set(keys))
        for name in keys:
            if not NAME.fullmatch(name):
                yield name[:64], _no_name(name)
            elif why is not None:
                yield name, _open(name, why)
            else:
                yield name, self._one(name, modules)

    def _one(self, name: str, modules: str) -> Circuit | UnservedError:
        key = self.folder / f"{name}.zkey"
        source = self.folder / f"{name}.py"
        if not source.exists():
            source = source.with_suffix(".wasm")
        if not source.exists():
            return _without_source(name)
        seen = [modules]
        for path in (source, key):
            try:
                status = path.lstat()
                why = _objection(path)
            except OSError as error:
                return _open(name, f"{path.name} cannot be read: {error.strerror}")
            if not stat.S_ISREG(status.st_mode):
                return _open(name, f"{path.name} is not a regular file, or is a link")
            if why is not None:
                return _open(name, why)
            seen.append(_version(status))
        version = hashlib.sha256(" ".join(seen).encode()).hexdigest()[:32]
        return Circuit(name, self._source_of(source), key, version)

    def _looked_at_modules(self, names: set[str]) -> tuple[str, str | None]:
        """What else could be imported: a version of it all, and why it is not to be trusted.

        Objections are looked for only when something has changed.
        """
        digest = hashlib.sha256()
        found = []
        for path, status in _modules(self.folder, names):
            found.append(path)
            changed = f"{status.st_mode} {status.st_uid} {status.st_gid} {_version(status)}"
            digest.update(f"{path}\0{changed}\0".encode("utf-8", "surrogateescape"))
        version = digest.hexdigest()
        if version != self._modules[0]:
            self._modules = version, next(filter(None, map(_objection, found)), None)
        return self._modules


def _modules(folder: Path, names: set[str]) -> Iterator[tuple[Path, os.stat_result]]:
    """The modules below a folder that are not circuits of it; links are followed, as imports do."""
    count = 0
    been: set[str] = set()
    for place, folders, files in os.walk(folder, followlinks=True):
        if (real := os.path.realpath(place)) in been:  # a link in a circle
            folders.clear()
            continue
        been.add(real)
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "__pycache__")
        for file in sorted(files):
            path = Path(place, file)
            if path.suffix not in CODE or (
                place == str(folder) and path.stem in names and path.suffix == ".py"
            ):
                continue
            count += 1
            if count > MOST_MODULES:
                return
            with suppress(OSError):  # a link that leads nowhere: nothing can be imported from it
                yield path, path.stat()


def _objection(path: Path) -> str | None:
    """Why a path is not to be trusted; what is not there is not."""
    try:
        return objection(path)
    except OSError as error:
        return f"{path} cannot be looked at: {error.strerror}"


def _version(status: os.stat_result) -> str:
    return f"{status.st_dev}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"


def _open(name: str, why: str) -> UnservedError:
    return UnservedError(
        f"The circuit {name} is not served; the log of the service says why.",
        f"See that {name}.py or {name}.wasm, {name}.zkey and the modules beside them are regular "
        "files that only their owner can write to.",
        is_there=True,
        why=why,
    )


def _no_name(name: str) -> UnservedError:
    return UnservedError(
        f"The key {name[:64]!a} is not served: its name is not one of letters, digits, _ and -.",
        "Rename NAME.zkey and NAME.py.",
        is_there=True,
    )


def _without_source(name: str) -> UnservedError:
    return UnservedError(
        f"The circuit {name} has a key and no source.",
        f"Put {name}.py beside {name}.zkey, or the {name}.wasm that circom wrote.",
        is_there=True,
    )
