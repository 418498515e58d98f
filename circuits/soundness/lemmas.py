"""What the work list leaves open, looked at with lemmas that are dearer and seldom needed.

Each lemma is a generator of wires that it proves to be determined, its proof in its module; after
one has found some, the work list goes on. They read only what is left, in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from circuits.soundness.bit_sums import BitSums
from circuits.soundness.brackets import Brackets
from circuits.soundness.case_pairs import CasePairs
from circuits.soundness.cases import Intervals
from circuits.soundness.coefficients import Numbers
from circuits.soundness.factors import Factors
from circuits.soundness.few_values import FewValues
from circuits.soundness.forms import Forms
from circuits.soundness.linear_systems import LinearSystems
from circuits.soundness.members import Extremes
from circuits.soundness.nonsquares import Nonsquares
from circuits.soundness.propagation import Propagation
from circuits.soundness.quotients import Quotients
from circuits.soundness.remainders import Remainders
from circuits.soundness.selectors import selectors
from circuits.soundness.sorted_lists import SortedLists
from circuits.soundness.squares import squares
from circuits.soundness.thresholds import Thresholds
from circuits.soundness.vanishing import Vanishing

Lemma = Callable[[Forms], Iterator[int]]


def apply_lemmas(state: Propagation, wanted: Numbers) -> None:
    """Determine what the lemmas and the work list can, in turns.

    Until nothing more follows, or all wires that are wanted are determined.
    """
    forms = Forms(state)
    intervals, sums = Intervals(forms), BitSums(forms)
    lemmas: list[Lemma] = [
        squares,
        Factors(intervals),
        Quotients(intervals),
        selectors,
        Thresholds(sums, intervals),
        Remainders(sums),
        LinearSystems(),
        Nonsquares(),
        Extremes(),
        SortedLists(),
        Brackets(intervals),
        FewValues(intervals),
        CasePairs(intervals),
        Vanishing(),
    ]
    idle = 0
    while idle < len(lemmas) and not state.is_known[wanted].all():
        lemma = lemmas.pop(0)
        lemmas.append(lemma)
        before = np.count_nonzero(state.is_known)
        state.determine(np.fromiter(lemma(forms), np.int64))
        idle = 0 if np.count_nonzero(state.is_known) > before else idle + 1
