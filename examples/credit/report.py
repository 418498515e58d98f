"""How the demonstration speaks: labelled lines, times of stages, and the table at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from textwrap import wrap

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from zkpipe import ZkpipeError

LABEL, WIDEST = 24, 100  # columns: of labels, and of lines however wide the terminal is
console = Console(highlight=False)


class Times:
    """Seconds that each stage took, once for each time it ran."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Time the block as one run of the stage."""
        start = time.perf_counter()
        yield
        self.seconds.setdefault(stage, []).append(time.perf_counter() - start)


def heading(text: str) -> None:
    """Begin a part."""
    console.print(f"\n[bold cyan]{text}[/]")


def tell(label: str, text: str) -> None:
    """Print a label and what there is to say about it, wrapped beside the label."""
    lines = wrap(text, min(console.width, WIDEST) - LABEL) or [""]
    console.print(f"[dim]{label:<{LABEL}}[/]" + f"\n{'':<{LABEL}}".join(map(escape, lines)))


def summary(figures: Mapping[str, str], times: Times) -> None:
    """Print the closing table: figures, then the time of each stage, first run and later ones."""
    table = Table(box=box.ROUNDED, show_header=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    for name, figure in figures.items():
        table.add_row(name, figure)
    table.add_section()
    for stage, (first, *later) in times.seconds.items():
        then = f", then {duration(sum(later) / len(later))}" if later else ""
        table.add_row(stage, duration(first) + then)
    console.print(table)


def duration(seconds: float) -> str:
    """Return a time as a person reads it: milliseconds below a second."""
    return f"{1000 * seconds:,.0f} ms" if seconds < 1 else f"{seconds:,.1f} s"


def size_of(path: Path) -> str:
    """Return the size of a file as a person reads it."""
    size = path.stat().st_size
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"


def failed(error: ZkpipeError) -> None:
    """Print what went wrong and what to do about it."""
    console.print("\n[bold red]The demonstration stops here.[/]")
    console.print(str(error), markup=False)
