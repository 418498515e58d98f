"""Kernels compiled before a command computes, where that was not done: once a machine."""

from __future__ import annotations

import click

from cli.answer import printable
from cli.progress import counted


def compile_kernels() -> None:
    """Compile all kernels, several at once, unless that was done; on a terminal, show how many are.

    Commands call this after they have read their inputs, so that what is wrong with those is said
    at once. Where no process can be started, or nothing kept, kernels compile when they are called.
    """
    from accel.cache_folders import own_folder
    from accel.kernel_folders import FOLDER
    from accel.warm import is_warm, warm_up
    from prover.warm_jobs import JOBS

    warm = is_warm(JOBS)
    if not warm or own_folder(FOLDER) is None:  # where it is warm, this was told before
        _tell_of_other_place()
    if not warm:
        with counted("compiling kernels, once a machine") as report:
            warm_up(JOBS, report)


def _tell_of_other_place() -> None:
    """A line on why kernels are kept elsewhere than in the user's cache, if they are."""
    from accel.cache_folders import own_folder, refusal
    from accel.kernel_folders import FOLDER

    why = refusal(FOLDER)
    if why is not None:
        folder = own_folder(FOLDER)
        instead = f"are kept in {folder}" if folder else "compile in every process"
        click.echo(printable(f"note: {why} Compiled kernels {instead}."), err=True)
