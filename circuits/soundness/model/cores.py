"""A wire for every combination that has digits.

A combination L is in a range because an equation says L = digits; a second one may say that
y - 1 - L has digits too, so that L is below y, as a remainder is. What such an equation has beside
bits and constants is its core, if it is not a wire already; equal or opposite ones are one core. It
gets a wire R, and the equations core = R and R = digits stand beside the old ones: then bounds of
R, and what is known of it, serve all of them. Nothing is lost or assumed: R is core, by definition.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.circuits.soundness.model.coefficients import Dictionary, Numbers
from zkpipe.circuits.soundness.model.equations import Equations
from zkpipe.circuits.soundness.model.quadratics import are_multiples
from zkpipe.circuits.soundness.model.rows import ONE_WIRE, SparseRows, starts_of

_kernels = Kernels("zkpipe.circuits.soundness.model.digits")

_MIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def with_cores(system: Equations) -> Equations:
    """The system with a wire for the core of each equation that has digits."""
    linear, dictionary = system.linear, system.dictionary
    of_entry = linear.row_of_entry()
    is_digit = np.zeros(len(linear.wires), np.bool_)
    longest = int(np.diff(linear.starts).max(initial=0))
    _kernels.mark_digits(
        (linear.starts, linear.wires, linear.numbers),
        system.is_bit,
        dictionary.sizes(),
        dictionary.ranks(),
        (np.empty(longest, np.int64), np.zeros((1, 4), np.uint64)),
        is_digit,
    )
    inner = ~is_digit & (linear.wires != ONE_WIRE)
    counts = np.bincount(of_entry[inner], minlength=len(linear))
    units = np.array([dictionary.number(1), dictionary.number(R - 1)])
    scaled = np.bincount(of_entry[inner & ~np.isin(linear.numbers, units)], minlength=len(linear))
    rows = np.flatnonzero((counts + scaled > 1) & (counts < np.diff(linear.starts)))
    if not len(rows):
        return system
    cores, is_opposite = _normal(dictionary, _kept(linear, inner).chosen(rows))
    order, member_of = _groups(cores, dictionary)
    return _extended(system, inner, rows[order], is_opposite[order], cores, order, member_of)


def _kept(rows: SparseRows, mask: NDArray[np.bool_]) -> SparseRows:
    counts = np.bincount(rows.row_of_entry()[mask], minlength=len(rows))
    return SparseRows(starts_of(counts), rows.wires[mask], rows.numbers[mask])


def _normal(dictionary: Dictionary, cores: SparseRows) -> tuple[SparseRows, NDArray[np.bool_]]:
    """Cores of which opposite ones have become equal, and whether each was turned."""
    one = np.full(len(cores.numbers), dictionary.number(1))
    minus = dictionary.combined(one, cores.numbers, lambda _, y: R - y)
    first = cores.starts[:-1]
    is_opposite = minus[first] < cores.numbers[first]
    turned = is_opposite[cores.row_of_entry()]
    return SparseRows(
        cores.starts, cores.wires, np.where(turned, minus, cores.numbers)
    ), is_opposite


def _groups(cores: SparseRows, dictionary: Dictionary) -> tuple[Numbers, Numbers]:
    """The cores in an order in which equal ones are neighbours, and the number of each."""
    with np.errstate(over="ignore"):
        mixed = (cores.wires.astype(np.uint64) + np.uint64(1)) * np.uint64(_MIX[0])
        mixed ^= (cores.numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(_MIX[1])
        mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(_MIX[2])
        running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)])
        hashes = running[cores.starts[1:]] - running[cores.starts[:-1]]
    order = np.argsort(hashes, kind="stable")
    near = np.zeros(len(order), np.bool_)  # equal to the one before it
    same = np.flatnonzero(hashes[order[1:]] == hashes[order[:-1]]) + 1
    near[same] = (
        are_multiples(dictionary, cores.chosen(order[same - 1]), cores.chosen(order[same])) == 1
    )
    return order, np.cumsum(~near) - 1


def _extended(
    system: Equations,
    inner: NDArray[np.bool_],
    rows: Numbers,
    is_opposite: NDArray[np.bool_],
    cores: SparseRows,
    order: Numbers,
    member_of: Numbers,
) -> Equations:
    linear, dictionary = system.linear, system.dictionary
    one, minus_one = dictionary.number(1), dictionary.number(R - 1)
    _, first = np.unique(member_of, return_index=True)
    new = system.total_count + np.arange(len(first))
    definitions = cores.chosen(order[first])
    digits = _kept(linear, ~inner).chosen(rows)
    parts = [
        (linear.row_of_entry(), linear.wires, linear.numbers),
        (len(linear) + definitions.row_of_entry(), definitions.wires, definitions.numbers),
        (len(linear) + np.arange(len(first)), new, np.full(len(first), minus_one)),
        (len(linear) + len(first) + digits.row_of_entry(), digits.wires, digits.numbers),
        (
            len(linear) + len(first) + np.arange(len(rows)),
            new[member_of],
            np.where(is_opposite, minus_one, one),
        ),
    ]
    row, wire, number = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return replace(
        system,
        total_count=system.total_count + len(first),
        linear=SparseRows.of(row, wire, number, len(linear) + len(first) + len(rows)),
        linear_row=np.concatenate(
            [system.linear_row, system.linear_row[rows[first]], system.linear_row[rows]]
        ),
        is_bit=np.concatenate([system.is_bit, np.zeros(len(first), np.bool_)]),
    )
