"""Progress on anything longer than a second, on a terminal only."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

DELAY = 1.0  # seconds: what ends sooner shows nothing
PATIENCE = 4.0  # more seconds, after which people ask why


@contextmanager
def progress(stage: str) -> Iterator[None]:
    """While the block runs, show on stderr what is done and for how long; gone when it ends.

    Nothing is shown, and nothing imported, if stderr is no terminal.
    """
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    shown = threading.Thread(target=_show, args=(stage, done), daemon=True)
    shown.start()
    try:
        yield
    finally:
        done.set()
        shown.join()


def _show(stage: str, done: threading.Event) -> None:
    if done.wait(DELAY):
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(stage, total=None)
        if not done.wait(PATIENCE):
            bar.update(task, description=f"{stage} (a machine's first run compiles kernels, once)")
            done.wait()
