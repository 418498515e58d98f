"""Loops of steps that each need a lemma: nothing is known after a step that leaves two answers.

The steps before the open one are proved, and what lemmas keep from them must say nothing of it or
of those that follow. Both witnesses satisfy all rows, as plain Python says.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import accumulate

import pytest

from tests.circuits.soundness.planted import Combination, Planted, shuffled
from tests.circuits.soundness.planted_lists import difference, ranged
from tests.circuits.soundness.systems import Row, bit, equal, holds, system_of
from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.analysis import determined
from zkpipe.circuits.soundness.roles import roles_of_every_wire
from zkpipe.circuits.soundness.rules.forms import Forms

LENGTH = 5
INPUTS = [40, 41, 43, 46, 47]  # of the steps


class Loop(Planted):
    """Rows and two witnesses: an output, which is wire 1, inputs, and what the steps add."""

    def at_first(self, form: Combination) -> int:
        return self.at(form)[0]

    def each(self, function: Callable[..., int], *forms: Combination) -> int:
        """A new wire that is a function of forms in each witness."""
        return self.new(*(function(*values) for values in zip(*map(self.at, forms), strict=True)))

    def product(self, a: Combination, b: Combination) -> int:
        wire = self.each(lambda x, y: x * y, a, b)
        self.rows.append((a, b, {wire: 1}))
        return wire

    def keep(self, form: Combination, digits: int) -> None:
        assert max(self.at(form)) < 1 << digits
        ranged(self, form, digits)

    def flag(self, function: Callable[..., int], *forms: Combination) -> int:
        wire = self.each(function, *forms)
        self.rows.append(bit(wire))
        return wire

    def is_seven(self, x: int) -> int:
        """A flag, by the two rows of is-zero."""
        flag = self.each(lambda x: int(x == 7), {x: 1})
        inverse = self.each(lambda x: pow(x - 7, -1, R) if x != 7 else 0, {x: 1})
        here = {x: 1, 0: -7}
        self.rows += [(here, {inverse: 1}, {0: 1, flag: -1}), (here, {flag: 1}, {})]
        return flag


Step = Callable[[Loop, int, int, bool], int]  # of what is carried, an input, whether it is open


def quotient(p: Loop, m: int, v: int, is_open: bool) -> int:
    """v // (m + 1); open: the rest may be more than the divisor."""
    divisor = {m: 1, 0: 1}
    q = p.each(lambda v, d: v // d, {v: 1}, divisor)
    p.values[1][q] -= is_open
    p.keep({q: 1}, 6)
    rest = difference({v: 1}, {p.product({q: 1}, divisor): 1})
    p.keep(rest, 8)
    if not is_open:
        p.keep(difference(divisor, rest, 1), 8)
    return q


def root(p: Loop, m: int, v: int, is_open: bool) -> int:
    """The root of m + v, rounded down; open: rounded down more, if you like."""
    x = {m: 1, v: 1}
    r = p.each(math.isqrt, x)
    p.values[1][r] -= is_open
    p.keep({r: 1}, 6)
    p.keep(difference(x, {p.product({r: 1}, {r: 1}): 1}), 8)
    if not is_open:
        following = {r: 1, 0: 1}
        p.keep(difference({p.product(following, following): 1}, x, 1), 8)
    return r


def factor(p: Loop, m: int, v: int, is_open: bool) -> int:
    """x (m + 1) = v with m in a range; open: a factor that is 0 there."""
    at = p.at_first({m: 1})
    divisor = {m: 1, 0: -at if is_open else 1}
    x = p.each(lambda d, v: 7 if is_open else v * pow(d, -1, R), divisor, {v: 1})
    p.values[1][x] += 2 * is_open
    p.rows.append((divisor, {x: 1}, {} if is_open else {v: 1}))
    return p.is_seven(x)


def vanishing(p: Loop, m: int, _: int, is_open: bool) -> int:
    """(m - 500) x = m + 1, where 0 = 501 says that m is not 500; open: 0 = 0."""
    at = p.at_first({m: 1}) if is_open else 500
    divisor, number = {m: 1, 0: -at}, {m: 1, 0: -at if is_open else 1}
    x = p.each(lambda d, n: n * pow(d, -1, R) if d else 7, divisor, number)
    p.values[1][x] += 2 * is_open
    p.rows.append((divisor, {x: 1}, number))
    return p.is_seven(x)


def curve(p: Loop, m: int, v: int, is_open: bool) -> int:
    """(1 + 5 m v) x = m, never 0 together; open: 1 - m v / k and m - v / k', both 0."""
    at, of_input = p.at_first({m: 1, 0: 1}), p.at_first({v: 1})
    moved = p.each(lambda m: m + 1, {m: 1})
    p.rows.append(equal({moved: 1, m: -1, 0: -1}))
    scale = -pow(at * of_input, -1, R) if is_open else 5
    divisor = {0: 1, p.product({moved: 1}, {v: 1}): scale}
    number = {moved: 1, v: -at * pow(of_input, -1, R)} if is_open else {moved: 1}
    x = p.each(lambda d, n: n * pow(d, -1, R) if d else 7, divisor, number)
    p.values[1][x] += 2 * is_open
    p.rows.append((divisor, {x: 1}, number))
    return p.is_seven(x)


def gap(p: Loop, m: int, _: int, is_open: bool) -> int:
    """The place of m among 0, 10, 20, 100, 1000; open: or the one behind it."""
    tables = [0, 10, 20, 100], [10, 20, 100, 1000]
    i = p.each(lambda m: sum(m >= least for least in tables[1]), {m: 1})
    p.values[1][i] += is_open
    low, high = (p.flag(lambda i, n=n: i >> n & 1, {i: 1}) for n in range(2))
    p.rows.append(equal({i: 1, low: -1, high: -2}))
    both = p.product({low: 1}, {high: 1})
    least, most = (
        {0: t[0], low: t[1] - t[0], high: t[2] - t[0], both: t[3] - t[2] - t[1] + t[0]}
        for t in tables
    )
    if not is_open:
        p.keep(difference({m: 1}, least), 10)
    p.keep(difference(most, {m: 1}, 1), 10)
    return i


def maximum(p: Loop, m: int, v: int, is_open: bool) -> int:
    """The greater of two, which it is one of; open: any one of them."""
    q = p.each(max, {m: 1}, {v: 1})
    p.values[1][q] = min(p.at({m: 1})[1], p.at({v: 1})[1]) if is_open else p.values[1][q]
    p.rows.append(({q: 1, m: -1}, {q: 1, v: -1}, {}))
    greater, less = (m, v) if p.at_first({m: 1, v: -1}) < 1 << 8 else (v, m)
    for wire in (less,) if is_open else (less, greater):
        p.keep({q: 1, wire: -1}, 8)
    return q


def choice(p: Loop, m: int, v: int, is_open: bool) -> int:
    """A flag of the greater of two, the first if they are equal; open: of any."""
    is_more = p.flag(lambda m, v: int(v > m), {m: 1}, {v: 1})
    p.values[1][is_more] ^= is_open
    chosen = {m: 1, p.product({is_more: 1}, {v: 1, m: -1}): 1}
    if not is_open or p.values[0][is_more]:
        p.keep(difference(chosen, {m: 1, is_more: 1}), 8)
    if not is_open or not p.values[0][is_more]:
        p.keep(difference(chosen, {v: 1}), 8)
    return is_more


def square(p: Loop, m: int, _: int, is_open: bool) -> int:
    """The root of (m + 1)^2 that is not negative; open: either."""
    following = {m: 1, 0: 1}
    of_square = p.product(following, following)
    x = p.each(lambda m: m, following)
    p.values[1][x] = (-p.values[1][x] if is_open else p.values[1][x]) % R
    p.rows.append(({x: 1}, {x: 1}, {of_square: 1}))
    moved = p.each(lambda x: x + 128 * is_open, {x: 1})
    p.rows.append(equal({moved: 1, x: -1, 0: -128 * is_open}))
    p.keep({moved: 1}, 8)
    return moved


def selectors(p: Loop, m: int, _: int, is_open: bool) -> int:
    """The place of m among constants; open: one of them is there twice."""
    first, second = p.at({m: 1})
    places = [first, second if first != second else first + 1, max(first, second) + 2]
    if is_open:
        places[1] = first
    shut = [p.each(lambda m, k=k: int(m == k), {m: 1}) for k in places]
    if is_open:
        p.values[0][shut[1]], p.values[1][shut[0]] = 0, 0
    p.rows += [({m: 1, 0: -k}, {s: 1}, {}) for k, s in zip(places, shut, strict=True)]
    p.rows.append(equal({**dict.fromkeys(shut, 1), 0: -1}))
    return shut[0]


def remainder(p: Loop, m: int, v: int, is_open: bool) -> int:
    """A number divided by 13; open: with 15 for the greatest rest."""
    total = {m: 1, v: 1, 0: -p.at_first({m: 1, v: 1}) % 13}
    q = p.each(lambda x: x // 13, total)
    p.values[1][q] -= is_open
    bits = [p.flag(lambda x, q, n=n: x - 13 * q >> n & 1, total, {q: 1}) for n in range(4)]
    p.keep({q: 1}, 5)
    p.rows.append(equal(difference(total, {q: 13, **{b: 1 << n for n, b in enumerate(bits)}})))
    if not is_open:
        upper = p.product({bits[3]: 1}, {bits[2]: 1})
        p.rows += [({upper: 1}, {b: 1}, {}) for b in bits[:2]]
    return q


def linear(p: Loop, m: int, v: int, is_open: bool) -> int:
    """y = m by two equations in x and y; open: one is the other."""
    x, y = p.each(lambda v: v, {v: 1}), p.each(lambda m: m, {m: 1})
    p.values[1][x] -= is_open
    p.values[1][y] += is_open
    k = 1 if is_open else 2
    p.rows.append(equal({x: 1, y: 1, v: -1, m: -1}))
    p.rows.append(equal({x: 1, y: k, v: -1, m: -k}))
    return y


def in_order(p: Loop, m: int, v: int, is_open: bool) -> int:
    """The lesser of two unknowns that are two numbers in order; open: in any."""
    z = [p.each(min, {m: 1}, {v: 1}), p.each(max, {m: 1}, {v: 1})]
    if is_open:
        p.values[1][z[0]], p.values[1][z[1]] = p.values[1][z[1]], p.values[1][z[0]]
    p.rows += [({w: 1, m: -1}, {w: 1, v: -1}, {}) for w in z]
    if not is_open:
        p.keep(difference({z[1]: 1}, {z[0]: 1}, 1), 8)
    return z[0]


STEPS: list[Step] = [quotient, root, factor, vanishing, curve, gap, maximum, choice, square,
                     selectors, remainder, linear, in_order]  # fmt: skip


def loop_of(steps: list[Step], place: int | None, rng: random.Random) -> Planted:
    """A loop, with the open step at a place, its rows and wires in any order."""
    values = [1, 0, *INPUTS]
    p = Loop(rng, 1, len(INPUTS), (list(values), list(values)))
    m = p.each(lambda v: v - 20, {2: 1})
    p.rows.append(equal({m: 1, 2: -1, 0: 20}))
    p.keep({m: 1}, 6)
    carried = list(
        accumulate(
            enumerate(steps),
            lambda m, step: step[1](p, m, 2 + step[0], step[0] == place),
            initial=m,
        )
    )[1:]
    total = {m: 1000**n for n, m in enumerate(carried)}
    for values, value in zip(p.values, p.at(total), strict=True):
        values[1] = value
    p.rows.append(equal(difference({1: 1}, total)))
    p.rows = [_reduced(row) for row in p.rows]
    rng.shuffle(p.rows)
    return shuffled(p)


def _reduced(row: Row) -> Row:
    a, b, c = ({w: k % R for w, k in form.items() if k % R} for form in row)
    return a, b, c


def known_of(p: Planted) -> Forms:
    system = system_of(p.rows, p.outputs, p.inputs, p.wires)
    return determined(system, roles_of_every_wire(system))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_a_loop_of_steps_is_proved(step: Step) -> None:
    """So those that follow are of the kinds that lemmas read."""
    p = loop_of([step] * LENGTH, None, random.Random(0))  # noqa: S311 - seeded test data
    assert holds(p.rows, p.values[0])
    assert not p.differing
    assert analyse(system_of(p.rows, 1, p.inputs, p.wires)).verdict is Verdict.SAFE


@pytest.mark.parametrize("place", [0, LENGTH // 2, LENGTH - 1])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_a_step_that_leaves_two_answers_is_not_proved(step: Step, place: int) -> None:
    rng = random.Random(place)  # noqa: S311 - seeded test data
    for others in ([step] * LENGTH, [rng.choice(STEPS) for _ in range(LENGTH)]):
        others[place] = step
        p = loop_of(others, place, rng)
        assert all(holds(p.rows, values) for values in p.values)
        assert 1 in p.differing
        assert not known_of(p).state.is_known[p.differing].any()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_no_loop_with_an_open_step_is_safe(step: Step) -> None:
    p = loop_of([step] * LENGTH, 2, random.Random(1))  # noqa: S311 - seeded test data
    report = analyse(system_of(p.rows, 1, p.inputs, p.wires))
    assert report.verdict is not Verdict.SAFE
    assert report.contradiction is None
