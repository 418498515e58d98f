"""Kernels compiled ahead, in several processes (`workers`), and whether that was done.

Compiling holds numba's lock and Python's, so only processes do it side by side. A job is the name
of a function, `module:function`, that calls kernels on small arrays. The processes write to the
cache on disk, from which the kernels are then read; the last job writes those that Python calls
into one shared object (`objects`). A folder in the cache remembers that this was done: its name is
a digest of the jobs, of all that their kernels are made of, of the processor and the back end.

Whoever does not warm up compiles each kernel when it is first called, as ever.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

from zkpipe.accel.compiled.kernel_folders import readable, writable
from zkpipe.accel.compiled.objects import opened
from zkpipe.accel.compiled.stamps import Look, remembered
from zkpipe.accel.compiled.toolchain import toolchain
from zkpipe.accel.machines.backend import machine, processor
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.files.writing import place_file
from zkpipe.ground.process.posix import lock

MARK = "warm"
WITH_OBJECT = b"with a shared object\n"  # what stands in a mark, if one could be opened
Report = Callable[[int, int], None]


def is_warm(jobs: Sequence[str]) -> bool:
    """Whether the kernels of these jobs are compiled, for this processor and back end.

    Where their machine code could be opened without numba, it is opened now; if that fails, it has
    been removed or damaged, and they count as not compiled.
    """
    look = Look()
    for folder in readable(_digest(jobs, look)):
        with suppress(OSError):
            mark = (folder / MARK).read_bytes()
            if mark != WITH_OBJECT or opened.opened(look) is not None:
                return True
    return False


def can_warm_up(jobs: Sequence[str]) -> bool:
    """Whether any place takes compiled kernels: else nothing is gained by compiling them ahead."""
    return next(writable(_digest(jobs)), None) is not None


def warm_up(jobs: Sequence[str], report: Report) -> bool:
    """Compile the kernels of all jobs, the first jobs first, on as many processes as threads.

    report  called with the number of jobs that are done, and of all
    result  whether all were done and kept; if not, what is missing compiles when it is called
    """
    if not sys.executable or not can_warm_up(jobs):
        return is_warm(jobs)
    from zkpipe.accel.compiled.workers import share_out  # here: it is seldom asked for

    digest = _digest(jobs)
    try:
        with _alone(digest):
            return is_warm(jobs) or (share_out(jobs, report) and _remember(digest))
    except OSError:  # no process can be started here
        return False


@contextmanager
def _alone(digest: str) -> Iterator[None]:
    """Wait while another process warms up the same; the system unlocks what a killed one held."""
    with ExitStack() as stack:
        for folder in writable(digest):
            with suppress(OSError):  # it is full: the next
                lock(stack.enter_context((folder / "lock").open("ab")).fileno())
                break
        yield


def _remember(digest: str) -> bool:
    """Leave the mark of a folder that is warm; whether any place took it."""
    opened.forget()
    mark = b"" if opened.opened() is None else WITH_OBJECT
    for folder in writable(digest):
        with suppress(FileError):
            place_file(folder / MARK, mark)
            return True
    return False


def _digest(jobs: Sequence[str], look: Look | None = None) -> str:
    question = f"{list(jobs)} {toolchain()}"
    sources = remembered(question, lambda: _digest_of_sources(jobs), look)
    return hashlib.sha256(f"{sources} {machine().name} {processor()}".encode()).hexdigest()[:20]


def _digest_of_sources(jobs: Sequence[str]) -> str:
    from zkpipe.accel.compiled.sources import module_file, source_digest  # seldom asked for

    digest = hashlib.sha256()
    for job in jobs:
        file = module_file(job.partition(":")[0])
        parts = (job, source_digest(file) if file else "")
        digest.update("\0".join(parts).encode())
    return digest.hexdigest()
