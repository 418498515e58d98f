"""Processes that do jobs of `warm` side by side; `python -m zkpipe.accel.compiled.workers` is one.

A process takes one job at a time from its standard input, and says when it is done.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import IO

from zkpipe.accel.compiled.kernel_folders import Losses
from zkpipe.accel.machines.backend import machine
from zkpipe.ground.process.own_python import module_command, module_environment
from zkpipe.ground.process.settings import thread_count

MODULE = "zkpipe.accel.compiled.workers"  # this one: as a program it is __main__
WRITE = "zkpipe.accel.compiled.objects.missed:write_all"  # the job that comes last
DONE = b"done\n"
Report = Callable[[int, int], None]


def share_out(jobs: Sequence[str], report: Report) -> bool:
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
