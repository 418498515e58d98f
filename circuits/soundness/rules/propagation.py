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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.limbs import ints_from_words, to_montgomery, words_from_ints
from zkpipe.circuits.soundness.model.bounds import Bounds
from zkpipe.circuits.soundness.model.coefficients import Numbers
from zkpipe.circuits.soundness.model.digits import conclude, determined_digits
from zkpipe.circuits.soundness.model.equations import Equations
from zkpipe.circuits.soundness.model.incidence import Incidence
from zkpipe.circuits.soundness.model.rows import ONE_WIRE, Rows

PARTNERS = 64  # products of a wire, the nearest, that the rule of two cases looks at
TRIALS = 8  # of the rule of digits on one equation, before it waits for half of its unknowns
FEW = 16  # unknowns for which the rule of digits does not wait


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
    _arguments: tuple[Any, ...]
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
        arguments = (
            (linear.starts, linear.wires, linear.numbers),
            tuple((m.starts, m.wires, m.numbers) for m in (system.a, system.b, system.c)),
            (incidence.linear_starts, incidence.linear_rows),
            (incidence.product_starts, incidence.places),
            (dictionary.sizes(), dictionary.ranks(), dictionary.negatives()),
            (bounds.has, bounds.span),
            (is_known, is_concluded),
            (unknown, unbounded, np.zeros(len(linear), np.int64), products),
            (np.zeros(longest, np.int64), scratch),
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
        counts: Numbers = self._arguments[7][0]
        return counts

    @property
    def unbounded_in_equations(self) -> Numbers:
        """(m,) int64   how many of these have no interval."""
        counts: Numbers = self._arguments[7][1]
        return counts

    @property
    def unknown_in_products(self) -> Numbers:
        """(n, 3) int64   the same of each product's A, B and C."""
        counts: Numbers = self._arguments[7][3]
        return counts

    def determine(self, wires: Numbers) -> None:
        """Take wires as determined, and all that follows.

        Cost: 20 ns for each entry of a row that has one of the wires, all calls together.
        """
        wires = np.unique(wires)
        new = wires[~self.is_known[wires]]
        _, is_concluded = self._arguments[6]
        is_concluded[new] = True
        self._queue[: len(new)] = new
        _run(*self._arguments, self._queue, len(new))

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
        unknown, unbounded, trials, _ = self._arguments[7]
        rows = np.flatnonzero((trials >= TRIALS) & (unknown > FEW) & (unbounded == 0))
        trials[rows] = 0
        self._try(rows)

    def _try(self, rows: Numbers) -> None:
        """What follows from equations by themselves, and all that follows from that."""
        linear, _, _, _, *rest = self._arguments
        tail = _try_rows(linear, *rest, self._queue, rows)
        _run(*self._arguments, self._queue, tail)


def _unknown_counts(rows: Rows) -> Numbers:
    return np.diff(rows.starts)


@kernel
def _run(
    linear: Any,
    matrices: Any,
    of_linear: Any,
    of_products: Any,
    coefficients: Any,
    bounds: Any,
    flags: Any,
    counts: Any,
    scratch: Any,
    queue: Numbers,
    tail: int,
) -> None:
    """Follow the wires queue[:tail], which have just been concluded.

    linear        starts, wires, numbers of the equations
    matrices      the same of A, B and C
    of_linear     starts, rows: the equations of each wire
    of_products   starts, places: the places of each wire in products
    coefficients  sizes (k, 4), ranks (k,), numbers of the negatives (k,)
    bounds        has (n,), span (n, 4)
    flags         is_known (n,), is_concluded (n,): in the queue, or known
    counts        of each equation: unknown wires, those of them without bounds, trials;
                  (m, 3) unknown wires of each product's A, B and C
    scratch       places for one row's unknown entries; (4, 4) with r in row 0
    """
    linear_starts, linear_rows = of_linear
    product_starts, places = of_products
    unknown, unbounded, _, products = counts
    has, _ = bounds
    is_known, is_concluded = flags
    head = 0
    while head < tail:
        wire = queue[head]
        head += 1
        is_known[wire] = True
        for i in range(linear_starts[wire], linear_starts[wire + 1]):
            unknown[linear_rows[i]] -= 1
            if not has[wire]:
                unbounded[linear_rows[i]] -= 1
        for i in range(product_starts[wire], product_starts[wire + 1]):
            products[places[i] // 3, places[i] % 3] -= 1
        for i in range(linear_starts[wire], linear_starts[wire + 1]):
            tail = _equation(
                linear_rows[i],
                linear,
                coefficients,
                bounds,
                is_concluded,
                counts,
                scratch,
                queue,
                tail,
            )
        for i in range(product_starts[wire], product_starts[wire + 1]):
            tail = _product(
                places[i] // 3,
                matrices,
                of_products,
                coefficients,
                bounds,
                flags,
                counts,
                scratch,
                queue,
                tail,
            )


@kernel
def _try_rows(
    linear: Any,
    coefficients: Any,
    bounds: Any,
    flags: Any,
    counts: Any,
    scratch: Any,
    queue: Numbers,
    rows: Numbers,
) -> int:
    """Try these equations; the queue's end."""
    _, is_concluded = flags
    tail = 0
    for row in rows:
        tail = _equation(
            row, linear, coefficients, bounds, is_concluded, counts, scratch, queue, tail
        )
    return tail


@kernel
def _equation(
    row: int,
    linear: Any,
    coefficients: Any,
    bounds: Any,
    is_concluded: NDArray[np.bool_],
    counts: Any,
    scratch: Any,
    queue: Numbers,
    tail: int,
) -> int:
    """The rules of one unknown and of digits on an equation; returns the queue's end."""
    unknown, unbounded, trials, _ = counts
    if unknown[row] == 0:
        return tail
    if unknown[row] > 1:
        if unbounded[row] > 0:
            return tail
        if unknown[row] > FEW and trials[row] >= TRIALS and unknown[row] > trials[row] >> 4:
            return tail
    starts, _, _ = linear
    first = tail
    tail = determined_digits(
        starts[row],
        starts[row + 1],
        linear,
        coefficients,
        bounds,
        is_concluded,
        scratch,
        queue,
        tail,
    )
    if tail == first:
        tried = trials[row]
        if tried < TRIALS:
            trials[row] = tried + 1
        if tried + 1 >= TRIALS:  # from now on when half of the unknowns are left
            trials[row] = max(TRIALS, (unknown[row] // 2) << 4)
    return tail


@kernel
def _product(
    row: int,
    matrices: Any,
    of_products: Any,
    coefficients: Any,
    bounds: Any,
    flags: Any,
    counts: Any,
    scratch: Any,
    queue: Numbers,
    tail: int,
) -> int:
    """The rules on a product; returns the queue's end."""
    _, _, _, products = counts
    is_known, is_concluded = flags
    in_a, in_b, in_c = products[row, 0], products[row, 1], products[row, 2]
    if in_a + in_b + in_c == 0 or (in_a > 0 and in_b > 0):
        return tail
    c = matrices[2]
    starts, wires, _ = c
    if in_a == 0 and in_b == 0:
        return int(
            determined_digits(
                starts[row],
                starts[row + 1],
                c,
                coefficients,
                bounds,
                is_concluded,
                scratch,
                queue,
                tail,
            )
        )
    known = 0 if in_a == 0 else 1
    if in_c == 0 and in_a + in_b == 1:
        target = _unknown_of(row, matrices[1] if known == 0 else matrices[0], is_known)
        if starts[row + 1] == starts[row] + 1 and wires[starts[row]] == 0:
            return int(conclude(target, is_concluded, queue, tail))
        if _has_partner(row, known, target, False, matrices, of_products, coefficients, products):
            return int(conclude(target, is_concluded, queue, tail))
    elif in_c == 1:
        target = _unknown_of(row, c, is_known)
        if _has_partner(row, known, target, True, matrices, of_products, coefficients, products):
            return int(conclude(target, is_concluded, queue, tail))
    return tail


@kernel
def _unknown_of(row: int, matrix: Any, is_known: NDArray[np.bool_]) -> int:
    """The first wire of a row that is not known; the constant one, which is, if there is none."""
    starts, wires, _ = matrix
    for e in range(starts[row], starts[row + 1]):
        if not is_known[wires[e]]:
            return int(wires[e])
    return ONE_WIRE


@kernel
def _has_partner(
    row: int,
    factor: int,
    target: int,
    wants_product: bool,
    matrices: Any,
    of_products: Any,
    coefficients: Any,
    products: Numbers,
) -> bool:
    """Whether another product completes the rule of two cases for `target`.

    factor         0 or 1: the known factor D of this row, A or B
    wants_product  whether the other must be D Z = known, or D M = C, with target alone in Z or C
    """
    product_starts, places = of_products
    first, end = product_starts[target], product_starts[target + 1]
    before, after = first, end
    while before < after:  # places ascend: whoever writes one of the two rows writes the other next
        middle = (before + after) // 2
        if places[middle] < 3 * row:
            before = middle + 1
        else:
            after = middle
    begin = max(first, min(before - PARTNERS // 2, end - PARTNERS))
    for i in range(begin, min(end, begin + PARTNERS)):
        other, matrix = places[i] // 3, places[i] % 3
        if other == row:
            continue
        if wants_product:
            if matrix == 2 or products[other, 2] != 0 or products[other, matrix] != 1:
                continue
            if products[other, 1 - matrix] == 0 and _are_alike(
                row, factor, other, 1 - matrix, matrices, coefficients
            ):
                return True
        elif matrix == 2 and products[other, 2] == 1:
            for which in range(2):
                if products[other, which] == 0 and _are_alike(
                    row, factor, other, which, matrices, coefficients
                ):
                    return True
    return False


@kernel
def _are_alike(
    row: int, factor: int, other: int, which: int, matrices: Any, coefficients: Any
) -> bool:
    """Whether a factor of one row equals a factor of another, or its negative."""
    _, _, negatives = coefficients
    left = matrices[0] if factor == 0 else matrices[1]
    right = matrices[0] if which == 0 else matrices[1]
    i, stop = left[0][row], left[0][row + 1]
    j, other_stop = right[0][other], right[0][other + 1]
    if stop - i != other_stop - j:
        return False
    same, opposite = True, True
    while i < stop and (same or opposite):
        if left[1][i] != right[1][j]:
            return False
        same = same and left[2][i] == right[2][j]
        opposite = opposite and negatives[left[2][i]] == right[2][j]
        i += 1
        j += 1
    return same or opposite
