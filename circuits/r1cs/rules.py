"""What a constraint system must be, wherever it comes from: one set of rules for all.

A system is an object that anybody can make or alter. `check_system` is asked when one is made;
`check_matrices` again wherever its arrays go to kernels, since an array may have been written to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.accel.linear.compressed import check_compressed
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.ground.errors import RangeError, ShapeError
from zkpipe.ground.kinds import describe

if TYPE_CHECKING:
    from zkpipe.circuits.r1cs.r1cs import R1CS

MAX_WIRES = 1 << 31  # kernels keep wires in signed 32-bit words
MAX_COUNT = 1 << 32  # of files
MAX_LABELS = 1 << 64
_FIX = "Take the system as compile() or ConstraintSystem.load gave it."


def check_system(system: R1CS) -> None:
    """Check counts, matrices, coefficients, labels and the number of names.

    Raises RangeError or ShapeError. Cost: 2 ns an entry.
    """
    _check_counts(system)
    for matrix in (system.a, system.b, system.c):
        if not isinstance(matrix, SparseMatrix):
            raise ShapeError(
                f"A matrix of {system.name} is a {type(matrix).__name__}, no SparseMatrix.", _FIX
            )
    check_matrices(system)
    if first_not_below(system.coefficients, R) is not None:
        raise RangeError(f"A coefficient of {system.name} is not below the field's order r.", _FIX)
    for matrix in (system.a, system.b, system.c):
        _check_rising(system, matrix)
    check_words(f"The labels of {system.name}", system.labels, (system.wire_count,))
    problem = label_problem(system.labels, system.public_count, system.label_count)
    if problem is not None:
        raise RangeError(f"In {system.name} {problem}.", _FIX)
    _check_names(system)


def _check_names(system: R1CS) -> None:
    """Check what is known of a compiled system beside its rows."""
    if system.program is not None:
        from zkpipe.circuits.r1cs.program import Program

        if not isinstance(system.program, Program):
            raise ShapeError(
                f"The program of {system.name} is {describe(system.program)}, no Program.", _FIX
            )
    if not issubclass(type(system.dropped_inputs), Mapping):
        raise ShapeError(
            f"The dropped inputs of {system.name} are {describe(system.dropped_inputs)}.", _FIX
        )
    symbols = system.symbols
    if symbols is None:
        return
    if not _are_names(symbols):
        raise ShapeError(f"The names of {system.name} are {describe(symbols)}, not strings.", _FIX)
    if len(symbols) != system.wire_count:
        raise ShapeError(
            f"{system.name} has {len(symbols)} names for {system.wire_count} wires.", _FIX
        )


def _are_names(symbols: object) -> bool:
    """Whether these are our own names of wires, or a plain list or tuple of texts."""
    from zkpipe.circuits.r1cs.names import WireNames

    if type(symbols) is list or type(symbols) is tuple:
        return all(type(name) is str for name in symbols)
    return type(symbols) is WireNames


def check_matrices(system: R1CS) -> None:
    """Check all that kernels use as an index, and the arrays that they reach by it.

    Raises RangeError or ShapeError. Cost: 0.5 ns an entry.
    """
    coefficients = system.coefficients
    check_words(f"The coefficients of {system.name}", coefficients, (None, 4))
    for matrix in (system.a, system.b, system.c):
        check_compressed(
            matrix.starts, matrix.wires, matrix.values, system.wire_count, len(coefficients)
        )
    rows = {matrix.row_count for matrix in (system.a, system.b, system.c)}
    if len(rows) > 1:
        raise ShapeError(
            f"The matrices of {system.name} have {min(rows)} and {max(rows)} rows.", _FIX
        )


def check_words(what: str, array: Any, shape: tuple[int | None, ...]) -> None:
    """Raises ShapeError for what is no array of 64-bit words in this shape, in C order.

    shape  None stands for any length
    """
    words = isinstance(array, np.ndarray) and array.dtype == np.uint64
    if not words or not array.flags.c_contiguous or not _has_shape(array.shape, shape):
        lengths = ", ".join("n" if length is None else str(length) for length in shape)
        raise ShapeError(f"{what} are not an array of uint64 of shape ({lengths}).", _FIX)


def _has_shape(have: tuple[int, ...], want: tuple[int | None, ...]) -> bool:
    return len(have) == len(want) and all(
        wanted in (None, length) for wanted, length in zip(want, have, strict=True)
    )


def label_problem(labels: NDArray[np.uint64], public_count: int, label_count: int) -> str | None:
    """Why labels leave it open which wires are outputs and inputs; None if they do not.

    label_count  of the source's signals and the constant; 0 stands for the least that fits

    The proof system takes the wires behind the constant one as public, in their order; so they must
    be what the labels call them.
    """
    public = 1 + public_count
    strange = np.flatnonzero(labels[:public] != np.arange(public, dtype=np.uint64))
    if len(strange):
        wire = int(strange[0])
        kind = "the constant one" if wire == 0 else "a public value"
        return f"wire {wire} is {kind}, and has the label {labels[wire]}"
    wire = int(labels.argmax())
    if int(labels[wire]) >= (label_count or MAX_LABELS - 1):
        there = f"there are {label_count}" if label_count else "no file has so many"
        return f"wire {wire} has the label {labels[wire]}; {there}"
    if (labels[1:] > labels[:-1]).all():
        return None
    order = np.argsort(labels, kind="stable")
    twice = np.flatnonzero(labels[order[1:]] == labels[order[:-1]])
    if len(twice):
        first, second = order[twice[0]], order[twice[0] + 1]
        return f"wires {first} and {second} both have the label {labels[first]}"
    return None


def rising(starts: NDArray[np.int64], wires: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Whether each entry but the first begins a row or exceeds the one before it."""
    result: NDArray[np.bool_] = wires[1:] > wires[:-1]
    inner = starts[(starts > 0) & (starts < len(wires))]
    result[inner - 1] = True
    return result


def _check_rising(system: R1CS, matrix: SparseMatrix) -> None:
    rises = rising(matrix.starts, matrix.wires)
    if not rises.all():
        entry = int(np.argmin(rises)) + 1
        row = int(np.searchsorted(matrix.starts, entry, side="right")) - 1
        raise RangeError(
            f"In {system.name} the wires of row {row} do not rise: wire {matrix.wires[entry]} "
            "comes too late or twice.",
            _FIX,
        )


def _check_counts(system: R1CS) -> None:
    if type(system.name) is not str:
        raise ShapeError(f"The name of a system is {describe(system.name)}, not a string.", _FIX)
    counts: Sequence[object] = (
        system.wire_count,
        system.output_count,
        system.public_input_count,
        system.private_input_count,
    )
    for count in counts:
        if type(count) is not int or not 0 <= count < MAX_COUNT:
            raise RangeError(f"A count of {system.name} is not a number from 0 to 2^32 - 1.", _FIX)
    if type(system.label_count) is not int or not 0 <= system.label_count < MAX_LABELS:
        raise RangeError(f"{system.name} cannot have that number of labels.", _FIX)
    if system.label_count and system.declared_count >= system.label_count:
        raise RangeError(
            f"{system.name} declares {system.declared_count} inputs and outputs, more than its "
            f"{system.label_count} labels.",
            _FIX,
        )
    if system.wire_count > MAX_WIRES:
        raise RangeError(f"{system.name} has {system.wire_count} wires; at most 2^31 fit.", _FIX)
    if 1 + system.public_count > system.wire_count:
        raise RangeError(
            f"{system.name} has {system.public_count} public values and {system.wire_count} wires, "
            "one of them the constant.",
            _FIX,
        )
