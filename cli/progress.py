"""Progress on anything longer than a second: a bar on a terminal, elsewhere one line.

Both go to standard error. With --json there are no lines: it is for machines, and an error is the
only thing that they find there.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from cli.answer import printable
from cli.warned import Warned

if TYPE_CHECKING:
    from rich.progress import Progress

DELAY = 1.0  # seconds: what ends sooner shows nothing


@contextmanager
def progress(stage: str) -> Iterator[None]:
    """While the block runs, show on stderr what is done and for how long; gone when it ends."""
    if sys.stderr.isatty():
        show = _show_bar
    elif _takes_lines():
        show = _show_line
    else:
        yield
        return
    done = threading.Event()
    shown = threading.Thread(target=show, args=(stage, done), daemon=True)
    shown.start()
    try:
        yield
    finally:
        done.set()
        shown.join()


@contextmanager
def counted(stage: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that shows how many parts of a stage are done, and of how many.

    Shown at once, so for stages that always take long; like `progress` else.
    """
    if not sys.stderr.isatty():
        if _takes_lines():
            _line(stage)
        yield lambda done, total: None
        return
    with _bar("{task.completed:.0f}/{task.total:.0f}") as bar:
        task = bar.add_task(stage, total=1)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _takes_lines() -> bool:
    context = click.get_current_context(silent=True)
    warned = context.find_object(Warned) if context else None
    return warned is None or not warned.as_json


def _line(stage: str) -> None:
    click.echo(printable(f"{stage} ..."), err=True)


def _show_line(stage: str, done: threading.Event) -> None:
    if not done.wait(DELAY):
        _line(stage)


def _show_bar(stage: str, done: threading.Event) -> None:
    if done.wait(DELAY):
        return
    with _bar() as bar:
        bar.add_task(stage, total=None)
        done.wait()


def _bar(*numbers: str) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *map(TextColumn, numbers),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
