"""What the inputs determine: uniqueness from wire to wire, as a work list.

Take two witnesses that agree on the inputs. A wire is *determined* if they agree on it whatever
they are. The rules, each with its proof; "known" means determined.

    one unknown   k x + known = 0, k not 0, or a product of known factors in its place: x is
                  -known / k in both witnesses.
    digits        k_1 x_1 + ... + k_n x_n = known, each x_i in an arc of span s_i; by growing
                  |k_i|, each |k_i| > |k_1| s_1 + ... + |k_(i-1)| s_(i-1), and the sum of all
                  |k_i| s_i is below r. Let d_i be the differences of the two witnesses, integers
                  with |d_i| <= s_i. The sum of k_i d_i is 0 mod r and smaller than r, so it is 0;
                  if d_i were the last that is not 0, |k_i d_i| would exceed all the rest. So all
                  are 0: bits of a number, sums of copies, quotient and remainder by a constant.
    known factor  D Z = e with D known, e a constant other than 0, x the only unknown of Z:
                  D is not 0, so Z is e / D in both witnesses, and so is x.
    gate          a product that makes a bit o of others, which are bits (`model.gates`): where all
                  of them are known the row has one solution for o, the same in both witnesses.
    two cases     D Z = known and D M = C, with the same known D (or D and -D), x the only unknown
                  of Z and of C, M anything. If D is not 0, the first says what Z is, and so x; if
                  D is 0, in both witnesses, the second says C = 0, and so x. This is is-zero,
                  whose advice M may be anything where D is 0.

A wire goes two steps. A rule *concludes* it: it waits in the queue. Then it is *followed*: it is
known, and all counts of unknown wires that it stands in are one less, before any rule is tried. So
whenever a rule reads the counts they are those of the wires that are not known, none before the
other; "the only unknown of a row" is there when the counts say so.

Everything else is for circuits.soundness.apply_lemmas, which look at what is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.fields.limbs import ints_from_words, to_montgomery, words_from_ints
from zkpipe.circuits.soundness.model.bounds import Bounds
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.equations import Equations
from zkpipe.circuits.soundness.model.incidence import Incidence
from zkpipe.circuits.soundness.model.rows import SparseRows
from zkpipe.circuits.soundness.rules.work_list import (
    FEW,
    TRIALS,
    Arguments,
    Counts,
    Flags,
)

_kernels = Kernels("zkpipe.circuits.soundness.rules.kernels.work_list")


@dataclass(slots=True, eq=False)
class Propagation:
    """Wires that are determined, growing by `determine`.

    is_known    (n,) bool
    narrowings  how many bounds have been made narrower
    """

    system: Equations
    incidence: Incidence
    bounds: Bounds
    is_known: NDArray[np.bool_]
    _arguments: Arguments
    _queue: Numbers
    narrowings: int = 0

    @staticmethod
    def start(system: Equations, incidence: Incidence, bounds: Bounds) -> Propagation:
        """Nothing known but the constant one, and wires whose interval is one value."""
        linear, dictionary = system.linear, system.dictionary
        is_known = np.zeros(system.total_count, np.bool_)
        is_concluded = np.zeros(system.total_count, np.bool_)
        unknown = _unknown_counts(linear)
        unbounded = np.zeros(len(linear), np.int64)
        np.add.at(unbounded, linear.row_of_entry(), ~bounds.has[linear.wires])
        products = np.stack([_unknown_counts(rows) for rows in (system.a, system.b, system.c)], 1)
        scratch = np.zeros((4, 4), np.uint64)
        scratch[0] = words_from_ints([R])[0]
        longest = max(
            (int(np.diff(rows.starts).max(initial=0)) for rows in (linear, system.c)), default=0
        )
        arguments = Arguments(
            linear=(linear.starts, linear.wires, linear.numbers),
            matrices=tuple((m.starts, m.wires, m.numbers) for m in (system.a, system.b, system.c)),
            of_linear=(incidence.linear_starts, incidence.linear_rows),
            of_products=(incidence.product_starts, incidence.places),
            output=system.output,
            coefficients=(dictionary.sizes(), dictionary.ranks(), dictionary.negatives()),
            bounds=(bounds.has, bounds.span),
            flags=Flags(is_known, is_concluded),
            counts=Counts(unknown, unbounded, np.zeros(len(linear), np.int64), products),
            scratch=(np.zeros(longest, np.int64), scratch),
        )
        made = Propagation(
            system, incidence, bounds, is_known, arguments, np.empty(system.total_count, np.int64)
        )
        made.determine(np.flatnonzero(bounds.has & ~bounds.span.any(axis=1)))
        made._try(np.arange(len(linear)))
        return made

    @property
    def unknown_in_equations(self) -> Numbers:
        """(m,) int64   how many wires of each equation are not determined."""
        return self._arguments.counts.unknown

    @property
    def unbounded_in_equations(self) -> Numbers:
        """(m,) int64   how many of these have no interval."""
        return self._arguments.counts.unbounded

    @property
    def unknown_in_products(self) -> Numbers:
        """(n, 3) int64   the same of each product's A, B and C."""
        return self._arguments.counts.products

    def determine(self, wires: Numbers) -> None:
        """Take wires as determined, and all that follows.

        Cost: 20 ns for each entry of a row that has one of the wires, all calls together.
        """
        wires = np.unique(wires)
        new = wires[~self.is_known[wires]]
        self._arguments.flags.is_concluded[new] = True
        self._queue[: len(new)] = new
        _kernels.follow(*self._arguments, self._queue, len(new))

    def narrow(self, wire: int, low: int, span: int) -> None:
        """Give a bounded wire the interval low, ..., low + span, and see what follows.

        It must hold in every witness. Does nothing if the wire's own is as narrow.
        """
        bounds = self.bounds
        if span < ints_from_words(bounds.span[wire : wire + 1])[0]:
            self.narrowings += 1
            bounds.low[wire] = to_montgomery([low % R], R)[0]
            bounds.span[wire] = words_from_ints([span])[0]
            incidence = self.incidence
            of_wire = slice(incidence.linear_starts[wire], incidence.linear_starts[wire + 1])
            self._try(incidence.linear_rows[of_wire])

    def try_postponed(self) -> None:
        """Try the equations for which the rule of digits waits until more of them is known."""
        unknown, unbounded, trials, _ = self._arguments.counts
        rows = np.flatnonzero((trials >= TRIALS) & (unknown > FEW) & (unbounded == 0))
        trials[rows] = 0
        self._try(rows)

    def _try(self, rows: Numbers) -> None:
        """What follows from equations by themselves, and all that follows from that."""
        at = self._arguments
        tail = _kernels.try_rows(
            at.linear,
            at.coefficients,
            at.bounds,
            at.flags,
            at.counts,
            at.scratch,
            self._queue,
            rows,
        )
        _kernels.follow(*at, self._queue, tail)


def _unknown_counts(rows: SparseRows) -> Numbers:
    return np.diff(rows.starts)
