"""How often a home has tried in vain to prove or deliver a job, kept on the disk.

    tries.json    {"format": .., "jobs": {"0x..": {"begun": 1, "failed": 2}}}

A try is on the disk before it begins, so one that ends the process counts, too: a service that is
started again after each end would go on with such a job for ever. What the node did not even take
costs nothing, and is counted by this process alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from zkpipe.exchange.canonical import written
from zkpipe.exchange.home.folder import read_own
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import Json, parse_json
from zkpipe.ground.files.writing import place_file

FILE = "tries.json"
FORMAT = "zkpipe tries 1"
LIMIT = 1 << 24  # bytes
FAILED = 3  # tries that end with an error
BEGUN = 10  # tries in a row that end with the process: who stops it by force means no job


@dataclass(frozen=True, slots=True)
class Count:
    """Tries of one job.

    begun   since one ended, in whatever way
    failed  that ended with an error
    """

    begun: int = 0
    failed: int = 0


class Tries:
    """The tries of a home's jobs. Raises FormatError if the file is damaged; FileError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._counts = _read(path)
        self._refused: dict[bytes, int] = {}  # by the node, in this process

    @property
    def marks(self) -> tuple[object, ...]:
        """What changes if a try ended."""
        return (tuple(self._counts.items()), tuple(self._refused.items()))

    def failed(self, job: bytes) -> int:
        """How many tries of a job failed."""
        return self._count(job).failed + self._refused.get(job, 0)

    def are_over(self, job: bytes) -> bool:
        """Whether a job is not to be tried any more."""
        return self.failed(job) >= FAILED or self._count(job).begun >= BEGUN

    def begin(self, job: bytes) -> None:
        """A try begins; it is on the disk on return."""
        count = self._count(job)
        self._put(job, replace(count, begun=count.begun + 1))

    def succeed(self, job: bytes) -> None:
        """The try has ended well."""
        self._put(job, replace(self._count(job), begun=0))

    def fail(self, job: bytes) -> None:
        """The try has ended with an error."""
        self._put(job, Count(0, self._count(job).failed + 1))

    def refuse(self, job: bytes) -> None:
        """The node did not take what was to be sent."""
        self._refused[job] = self._refused.get(job, 0) + 1

    def keep(self, jobs: Collection[bytes]) -> None:
        """Forget all other jobs: they are over."""
        kept = {job: count for job, count in self._counts.items() if job in jobs}
        if kept != self._counts:
            self._write(kept)

    def clear(self) -> None:
        """Forget all tries: each job is tried again."""
        self._refused.clear()
        if self._counts:
            self._write({})

    def _count(self, job: bytes) -> Count:
        return self._counts.get(job, Count())

    def _put(self, job: bytes, count: Count) -> None:
        counts = {**self._counts, job: count}
        if count == Count():
            del counts[job]
        if counts != self._counts:
            self._write(counts)

    def _write(self, counts: dict[bytes, Count]) -> None:
        jobs: dict[str, Json] = {
            "0x" + job.hex(): {"begun": count.begun, "failed": count.failed}
            for job, count in counts.items()
        }
        place_file(self._path, written({"format": FORMAT, "jobs": jobs}))
        self._counts = counts


def _read(path: Path) -> dict[bytes, Count]:
    if not path.exists():
        return {}
    value = parse_json(read_own(path, LIMIT), str(path), limit=LIMIT)
    try:
        if isinstance(value, dict) and value["format"] == FORMAT:
            jobs = value["jobs"]
            if isinstance(jobs, dict):
                return {bytes.fromhex(job.removeprefix("0x")): _in(jobs[job]) for job in jobs}
    except (LookupError, TypeError, ValueError):
        pass
    raise FormatError(
        f"{path} does not say how often jobs were tried.",
        "Remove it: then jobs that failed are tried again.",
    )


def _in(value: Json) -> Count:
    if not isinstance(value, dict):
        raise TypeError("count")
    begun, failed = value["begun"], value["failed"]
    if type(begun) is not int or type(failed) is not int or min(begun, failed) < 0:
        raise TypeError("count")
    return Count(begun, failed)
