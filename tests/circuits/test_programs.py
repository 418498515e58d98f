"""Programs of everything, drawn at random: the plain run and the rows agree, and no lie passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.circuits.oracles import rows
from tests.circuits.oracles.runs import outcome, solved
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Fixed,
    Int,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    all_of,
    any_of,
    check,
    circuit,
    lookup,
    maximum,
    member,
    minimum,
    narrow,
    select,
)
from zkpipe.circuits.gadgets import from_bits, to_bits

# Of checks by the dozen some hold whatever is drawn.
pytestmark = pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")

# Of two values found before, and a small number.
STEPS: list[Callable[[Any, Any, int], Any]] = [
    lambda x, y, k: x + y, lambda x, y, k: x - y, lambda x, y, k: x * y,
    lambda x, y, k: select(x < y, x, y), lambda x, y, k: abs(x - k),
    lambda x, y, k: lookup([x, y, k, 3], y), lambda x, y, k: lookup([k, -k, 5, 2, 7], x),
    lambda x, y, k: lookup([1, 4, 9, 16, 25, 36, 49, 64], x % 8),
    lambda x, y, k: lookup([[x, k], [3, y], [y, x]], x % 3, (y + k) % 2),
    lambda x, y, k: member(x, [y, k, 1]) + y, lambda x, y, k: member(x, [*range(k + 1), 20]) * 1,
    lambda x, y, k: x // (k or 3), lambda x, y, k: x % (k or 4),
    lambda x, y, k: x // (1 << k % 5), lambda x, y, k: x % (1 << k % 5),
    lambda x, y, k: x // y, lambda x, y, k: x % y,
    lambda x, y, k: narrow(x, UInt[k + 1]), lambda x, y, k: narrow(x, Int[k + 2]),
    lambda x, y, k: from_bits(to_bits(x, k + 1)[::-1]),
    lambda x, y, k: from_bits(to_bits(x + 2**k, k + 2)[::-1]),
    lambda x, y, k: from_bits(to_bits(7 * k - x, 6)[::-1]),
    lambda x, y, k: (x >= k) * 1, lambda x, y, k: (x < k) + (x <= y) * 2,
    lambda x, y, k: (x == y) * 2 + (x != k),
    lambda x, y, k: check(x <= k + 4) or y, lambda x, y, k: check(x >= k - 8) or y,
    lambda x, y, k: check(x != k) or y, lambda x, y, k: check(~(x == y) | (x > k)) or 1,
    lambda x, y, k: check(member(x, [y, 1, 2, 3, k])) or x,
    lambda x, y, k: minimum(x, y, k), lambda x, y, k: maximum(x, y) - minimum(x, y),
    lambda x, y, k: all_of([x >= 0, y < 9, x != k, y >= k - 3]) * 1,
    lambda x, y, k: any_of([x > 5, y < -2, x == k]) * 1,
    lambda x, y, k: narrow(x, Fixed[12, 3]) / 4 * narrow(y, Fixed[10, 2]) // 1,
]  # fmt: skip
TYPES = [UInt[3], Int[4], UInt[5], Int[3], Bool]
STEP = st.tuples(*[st.integers(0, n) for n in (len(STEPS) - 1, 8, 8, 7)])
Program = list[tuple[int, int, int, int]]


@given(
    st.lists(STEP, min_size=1, max_size=6),
    st.sampled_from(TYPES),
    st.sampled_from(TYPES),
    st.randoms(use_true_random=False),
)
@settings(max_examples=200 if IS_LONG else 30)
@example([(32, 0, 0, 2), (17, 2, 0, 2), (29, 1, 3, 5)], Bool, Int[3], None)
def test_the_rows_say_what_the_plain_run_says_and_bind_every_output(
    program: Program, first: Any, second: Any, random: Any
) -> None:
    @circuit
    def drawn(a: Private[first], b: Private[second]) -> Public[Array[Int[200], len(program)]]:
        values = [a, b]
        for which, i, j, k in program:
            values.append(STEPS[which](values[i % len(values)], values[j % len(values)], k))
        return values[2:]

    try:
        system = drawn.compile()
    except (CompileError, UnsatisfiedError):  # too wide, or constants that never fit
        return
    outputs = 1 + system.output_count
    pairs = [(a, b) for a in ends(first) for b in ends(second)]
    for a, b in pairs:
        plain = outcome(drawn, a=a, b=b)
        want = plain if plain == "unsatisfied" else [int(value) % R for value in plain]
        assert solved(system, a, b) == want
        if want == "unsatisfied" or random is None:
            continue
        honest = rows.solve(system, [a, b])
        for _ in range(4):
            wire = random.choice([*range(1, outputs), *range(outputs + 2, system.wire_count)])
            near = [honest[wire] + 1, honest[wire] - 1, honest[wire] + 8, -honest[wire]]
            lie = random.choice([0, 1, 2, R - 1, *near])
            values = rows.solve(system, [a, b], {wire: lie})
            assert values[:outputs] == honest[:outputs] or rows.failing_rows(system, values)


def ends(type_: Any) -> list[int]:
    """Values at the bounds of a type and within."""
    low, high = type_.low, type_.high
    return sorted({low, high, (low + high) // 2, min(high, 1), min(high, 2)})
