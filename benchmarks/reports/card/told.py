"""What a report opens with for a card: is it right, how fast is it, and what do its proofs cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zkpipe.benchmarks.records.card_run import (
    BATCH,
    PRODUCTS,
    PROOF,
    PROOFS,
    UNKNOWN,
    CardRun,
    CardTiming,
)
from zkpipe.benchmarks.records.ranges import CARD
from zkpipe.benchmarks.reports.colours import OURS
from zkpipe.benchmarks.reports.costs import MILLION, Price
from zkpipe.benchmarks.reports.table import digits, short_duration

CIRCUIT = "chain"  # workloads.dense_chain: every wire is of full size
HOW = {PROOF: "one by one, key in memory", PROOFS: f"{BATCH} at once, key in memory"}


@dataclass(frozen=True, slots=True)
class Proving:
    """How long a proof takes, by itself or as one of many at once.

    what     PROOF or PROOFS
    backend  the card's, or the processor's with all threads
    seconds  of one proof
    """

    what: str
    exponent: int
    backend: str
    seconds: float

    @property
    def label(self) -> str:
        """Who proves, for people."""
        return f"{OURS} {self.backend}" if self.backend != UNKNOWN else f"{OURS} on the processor"


def subject(run: CardRun) -> str:
    """What the run is about."""
    return f"{card_name(run)}, checked, and measured beside its processor"


def card_name(run: CardRun) -> str:
    """What the maker calls the card."""
    return run.machine.card.name if run.machine.card else ""


def largest(run: CardRun) -> dict[str, CardTiming]:
    """By what was timed, in the order of the run: the largest size."""
    found: dict[str, CardTiming] = {}
    for timing in run.timings:
        if timing.what not in found or found[timing.what].exponent < timing.exponent:
            found[timing.what] = timing
    return found


def proving(run: CardRun) -> list[Proving]:
    """The proofs of the largest size, on the card and on the processor."""
    found = []
    for timing in largest(run).values():
        count = {PROOF: 1, PROOFS: BATCH}.get(timing.what)
        for backend, seconds in ((CARD, timing.card), (processor(run), timing.processor)):
            if count is not None and seconds is not None:
                found.append(Proving(timing.what, timing.exponent, backend, seconds / count))
    return found


def processor(run: CardRun) -> str:
    """The back end that the card was measured beside: the best of the processor."""
    return run.machine.backends[0]


def figures(run: CardRun) -> list[str]:
    """The main figures, a sentence each; first whether the card can be trusted with them."""
    return [*_verdict(run), *_speed(run)]


def _verdict(run: CardRun) -> Iterator[str]:
    if run.failed is not None:
        yield f"The card failed, and the run ended: {run.failed}"
    if run.wrong:
        yield f"Results of the card are WRONG: {', '.join(run.wrong)}. So it was not measured."
    elif run.timings or run.left_out:
        yield "Every result of the card agreed with the processor's and with Python's integers."


def _speed(run: CardRun) -> Iterator[str]:
    for what, timing in largest(run).items():
        if what == PRODUCTS and timing.rate is not None:
            yield f"{digits(timing.rate / 1e9)} thousand million modular products a second."
        if what not in (PROOF, PROOFS):
            continue
        name = "A proof" if what == PROOF else f"{BATCH} proofs at once"
        verb = "takes" if what == PROOF else "take"
        beside = ""
        if timing.processor is not None:
            ratio = digits(timing.processor / timing.card)
            beside = f", {short_duration(timing.processor)} on the processor: {ratio} times as long"
        yield (
            f"{name} of {CIRCUIT} with 2^{timing.exponent} rows {verb} "
            f"{short_duration(timing.card)} on the card{beside}."
        )
    if run.compile_seconds is not None:
        yield f"The driver compiles the kernels in {short_duration(run.compile_seconds)}, once."


def costs(run: CardRun, price: Price) -> list[str]:
    """What the cheapest proofs cost on the card, in a sentence; empty without proofs."""
    found = [made for made in proving(run) if made.backend == CARD]
    dear = " A machine with a card costs more: give its price." if price.assumed else ""
    return [
        f"{MILLION:,} proofs of {CIRCUIT} with 2^{made.exponent} rows cost "
        f"{price.of_a_million(price.cost(made.seconds, price.cores))} on the card, "
        f"{HOW[made.what]}, at {price.shown}.{dear}"
        for made in found
    ]
