"""Running solc within bounds of size and time.

It is the user's own program, yet a broken one must not fill the memory or keep a command for ever:
its answer is cut off at LARGEST bytes, and it is ended after SECONDS. Pipes lead to it and from it,
no files: there may be no folder for temporary ones.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

LARGEST = 1 << 25  # bytes; a verifier's answer has 200,000
SECONDS = 120.0  # the largest verifier takes 3 with npm's solc
HEARD = 1 << 12  # bytes of what it says on standard error


class SolcFailed(Exception):
    """It did not run to a good end; the text says why, in its own words if it has any."""


def standard_json(
    command: Sequence[str | Path], question: bytes, seconds: float | None = None
) -> bytes:
    """What solc --standard-json answers; the first of the words is its path. Raises SolcFailed.

    seconds  after which it is ended: SECONDS, if nothing is said
    """
    try:
        process = subprocess.Popen(  # noqa: S603 # the user's own compiler, no shell
            [*command, "--standard-json"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(command[0]).parent,  # the working folder may be gone, and is nobody's
            start_new_session=True,  # to end what it starts, too
        )
    except (OSError, ValueError) as error:
        raise SolcFailed(str(error)) from error
    assert process.stdin and process.stdout and process.stderr  # noqa: PT018, S101 # as asked for
    heard: deque[bytes] = deque()
    told = threading.Thread(target=_tell, args=(process.stdin, question), daemon=True)
    hearing = threading.Thread(target=_hear, args=(process.stderr, heard), daemon=True)
    late = threading.Timer(SECONDS if seconds is None else seconds, _end, [process])
    late.daemon = True
    try:
        for thread in (told, hearing, late):
            thread.start()
        answer = process.stdout.read(LARGEST + 1)
        if len(answer) > LARGEST:
            raise SolcFailed(f"It answers with more than {LARGEST:,} bytes.")
        status = process.wait()
    finally:
        late.cancel()
        _end(process)
        process.wait()
        for thread, pipe in ((told, process.stdin), (hearing, process.stderr)):
            if thread.ident is None:  # the system gave none, which would close it
                pipe.close()
            else:
                thread.join(1.0)  # what solc started may hold its pipes open
        process.stdout.close()
    if status:
        words = b"".join(heard).decode("utf-8", "replace").strip()
        raise SolcFailed(words or f"It ended with status {status}.")
    return answer


def _tell(pipe: IO[bytes], question: bytes) -> None:
    with suppress(OSError, ValueError), pipe:  # it does not listen to the end
        pipe.write(question)


def _hear(pipe: IO[bytes], heard: deque[bytes]) -> None:
    """Keep the first bytes of what is said, and let the rest go."""
    with pipe:
        heard.append(pipe.read(HEARD))
        while pipe.read(1 << 16):
            pass


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill it and what it started, unless it has ended by itself."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
