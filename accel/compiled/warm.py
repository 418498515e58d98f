"""Kernels compiled ahead, in several processes; `python -m zkpipe.accel.compiled.warm` is one.

Compiling holds numba's lock and Python's, so only processes do it side by side. A job is the name
of a function, `module:function`, that calls kernels on small arrays; a process takes one at a time
from its standard input and says when it is done. All of them write to the cache on disk, from which
the kernels are then read; the last job writes those that Python calls into one shared object
(`objects`). A folder in the cache remembers that this was done: its name is a digest of the jobs,
of all that their kernels are made of, of the processor and the back end.

Whoever does not warm up compiles each kernel when it is first called, as ever.
"""

from __future__ import annotations

import hashlib
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from typing import IO

from zkpipe.accel.compiled.kernel_folders import Losses, readable, writable
from zkpipe.accel.compiled.objects import opened
from zkpipe.accel.compiled.stamps import remembered
from zkpipe.accel.compiled.toolchain import toolchain
from zkpipe.accel.machines.backend import machine, processor
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.files.writing import place_file
from zkpipe.ground.process.own_python import module_command, module_environment
from zkpipe.ground.process.posix import lock
from zkpipe.ground.process.settings import thread_count

MODULE = "zkpipe.accel.compiled.warm"  # this one: as a program it is __main__
WRITE = "zkpipe.accel.compiled.objects.missed:write_all"  # the job that comes last
MARK = "warm"
WITH_OBJECT = b"with a shared object\n"  # what stands in a mark, if one could be opened
DONE = b"done\n"
Report = Callable[[int, int], None]


def is_warm(jobs: Sequence[str]) -> bool:
    """Whether the kernels of these jobs are compiled, for this processor and back end.

    Where their machine code could be opened without numba, it is opened now; if that fails, it has
    been removed or damaged, and they count as not compiled.
    """
    for folder in readable(_digest(jobs)):
        with suppress(OSError):
            mark = (folder / MARK).read_bytes()
            if mark != WITH_OBJECT or opened.opened() is not None:
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
    digest = _digest(jobs)
    try:
        with _alone(digest):
            return is_warm(jobs) or (_share_out(jobs, report) and _remember(digest))
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


def _digest(jobs: Sequence[str]) -> str:
    sources = remembered(f"{list(jobs)} {toolchain()}", lambda: _digest_of_sources(jobs))
    return hashlib.sha256(f"{sources} {machine().name} {processor()}".encode()).hexdigest()[:20]


def _digest_of_sources(jobs: Sequence[str]) -> str:
    from zkpipe.accel.compiled.sources import module_file, source_digest  # seldom asked for

    digest = hashlib.sha256()
    for job in jobs:
        file = module_file(job.partition(":")[0])
        parts = (job, source_digest(file) if file else "")
        digest.update("\0".join(parts).encode())
    return digest.hexdigest()


def _share_out(jobs: Sequence[str], report: Report) -> bool:
    """Give each process the next job when it is done with one; whether all were done.

    A process that is killed is missed: the others do what is left, but not the job it was at. In
    the end one that has compiled something writes the shared object.
    """
    waiting, done = list(reversed(jobs)), 0
    report(0, len(jobs))
    with _processes(min(thread_count(), len(jobs))) as processes:
        at_work = [process for process in processes if _give(process, waiting)]
        with selectors.DefaultSelector() as selector:
            for process in at_work:
                selector.register(_output(process), selectors.EVENT_READ, process)
            while selector.get_map():
                for key, _ in selector.select():
                    process = key.data
                    if _output(process).readline() == DONE:
                        done += 1
                        report(done, len(jobs))
                        if _give(process, waiting):
                            continue
                    selector.unregister(key.fileobj)
        for process in processes:
            if _give(process, [WRITE]) and _output(process).readline() == DONE:
                break
    return done == len(jobs)


@contextmanager
def _processes(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that wait for jobs; they are ended when the block is left, however it is left."""
    quiet = {"PYTHONWARNINGS": "ignore"}  # nobody sees them, and a filter may make them errors
    environment = {**os.environ, **module_environment(MODULE), **quiet, "ZKPIPE_THREADS": "1"}
    environment["ZKPIPE_BACKEND"] = machine().name  # no card has a part in it
    as_here = ["-O"] * sys.flags.optimize  # it decides what a kernel's bytecode is
    python, *words = module_command(MODULE)
    command = [python, *as_here, *words]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(count):
            process = subprocess.Popen(  # noqa: S603 # this interpreter, this module
                command,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            started.append(process)
        yield started
    finally:
        for process in started:
            process.kill()  # an entry of the cache is put in place whole
        for process in started:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()


def _give(process: subprocess.Popen[bytes], waiting: list[str]) -> bool:
    """Give a process the next job; False if there is none, or the process has ended."""
    if not waiting or process.stdin is None:
        return False
    try:
        process.stdin.write(f"{waiting[-1]}\n".encode())
        process.stdin.flush()
    except BrokenPipeError:
        return False
    waiting.pop()
    return True


def _output(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdout is None:
        raise BrokenPipeError("a process without an output")
    return process.stdout


def work(jobs: IO[str], answers: IO[bytes]) -> None:
    """Do the jobs that are asked for, until there are no more, and answer each."""
    for line in jobs:
        module, _, name = line.strip().partition(":")
        lost = Losses.count
        try:
            getattr(import_module(module), name)()
        except Exception:  # noqa: BLE001 # whoever calls the kernel is told, better than here
            answers.write(b"failed\n")
        else:
            answers.write(DONE if Losses.count == lost else b"not kept\n")
        answers.flush()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt, BrokenPipeError):
        work(sys.stdin, sys.stdout.buffer)
