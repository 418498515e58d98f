"""Progress on anything longer than a second: a bar on a terminal, elsewhere one line.

Both go to standard error. With --json there are no lines: it is for machines, and an error is the
only thing that they find there.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import click

from zkpipe.cli.console.answer import one_line, printable
from zkpipe.cli.console.warned import Warned

if TYPE_CHECKING:
    from rich.progress import Progress

DELAY = 1.0  # seconds: what ends sooner shows nothing
PERIOD = 0.1  # seconds from one state of a bar to the next
MINUTE = 60.0  # from one line of a long stage to the next


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
    with _beside(partial(show, stage)):
        yield


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
    with _bar("{task.completed:.0f}/{task.total:.0f}") as bar, _beside(partial(_refresh, bar)):
        task = bar.add_task(stage, total=1)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def rated(stage: str) -> Iterator[Callable[[int, int, float, float | None], None]]:
    """As `counted`, for hours of work: the function takes also the rate and the seconds left.

    Elsewhere than on a terminal there is a line now and then, so that a log shows how it goes.
    """
    if not sys.stderr.isatty():
        yield _told_now_and_then(stage)
        return
    with _bar("{task.completed:,.0f}/{task.total:,.0f}", "{task.fields[pace]}") as bar:
        task = bar.add_task(stage, total=1, pace="")

        def show(done: int, total: int, rate: float, left: float | None) -> None:
            bar.update(task, completed=done, total=total, pace=pace(rate, left), refresh=True)

        yield show


def _told_now_and_then(stage: str) -> Callable[[int, int, float, float | None], None]:
    if not _takes_lines():
        return lambda done, total, rate, left: None
    begun = time.monotonic()
    told = begun - MINUTE + DELAY  # the first line after a second

    def tell(done: int, total: int, rate: float, left: float | None) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= MINUTE:
            told = now
            _line(f"{stage}: {done:,} of {total:,} {pace(rate, left)}".rstrip())

    return tell


def pace(rate: float, left: float | None) -> str:
    """A rate and the time left, in words; empty while nobody knows."""
    return "" if left is None else f"{rate:,.1f} a second, {duration(left)} left"


def duration(seconds: float) -> str:
    """Seconds in words, with as much of them as matters: 3 h 20 min, 4 min 5 s, 12 s, 0.3 s."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


@contextmanager
def _beside(show: Callable[[threading.Event], None]) -> Iterator[None]:
    """While the block runs, show something in a thread; where there is none, the block runs alone.

    show  called with an event that is set when the block ends; it returns then
    """
    done = threading.Event()
    shown = threading.Thread(target=show, args=(done,), daemon=True)
    with suppress(RuntimeError):  # the system gives no more threads
        shown.start()
    try:
        yield
    finally:
        done.set()
        if shown.ident is not None:  # it was started
            shown.join()


def _takes_lines() -> bool:
    context = click.get_current_context(silent=True)
    warned = context.find_object(Warned) if context else None
    return warned is None or not warned.as_json


def _line(stage: str) -> None:
    click.echo(printable(one_line(f"{stage} ...")), err=True)


def _show_line(stage: str, done: threading.Event) -> None:
    if not done.wait(DELAY):
        _line(stage)


def _show_bar(stage: str, done: threading.Event) -> None:
    if done.wait(DELAY):
        return
    with _bar() as bar:
        bar.add_task(stage, total=None)
        _refresh(bar, done)


def _refresh(bar: Progress, done: threading.Event) -> None:
    while not done.wait(PERIOD):
        bar.refresh()


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
        auto_refresh=False,  # by a thread of its own, which there may not be
    )
