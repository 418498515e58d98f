"""What the work list leaves open, looked at with lemmas that are dearer and seldom needed.

Each lemma is a generator of wires that it proves to be determined, its proof in its module; after
one has found some, the work list goes on. They read only what is left, in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from zkpipe.circuits.soundness.integers import brackets, few_values, members
from zkpipe.circuits.soundness.integers.brackets import Brackets
from zkpipe.circuits.soundness.integers.case_pairs import CasePairs
from zkpipe.circuits.soundness.integers.few_values import FewValues
from zkpipe.circuits.soundness.integers.members import Extremes
from zkpipe.circuits.soundness.integers.sorted_lists import SortedLists
from zkpipe.circuits.soundness.lemmas import bit_sums, multiples, nonsquares, vanishing
from zkpipe.circuits.soundness.lemmas.bit_sums import BitSums
from zkpipe.circuits.soundness.lemmas.factors import Factors
from zkpipe.circuits.soundness.lemmas.linear_systems import LinearSystems
from zkpipe.circuits.soundness.lemmas.multiples import Multiples
from zkpipe.circuits.soundness.lemmas.nonsquares import Nonsquares
from zkpipe.circuits.soundness.lemmas.quotients import Quotients
from zkpipe.circuits.soundness.lemmas.remainders import Remainders
from zkpipe.circuits.soundness.lemmas.selectors import selectors
from zkpipe.circuits.soundness.lemmas.squares import squares
from zkpipe.circuits.soundness.lemmas.thresholds import Thresholds
from zkpipe.circuits.soundness.lemmas.vanishing import Vanishing
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.rules import cases
from zkpipe.circuits.soundness.rules.cases import Intervals
from zkpipe.circuits.soundness.rules.forms import Forms
from zkpipe.circuits.soundness.rules.propagation import Propagation

Lemma = Callable[[Forms], Iterator[int]]


def apply_lemmas(state: Propagation, wanted: Numbers) -> None:
    """Determine what the lemmas and the work list can, in turns.

    Until nothing more follows, or all wires that are wanted are determined. A lemma finds something
    if it determines wires or narrows bounds, which others may read. After one that has come those
    that have before: where each step of a loop needs the same one or two, no other looks at all
    rows in each step. What the lemmas may look at together grows with a large system, so that the
    length of a loop decides nothing.
    """
    forms = Forms(state)
    size = forms.entry_count
    intervals = Intervals(forms, max(cases.MOST_ENTRIES, 60 * size))
    sums = BitSums(forms, max(bit_sums.MOST_ENTRIES, 40 * size))
    ends = _ends(state, wanted)
    lemmas: list[Lemma] = [
        _postponed,
        squares,
        Nonsquares(max(nonsquares.MOST_WORK, 6 * size), ends),
        Multiples(max(multiples.MOST_WORK, 40 * size)),
        Factors(intervals, ends),
        Quotients(intervals),
        selectors,
        Thresholds(sums, intervals),
        Remainders(sums),
        LinearSystems(),
        Extremes(max(members.MOST_WORK, 6 * size)),
        SortedLists(),
        Brackets(intervals, max(brackets.MOST_WORK, 6 * size)),
        FewValues(intervals, max(few_values.MOST_WORK, 40 * size)),
        CasePairs(intervals),
        Vanishing(vanishing.MOST_WORK, ends),
    ]
    useful: list[Lemma] = []  # the last that has found something first
    idle: set[Lemma] = set()  # those that find nothing now
    while len(idle) < len(lemmas) and not state.is_known[wanted].all():
        lemma = next(lemma for lemma in (*useful, *lemmas) if lemma not in idle)
        if lemma not in useful:
            lemmas.remove(lemma)
            lemmas.append(lemma)
        before = np.count_nonzero(state.is_known), state.narrowings
        state.determine(np.fromiter(lemma(forms), np.int64))
        if (np.count_nonzero(state.is_known), state.narrowings) == before:
            idle.add(lemma)
            continue
        idle.clear()
        useful = [lemma, *(other for other in useful if other is not lemma)]


def _ends(state: Propagation, wanted: Numbers) -> NDArray[np.bool_]:
    """Of each wire whether one product alone has it, and nobody asks for it: it leads nowhere."""
    incidence = state.incidence
    in_products, in_equations = (
        np.diff(starts) for starts in (incidence.product_starts, incidence.linear_starts)
    )
    is_end: NDArray[np.bool_] = (in_products == 1) & (in_equations == 0)
    is_end[wanted] = False
    return is_end


def _postponed(forms: Forms) -> Iterator[int]:
    """What the work list has put off. This is no lemma, but comes first in turn."""
    forms.state.try_postponed()
    yield from ()
