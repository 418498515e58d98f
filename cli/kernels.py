"""Kernels compiled before a command computes, where that was not done: once a machine."""

from __future__ import annotations

from cli.progress import counted


def compile_kernels() -> None:
    """Compile all kernels, several at once, unless that was done; on a terminal, show how many are.

    Commands call this after they have read their inputs, so that what is wrong with those is said
    at once. Where no process can be started, or nothing kept, kernels compile when they are called.
    """
    from accel.warm import is_warm, warm_up
    from prover.warm_jobs import JOBS

    if not is_warm(JOBS):
        with counted("compiling kernels, once a machine") as report:
            warm_up(JOBS, report)
