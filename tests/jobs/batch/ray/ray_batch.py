"""What batches on a cluster are tested with; as a program, one that is ended by a signal."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.cli.authors.circuit_name import CircuitName
from zkpipe.cli.authors.solving_source import SolvingSource
from zkpipe.cli.jobs.proving_worker import Session
from zkpipe.jobs.batch.engines.engine import Done, Task
from zkpipe.jobs.batch.engines.on_ray import OnRay
from zkpipe.jobs.proving.outcome import Proved
from zkpipe.prover import DEVELOPMENT, Proof, ProvingKey, setup, verify

HALVES = Path(__file__).with_name("halves.py")
SALT = 271_828


@dataclass
class Material:
    """A circuit with its key, and the fixed part of requests."""

    base: dict[str, Any]
    key: Path

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.key.read_bytes()).hexdigest()

    def save(self, folder: Path) -> None:
        (folder / "base.json").write_text(json.dumps(self.base))


def material(folder: Path) -> Material:
    source = SolvingSource(CircuitName(HALVES))
    system = source.compile()
    key = folder / "halves.zkey"
    setup(system, DEVELOPMENT).save(key)
    base = {
        "circuit": source.as_json(),
        "digest": system.digest,
        "key": str(key),
        "version": "1",
        "precompute": None,
    }
    return Material(base, key)


def task(row: int, x: int) -> Task:
    return Task(row, [x, SALT])


def right(made: Material, done: Done) -> bool:
    """Whether it is a proof that holds, of the number that Python computes."""
    assert isinstance(done.outcome, Proved), done.outcome
    x, salt = done.task.flat
    public = [(x * x + salt) % R]
    path = made.key.with_name("proof.json")
    path.write_text(json.dumps(done.outcome.proof))
    key = ProvingKey.load(made.key).verifying_key
    return done.outcome.public == tuple(public) and verify(key, Proof.load(path), public)


class Ended(BaseException):
    """As the command has it."""


def _ended(number: int, _frame: object) -> None:
    raise Ended(number)


def main(folder: Path, address: str) -> None:
    signal.signal(signal.SIGTERM, _ended)
    engine = OnRay(Session, json.loads((folder / "base.json").read_text()), 1, address=address)
    before = actors(os.getppid())
    ended_one = pauses = 0
    try:
        for done in engine.results(iter([task(0, 5), task(1, 77), task(2, 6)])):
            if done is not None and not ended_one:
                ended_one = min(actors(os.getppid()) - before)
                os.kill(ended_one, signal.SIGKILL)
            pauses += done is None and ended_one > 0
            if pauses == 15:  # Ray has told of it meanwhile
                say("proving")
    except Ended as ended:
        engine.close()
        assert signal.getsignal(signal.SIGTERM) is _ended
        sys.stdout.write("the answer\n")
        say("ended by", ended.args[0])


def say(*words: object) -> None:
    print(*words, file=sys.stderr, flush=True)  # noqa: T201 # a program


def actors(of: int | None = None) -> set[int]:
    """Workers of a process's own cluster, by default this one's; others may run the same tests."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (folder / "cmdline").read_bytes().startswith(b"ray::RayActor") and _descends(
                folder, of or os.getpid()
            ):
                found.add(int(folder.name))
    return found


def _descends(folder: Path, ancestor: int) -> bool:
    """Whether a process of /proc descends from another."""
    while (parent := int((folder / "stat").read_text().rpartition(")")[2].split()[1])) > 1:
        if parent == ancestor:
            return True
        folder = Path("/proc", str(parent))
    return False


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
