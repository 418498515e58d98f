"""What the lemma of multiples proves of sums on small curves is so in all witnesses."""

from __future__ import annotations

import itertools
import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import pytest

from tests.circuits.soundness.points.small_curves import (
    CURVES,
    Draft,
    SmallCurve,
    ladder,
    some_ladder,
    some_windows,
    two_points,
    windows,
)
from tests.circuits.soundness.small_primes import (
    State,
    apply_lemmas,
    take_prime,
    undetermined,
    witnesses,
)
from tests.long_form import IS_LONG
from zkpipe.circuits.soundness import apply_lemmas as lemmas
from zkpipe.circuits.soundness.lemmas.multiples import Multiples

SYSTEMS = int(os.environ.get("FUZZ_SYSTEMS", "4000" if IS_LONG else "120"))
FIRST = int(os.environ.get("FUZZ_FROM", "0"))
FEW = 11 if IS_LONG else 7  # curves that are so small that all of their points are tried
MOST_WITNESSES = 20_000
OF_3, OF_5, OF_7, OF_19, OF_67 = (SmallCurve(*CURVES[i]) for i in (0, 3, 5, 10, 12))


class Seen(NamedTuple):
    """What the lemma determines, and whether two witnesses differ with the same inputs."""

    proved: list[int]
    is_open: bool


def seen_of(
    monkeypatch: pytest.MonkeyPatch,
    on: SmallCurve,
    draw: Callable[[Draft], list[int]],
    draft: Draft,
) -> Seen | None:
    """What is seen of a system if all that is proved is so; None if it has no or many witnesses."""
    with monkeypatch.context() as patch:
        take_prime(patch, on.prime)
        given = draw(draft)
        state = State(on.prime, draft.rows, draft.arcs, given)
        table = witnesses(state, MOST_WITNESSES)
        if table is None or not len(table):
            return None
        patch.setattr(lemmas, "Multiples", partial(Multiples, curve=on.curve))
        found = apply_lemmas(patch, state, {"Multiples", "Nonsquares"})
    differing = undetermined(table, [0, *given])
    for name, wires in found.items():
        assert differing.isdisjoint(wires), name
    return Seen(found.get("Multiples", []), bool(differing))


@pytest.mark.parametrize("draw", [some_ladder, some_windows])
def test_what_is_proved_of_sums_is_so_in_all_witnesses(
    draw: Callable[[Draft], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[tuple[bool, bool]] = Counter()
    for seed in range(FIRST, FIRST + SYSTEMS):
        rng = random.Random(seed)  # noqa: S311 - seeded test data
        on = SmallCurve(*rng.choice(CURVES[:FEW] if draw is some_ladder else CURVES[-6:]))
        found = seen_of(monkeypatch, on, draw, Draft(on, rng, rng.choice([0, 0.02, 0.05, 0.1])))
        if found is not None:
            seen[bool(found.proved), found.is_open] += 1
    assert seen[True, False] + seen[True, True] > SYSTEMS // 25, seen  # it proves something
    assert seen[False, True] > SYSTEMS // 25, seen  # and not everything


def of_ladder(
    monkeypatch: pytest.MonkeyPatch,
    on: SmallCurve,
    pattern: Sequence[int],
    left_out: int | None = None,
) -> Seen | None:
    draft = Draft(on, random.Random(0), left_out=left_out)  # noqa: S311 - nothing is drawn
    return seen_of(monkeypatch, on, lambda d: ladder(d, pattern), draft)


@pytest.mark.parametrize(("on", "steps"), [(OF_3, 1), (OF_7, 2)])
def test_ladders_are_proved_while_numbers_are_below_the_order(
    on: SmallCurve, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for count in (1, 2, 3):
        found = of_ladder(monkeypatch, on, [0, 1, 0, 1][: count + 1])
        assert found is not None
        assert len(found.proved) == 2 * min(count, steps)


def test_whatever_is_added_to_a_point_no_free_slope_is_proved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proved = set()
    for on, length in ((OF_3, 3), (OF_7, 3)):
        for pattern in itertools.product((0, 1), repeat=length):
            found = of_ladder(monkeypatch, on, pattern)
            if found is not None and len(found.proved) == 4:
                proved.add(pattern)
    assert proved == {(0, 1, 0), (1, 0, 1)}


WINDOWS: list[tuple[SmallCurve, int, list[list[int]], int]] = [  # curve, factor, parts, proved
    (OF_67, 8, [[-3, -1, 1, 3], [-12, -4, 4, 12], [-48, -16, 16, 48]], 2),
    (OF_67, 8, [[-3, -1, 1, 3], [-6, -2, 2, 6], [-12, -4, 4, 12]], 2),
    (OF_67, 8, [[-6, -2, 2, 6], [-12, -4, 4, 12]], 1),
    (OF_67, 8, [[1, 1, 1, 1], [3, 7, 5, 7]], 1),
    (OF_19, 8, [[-3, -1, 1, 3], [-8, -8, 8, 8], [-16, -16, 16, 16]], 2),  # 16 is -3
    (OF_7, 8, [[-3, -1, 1, 3], [-12, -4, 4, 12]], 0),  # -3 and 4
    (OF_19, 8, [[-3, -1, 1, 3], [-4, -4, 1, 4]], 0),  # 1 and 1
    (OF_19, 8, [[1, 1, 1, 1], [-5, 5, 1, 5]], 0),
    (OF_67, 8, [[-2, -1, 1, 2], [-8, -4, 4, 8], [-32, -16, 16, 32]], 2),  # of another size
    (OF_67, 8, [[-2, -1, 1, 2], [-8, -3, 3, 8]], 1),
    (OF_19, 8, [[-2, -1, 1, 2], [-8, -2, 2, 8]], 0),
    (OF_7, 8, [[-2, -1, 1, 2], [-3, -2, 2, 3]], 0),
    (OF_19, 8, [[-2, -1, 1, 2], [-16, -4, 4, 16]], 1),
    (OF_67, 8, [[1, 5, 5, 5], [3, 7, 7, 7]], 0),  # nobody looks for the same number in both
    (OF_19, 1, [[-3, -1, 1, 3], [-4, -4, 4, 4]], 0),  # not of order L
    (OF_19, 19, [[-1, -1, 1, 1], [-2, -2, -2, -2]], 0),  # of low order
    (OF_19, 19, [[-1, -1, 1, 1], [7, 7, 7, 7]], 0),
    (OF_19, 38, [[-1, -1, 1, 1], [5, 5, 5, 5]], 0),
]


@pytest.mark.parametrize("case", range(len(WINDOWS)))
def test_sums_of_constant_multiples_are_proved_where_no_two_can_be_equal(
    case: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    on, factor, numbers, proved = WINDOWS[case]
    generator = next(p for p in on.points() if on.times(p, 4 * on.order) != (0, 1))
    base = on.times(generator, factor)
    draft = Draft(on, random.Random(0))  # noqa: S311 - nothing is drawn
    found = seen_of(monkeypatch, on, lambda d: windows(d, base, numbers), draft)
    assert found is not None
    assert len(found.proved) == proved


@pytest.mark.parametrize(
    ("factors", "constant"), [((0, 1), 1), ((0, 2), 1), ((1, 2), 1), ((0, 1, 2), 0)]
)
def test_a_point_that_may_have_low_order_has_no_multiples(
    factors: Sequence[int], constant: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for on in (OF_3, OF_7):
        draft = Draft(on, random.Random(0))  # noqa: S311 - nothing is drawn
        draw = partial(ladder, pattern=[0, 1, 0], factors=factors, constant=constant)
        found = seen_of(monkeypatch, on, draw, draft)
        assert found is None or not found.proved


def test_multiples_of_two_points_may_be_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = Draft(OF_3, random.Random(0))  # noqa: S311 - nothing is drawn
    found = seen_of(monkeypatch, OF_3, two_points, draft)
    assert found == Seen([], is_open=True)


def test_slopes_between_points_that_are_not_determined_are_left_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draft = Draft(OF_3, random.Random(0))  # noqa: S311 - nothing is drawn
    found = seen_of(monkeypatch, OF_3, lambda d: ladder(d, [0, 1])[:2], draft)
    assert found == Seen([], is_open=True)


def test_no_row_of_a_ladder_is_taken_for_granted(monkeypatch: pytest.MonkeyPatch) -> None:
    for on in (OF_3, OF_5, OF_7):
        pattern = [0, 1, 0]
        whole = Draft(on, random.Random(0))  # noqa: S311 - nothing is drawn
        ladder(whole, pattern)
        for row in range(whole.put_count):
            of_ladder(monkeypatch, on, pattern, row)
