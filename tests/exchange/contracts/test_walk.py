"""Random walks over grants, jobs, points and bits, beside a model in plain Python.

Every act must be accepted, or refused by the very error, that the model says. After 25 acts, and at
the end, the contracts' views are the model's state and the invariants of the design hold.
"""

from __future__ import annotations

from collections import Counter

from tests.exchange.contracts.walk import Walk, prepare
from tests.exchange.contracts.world import World
from tests.long_form import IS_LONG

WALKS, STEPS, EACH = (256, 500, 25) if IS_LONG else (5, 150, 25)
ENDS = ("grant exhausted", "grant revoked", "job closed", "job failed", "job void")
PROMISED = {  # in the long form; an error that no walk meets is not tried by them
    "NotAllowed",
    "WrongState",
    "WrongKind",
    "TooLate",
    "TooEarly",
    "Unknown",
    "GrantExpired",
    "GrantExhausted",
    "GrantRevoked",
    "CircuitNotAllowed",
    "NotFloorSafe",
    "NotPublished",
    "SchemeInForce",
    "LeakageBudgetExceeded",
    "InsufficientPoints",
    "TooFewSignatures",
    "AlreadyProved",
    "SchemeMismatch",
    "NotInVersion",
    "SegmentWithdrawn",
    "WrongOpening",
    "DuplicateRoot",
}


def test_walks_end_as_the_model_says(world: World) -> None:
    circuits = prepare(world)
    reached: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    for seed in range(WALKS):
        mark = world.chain.snapshot()
        walk = Walk(world, circuits, seed)
        for i in range(STEPS):
            walk.step()
            if i % EACH == 0:
                walk.check()
        reached.update(walk.finish())
        refusals.update(walk.refusals)
        world.chain.restore(mark)
    least = 0.03 * WALKS if IS_LONG else 1
    assert all(reached[end] >= least for end in ENDS), reached
    if IS_LONG:
        assert refusals.keys() >= PROMISED, PROMISED - refusals.keys()
