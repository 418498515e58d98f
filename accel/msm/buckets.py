"""Sums of buckets: every bucket has a lane, and a point is added to it at every step.

Points come in the order of accel.msm.schedule; how they are added, accel.msm.kernels.buckets says.
"""

from __future__ import annotations

from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.rows import Elements, Rows, WorkRows
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm.schedule import Index, Schedule
from zkpipe.ground.quick_dataclass import dataclass

_kernels = Kernels("zkpipe.accel.msm.kernels.buckets")

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
