"""Sums of buckets: every bucket has a lane, and a point is added to it at every step.

Points come in the order of accel.msm.schedule; how they are added, accel.msm.kernels.buckets says.
All windows of a task are done in one call of a kernel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.rows import Elements, Rows, WorkRows, blank_rows
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm.schedule import Index, Schedule, ScheduleBuffers, cap_bits_for
from zkpipe.accel.msm.tiles import TILE
from zkpipe.ground.process.memory import aligned_empty
from zkpipe.ground.quick_dataclass import dataclass

_kernels = Kernels("zkpipe.accel.msm.kernels.buckets")
_filling = Kernels("zkpipe.accel.msm.kernels.filling")

SLOT_BOUND = 8  # differences: a negated coordinate is below 3p, and 2p more make it positive


@dataclass(frozen=True, slots=True)
class Accumulators:
    """Points in lanes, with what adding to all of them at once needs. Belongs to one thread.

    x, y                  the points, one lane each
    before, run, rise     slots of a step: running products, x2 - x1, y2 - y1
    """

    x: Elements
    y: Elements
    before: Elements
    run: Elements
    rise: Elements

    @classmethod
    def of(cls, field: Field, machine: Machine, count: int) -> Accumulators:
        """Room for `count` points."""
        bounds = (2, 2, 2, SLOT_BOUND, SLOT_BOUND)
        return cls(*Elements.interleaved(field, machine, count, bounds))

    @property
    def points(self) -> tuple[Elements, Elements]:
        """The coordinates."""
        return self.x, self.y

    @property
    def slots(self) -> tuple[Elements, Elements, Elements]:
        """The slots, as kernels take them."""
        return self.before, self.run, self.rise


def sum_runs(
    source: Rows,
    plan: Schedule,
    work: Accumulators,
    target: WorkRows,
    target_rows: Index,
    may_have_infinity: bool,
) -> bool:
    """Sum every run of a schedule into its row of `target`.

    source   rows of points, infinity left out by the schedule unless `may_have_infinity`
    target_rows  (runs, filled up to a whole block) uint32   the row for each run
    may_have_infinity  whether the source holds infinity
    result   whether some sum may be infinity
    """
    return bool(
        _kernels.sum_runs(
            source,
            plan.order,
            plan.tile_first,
            plan.step_start,
            plan.step_active,
            work.points,
            work.slots,
            may_have_infinity,
            target,
            target_rows,
        )
        or may_have_infinity
    )


class Workspace:
    """The working memory of a thread: kept from one task to the next."""

    def __init__(self, m: Machine) -> None:
        self.machine = m
        self.buffers = ScheduleBuffers()
        self.again: Index = np.empty(0, np.uint32)
        self.rows: Index = np.empty(0, np.uint32)
        self._accumulators: dict[Field, Accumulators] = {}
        self._sums: dict[Field, WorkRows] = {}
        self._halves: dict[Field, tuple[WorkRows, WorkRows]] = {}

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

    def halves(self, field: Field) -> tuple[WorkRows, WorkRows]:
        """Room for the sums of all runs, twice: of one round, and of the next."""
        count = self.buffers.runs + 1
        have = self._halves.get(field)
        if have is None or have[0].length < count:
            first, second = (aligned_empty(count, 8 * field.degree) for _ in range(2))
            have = self._halves[field] = (
                WorkRows(field, self.machine, first, 2),
                WorkRows(field, self.machine, second, 2),
            )
        return have

    def tables(self, points: int, buckets: int) -> int:
        """Room for the order of so many points; gives the bits of a run."""
        cap_bits = cap_bits_for(points, buckets)
        self.buffers.tables(points, buckets, cap_bits, self.machine.width)
        runs = self.buffers.runs
        if len(self.again) < runs:
            self.again = np.empty(runs, np.uint32)
            self.rows = np.empty(runs + self.machine.width, np.uint32)
        return cap_bits


def fill_buckets(
    source: WorkRows,
    digits: NDArray[np.uint32],
    windows: NDArray[np.int64],
    some: slice,
    finite: NDArray[np.uint8],
    buckets: int,
    workspace: Workspace,
    sums: WorkRows,
) -> NDArray[np.int64]:
    """sums[k * buckets + b] = the sum of bucket b of windows[k]; other rows stay as they are.

    source   the points that `some` names
    digits   (windows, n) uint32, as schedule takes them, and `some` of each row
    finite   (points,) uint8, which points are not infinity; empty if all are
    sums     one row more than all buckets, for what nobody wants
    result   (windows, 3) int64: how many buckets up to the last that is filled, a power of two, or
             0; whether the sum of one of them may be infinity; how many rounds it took
    """
    field, m = source.field, source.machine
    cap_bits = workspace.tables(some.stop - some.start, buckets)
    work, spare = workspace.accumulators(field), sums.length - 1
    filled = np.empty((len(windows), 3), np.int64)
    _filling.fill_buckets(
        source, digits, windows, some.start, some.stop, finite, cap_bits, m.width,
        workspace.buffers.kernel_tables, workspace.again, workspace.rows, work.points, work.slots,
        workspace.halves(field), sums, spare, buckets, filled,
    )  # fmt: skip
    return filled
