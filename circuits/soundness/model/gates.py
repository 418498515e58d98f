"""Values that are 0 or 1 because their row says so of bits: gates.

A product A B = C over up to three wires that are bits and one other, o: at each point of the bits'
cube it reads

    (a0 + a1 o)(b0 + b1 o) = c0 + c1 o

with constants a0, b0 and c0 of the point, and a1, b1 and c1 of the row. If a1 b1 = 0, the row is
linear in o there: k o = d with k = a1 b0 + b1 a0 - c1 and d = c0 - a0 b0. Let k not be 0 and d be 0
or k at every point. In every witness the bits are at one of the points, since they are bits there,
so o is d / k: 0 or 1, and determined by the bits. Two witnesses that agree on the row's other wires
are at the same point, if those wires alone say what the bits are, so they agree on o.

That what it makes of bits is a bit again is used from row to row, as often as it says something
new: by induction over the gates found so far each of them is 0 or 1 in every witness.

Combinations in the row that are v + s t, t a bit, are first replaced by such bits (`replacements`).
A wire of one of them is no output of the row: who agrees on all others need not agree on the
combination, so not on t. With t = o + p the row o = t xor b says of b = p = 0 only that o is t.

All of a row's coefficients count, whichever they are; a conjunction x y = o is a gate as well. An
equation is the row 0 0 = C: so a bit's copy on a wire of its own is a bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import FR, R
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.fields.rows import Rows as FieldRows
from zkpipe.accel.fields.rows import WorkRows
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.circuits.soundness.model.coefficients import Dictionary, Numbers
from zkpipe.circuits.soundness.model.replacements import MOST_WIRES, NONE, BitForms
from zkpipe.circuits.soundness.model.rows import NOT_A_GATE, SparseRows

_kernels = Kernels("zkpipe.circuits.soundness.model.kernels.gates")
_of_replacements = Kernels("zkpipe.circuits.soundness.model.kernels.replacements")


def find_gates(
    dictionary: Dictionary,
    products: tuple[SparseRows, SparseRows, SparseRows],
    linear: SparseRows,
    bit_forms: BitForms,
    is_bit: NDArray[np.bool_],
) -> Numbers:
    """The output of each product that is a gate, 0 for others; marks the outputs in is_bit.

    Cost: 1 us a gate.
    """
    counts = np.diff(linear.starts)
    short = linear.chosen(np.flatnonzero((counts > 1) & (counts <= MOST_WIRES)))
    none = SparseRows(np.zeros(len(short) + 1, np.int64), short.wires[:0], short.numbers[:0])
    rows = [_joined(y, x) for x, y in zip(products, (none, none, short), strict=True)]
    forms, size = bit_forms.forms, 2 * MOST_WIRES + 1
    pivot = np.empty(len(forms), np.int64)
    form_of, next_of = np.full(len(is_bit), NONE, np.int64), np.full(len(forms), NONE, np.int64)
    _of_replacements.choose_pivots(forms.starts, forms.wires, is_bit, pivot, form_of, next_of)
    distinct, which = np.unique(forms.numbers[pivot], return_inverse=True)
    inverses = [dictionary.number(pow(dictionary.values[n], -1, R)) for n in distinct.tolist()]
    inverse = np.array(inverses, np.int64)[which]
    outputs = np.full(len(rows[0]), NOT_A_GATE, np.int64)
    table = np.zeros((3 * size, 4), np.uint64)
    _kernels.find(
        *((matrix.starts, matrix.wires, matrix.numbers) for matrix in rows),
        (forms.starts, forms.wires, forms.numbers),
        (form_of, next_of, bit_forms.value, bit_forms.step, bit_forms.bit, inverse),
        FieldRows(FR, SCALAR, dictionary.montgomery(), 1),
        WorkRows(FR, SCALAR, table, 1),
        np.zeros(size, np.int64),
        np.zeros(size, np.bool_),
        is_bit,
        outputs,
    )
    return outputs[len(short) :]


def _joined(x: SparseRows, y: SparseRows) -> SparseRows:
    """The rows of x, then those of y."""
    return SparseRows(
        np.concatenate([x.starts, x.starts[-1] + y.starts[1:]]),
        np.concatenate([x.wires, y.wires]),
        np.concatenate([x.numbers, y.numbers]),
    )
