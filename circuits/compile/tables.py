"""Tables: an entry by the bits of its index, and whether a value is one of several.

A column of variables is a tree of choices, each by one bit: a row less than there are entries. A
column of constants is a polynomial in the bits, linear in each. Its monomials split into those of
the lower and of the upper bits; all columns share them, and each costs a product for every monomial
of the upper bits, so that 256 constants take 37 rows where a tree takes 127.

Source: for the split, Paterson and Stockmeyer, "On the number of nonscalar multiplications
necessary to evaluate polynomials", SIAM J. Comput. 2 (1973).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile import bits
from zkpipe.circuits.compile.combinations.combination import (
    ONE,
    Combination,
    constant,
    shift,
    subtract,
    total,
)
from zkpipe.circuits.compile.combinations.linear import Linear, known
from zkpipe.circuits.compile.conditions import Condition, Equal
from zkpipe.circuits.compile.flags import is_zero
from zkpipe.circuits.compile.sums import choose
from zkpipe.circuits.compile.tracer import Tracer

Column = Sequence[Linear | None]  # 2^k entries for k bits; None where no index leads
MOST_INDICATED = 12  # bits of a value whose membership may be looked up


def look_up(
    tracer: Tracer, index: Sequence[Combination], columns: Sequence[Column], origin: int
) -> list[Linear]:
    """The entry of each column that the index's bits, lowest first, say."""
    constant_columns = [
        [0 if entry is None else known(entry) or 0 for entry in column]
        for column in columns
        if _all_constant(column)
    ]
    found: Iterator[Linear] = iter(_constants(tracer, index, constant_columns, origin))
    return [
        next(found) if _all_constant(column) else _tree(tracer, index, column, origin)
        for column in columns
    ]


def _all_constant(column: Column) -> bool:
    return all(entry is None or known(entry) is not None for entry in column)


def _tree(tracer: Tracer, index: Sequence[Combination], column: Column, origin: int) -> Linear:
    """Halve the column by each bit in turn; where one of two is missing the other serves."""
    for bit in index:
        pairs = zip(column[::2], column[1::2], strict=True)
        column = [_choose(tracer, bit, at_0, at_1, origin) for at_0, at_1 in pairs]
    (entry,) = column
    return entry or {}


def _choose(
    tracer: Tracer, bit: Combination, at_0: Linear | None, at_1: Linear | None, origin: int
) -> Linear | None:
    if at_0 is None or at_1 is None:
        return at_1 if at_0 is None else at_0
    return choose(tracer, bit, at_1, at_0, origin)


def _constants(
    tracer: Tracer, index: Sequence[Combination], columns: Sequence[list[int]], origin: int
) -> list[Combination]:
    if not columns:
        return []
    upper = _split(len(index), len(columns))
    low = _monomials(tracer, index[: len(index) - upper], origin)
    high = _monomials(tracer, index[len(index) - upper :], origin)
    results = []
    for column in columns:
        coefficients = _coefficients(column)
        parts: list[tuple[Combination, int]] = []
        for i, monomial in enumerate(high):
            weights = coefficients[i * len(low) : (i + 1) * len(low)]
            factor = total(zip(low, weights, strict=True))
            parts.append((tracer.product(monomial, factor, origin), 1))
        results.append(total(parts))
    return results


def _split(count: int, columns: int) -> int:
    """How many of the bits are upper ones, for the fewest rows."""
    return min(range(count + 1), key=lambda upper: _rows(count, upper, columns))


def _rows(count: int, upper: int, columns: int) -> int:
    lower = count - upper
    shared = (1 << lower) - 1 - lower + (1 << upper) - 1 - upper
    return shared + columns * ((1 << upper) - 1)


def constant_rows(count: int, columns: int) -> int:
    """The most rows of columns of 2^count constants each, without those of the bits."""
    return _rows(count, _split(count, columns), columns)


def _monomials(tracer: Tracer, variables: Sequence[Combination], origin: int) -> list[Combination]:
    """The product of every subset of flags: number i has those at the ones of i."""
    found = [constant(1)]
    for variable in variables:
        found += [tracer.product(monomial, variable, origin) for monomial in found]
    return found


def _coefficients(values: Sequence[int]) -> list[int]:
    """Those of the polynomial, linear in each bit, that has these values (Moebius)."""
    out = list(values)
    step = 1
    while step < len(out):
        for i in range(len(out)):
            if i & step:
                out[i] = (out[i] - out[i - step]) % R
        step *= 2
    return out


class Member(Condition):
    """x is one of the values: the product of the differences is 0.

    span  where x is an integer and all values are constants: the least x, and how many there are
    """

    def __init__(
        self, x: Combination, values: Sequence[Combination], span: tuple[int, int] | None
    ) -> None:
        super().__init__(x, x)
        self.values = values
        self.span = span

    def is_always(self, value: int) -> bool:
        """Whether x itself is among the values, or a table has said."""
        if value and any(not subtract(self.left, other) for other in self.values):
            return True
        return super().is_always(value)

    def settle(self, tracer: Tracer) -> Combination:
        """The product and whether it is zero; or a table of ones and zeros."""
        origin = tracer.product_origin()
        if self._is_cheap_table(tracer, len(self.values) + 1):
            return self._indicated(tracer, origin)
        return is_zero(tracer, self._product(tracer, origin), None, origin)

    def require(self, tracer: Tracer, origin: int) -> bool:
        """The product is zero, a row less than there are values; or the table says one."""
        if self.known is None and not self._is_cheap_table(tracer, len(self.values) - 1):
            return tracer.equate(self._product(tracer, origin), origin)
        return super().require(tracer, origin)

    def refute(self, tracer: Tracer, origin: int) -> bool:
        """The product has an inverse; or the table says zero."""
        if self.known is None and not self._is_cheap_table(tracer, len(self.values)):
            return Equal(self._product(tracer, origin), {}, None).refute(tracer, origin)
        return super().refute(tracer, origin)

    def _product(self, tracer: Tracer, origin: int) -> Combination:
        product = constant(1)
        for value in self.values:
            product = tracer.product(product, subtract(self.left, value), origin)
        return product

    def _is_cheap_table(self, tracer: Tracer, otherwise: int) -> bool:
        """Whether a table of ones and zeros costs fewer rows than `otherwise`."""
        if self.span is None or not 1 <= self._width <= MOST_INDICATED:
            return False
        own = 0 if bits.has_known_bits(tracer, self._index) else self._width
        return own + constant_rows(self._width, 1) < otherwise

    @property
    def _width(self) -> int:
        return 0 if self.span is None else (self.span[1] - 1).bit_length()

    @property
    def _index(self) -> Combination:
        return self._shifted(self.left)

    def _shifted(self, value: Combination) -> Combination:
        return shift(value, -self.span[0] if self.span else 0)

    def _indicated(self, tracer: Tracer, origin: int) -> Combination:
        index = bits.decompose(tracer, self._index, self._width, origin)
        column = [0] * (1 << self._width)
        for value in self.values:
            place = self._shifted(value).get(ONE, 0)
            if place < len(column):  # what x cannot be may stand here with bounds of what it can
                column[place] = 1
        return _constants(tracer, index, [column], origin)[0]
