"""What a run measures: parts, sizes, rounds, circuits, back ends, threads; how patient it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from zkpipe.accel.cuda import driver
from zkpipe.benchmarks.records.machine import backends, cores, has_card
from zkpipe.benchmarks.records.ranges import MOST_PATIENCE, MOST_ROUNDS, MOST_THREADS
from zkpipe.benchmarks.workloads.workloads import CIRCUITS, LARGEST, SMALLEST
from zkpipe.ground.errors import KindError, RangeError
from zkpipe.ground.kinds import (
    require,
    require_list,
    require_path,
    require_real,
    require_text,
    require_whole,
    shown_number,
    shown_text,
    whole_number,
    wrong_kind,
)
from zkpipe.jobs.batch.job_file import MOST_WORKERS

Given = TypeVar("Given", int, str)

MOST_PROOFS = 1 << 20  # that are verified together
MOST_LISTED = 64  # sizes, circuits, back ends
MOST_NUMBERS = 8  # of threads: each has plots of its own
MOST_ROWS = 1 << 20  # of a batch
MOST_BATCHES = 8  # sizes, and numbers of workers: each pair of them is run in every round
LARGEST_IN_BATCHES = 14  # exponent: a larger circuit's proofs gain nothing beside each other
KERNELS, PROOFS, WAITS, BATCHES = "kernels", "proofs", "waits", "batches"
PARTS = (KERNELS, PROOFS, WAITS, BATCHES)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be measured.

    exponents  of the circuits' sizes
    rounds     in each of which everything is run once, in turn
    patience   seconds that one proof may take; who takes longer is left out at that size
    kernels    exponents of the sizes of sums and transforms
    proofs     that are verified together
    fresh      whether the first proof on a fresh machine is measured: all kernels compile again
    backends   of the processor
    peers      programs that are called as rapidsnark is, by name
    card       whether proofs on the card of this machine are measured, and their stages
    parts      that are measured: kernels; proofs, with their stages; waits; batches
    batches    numbers of rows of the tables whose rows are proved by a batch
    workers    numbers of processes that prove a batch

    Raises RangeError for what cannot be measured, KindError for values of other kinds, MissingError
    if a card is to be measured and there is none.
    """

    exponents: tuple[int, ...]
    rounds: int
    patience: float
    kernels: tuple[int, ...]
    proofs: int
    fresh: bool
    quick: bool = False
    circuits: tuple[str, ...] = tuple(CIRCUITS)
    backends: tuple[str, ...] = field(default_factory=backends)
    threads: tuple[int, ...] = field(default_factory=lambda: tuple(sorted({1, cores()})))
    peers: dict[str, Path] = field(default_factory=dict)
    card: bool = field(default_factory=has_card)
    parts: tuple[str, ...] = PARTS
    batches: tuple[int, ...] = (16, 128, 1024)
    workers: tuple[int, ...] = field(default_factory=lambda: doublings(_most_workers()))

    def __post_init__(self) -> None:
        exponents = require_list("Plan", "exponents", self.exponents, "whole numbers", MOST_LISTED)
        self._put("exponents", _once(_whole("exponents", number) for number in exponents))
        self._put("rounds", _whole("rounds", self.rounds))
        self._put("patience", require_real("Plan", "patience", self.patience))
        if not self.exponents:
            raise RangeError("No size is left to measure.", "Give a --from that is not above --to.")
        for exponent in self.exponents:
            if not SMALLEST <= exponent <= LARGEST:
                raise _not_measured(exponent)
        if not (1 <= self.rounds <= MOST_ROUNDS and 0 < self.patience <= MOST_PATIENCE):
            wrong = "measure nothing" if self.rounds < 1 or self.patience <= 0 else "have no end"
            raise RangeError(
                f"{shown_number(self.rounds)} rounds with {self.patience:g} seconds of patience "
                f"{wrong}.",
                f"Give 1 to {MOST_ROUNDS:,} rounds, and a time above 0 of at most "
                f"{MOST_PATIENCE:,} seconds.",
            )
        self._put("kernels", _whole_numbers("kernels", self.kernels, LARGEST))
        self._put("threads", _whole_numbers("threads", self.threads, MOST_THREADS, MOST_NUMBERS))
        self._put("proofs", require_whole("Plan", "proofs", self.proofs, 1, MOST_PROOFS))
        require("Plan", "fresh", self.fresh, bool, "Give True or False.")
        require("Plan", "quick", self.quick, bool, "Give True or False.")
        self._put("circuits", _names("circuits", self.circuits, tuple(CIRCUITS)))
        self._put("backends", _names("backends", self.backends, backends()))
        self._put("peers", _programs(self.peers))
        self._put("parts", _names("parts", self.parts, PARTS))
        self._put("batches", _whole_numbers("batches", self.batches, MOST_ROWS, MOST_BATCHES))
        self._put("workers", _whole_numbers("workers", self.workers, MOST_WORKERS, MOST_BATCHES))
        if require("Plan", "card", self.card, bool, "Give True or False."):
            driver.open_card()

    def _put(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    @property
    def batch_exponents(self) -> tuple[int, ...]:
        """Of the sizes, those that are measured in batches: batches are for small proofs."""
        return tuple(k for k in self.exponents if k <= LARGEST_IN_BATCHES)

    @classmethod
    def whole(
        cls, first: int, last: int, step: int, rounds: int, patience: float, peers: dict[str, Path]
    ) -> Plan:
        """All that the report shows, at 2^first to 2^last rows."""
        first, last, step = _whole("first", first), _whole("last", last), _whole("step", step)
        if step < 1:
            raise RangeError(
                f"A step of {shown_number(step)} leads to no other size.",
                "Give a --step of 1 or more.",
            )
        if last - first > 1000:  # far more than there are, or than a machine counts
            raise _not_measured(last if last > LARGEST else first)
        exponents = tuple(range(first, last + 1, step))
        kernels = (16, 20) if last >= 20 else (min(16, last),)
        return cls(exponents, rounds, patience, kernels, 1000, fresh=True, peers=peers)

    @classmethod
    def brief(cls, peers: dict[str, Path]) -> Plan:
        """A small chain, one round, the best back end: that everything works, in seconds."""
        return cls(
            exponents=(8,),
            rounds=1,
            patience=60.0,
            kernels=(10,),
            proofs=10,
            fresh=False,
            quick=True,
            circuits=("chain",),
            backends=backends()[:1],
            threads=(cores(),),
            peers=peers,
            batches=(16,),
            workers=(_most_workers(),),
        )


def _most_workers() -> int:
    return min(cores(), MOST_WORKERS)


def doublings(most: int) -> tuple[int, ...]:
    """1, 2, 4 and so on, and the last itself: at most MOST_BATCHES, the greatest of them."""
    numbers = {1 << k for k in range(most.bit_length())} | {most}
    return tuple(sorted(numbers)[-MOST_BATCHES:])


def _whole(name: str, value: object) -> int:
    """A whole number of any size: what is out of its range has a sentence of its own."""
    number = whole_number(value)
    if number is None:
        raise wrong_kind("Plan", name, value, "a whole number", "Give a whole number.")
    return number


def _whole_numbers(
    name: str, numbers: object, most: int, count: int = MOST_LISTED
) -> tuple[int, ...]:
    listed = require_list("Plan", name, numbers, "whole numbers", count)
    return _once(require_whole("Plan", name, number, 1, most) for number in listed)


def _once(given: Iterable[Given]) -> tuple[Given, ...]:
    """In order, without what was given before: nothing is measured, and told, twice."""
    return tuple(dict.fromkeys(given))


def _names(name: str, words: object, known: Sequence[str]) -> tuple[str, ...]:
    listed = require_list("Plan", name, words, "names", MOST_LISTED)
    found = _once(require_text("Plan", name, word) for word in listed)
    for word in found:
        if word not in known:
            raise KindError(
                f"Plan takes names for `{name}`, and {shown_text(word)} is not one of them.",
                f"Give some of: {', '.join(known)}.",
            )
    return found


def _programs(peers: object) -> dict[str, Path]:
    given = require("Plan", "peers", peers, dict, "Give the paths of programs by name.")
    return {
        require_text("Plan", "peers", name): require_path("Plan", "peers", path)
        for name, path in given.items()
    }


def _not_measured(exponent: int) -> RangeError:
    return RangeError(
        f"Circuits of 2^{shown_number(exponent)} rows are not measured.",
        f"Give exponents from {SMALLEST} to {LARGEST}.",
    )
