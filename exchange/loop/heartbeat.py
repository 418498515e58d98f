"""A loop's heartbeat: that it is alive, and how far its jobs are.

    heartbeat.json    {"format": .., "time": .., "block": .., "jobs": {"0x..": "Submitted"}, ..}

It is written in each round in which something changed, and every few seconds besides. It holds ids
and states, and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zkpipe.exchange.canonical import written
from zkpipe.exchange.home.folder import read_own
from zkpipe.exchange.loop.stages import Reason, Stage, Status
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import Json, parse_json
from zkpipe.ground.files.writing import place_file

FILE = "heartbeat.json"
FORMAT = "zkpipe heartbeat 1"
LIMIT = 1 << 24  # bytes
BEAT = 10.0  # seconds between two, if nothing changes


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last heartbeat of a loop.

    time   of this machine, seconds since 1970
    block  the last that was read
    jobs   what became of each job that is not over
    """

    time: int
    block: int
    jobs: tuple[Status, ...]

    @classmethod
    def load(cls, folder: Path) -> Heartbeat | None:
        """The last heartbeat in a home's folder; None if no loop ever ran. Raises FormatError."""
        path = folder / FILE
        if not path.exists():
            return None
        value = parse_json(read_own(path, LIMIT), str(path), limit=LIMIT)
        try:
            if isinstance(value, dict) and value["format"] == FORMAT:
                return _heartbeat(value)
        except (LookupError, TypeError, ValueError, AttributeError):
            pass
        raise FormatError(f"{path} is no heartbeat.", "Remove it: the loop writes it again.")

    def to_bytes(self) -> bytes:
        """The file: canonical JSON."""
        jobs: dict[str, Json] = {
            "0x" + one.job.hex(): {
                "stage": one.stage.value,
                "reason": None if one.reason is None else one.reason.name,
            }
            for one in self.jobs
        }
        return written({"format": FORMAT, "time": self.time, "block": self.block, "jobs": jobs})


def _heartbeat(value: dict[str, Json]) -> Heartbeat:
    jobs = value["jobs"]
    moment, block = value["time"], value["block"]
    if not isinstance(jobs, dict) or not isinstance(moment, int) or not isinstance(block, int):
        raise TypeError("jobs")
    return Heartbeat(moment, block, tuple(_status(job, said) for job, said in jobs.items()))


def _status(job: str, said: Json) -> Status:
    if not isinstance(said, dict):
        raise TypeError(job)
    reason = said["reason"]
    return Status(
        bytes.fromhex(job.removeprefix("0x")),
        Stage(said["stage"]),
        None if reason is None else Reason[str(reason)],
    )


@dataclass(slots=True)
class Pulse:
    """Writes heartbeats, not more often than they are of use."""

    path: Path
    _last: tuple[Status, ...] | None = field(default=None, init=False)
    _at: float = field(default=0.0, init=False)

    def beat(self, block: int, jobs: Sequence[Status]) -> None:
        """A round is done. Raises FileError."""
        now, found = time.monotonic(), tuple(jobs)
        if found != self._last or now - self._at >= BEAT:
            place_file(self.path, Heartbeat(int(time.time()), block, found).to_bytes())
            self._last, self._at = found, now
