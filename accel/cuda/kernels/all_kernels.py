"""Every kernel of proofs on a card, with the types that it is compiled for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from numba import types

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.cuda.compiled.ptx import CardKernel
from zkpipe.accel.cuda.compiled.texts import text_of
from zkpipe.accel.cuda.kernels import digits, runs, scans, transforms
from zkpipe.accel.curve import Curve, Field
from zkpipe.accel.fields.arrays import RowsType
from zkpipe.accel.machines.machine import CUDA

U32, U64, INT = types.Array(types.uint32, 1, "C"), types.Array(types.uint64, 1, "C"), types.int64


class Compiled(NamedTuple):
    """A kernel, and the numba types of its parameters; `group` is G1, G2, Fr or empty."""

    kernel: CardKernel
    group: str
    kinds: tuple[Any, ...]

    @property
    def ptx(self) -> str:
        """Its text."""
        return text_of(self.kernel, self.kinds)


def all_kernels(curve: Curve = BN254) -> Iterator[Compiled]:
    """All that proofs of a curve launch, the longest to compile first."""
    for group, field in (("G2", curve.fp2), ("G1", curve.fp)):
        points, sums = _rows(field, 2), _rows(field, 4)
        yield Compiled(runs.weigh_segments, group, (sums, sums, sums, *[INT] * 2))
        yield Compiled(runs.place_segments, group, (sums, sums, sums, *[INT] * 3))
        yield Compiled(runs.sum_rows, group, (sums, U32, U32, sums, *[INT] * 2))
        yield Compiled(runs.sum_points, group, (points, U32, U32, U32, sums, *[INT] * 2))
    column = _rows(curve.fr, 1)
    for kernel in (transforms.split_layers, transforms.join_layers):
        yield Compiled(kernel, "Fr", (column, column, *[INT] * 3))
    for kernel in (transforms.split_layer, transforms.join_layer):
        yield Compiled(kernel, "Fr", (column, column, *[INT] * 3))
    yield Compiled(transforms.multiply_rows, "Fr", (column, U32, U32, *[column] * 4, *[INT] * 4))
    canonical = RowsType(curve.fr, CUDA, 1, False)
    yield Compiled(transforms.subtract_from_product, "Fr", (column, column, column, canonical, INT))
    yield Compiled(transforms.scale, "Fr", (column, column, INT, INT))
    yield Compiled(digits.split_scalars, "", (U64, *[INT] * 4, U32, *[INT] * 7))
    yield Compiled(digits.place_points, "", (U32, U32, U32, *[INT] * 5))
    yield Compiled(digits.count_digits, "", (U32, U32, *[INT] * 4))
    yield Compiled(scans.scan_chunks, "", (U32, U32, U32, INT))
    yield Compiled(scans.sum_chunks, "", (U32, U32, INT))
    yield Compiled(runs.count_runs, "", (U32, U32, INT, INT))
    yield Compiled(runs.count_up, "", (U32, INT, INT))


def _rows(field: Field, count: int) -> RowsType:
    return RowsType(field, CUDA, count, True)
