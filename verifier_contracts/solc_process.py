"""Running solc within bounds of size and time.

It is the user's own program, yet a broken one must not fill the memory or keep a command for ever:
its answer is cut off at LARGEST bytes, and it is ended after SECONDS.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

LARGEST = 1 << 25  # bytes; a verifier's answer has 200,000
SECONDS = 120.0  # the largest verifier takes 3 with npm's solc
HEARD = 1 << 12  # bytes of what it says on standard error


class SolcFailed(Exception):
    """It did not run to a good end; the text says why, in its own words if it has any."""


def standard_json(executable: Path, question: bytes) -> bytes:
    """What solc --standard-json answers. Raises SolcFailed."""
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as heard:
        asked.write(question)
        asked.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 # the user's own compiler, no shell
                [executable, "--standard-json"],
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=heard,
                cwd=executable.parent,  # the working folder may be gone, and is nobody's to import
                start_new_session=True,  # to end what it starts, too
            )
        except (OSError, ValueError) as error:
            raise SolcFailed(str(error)) from error
        late = threading.Timer(SECONDS, _end, [process])
        late.daemon = True
        late.start()
        try:
            assert process.stdout is not None  # noqa: S101 # a pipe, as asked for
            answer = process.stdout.read(LARGEST + 1)
            if len(answer) > LARGEST:
                raise SolcFailed(f"It answers with more than {LARGEST:,} bytes.")
            status = process.wait()
            heard.seek(0)
            words = heard.read(HEARD).decode("utf-8", "replace").strip()
        finally:
            late.cancel()
            _end(process)
            process.stdout.close()  # type: ignore[union-attr] # as above
            process.wait()
    if status:
        raise SolcFailed(words or f"It ended with status {status}.")
    return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill it and what it started, unless it has ended by itself."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
