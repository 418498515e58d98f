"""Points of Baby Jubjub as values of a circuit, beside their arithmetic on integers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pytest

from tests.accel.edge_values import generator
from tests.circuits.gadgets.curve.some_points import SOME, TORSION, outputs, walk
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.accel.curves import baby_jubjub as plain
from zkpipe.accel.curves.baby_jubjub import BASE, GENERATOR, IDENTITY, L, Pair
from zkpipe.accel.roots import square_root
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Field,
    Fixed,
    InputError,
    Int,
    Point,
    Private,
    Public,
    UInt,
    UnderconstrainedError,
    UnsatisfiedError,
    check,
    circuit,
    component,
    hint,
    lookup,
    narrow,
    select,
)
from zkpipe.circuits.gadgets import Signature, pedersen_commit
from zkpipe.circuits.gadgets.curve import edwards
from zkpipe.circuits.gadgets.curve.pedersen import H
from zkpipe.circuits.solve.many import solve_many


@circuit
def sums(p: Private[Point], q: Private[Point]) -> tuple[Public[Point], Public[Point]]:
    return p + q, p - q


@circuit
def twice(p: Private[Point]) -> tuple[Public[Point], Public[Point], Public[Point]]:
    return p.double(), p + p, -p


def test_sums_are_those_of_the_group_law() -> None:
    """Ten thousand random pairs; all pairs of points of low order, equal ones and opposite ones."""
    walked = walk(10_002, 1)
    pairs = [*product(SOME, SOME), *zip(walked[::20], walked[:501], strict=True)]
    want = [[*plain.add(p, q), *plain.add(p, plain.negative(q))] for p, q in pairs]
    step = plain.add(walked[1], plain.negative(walked[0]))
    pairs += [(p, step) for p in walked[1:-1]]
    want += [[*after, *before] for before, after in zip(walked[:-2], walked[2:], strict=True)]
    assert outputs(sums.compile(), [[*p, *q] for p, q in pairs]) == want


def test_doubles_are_sums_of_equal_points() -> None:
    points = [*SOME, *walk(200, 2)]
    want = [[*plain.add(p, p), *plain.add(p, p), *plain.negative(p)] for p in points]
    assert outputs(twice.compile(), [list(p) for p in points]) == want


def test_a_chosen_point_has_a_double_and_multiples_that_its_rows_determine() -> None:
    """The rows of a choice say of no pair that it is on the curve."""

    @circuit
    def chosen(p: Private[Point], is_first: Private[Bool]) -> Public[Array[Point, 2]]:
        x = select(is_first, p, Point.BASE)
        return [x.double(), x * 5]

    system = chosen.compile()
    for p in SOME:
        want = [*plain.multiply(p, 2), *plain.multiply(p, 5)]
        assert outputs(system, [[*p, 1]]) == [want]


def test_the_law_is_complete_and_associative_and_has_the_groups_order() -> None:
    a, b, c = walk(3, 3)
    assert plain.add(plain.add(a, b), c) == plain.add(a, plain.add(b, c))
    assert plain.multiply(GENERATOR, 8 * L) == IDENTITY != plain.multiply(GENERATOR, 4 * L)
    assert plain.multiply(GENERATOR, 8) == BASE
    assert len(set(TORSION)) == 8
    for p, q in product(SOME, SOME):
        assert plain.is_on_curve(*plain.add(p, q))


def test_one_point_with_a_constant_takes_three_rows() -> None:
    @circuit
    def beside(p: Private[Point]) -> Public[Point]:
        return p + Point(*GENERATOR)

    system = beside.compile()
    assert system.constraint_count == 3 + 3
    rows = [list(p) for p in SOME]
    assert outputs(system, rows) == [[*plain.add(p, GENERATOR)] for p in SOME]


# What enters is a point.


@dataclass
class Owner:
    keys: Array[Point, 2]
    limit: UInt[8]


@circuit
def owned(owner: Private[Owner], i: Private[Bool]) -> Public[Point]:
    check(owner.limit < 9)
    return lookup(owner.keys, i) + owner.keys[0]


def test_a_pair_that_is_no_point_is_refused_by_name() -> None:
    x, y = BASE
    owner = {"keys": [{"x": x, "y": y}, {"x": x + 1, "y": y}], "limit": 3}
    for run in (owned, owned.compile().solve):
        with pytest.raises(InputError, match=r"`owner.keys\[1\]` is not a point of Baby Jubjub"):
            run(owner=owner, i=0)
    good: Any = Owner([Point(x, y), Point(x - R, y - R)], 3)
    assert owned(good, 1) == Point(x, y) + Point(x, y)


def test_rows_keep_a_forged_pair_out() -> None:
    system = owned.compile()
    x, y = BASE
    for wrong in ([x, y, x + 1, y], [x, y + 1, x, y], [0, 0, x, y], [x, y, y, x]):
        (outcome,) = solve_many(system, [[*wrong, 3, 0]])
        assert isinstance(outcome, UnsatisfiedError)
        assert "not a point of Baby Jubjub" in str(outcome)


def test_a_hints_point_is_on_the_curve_or_there_is_no_witness() -> None:
    def half_of(p: Any, off: int) -> object:
        return {"x": p.x * 5 % R, "y": p.y} if off else p * ((L + 1) // 2)

    @circuit
    def halved(double: Public[Point], off: Public[Bool]) -> None:
        half = hint(half_of, double, off, returns=Point, waive="any half will do")
        check(half + half == double, "no half")

    system = halved.trace()
    system.solve(double=Point.BASE, off=0)
    with pytest.raises(UnsatisfiedError, match="not a point"):
        system.solve(double=Point.BASE, off=1)


def test_a_hint_that_runs_at_once_returns_no_pair_that_is_no_point() -> None:
    """Else a constant off the curve would get into circuits."""
    off = {"x": 1, "y": 2}
    with pytest.raises(UnsatisfiedError, match="returns a Point that is not a point"):
        hint(lambda: [Point.BASE, off], returns=Array[Point, 2])
    with pytest.raises(UnsatisfiedError, match="returns a Point that is not a point"):
        hint(lambda: {"r": off, "s": 1}, returns=Signature)
    with pytest.raises(UnsatisfiedError, match="returns a Signature that has an s that is not"):
        hint(lambda: {"r": Point.BASE, "s": L}, returns=Signature)
    assert hint(lambda: Point.BASE, returns=Point) == Point.BASE


def test_a_class_that_would_pass_for_a_point_is_refused() -> None:
    """Its own constructor would check nothing."""
    for base in (Point, Signature):
        with pytest.raises(CompileError, match=f"Tagged is derived from {base.__name__}"):

            @dataclass(frozen=True)
            class Tagged(base):  # type: ignore[misc, valid-type]
                tag: Field


def test_a_hints_point_must_be_pinned() -> None:
    @circuit
    def loose(x: Private[Field]) -> Public[Point]:
        return hint(lambda k: plain.multiply(BASE, k % 8), x, returns=Point)

    with pytest.raises(UnderconstrainedError):
        loose.compile()


def test_a_point_of_a_circuits_values_is_checked() -> None:
    @circuit
    def made(x: Private[Field], y: Private[Field]) -> Public[Point]:
        return Point(x, y).double()

    system = made.compile()
    assert made(*BASE) == Point.BASE.double()
    for wrong in ((BASE[0], BASE[1] + 1), (0, 0)):
        with pytest.raises(UnsatisfiedError, match="not a point"):
            system.solve(x=wrong[0], y=wrong[1])
        with pytest.raises(UnsatisfiedError, match="not a point"):
            made(*wrong)


def test_points_are_chosen_compared_and_passed_on_as_records_are() -> None:
    @component
    def larger(p: Point, q: Point, first: Bool) -> Point:
        return select(first, p + q, q)

    @circuit
    def chosen(
        p: Private[Point], q: Private[Point], first: Private[Bool]
    ) -> tuple[Public[Point], Public[Bool], Public[Bool]]:
        return narrow(larger(p, q, first), Point), p == q, p != q

    system = chosen.compile()
    p, q = Point.BASE, Point(*GENERATOR)
    for first, other in ((1, q), (0, q), (1, p)):
        want = p + other if first else other
        expected = [want.x, want.y, int(other is p), int(other is not p)]
        assert system.solve(p=p, q=other, first=first).public[:4] == expected
        assert chosen(p, other, first)[0] == want


def test_a_choice_among_constant_points_is_a_point_as_any_other() -> None:
    """The coordinates of what is chosen have bounds, which their products would pass."""

    @circuit
    def chosen(
        i: Private[Bool], k: Private[UInt[3]]
    ) -> tuple[Public[Array[Point, 6]], Public[Bool]]:
        p = select(i, Point.BASE, Point(*GENERATOR) * 8 * 5)
        q = lookup([Point.BASE, -Point.BASE], i)
        r = select(i, q, Point.IDENTITY)
        return [p + q, -p, q.double(), k * p, q * 3, r - p], p == q

    system = chosen.compile()
    for i, k in product((0, 1), (0, 1, 7)):
        p, q = (Point.BASE, -Point.BASE) if i else (Point.BASE * 5, Point.BASE)
        r = q if i else Point.IDENTITY
        want = [p + q, -p, q.double(), p * k, q * 3, r - p]
        assert chosen(i, k) == (want, p == q)
        coordinates = [c for point in want for c in (point.x, point.y)]
        assert system.solve(i=i, k=k).public[:13] == [*coordinates, 0]


# On integers.


def test_a_point_of_integers_is_one_of_the_curve() -> None:
    p = Point(*BASE)
    assert p == Point.BASE
    assert (p.x, p.y) == BASE
    assert Point(BASE[0] - R, BASE[1]) == p
    assert p - p == Point.IDENTITY != p
    assert (p + p) * 3 == p * 6 == 6 * p == p.times([0, 1, 1])
    assert p * -1 == -p
    assert len({p, Point(*BASE)}) == 1
    for wrong in ((1, 2), (0, 0), (BASE[1], BASE[0])):
        with pytest.raises(InputError, match="not a point of Baby Jubjub"):
            Point(*wrong)
    with pytest.raises(InputError):
        replace(p, x=1)
    with pytest.raises(InputError):
        Point(1.5, 2)
    with pytest.raises(InputError, match="a point for a condition"):
        bool(p)
    for other in (3, None, "p", BASE):
        for combined in (lambda o: p + o, lambda o: o + p, lambda o: p - o, lambda o: o - p):
            with pytest.raises(InputError, match="needs two points"):
                combined(other)
    with pytest.raises(InputError, match=r"sum\(points, Point.IDENTITY\)"):
        sum([p, p])
    assert sum([p, p], Point.IDENTITY) == p.double()


def test_the_number_may_stand_before_the_point() -> None:
    @circuit
    def scaled(p: Private[Point], k: Private[UInt[9]]) -> tuple[Public[Point], Public[Point]]:
        return k * p, k * Point.BASE

    p = Point.BASE * 77
    for k in (0, 1, 300):
        want = [plain.multiply((p.x, p.y), k), plain.multiply(BASE, k)]
        assert scaled.compile().solve(p=p, k=k).public == [*want[0], *want[1]]
        assert [(q.x, q.y) for q in scaled(p, k)] == want


@pytest.mark.parametrize(
    ("type_", "body", "fix"),
    [
        (Field, lambda p, x: x * p, r"p\.times\(to_bits\(k, 254\)\)"),
        (Int[8], lambda p, x: p * x, r"select\(k < 0, -p, p\) \* abs\(k\)"),
        (Fixed[8, 2], lambda p, x: x * p, r"x\.units"),
        (Field, lambda p, x: p * 1.5, "a whole number"),
        (Field, lambda p, x: 1 + p, "another Point"),
        (UInt[8], lambda p, x: Point.IDENTITY * x, "another point of the subgroup"),
        (Point, lambda p, x: 1 if p == x else 2, r"select\(p == x, 1, 2\)"),
        (Point, lambda p, x: 1 if p else 2, "Compare points"),
    ],
)
def test_what_does_not_go_with_a_point_is_told_what_does(
    type_: Any, body: Callable[..., object], fix: str
) -> None:
    @circuit
    def wrong(p: Private[Point], x: Private[type_]) -> None:
        body(p, x)

    with pytest.raises(CompileError, match=fix):
        wrong.compile()


def test_a_signed_number_multiplies_as_the_error_says() -> None:
    @circuit
    def scaled(p: Private[Point], k: Private[Int[8]]) -> Public[Point]:
        return select(k < 0, -p, p) * abs(k)

    for k in (-128, -1, 0, 127):
        want = Point.BASE * k
        assert scaled.compile().solve(p=Point.BASE, k=k).public == [want.x, want.y]


def test_the_constants_are_what_a_hash_gives() -> None:
    def hashed(name: bytes) -> Pair:
        for counter in range(256):
            y = int.from_bytes(hashlib.sha512(name + bytes([counter])).digest(), "big") % R
            x = square_root((1 - y * y) * pow(plain.A - plain.D * y * y, -1, R) % R)
            if x is not None:
                return plain.multiply((x if x % 2 == 0 else R - x, y), 8)
        raise AssertionError

    assert hashed(b"zkpipe.v1.H") == (H.x, H.y)
    assert plain.is_in_subgroup((H.x, H.y))


# Multiples.


def test_commitments_hold_their_values_and_add_up() -> None:
    @circuit
    def committed(v: Private[UInt[64]], b: Private[UInt[250]]) -> Public[Point]:
        return pedersen_commit(v, b)

    system = committed.compile()
    draw = generator(5)
    count = 10_000 if IS_LONG else 50
    rows = [[draw.randrange(1 << 64), draw.randrange(1 << 250)] for _ in range(count)]
    rows += [[0, 0], [1, 0], [0, 1], [2**64 - 1, 2**250 - 1]]
    want = [pedersen_commit(*row) for row in rows]
    assert outputs(system, rows) == [[c.x, c.y] for c in want]
    assert want[0] + want[1] == pedersen_commit(*map(sum, zip(rows[0], rows[1], strict=True)))


def test_the_curves_equation_is_that_of_points_alone() -> None:
    @circuit
    def on(x: Private[Field], y: Private[Field]) -> Public[Bool]:
        return edwards.curve_equation((x, y))

    for p in [*SOME, (1, 2), (0, 0), (5, 5)]:
        assert on(*p) == plain.is_on_curve(*p)
