"""Each rule and lemma: what it concludes, and beside it the nearest thing that it must not."""

from __future__ import annotations

import pytest

from tests.circuits.soundness.systems import Row, bit, equal, holds, system_of
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits.soundness import Verdict, analyse

# wire 1 is the output, 2 and 3 are inputs, 4 and up internal
Case = tuple[str, int, list[Row]]

QUOTIENT = [  # 3 out + rem + 8 given = given, with two bits each
    *(bit(wire) for wire in (4, 5, 6, 7, 8)), equal({1: 1, 6: -1, 7: -2}), equal({8: 1, 3: -1}),
    equal({1: 3, 4: 1, 5: 2, 8: 8, 2: -1}),
]  # fmt: skip

DETERMINED: list[Case] = [
    ("one unknown", 4, [equal({1: 3, 2: -1})]),
    ("one unknown in a product", 4, [({2: 1}, {3: 1}, {1: 1, 0: 5})]),
    ("one unknown beside a constant factor", 4, [({0: 2}, {1: 1, 2: 1}, {3: 1})]),
    ("a wire in two places whose coefficients stay", 4, [({0: 2}, {1: 1}, {1: 1, 2: 1})]),
    ("bits of a number", 7, [bit(1), bit(4), bit(5), equal({1: 1, 4: 2, 5: 4, 2: -1})]),
    ("bits by a combination", 6, [bit(1), bit(4), ({2: 1, 1: -2, 4: -4},
                                                   {2: 1, 1: -2, 4: -4, 0: -1}, {})]),
    ("digits in other order and sign", 6, [bit(1), bit(4), equal({1: -4, 4: 1, 2: 1})]),
    ("a bit as x x = x", 5, [({1: 1}, {1: 1}, {1: 1}), ({4: 1}, {4: 1}, {4: 1}),
                             equal({1: 1, 4: 2, 2: -1})]),
    ("two values that are not bits", 5, [({1: 1, 0: -3}, {1: 1, 0: -10}, {}), bit(4),
                                        equal({1: 1, 4: 8, 2: -1})]),
    ("a digit with a bound, not a bit", 7, [bit(5), bit(6), equal({4: 1, 5: -1, 6: -2}), bit(1),
                                            equal({4: 1, 1: 4, 2: -1})]),
    ("a factor of a constant", 4, [({2: 1}, {1: 1}, {0: 1})]),
    ("is zero", 5, [({2: 1}, {4: 1}, {0: 1, 1: -1}), ({2: 1}, {1: 1}, {})]),
    ("is zero with the sign turned", 5, [({2: -1}, {4: 1}, {1: 1, 0: -1}), ({1: 1}, {2: 1}, {})]),
    ("is zero of opposite combinations", 7, [
        ({5: 1, 0: 5}, {4: 1}, {}), ({6: 1}, {5: -1, 0: -5}, {0: 1, 4: -1}), bit(1),
        equal({1: 2, 4: 1, 2: -1})]),
    ("a quotient by what has an inverse", 5, [({1: 1}, {2: 1}, {3: 1}), ({2: 1}, {4: 1}, {0: 1})]),
    ("a quotient by what has no zero", 6, [({1: 1}, {4: 1, 0: 1}, {3: 1}), bit(4),
                                           equal({4: 1, 2: -1})]),
    ("a root in a range", 5, [({1: 1}, {1: 1}, {2: 1}), bit(4), equal({1: 1, 4: -7})]),
    ("selectors", 6, [({2: 1}, {1: 1}, {}), ({2: 1, 0: -1}, {4: 1}, {}),
                      ({2: 1, 0: -2}, {5: 1}, {}), equal({1: 1, 4: 1, 5: 1, 0: -1})]),
    ("a linear system", 5, [equal({1: 1, 4: 2, 2: -1}), ({2: 1}, {3: 1}, {1: 1, 4: -1})]),
    ("a number below three by its rows", 6, [bit(1), bit(4), ({1: 1}, {4: 1}, {}), bit(5),
                                             equal({1: 2, 4: 1, 5: 3, 2: -1})]),
    ("digits, one of them whether something free is zero", 7, [
        ({5: 1, 0: 3}, {4: 1}, {}), ({6: 1}, {5: -1, 0: -3}, {0: 2, 4: -2}), bit(1),
        equal({1: 2, 4: 1, 2: -1})]),
    ("a quotient beside a remainder below three", 9, [*QUOTIENT, ({4: 1}, {5: 1}, {})]),
]  # fmt: skip

OPEN: list[Case] = [
    ("nothing", 4, []),
    ("a quotient beside a remainder that may be three", 9, [*QUOTIENT]),
    ("whether one thing is zero, of another", 7, [
        ({5: 1, 0: 3}, {4: 1}, {}), ({6: 1}, {5: 1, 0: 4}, {0: 2, 4: -2}), bit(1),
        equal({1: 2, 4: 1, 2: -1})]),
    ("something else than one where it is zero", 7, [
        ({5: 1, 0: 3}, {4: 1}, {}), ({6: 1}, {5: 1, 0: 3}, {0: 4, 4: -2}), bit(1),
        equal({1: 2, 4: 1, 2: -1})]),
    ("a product of inputs that is one, and a last wire that is free", 5, [
        ({2: 1}, {3: 1}, {0: 1}), equal({1: 1, 4: -1})]),
    ("a square of an input that is one, and a last wire that is free", 5, [
        ({2: 1, 3: 1}, {2: 1, 3: 2}, {0: 7}), equal({1: 1, 4: -1})]),
    ("a product of inputs that is a third, and a last wire that is free", 6, [
        ({2: 1}, {3: 1}, {4: 1}), ({4: 1}, {4: 1}, {2: 1}), equal({1: 1, 5: -1})]),
    ("whether x + 5 is zero, of -x", 7, [
        ({5: 1, 0: 5}, {4: 1}, {}), ({6: 1}, {5: -1}, {0: 1, 4: -1}), bit(1),
        equal({1: 2, 4: 1, 2: -1})]),
    ("whether x is zero, of -x - 5", 7, [
        ({5: 1}, {4: 1}, {}), ({6: 1}, {5: -1, 0: -5}, {0: 1, 4: -1}), bit(1),
        equal({1: 2, 4: 1, 2: -1})]),
    ("whether x + 5 is zero, of x", 7, [
        ({5: 1, 0: 5}, {4: 1}, {}), ({6: 1}, {5: 1}, {0: 1, 4: -1}), bit(1),
        equal({1: 2, 4: 1, 2: -1})]),
    ("two unknowns", 5, [equal({1: 1, 4: 1, 2: -1})]),
    ("two unknowns in a product", 5, [({2: 1}, {3: 1}, {1: 1, 4: 1})]),
    ("a wire in two places that cancel", 4, [({0: 1}, {1: 1}, {1: 1, 2: 1})]),
    ("a product with two unknown factors", 5, [({1: 1}, {4: 1}, {2: 1})]),
    ("two bits of one weight", 5, [bit(1), bit(4), equal({1: 1, 4: 1, 2: -1})]),
    ("digits that overlap by one", 6, [bit(1), bit(4), bit(5), equal({1: 1, 4: 2, 5: 3, 2: -1})]),
    ("weights of one size, up to sign", 5, [bit(1), bit(4),
                                      equal({1: R // 2, 4: R // 2 + 1, 2: -1})]),
    ("a weight without a bit", 5, [bit(1), equal({1: 1, 4: 2, 2: -1})]),
    ("values of a wrong distance", 5, [({1: 1}, {1: 1, 0: -2}, {}), bit(4),
                                       equal({1: 1, 4: 2, 2: -1})]),
    ("a factor that may be zero", 4, [({2: 1}, {1: 1}, {3: 1})]),
    ("a factor of zero", 4, [({2: 1}, {1: 1}, {})]),
    ("is zero without its second row", 5, [({2: 1}, {4: 1}, {0: 1, 1: -1})]),
    ("is zero without its first row", 5, [({2: 1}, {1: 1}, {})]),
    ("is zero of two differences", 5, [({2: 1}, {4: 1}, {0: 1, 1: -1}), ({3: 1}, {1: 1}, {})]),
    ("a quotient by what has a zero", 6, [({1: 1}, {4: 1, 0: -1}, {3: 1}), bit(4),
                                          equal({4: 1, 2: -1})]),
    ("a root of either sign", 4, [({1: 1}, {1: 1}, {2: 1})]),
    ("a root in a range of both signs", 5, [({1: 1}, {1: 1}, {2: 1}), bit(4),
                                            equal({1: 1, 4: -2, 0: 1})]),
    ("selectors of one place", 6, [({2: 1}, {1: 1}, {}), ({2: 1}, {4: 1}, {}),
                                   equal({1: 1, 4: 1, 0: -1})]),
    ("selectors whose sum is free", 7, [({2: 1}, {1: 1}, {}), ({2: 1, 0: -1}, {4: 1}, {}),
                                        equal({1: 1, 4: 1, 5: -1}), bit(5)]),
    ("a linear system without rank", 5, [equal({1: 1, 4: 2, 2: -1}), equal({1: 2, 4: 4, 2: -2})]),
    ("a number below four beside threes", 6, [bit(1), bit(4), bit(5),
                                              equal({1: 2, 4: 1, 5: 3, 2: -1})]),
    ("a remainder of three by the divisor three", 8, [bit(4), bit(5), bit(6), bit(7),
                                                      equal({6: 1, 7: 2, 1: -1}),
                                                      equal({4: 1, 5: 2, 1: 3, 2: -1})]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wires", "rows"), DETERMINED, ids=[c[0] for c in DETERMINED])
def test_a_rule_concludes(name, wires, rows):
    assert analyse(system_of(rows, 1, 2, wires)).verdict is Verdict.SAFE


@pytest.mark.parametrize(("name", "wires", "rows"), OPEN, ids=[c[0] for c in OPEN])
def test_a_rule_does_not_conclude_and_two_witnesses_say_why(name, wires, rows):
    report = analyse(system_of(rows, 1, 2, wires))
    assert report.verdict is Verdict.UNSAFE
    assert report.undetermined[0] == "wire 1"
    first = ints_from_words(report.counterexample.first.values)
    second = ints_from_words(report.counterexample.second.values)
    assert holds(rows, first)
    assert holds(rows, second)
    assert first[2:4] == second[2:4]
    assert first[1] != second[1]
