"""How each prover looks, the same in every chart of a page: its colour, its mark, its line.

The colour says who proves, and is fixed for the provers that are known, so that two pages agree
too. The mark is the prover's as well; an outline and a broken line stand for fewer threads. So no
two lines of a chart differ in colour alone.

The colours were searched for: any two are at least 26 apart in CIELAB as people see them who see
all colours, or lack one of the three cones (Machado, Oliveira, Fernandes 2009), and each has a
contrast of 3 and more with its background (WCAG 2.2, 1.4.11).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zkpipe.benchmarks.records.card_run import CardRun
from zkpipe.benchmarks.records.ranges import CARD
from zkpipe.benchmarks.records.reading import Run

OURS = "zkpipe"
KNOWN = (
    (OURS, "avx512"),
    (OURS, "scalar"),
    (OURS, CARD),
    ("groth16py", ""),
    ("snarkjs", ""),
    ("rapidsnark", ""),
)
LIGHT = ("#0072b2", "#17452c", "#a338fa", "#d67a1f", "#5a4e02", "#fa387f", "#4c0495", "#5a025a")
DARK = ("#56b4e9", "#26734a", "#951af9", "#ef3c06", "#f9c11a", "#bb1b8b", "#ebe2c2", "#99cc66")
WHITE, BLACK = "#ffffff", "#16181c"  # backgrounds
MARKS = "osD^vPXp"  # as matplotlib names them
LINES = ("-", "--", ":", "-.")


@dataclass(frozen=True, slots=True)
class Look:
    """How a line is drawn.

    colour  a place in LIGHT and DARK
    mark    one of MARKS; filled, or an outline
    line    one of LINES
    """

    colour: int
    mark: str
    is_filled: bool = True
    line: str = "-"


class Looks:
    """The looks of all provers of some runs."""

    def __init__(self, runs: Iterable[Run]) -> None:
        found = {prover for run in runs for prover in _provers(run)} - set(KNOWN)
        self._places = {prover: place for place, prover in enumerate([*KNOWN, *sorted(found)])}

    def colour(self, prover: str, backend: str) -> int:
        """The place of a prover's colour. After the eighth, the last two are used again."""
        place = self._places.get((prover, backend), len(LIGHT) - 1)
        return place if place < len(LIGHT) else len(LIGHT) - 1 - place % 2

    def look(self, prover: str, backend: str, threads: int, numbers: Sequence[int]) -> Look:
        """How a prover with so many threads looks, beside itself with those numbers of them."""
        place = self._places.get((prover, backend), len(LIGHT) - 1)
        fewer = sorted(numbers, reverse=True).index(threads) if threads in numbers else 0
        return Look(
            self.colour(prover, backend),
            MARKS[place % len(MARKS)],
            not fewer,
            LINES[fewer % len(LINES)],
        )


def _provers(run: Run) -> set[tuple[str, str]]:
    if isinstance(run, CardRun):
        return {(OURS, CARD), (OURS, run.machine.backends[0])}
    return {(p.prover, p.backend) for p in run.proofs}


def style() -> str:
    """The colours as CSS variables, for readers of light and of dark pages."""
    light, dark = (
        " ".join(f"--peer-{place}: {colour};" for place, colour in enumerate(colours))
        for colours in (LIGHT, DARK)
    )
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
