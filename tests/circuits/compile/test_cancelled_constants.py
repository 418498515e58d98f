"""Values that cancel to a constant, though their bounds are wider: as the plain run has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from zkpipe.circuits import (
    Bool,
    CompileError,
    Field,
    Int,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    all_of,
    any_of,
    check,
    circuit,
    hint,
    lookup,
    maximum,
    member,
    minimum,
    narrow,
    select,
)
from zkpipe.circuits.gadgets import from_bits, to_bits

pytestmark = pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")
Made = Callable[[Any, int], Any]


def at_once(x: Any, c: int) -> Any:
    return (x - x) + c


def by_a_row(x: Any, c: int) -> Any:
    """A constant as soon as the product has given its row to a sum."""
    square = x * x
    total = square + x
    total * total
    return total - square - x + c


HOLD: dict[str, Callable[[Any, Made], Any]] = {
    "quotient": lambda x, k: x // k(x, 3),
    "negative divisor": lambda x, k: x // k(x, -3),
    "both sides": lambda x, k: k(x, 100) // k(x, 7) + k(x, -100) % k(x, 7),
    "dividend": lambda x, k: sum(divmod(k(x, -100), x + 1)),
    "minus one": lambda x, k: k(x, 100) // (x - x - 1),
    "shift": lambda x, k: (k(x, 100) // 4) % 8,
    "narrow": lambda x, k: narrow(k(x, 30), UInt[8]),
    "select": lambda x, k: select(narrow(k(x, 1), Bool), x, 3),
    "select by comparison": lambda x, k: select(k(x, 4) == 5, x, 3),
    "lookup": lambda x, k: lookup([1, 2, 3, 4], k(x, 2)),
    "lookup of one": lambda x, k: lookup([7], k(x, 0)),
    "lookup of signals": lambda x, k: lookup([x, 2, 3], k(x, 0)),
    "lookup by two": lambda x, k: lookup([[1, 2], [3, 4]], k(x, 1), k(x, 0)),
    "no member": lambda x, k: member(k(x, 5), [1, 2, 3]),
    "member": lambda x, k: member(k(x, 5), [1, 5, 3]),
    "member of what it is never": lambda x, k: member(x, [k(x, 500), 3, 4]),
    "member of negatives": lambda x, k: member(x, [k(x, -5), k(x, -6)]),
    "table": lambda x, k: member(x // 16, [*range(0, 16, 2), 1, 9, k(x, 100), k(x, -20)]),
    "long": lambda x, k: member(x, [*range(0, 40, 2), 1, 9, k(x, 100), k(x, 300), k(x, -20)]),
    "nested": lambda x, k: member(k(x, 1000), [k(x, -5), 7, 9]),
    "power": lambda x, k: k(x, 3) ** 4,
    "abs": lambda x, k: abs(k(x, -3)) + abs(k(x, 0)),
    "extremes": lambda x, k: minimum(k(x, 4), x) + maximum(k(x, 4), k(x, 9)),
    "comparisons": lambda x, k: (k(x, 4) < k(x, 9)) & (k(x, 4) > k(x, 9)) | (x > k(x, 9)),
    "equality": lambda x, k: (k(x, 4) == 4) ^ (k(x, 3) != 3),
    "all": lambda x, k: all_of([k(x, 1) == 1] * 6 + [x < 5]),
    "any": lambda x, k: any_of([k(x, 1) == 2, x < 5]),
    "hint": lambda x, k: hint(lambda a: a, k(x, -4), returns=Int[8], waive="a test"),
    "output": lambda x, k: k(x, -7),
    "checks": lambda x, k: (check(k(x, 3) < 4), check(k(x, 3) != 4), x)[2],
    "bits": lambda x, k: from_bits(to_bits(narrow(k(x, 9), UInt[8]), 8)),
    "field": lambda x, k: Field(k(x, -9)) * Field(x),
}


@pytest.mark.parametrize("made", [at_once, by_a_row])
@pytest.mark.parametrize("name", HOLD)
def test_a_cancelled_constant_serves_as_in_the_plain_run(name: str, made: Made) -> None:
    def body(x: Private[UInt[8]]) -> Public[Field]:  # type: ignore[valid-type]
        return HOLD[name](x, made)

    compiled = circuit(body)  # type: ignore[arg-type]  # a plain function
    system = compiled.compile()
    for x in (0, 3, 255):
        assert system.solve(x=x).public == [compiled(x)]


NEVER: dict[str, Callable[[Any, Made], Any]] = {
    "division": lambda x, k: x // k(x, 0),
    "remainder": lambda x, k: x % k(x, 0),
    "division of a constant": lambda x, k: k(x, 100) // k(x, 0),
    "narrow": lambda x, k: narrow(k(x, 300), UInt[8]),
    "narrow below": lambda x, k: narrow(k(x, -3), UInt[8]),
    "lookup above": lambda x, k: lookup([1, 2, 3, 4], k(x, 4)),
    "lookup in a gap": lambda x, k: lookup([1, 2, 3], k(x, 3)),
    "lookup below": lambda x, k: lookup([x, 2, 3], k(x, -1)),
    "lookup of one": lambda x, k: lookup([7], k(x, 1)),
    "lookup by two": lambda x, k: lookup([[1, 2], [3, 4]], k(x, 1), k(x, 2)),
    "equality": lambda x, k: check(k(x, 3) == 4),
    "order": lambda x, k: check(k(x, 3) > 4),
    "difference": lambda x, k: check(k(x, 3) != 3),
    "member": lambda x, k: check(member(k(x, 3), [4, 5, 9])),
    "no member": lambda x, k: check(~member(k(x, 3), [3, 5, 9])),
}


@pytest.mark.parametrize("made", [at_once, by_a_row])
@pytest.mark.parametrize("name", NEVER)
def test_what_a_cancelled_constant_never_satisfies_is_a_compile_error(
    name: str, made: Made
) -> None:
    def body(x: Private[UInt[8]]):  # type: ignore[no-untyped-def]  # its annotation is a circuit's
        NEVER[name](x, made)
        check(x == 3)

    compiled = circuit(body)  # type: ignore[arg-type]  # a plain function
    with pytest.raises(CompileError, match=r"never|always zero"):
        compiled.trace()
    with pytest.raises(UnsatisfiedError):
        compiled(3)
