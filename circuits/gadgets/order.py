"""The order of whole field values, as the integers from 0 to r - 1.

`<` of the language compares values whose bounds leave room for their difference. A Field has none:
its bits are taken strictly and compared in halves, whose difference fits.

Cost: two Fields take 307 rows each for their strict bits, which are taken once, and 260. A constant
beside a Field takes 307, and one or two rows for each run of equal bits in the constant, 254 at the
most: 163 for (r - 1) / 2. Integers of known bounds take what `<` takes, if it can be.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from zkpipe.circuits.gadgets.arguments import element
from zkpipe.circuits.gadgets.bits import from_bits, to_bits
from zkpipe.circuits.language.values.as_field import as_field
from zkpipe.circuits.language.values.bounds import FIELD_BITS, comparable
from zkpipe.circuits.language.values.functions import all_of, any_of
from zkpipe.circuits.language.values.signal import Signal, flag

HALF = FIELD_BITS // 2


def less_than(a: Any, b: Any) -> Any:
    """Whether a is less than b, as integers from 0 to r - 1: a Bool, or of integers a bool.

    a, b  values, or integers strictly between -r and r; a negative one stands for its residue

    Raises InputError, or in a circuit CompileError, for what is no field element.
    """
    x, y = element("less_than()", "a", a), element("less_than()", "b", b)
    if not isinstance(x, Signal):
        return x < y if not isinstance(y, Signal) else _is_more_than(_strict_bits(y), x)
    if not isinstance(y, Signal):
        return ~_is_more_than(_strict_bits(x), y - 1) if y else flag(x.engine, x.engine.constant(0))
    if _are_comparable(x, y):
        return x < y
    bits_x, bits_y = _strict_bits(x), _strict_bits(y)
    is_borrowed = from_bits(bits_x[:HALF]) < from_bits(bits_y[:HALF])
    return from_bits(bits_x[HALF:]) < from_bits(bits_y[HALF:]) + is_borrowed


def _are_comparable(x: Signal, y: Signal) -> bool:
    """Whether `<` says the same of them."""
    if x.low is None or y.low is None or x.high is None or y.high is None:
        return False
    return min(x.low, y.low) >= 0 and comparable(x.low - y.high, x.high - y.low)


def _strict_bits(x: Signal) -> list[Any]:
    return to_bits(x if x.low is not None and x.low >= 0 else as_field(x), FIELD_BITS)


def _is_more_than(bits: list[Any], bound: int) -> Any:
    """Whether a number is more than a constant: read off runs of its equal bits, from the lowest.

    A run of zeros makes it more if one of its bits there is 1; a run of ones leaves what is below
    only if all of them are.
    """
    is_more: Any = 0
    for one, run in groupby(range(len(bits)), lambda i: bound >> i & 1):
        here = [bits[i] for i in run]
        is_more = all_of([is_more, *here]) if one else any_of([is_more, *here])
    return is_more
