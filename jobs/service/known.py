"""What is known of circuits: what a worker has found of them, or why they cannot be loaded.

Both are of one version of a circuit's files. What cannot be loaded is looked at again after some
seconds, later after a minute: what it needs may lie elsewhere than in the folder of the keys.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from zkpipe.jobs.errors import UnservedError

SOON, LATER = 5.0, 60.0  # seconds until what cannot be loaded is looked at again
SHARE = 10  # at least so many times the seconds that the look took


@dataclass(frozen=True, slots=True)
class Facts:
    """What a worker has found of a circuit: see cli.jobs.proving_worker."""

    digest: str
    key_digest: str
    development: bool
    inputs: int
    wires: int

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Facts:
        """What a worker has answered to a request to load."""
        return cls(**{part.name: answer[part.name] for part in fields(cls)})


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a circuit cannot be loaded.

    kind        the class of the failure, which clients may know
    why         for the log: it may name files of the server
    holds_jobs  whether jobs wait until it is mended; else they find out what is wrong
    looks       how often it was found
    again       when to look again, by time.monotonic
    """

    kind: str
    why: str
    holds_jobs: bool
    looks: int
    again: float

    def error(self, circuit: str) -> UnservedError:
        """What clients are told."""
        return UnservedError(
            f"The circuit {circuit} cannot be loaded ({self.kind}); the log of the service says "
            "why.",
            "Send it again later, and tell whoever runs the service.",
            is_there=True,
        )


class Known:
    """By a circuit's name and version. Every method may be called in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, tuple[str, Facts | Fault]] = {}

    def learn(self, name: str, version: str, facts: Facts) -> None:
        """Keep what was found."""
        with self._lock:
            self._found[name] = version, facts

    def cannot_load(
        self, name: str, version: str, kind: str, why: str, *, holds_jobs: bool, seconds: float
    ) -> bool:
        """Keep why it cannot be loaded, which took some seconds to find; whether that is news."""
        with self._lock:
            old = self._of(name, version)
            fault = old if isinstance(old, Fault) else Fault("", "", False, 0, 0.0)
            wait = max(min(LATER, SOON * 2**fault.looks), SHARE * seconds)
            self._found[name] = (
                version,
                Fault(
                    kind,
                    why,
                    holds_jobs or fault.holds_jobs,
                    min(fault.looks + 1, 10),
                    time.monotonic() + wait,
                ),
            )
            return fault.why != why

    def facts(self, name: str, version: str) -> Facts | None:
        """What was found; None if this version was not looked at yet, or cannot be loaded."""
        with self._lock:
            found = self._of(name, version)
        return found if isinstance(found, Facts) else None

    def fault(self, name: str, version: str) -> Fault | None:
        """Why it cannot be loaded; None if nothing is known to be wrong."""
        with self._lock:
            found = self._of(name, version)
        return found if isinstance(found, Fault) else None

    def is_due(self, name: str, version: str) -> bool:
        """Whether it is to be looked at."""
        with self._lock:
            found = self._of(name, version)
        return found is None or (isinstance(found, Fault) and time.monotonic() >= found.again)

    def _of(self, name: str, version: str) -> Facts | Fault | None:
        """Within the lock."""
        known, found = self._found.get(name, ("", None))
        return found if known == version else None
