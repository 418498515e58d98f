"""Runs of several things in turn, and what is told of their times: median and spread.

A machine is faster in one minute than in the next, so nothing is measured in a block of its own:
each round runs everything once, and each round begins with another. The median of the rounds is
told, and beside it the fastest and the slowest.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

Name = TypeVar("Name")


def in_turn(
    rounds: int, runs: Mapping[Name, Callable[[], float | None]]
) -> dict[Name, tuple[float, ...]]:
    """The times of each run, one for each round.

    runs  by name: what does the work once and gives the seconds it took. One that gives None has
          failed: it is not run again, and is not in the result
    """
    return in_turn_within(rounds, math.inf, runs)


def in_turn_within(
    rounds: int, patience: float, runs: Mapping[Name, Callable[[], float | None]]
) -> dict[Name, tuple[float, ...]]:
    """As in_turn, but what has taken more than `patience` seconds in all is not run again."""
    names = list(runs)
    times: dict[Name, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % max(1, len(names))
        for name in names[first:] + names[:first]:
            if name in times and sum(times[name]) <= patience:
                seconds = runs[name]()
                if seconds is None:
                    del times[name]
                else:
                    times[name].append(seconds)
    return {name: tuple(values) for name, values in times.items()}


def median(times: Sequence[float]) -> float:
    """The middle one, or the mean of the middle two."""
    return statistics.median(times)


def spread(times: Sequence[float]) -> tuple[float, float]:
    """The fastest and the slowest."""
    return min(times), max(times)
