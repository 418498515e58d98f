"""Multiples of a point by numbers in ranges."""

from __future__ import annotations

from zkpipe.circuits.soundness.points.multiple import Multiple, one_of

ONE = Multiple("P", 1, 1, True, False)
TWO = Multiple("P", 2, 2, False, False)


def test_one_of_several_multiples_is_in_the_range_of_all() -> None:
    assert one_of([ONE, TWO]) == Multiple("P", 1, 2, None, False)
    assert one_of([ONE, ONE.negative()]) == Multiple("P", -1, 1, True, False)


def test_nothing_is_said_of_a_choice_with_unknown_or_other_points() -> None:
    assert one_of([ONE, None]) is None
    assert one_of([None, ONE]) is None
    assert one_of([ONE, ONE._replace(base="Q")]) is None
    assert one_of([ONE, ONE._replace(is_moved=True)]) is None
