"""Multi-scalar multiplication: the sum of scalars[i] * points[i], over G1 and G2.

Pippenger's method: signed digits of c bits, one bucket for each size a digit can have
(schedule, buckets), the sum over b of b * bucket[b] (windows), and the windows
joined by doublings. A window is a task for a thread; one that holds most of the work, as in a
witness of bits, is cut into several.

Source: Pippenger 1976; signed digits, eprint 2012/549 section 4; batched affine sums, 2022/1396
section 5.3.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve, Field
from zkpipe.accel.curves.points import file_points
from zkpipe.accel.fields.limbs import Words, check_rows
from zkpipe.accel.fields.rows import WorkRows
from zkpipe.accel.machines.backend import machine as chosen_machine
from zkpipe.accel.msm.bases import Bases, prepare
from zkpipe.accel.msm.buckets import Workspace, fill_buckets
from zkpipe.accel.msm.digits import FEW, Digits, check_scalars
from zkpipe.accel.msm.few_points import few_points
from zkpipe.accel.msm.multiples import Multiples, multiples
from zkpipe.accel.msm.window_size import shared_window_bits, window_bits_for
from zkpipe.accel.msm.windows import join_windows, weighted_sums
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.process.settings import thread_count
from zkpipe.ground.process.threads import in_threads
from zkpipe.ground.quick_dataclass import dataclass

GROUP_BUCKETS = 1 << 15  # of windows that go together: their segments fill 64 blocks of lanes
SHARES = 8  # tasks a thread gets or more, so that all end at nearly the same time
LEAST_SHARE = 1 << 14  # additions of a task that are worth cutting a window for


def with_multiples(bases: Bases) -> Multiples:
    """The multiples of points that many sums are made over: see accel.msm.multiples.

    Cost: 8 us a point of G1, 21 us of G2, and the memory of 15 to 30 copies of the points.
    """
    return multiples(bases, shared_window_bits(bases.count))


@dataclass(frozen=True, slots=True)
class MsmInput:
    """Points, and the digits of as many scalars; sums over the same scalars share digits."""

    bases: Bases
    digits: Digits


def msm_input(bases: Bases, digits: Digits) -> MsmInput:
    """A sum over points, or over points with multiples: then all windows are one."""
    return MsmInput(bases, digits.joined() if isinstance(bases, Multiples) else digits)


def digits_for(bases: Bases, *scalars: Words) -> Digits:
    """The digits of scalars, one array behind the other, for sums over these points.

    scalars  (n, 4) uint64 each   canonical, below r
    """
    curve = bases.field.curve
    if isinstance(bases, Multiples):
        bits = bases.window_bits
    else:
        bits = window_bits_for(*scalars, curve=curve)
    return Digits.of(scalars[0], bits, *scalars[1:], curve=curve)


@dataclass(frozen=True, slots=True)
class _Part:
    """A task: the points first:last of a sum in some windows, numbers from high to low."""

    given: MsmInput
    windows: tuple[int, ...]
    first: int
    last: int

    @classmethod
    def whole(cls, given: MsmInput, windows: Sequence[int]) -> _Part:
        """All points that have a digit in windows of one span."""
        first, last = map(int, given.digits.spans[windows[0]])
        return cls(given, tuple(windows), first, last)

    @property
    def cost(self) -> int:
        """Additions in buckets, in units of G1's."""
        return int(self.given.digits.used[list(self.windows)].sum()) * self.given.bases.field.degree


def _sum_part(part: _Part, workspace: Workspace) -> Words:
    """The sums of the part's windows over its points: affine, one row a window."""
    given, count = part.given, len(part.windows)
    field, m, buckets = given.bases.field, workspace.machine, given.digits.buckets
    some = slice(part.first, part.last)
    sums = workspace.sums(field, count * buckets + 1)
    rows = WorkRows(field, m, given.bases.rows.words[some], 2)
    windows, finite = np.array(part.windows, np.int64), given.bases.finite[some]
    filled = fill_buckets(
        rows, given.digits.of_window, windows, some, finite, buckets, workspace, sums
    )
    out = np.zeros((count, 8 * field.degree), np.uint64)
    kinds = filled[:, :2].tolist()
    for size, may_have_infinity in {(size, infinite) for size, infinite in kinds if size}:
        here = [k for k in range(count) if kinds[k] == [size, may_have_infinity]]
        starts = [k * buckets for k in here]
        out[here] = weighted_sums(sums, starts, size, field, m, bool(may_have_infinity))
    return out


def _parts(given: MsmInput, share: int) -> list[_Part]:
    """The tasks of a sum, in falling order of windows.

    Some windows over the same points go together, so that their buckets fill the lanes; a window
    that alone is more than a share of the work is cut. With multiples a cut costs another set of
    buckets, so shares are as large as they can be.
    """
    if isinstance(given.bases, Multiples):
        share = max(share * SHARES, 1)
    together = max(1, GROUP_BUCKETS // given.digits.buckets)
    parts: list[_Part] = []
    group: list[int] = []
    for w in range(len(given.digits.used) - 1, -1, -1):
        pieces = -(-int(given.digits.used[w]) // share)
        if pieces == 0:
            continue
        new = not group or (given.digits.spans[w] != given.digits.spans[group[-1]]).any()
        if pieces > 1 or new or len(group) == together:
            if group:
                parts.append(_Part.whole(given, group))
            group = []
        if pieces > 1:
            first, last = map(int, given.digits.spans[w])
            size = -(-(last - first) // pieces)
            starts = range(first, last, size)
            parts += [_Part(given, (w,), i, min(last, i + size)) for i in starts]
        else:
            group.append(w)
    if group:
        parts.append(_Part.whole(given, group))
    return parts


def _joined(given: MsmInput, parts: list[_Part], sums: list[Words]) -> Words:
    if not parts:
        return np.zeros(8 * given.bases.field.degree, np.uint64)
    windows = np.array([w for part in parts for w in part.windows], np.int64)
    return join_windows(np.concatenate(sums), windows, given.digits.window_bits, given.bases.field)


def sums_of_products(inputs: Sequence[MsmInput]) -> list[Words]:
    """The sum of scalars[i] * points[i] for several sums, their windows side by side on threads.

    result  affine points in Montgomery form, (8,) or (16,) each
    """
    few = [
        (q.bases, q.digits.scalars)
        for q in inputs
        if q.digits.scalars is not None and not isinstance(q.bases, Multiples)
    ]
    if len(few) == len(inputs):
        return in_threads(lambda pair: _few(*pair), few)
    total = sum(int(q.digits.used.sum()) * q.bases.field.degree for q in inputs)
    share = max(total // (SHARES * thread_count()), LEAST_SHARE)
    tasks = [_parts(given, max(share // given.bases.field.degree, 1)) for given in inputs]
    flat = sorted((part for parts in tasks for part in parts), key=lambda part: -part.cost)
    workspaces = threading.local()
    m = inputs[0].bases.machine

    def work(part: _Part) -> Words:
        if not hasattr(workspaces, "mine"):
            workspaces.mine = Workspace(m)
        return _sum_part(part, workspaces.mine)

    found = dict(zip(map(id, flat), in_threads(work, flat), strict=True))
    return [
        _joined(given, parts, [found[id(part)] for part in parts])
        for given, parts in zip(inputs, tasks, strict=True)
    ]


def _few(bases: Bases, scalars: Words) -> Words:
    points = file_points(bases.rows, bases.field, bases.machine)[: bases.count]
    return few_points(points, scalars, bases.field)


def add_points(points: Sequence[Words], curve: Curve = BN254) -> Words:
    """The sum of some affine points of one group, (8,) or (16,) words each; infinity is zeros."""
    stacked = np.stack(points)
    field = curve.fp if stacked.shape[1] == 8 else curve.fp2
    return join_windows(stacked, np.zeros(len(stacked), np.int64), 0, field)


def _msm(points: Words, scalars: Words, field: Field, group: str) -> Words:
    check_rows(f"Points of {group}", points, 8 * field.degree)
    check_rows("Scalars", scalars, 4)
    scalars = np.require(scalars, requirements=["C", "W"])  # as the kernels are compiled for
    check_scalars(scalars, field.curve)
    if len(points) != len(scalars):
        raise ShapeError(
            f"{len(points)} points do not pair up with {len(scalars)} scalars.",
            "Give one scalar for each point.",
        )
    if len(scalars) <= FEW:
        return few_points(points, scalars, field)
    bases = prepare([(points, None)], chosen_machine(), field.curve)
    return sums_of_products([MsmInput(bases, digits_for(bases, scalars))])[0]


def msm_g1(points: Words, scalars: Words, curve: Curve = BN254) -> Words:
    """Sum of scalars[i] * points[i] over G1.

    points   (n, 8) uint64   affine x, y; Montgomery, R = 2^256; all zeros is infinity
    scalars  (n, 4) uint64   canonical, below r
    result   (8,) uint64     affine; Montgomery

    Points are taken to be on the curve: whoever read them in has checked.

    Raises ShapeError if the arrays do not pair up, RangeError if a scalar is r or more.

    Cost: W (n + 2^c) additions, W = ceil(254 / c) windows of c bits; a copy of the points, 4 W n
    bytes for the digits, 4 n and 64 bytes a bucket for each thread.
    """
    return _msm(points, scalars, curve.fp, "G1")


def msm_g2(points: Words, scalars: Words, curve: Curve = BN254) -> Words:
    """Sum of scalars[i] * points[i] over G2: as `msm_g1`, with points (n, 16), result (16,)."""
    return _msm(points, scalars, curve.fp2, "G2")
