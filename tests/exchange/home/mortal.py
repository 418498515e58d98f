"""Processes that are killed at a moment of their work: `python -m tests.exchange.home.mortal`.

A host imports everything once, and forks a child for each piece of work that it is asked for. The
child kills itself (SIGKILL) before its n-th step: each opening, renaming or removing of a file, and
each flush of one to the disk, under the folder of the test. So every state that a kill can leave on
the disk is reached, whatever the speed of the machine. Or the host kills it after some time.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.exchange.home.own import OTHER, PASSWORD, WORK

ROOT = Path(__file__).resolve().parents[3]
STEPS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate")
NEVER = 1 << 30


def make(base: Path) -> None:
    from zkpipe.exchange.home import Home

    Home.create(base / "new", PASSWORD, work=WORK).close()


def put(base: Path) -> None:
    from zkpipe.exchange.home import Home

    with Home.open(base / "home", PASSWORD) as home:
        home.vault.put("other", "x", b"a secret that the test knows")
        home.vault.new("segment", "c3")


def many(base: Path) -> None:
    from zkpipe.exchange.home import Home

    with Home.open(base / "home", PASSWORD) as home:
        home.vault.new_many("segment", [f"{i}" for i in range(6)])
        home.vault.put("other", "x", b"a secret that the test knows")


def erase(base: Path) -> None:
    from zkpipe.exchange.home import Home

    with Home.open(base / "home", PASSWORD) as home:
        home.vault.erase("job", "a1")
        home.vault.erase("segment", "b2")


def document(base: Path) -> None:
    from zkpipe.exchange.home import Home

    with Home.open(base / "home", PASSWORD) as home:
        home.documents.put("schema", "s", b'{"columns": ["new"]}')
        home.documents.put("schema", "t", b"{}")


def password(base: Path) -> None:
    from zkpipe.exchange.home import Home

    with Home.open(base / "home", PASSWORD) as home:
        home.change_password(OTHER, work=WORK)


def save(base: Path) -> None:
    from zkpipe.exchange.home import Home, backup

    with Home.open(base / "home", PASSWORD) as home:
        backup(home, base / "backup", OTHER, work=WORK)


def restored(base: Path) -> None:
    from zkpipe.exchange.home import restore

    restore(base / "backup", base / "again", OTHER, work=WORK)


def reconciled(base: Path) -> None:
    from zkpipe.exchange.home import Home

    with Home.open(base / "restored", OTHER) as home:
        home.reconciled()


def busy(base: Path) -> None:
    """Work without end: a line to standard output after each thing that is done."""
    from zkpipe.exchange.home import Home

    with Home.open(base / "home", PASSWORD) as home:
        for i in range(NEVER):
            value = home.vault.new("job", f"{i}")
            say(f"made {i} {value.hex()}")
            if i >= 3:
                say(f"erasing {i - 3}")
                home.vault.erase("job", f"{i - 3}")
                say(f"erased {i - 3}")


WORKS: dict[str, Callable[[Path], None]] = {
    work.__name__: work
    for work in (make, put, many, erase, document, password, save, restored, reconciled, busy)
}
_out = 1


def say(line: str) -> None:
    os.write(_out, f"{line}\n".encode())


@dataclass(frozen=True)
class End:
    """How a piece of work ended: at which step, killed or done, and what it said."""

    steps: int
    killed: bool
    said: list[str]


class Host:
    """The host, seen from a test."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.exchange.home.mortal"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, work: str, base: Path, step: int = NEVER, seconds: float = 0) -> End:
        """Do a piece of work; killed before that step, or after some seconds if they are given."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        words = {"work": work, "base": str(base), "step": step, "seconds": seconds}
        print(json.dumps(words), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        assert answer["status"] in (0, -signal.SIGKILL), answer
        return End(answer["steps"], answer["status"] != 0, answer["said"])

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:  # what is imported now, children have
        make(Path(folder))
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_done(json.loads(line))) + "\n")
        sys.stdout.flush()


def _done(asked: dict[str, Any]) -> dict[str, Any]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os._exit(_live(asked, write))
    os.close(write)
    said = _listen(read, child, asked["seconds"])
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    steps = [int(line.removeprefix("step ")) for line in said if line.startswith("step ")]
    rest = [line for line in said if not line.startswith("step ")]
    return {"status": status, "steps": max(steps, default=0), "said": rest}


def _listen(handle: int, child: int, seconds: float) -> list[str]:
    """What the child says until it ends, or is killed after that time from its first words on."""
    data, end = bytearray(), None
    while True:
        wait = None if end is None else max(0.0, end - time.monotonic())
        if select.select([handle], [], [], wait)[0]:
            piece = os.read(handle, 1 << 16)
            if not piece:
                break
            data += piece
            if seconds and end is None:
                end = time.monotonic() + seconds
        else:
            os.kill(child, signal.SIGKILL)
            end = time.monotonic() + 60
    os.close(handle)
    whole, _, cut = data.decode().rpartition("\n")
    assert not cut, "lines are written in one piece"
    return whole.splitlines()


def _live(asked: dict[str, Any], out: int) -> int:
    global _out  # of a process that does one thing
    _out = out
    base, count = asked["base"], 0

    def step() -> None:
        nonlocal count
        count += 1
        if count == asked["step"]:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, words: tuple[Any, ...]) -> None:
        if event in STEPS and isinstance(words[0], str | os.PathLike):
            is_of_the_test = os.fspath(words[0]).startswith(base)
            if is_of_the_test:
                step()

    fsync = os.fsync

    def flush(handle: int) -> None:
        step()
        fsync(handle)
        step()

    os.fsync = flush
    sys.addaudithook(hook)
    try:
        WORKS[asked["work"]](Path(base))
    except Exception as error:  # noqa: BLE001 # told to the test
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    say(f"step {count}")
    return 0


if __name__ == "__main__":
    main()
