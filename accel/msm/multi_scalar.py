"""Multi-scalar multiplication of many points: the sum of scalars[i] * points[i], over G1 and G2.

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
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve, Field
from zkpipe.accel.curves.points import file_points
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.rows import WorkRows, blank_rows
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm.bases import Bases
from zkpipe.accel.msm.buckets import Accumulators, sum_runs
from zkpipe.accel.msm.digits import Digits, window_count
from zkpipe.accel.msm.multiples import Multiples, multiples
from zkpipe.accel.msm.schedule import Index, ScheduleBuffers, schedule
from zkpipe.accel.msm.sums import few_points
from zkpipe.accel.msm.tiles import TILE
from zkpipe.accel.msm.windows import join_windows, weighted_sums
from zkpipe.ground.process.settings import thread_count
from zkpipe.ground.process.threads import in_threads
from zkpipe.ground.quick_dataclass import dataclass

BUCKET_COST = 3.5  # of reducing a bucket, in additions into one with their place in the order
WINDOW_COST = 3800  # of a window by itself, in the same: an inversion a step, calls
GROUP_BUCKETS = 1 << 15  # of windows that go together: their segments fill 64 blocks of lanes
SHARES = 8  # tasks a thread gets or more, so that all end at nearly the same time
LEAST_SHARE = 1 << 14  # additions of a task that are worth cutting a window for


def window_bits(n: int) -> int:
    """The window that costs least: windows * (n additions, the buckets' reduction, its own cost).

    Measured (Zen 4, G1 in lanes): 34 ns an addition with its place in the order, 110 ns a bucket,
    130 us a window. No window was more than a tenth quicker than the one this chooses, for 2^8 to
    2^18 points of both groups, in lanes and scalar (benchmarks/window_choice.py).
    """
    buckets = {c: 2 ** (c - 1) for c in range(4, 18)}
    return min(
        buckets, key=lambda c: window_count(c) * (n + BUCKET_COST * buckets[c] + WINDOW_COST)
    )


def shared_window_bits(n: int) -> int:
    """The same for points with their multiples, whose windows share their buckets.

    A sum is then one task, or as many as the threads that would wait for it otherwise.
    """
    sets = max(1, thread_count() // 2)
    return min(range(4, 21), key=lambda c: window_count(c) * n + BUCKET_COST * 2 ** (c - 1) * sets)


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


def digit_bits(bases: Bases) -> int:
    """The window that sums over these points want."""
    return bases.window_bits if isinstance(bases, Multiples) else window_bits(bases.count)


@dataclass(frozen=True, slots=True)
class _Part:
    """A task: the points first:last of a sum in some windows, numbers from high to low."""

    given: MsmInput
    windows: tuple[int, ...]
    first: int
    last: int

    @property
    def cost(self) -> int:
        """Additions in buckets, in units of G1's."""
        return int(self.given.digits.used[list(self.windows)].sum()) * self.given.bases.field.degree


class _Workspace:
    """The working memory of a thread: kept from one task to the next."""

    def __init__(self, m: Machine) -> None:
        self.machine = m
        self.buffers = ScheduleBuffers()
        self._accumulators: dict[Field, Accumulators] = {}
        self._sums: dict[Field, WorkRows] = {}

    def accumulators(self, field: Field) -> Accumulators:
        """For the runs of a tile."""
        if field not in self._accumulators:
            self._accumulators[field] = Accumulators.of(field, self.machine, TILE)
        return self._accumulators[field]

    def sums(self, field: Field, count: int) -> WorkRows:
        """Rows of `count` points, all infinity."""
        have = self._sums.get(field)
        if have is None or have.length < count:
            have = self._sums[field] = blank_rows(field, self.machine, count, 2)
        else:
            have.words[:count] = 0
        return have


@dataclass(frozen=True, slots=True)
class _Filled:
    """What the buckets of a window hold: nothing from bucket `size` on, a power of two."""

    size: int
    may_have_infinity: bool  # whether the sum of some bucket below is infinity


def _sum_buckets(
    source: WorkRows,
    digits: Index,
    finite: NDArray[np.uint8],
    may_have_infinity: bool,
    workspace: _Workspace,
    sums: WorkRows,
    first: int,
    buckets: int,
) -> _Filled:
    """The sum of each bucket into its row, from row `first` on."""
    m, field = workspace.machine, sums.field
    plan = schedule(digits, finite, buckets, m.width, workspace.buffers)
    runs = len(plan.bucket)
    if not runs:
        return _Filled(0, False)
    work = workspace.accumulators(field)
    spare = np.full(m.width, sums.length - 1, np.uint32)  # for lanes beyond the last run
    if not plan.cut:
        target_rows = np.concatenate([plan.bucket + np.uint32(first), spare])
        may_have_infinity = sum_runs(source, plan, work, sums, target_rows, may_have_infinity)
        size = 1 << int(plan.run_bucket[-1]).bit_length()
        return _Filled(size, may_have_infinity or runs < size)
    rows = blank_rows(field, m, runs + 1, 2)
    spare[:] = runs
    may_have_infinity = sum_runs(
        source, plan, work, rows, np.concatenate([plan.number, spare]), may_have_infinity
    )
    again = (plan.run_bucket + np.uint32(1)) << np.uint32(1)
    return _sum_buckets(rows, again, finite[:0], may_have_infinity, workspace, sums, first, buckets)


def _sum_part(part: _Part, workspace: _Workspace) -> Words:
    """The sums of the part's windows over its points: affine, one row a window."""
    given, count = part.given, len(part.windows)
    field, m, buckets = given.bases.field, workspace.machine, given.digits.buckets
    some = slice(part.first, part.last)
    sums = workspace.sums(field, count * buckets + 1)
    rows = WorkRows(field, m, given.bases.rows.words[some], 2)
    finite = given.bases.finite[some]
    filled = []
    for k, window in enumerate(part.windows):
        digits = given.digits.of_window[window, some]
        filled.append(
            _sum_buckets(rows, digits, finite, False, workspace, sums, k * buckets, buckets)
        )
    out = np.zeros((count, 8 * field.degree), np.uint64)
    for kind in set(filled):
        if kind.size:
            windows = [k for k in range(count) if filled[k] == kind]
            starts = [k * buckets for k in windows]
            out[windows] = weighted_sums(sums, starts, kind.size, field, m, kind.may_have_infinity)
    return out


def _parts(given: MsmInput, share: int) -> list[_Part]:
    """The tasks of a sum, in falling order of windows.

    Some windows go together, so that their buckets fill the lanes; a window that alone is more
    than a share of the work is cut. With multiples a cut costs another set of buckets, so shares
    are as large as they can be.
    """
    if isinstance(given.bases, Multiples):
        share = max(share * SHARES, 1)
    n = given.bases.count
    together = max(1, GROUP_BUCKETS // given.digits.buckets)
    parts: list[_Part] = []
    group: list[int] = []
    for w in range(len(given.digits.used) - 1, -1, -1):
        pieces = -(-int(given.digits.used[w]) // share)
        if pieces == 0:
            continue
        if pieces > 1 or len(group) == together:
            if group:
                parts.append(_Part(given, tuple(group), 0, n))
            group = []
        if pieces > 1:
            size = -(-n // pieces)
            parts += [_Part(given, (w,), i, min(n, i + size)) for i in range(0, n, size)]
        else:
            group.append(w)
    if group:
        parts.append(_Part(given, tuple(group), 0, n))
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
            workspaces.mine = _Workspace(m)
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
