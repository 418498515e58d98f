"""Arithmetic on 256-bit numbers as lists of PTX instructions on eight 32-bit words.

A card multiplies 32 bits by 32 into 64 and adds, with a carry in and out, in one instruction.
Compilers do not find these chains in 64-bit arithmetic: they need 504 instructions for a product
modulo p, where 189 do. So they are written out. A `Chain` is both the text of an inline assembly
and data that a test can run on integers: there it is seen that no instruction loses a carry.

Products lie in two accumulators: `even` holds the 64-bit products at words 0, 2, 4, ..., `odd`
those at words 1, 3, 5, ..., so that a row of products is one chain of carries in each.

Source: Montgomery multiplication in even and odd chains as in supranational's sppark, mont_t.cuh;
here without its final subtraction, since values stay below 2p (Walter 1999).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

WORDS = 8
MASK = 0xFFFF_FFFF
Word = str | int  # a register's name, or a constant


def words_of(value: int) -> list[Word]:
    """A number below 2^256 as words, the least significant first."""
    return [value >> 32 * i & MASK for i in range(WORDS)]


@dataclass(frozen=True, slots=True)
class Instruction:
    """`operation target, sources`: as in PTX, with the type left out where it is u32."""

    operation: str
    target: str
    sources: tuple[Word, ...]


@dataclass(slots=True)
class Chain:
    """Instructions in order; registers are named as they are made."""

    instructions: list[Instruction] = field(default_factory=list)

    def __call__(self, operation: str, *sources: Word) -> str:
        """Append an instruction and give the register that it writes."""
        target = f"t{len(self.instructions)}"
        self.instructions.append(Instruction(operation, target, sources))
        return target

    # --- chains over several words

    def sum(self, x: Sequence[Word], y: Sequence[Word], *, carry_out: bool = False) -> list[Word]:
        """x + y, word by word; its carry must be none, or be taken up by what follows."""
        return self._ripple("add", x, y, carry_out)

    def difference(
        self, x: Sequence[Word], y: Sequence[Word], *, borrow_out: bool = False
    ) -> list[Word]:
        """x - y, word by word; its borrow must be none, or be taken up by what follows."""
        return self._ripple("sub", x, y, borrow_out)

    def _ripple(self, name: str, x: Sequence[Word], y: Sequence[Word], out: bool) -> list[Word]:
        last = len(x) - 1
        names = [
            f"{name}{'c' if i else ''}{'.cc' if out or i < last else ''}" for i in range(len(x))
        ]
        return [self(*step) for step in zip(names, x, y, strict=True)]

    def products(self, x: Sequence[Word], y: Word) -> list[Word]:
        """The 64-bit products of every other word of x with y, side by side."""
        return [self(f"mul.{half}", x[j], y) for j in range(0, len(x), 2) for half in ("lo", "hi")]

    def add_products(self, accumulator: list[Word], x: Sequence[Word], y: Word) -> None:
        """Add them to an accumulator; the carry of its last word is left for what follows."""
        for j in range(0, len(x), 2):
            low = "madc.lo.cc" if j else "mad.lo.cc"
            accumulator[j] = self(low, x[j], y, accumulator[j])
            accumulator[j + 1] = self("madc.hi.cc", x[j], y, accumulator[j + 1])


Function = Callable[[Chain, int, Sequence[Word], Sequence[Word]], list[Word]]


def product(c: Chain, p: int, x: Sequence[Word], y: Sequence[Word]) -> list[Word]:
    """x y / 2^256 mod p, below 2p for x and y below 2p."""
    even: list[Word] = []
    odd: list[Word] = []
    modulus, inverse = words_of(p), -pow(p, -1, 1 << 32) % (1 << 32)
    for i in range(WORDS):
        if i == 0:
            odd, even = c.products(x[1:], y[0]), c.products(x, y[0])
        else:
            _next_row(c, even, odd, x[1:], y[i])
            c.add_products(even, x, y[i])
            odd[-1] = c("addc", odd[-1], 0)
        _divide_word(c, even, odd, modulus, inverse)
        even, odd = odd, even
    return _joined(c, even, odd)


def _next_row(c: Chain, even: list[Word], odd: list[Word], x: Sequence[Word], y: Word) -> None:
    """Move `odd` down by two words, which are done with, and add the products of x and y.

    Its second word, the lowest that counts, goes into `even`; the carry of that into the chain.
    """
    even[0] = c("add.cc", even[0], odd[1])
    padded = [*odd[2:], 0, 0]
    for j in range(0, WORDS, 2):
        odd[j] = c("madc.lo.cc", x[j], y, padded[j])
        high = "madc.hi.cc" if j < WORDS - 2 else "madc.hi"
        odd[j + 1] = c(high, x[j], y, padded[j + 1])


def _divide_word(
    c: Chain, even: list[Word], odd: list[Word], modulus: Sequence[Word], inverse: int
) -> None:
    """Add the multiple of the modulus that makes the lowest word zero."""
    factor = c("mul.lo", even[0], inverse)
    c.add_products(odd, modulus[1:], factor)
    c.add_products(even, modulus, factor)
    odd[-1] = c("addc", odd[-1], 0)


def _joined(c: Chain, even: Sequence[Word], odd: Sequence[Word]) -> list[Word]:
    """even + odd / 2^32, whose lowest word is zero."""
    return c.sum(even, [*odd[1:], 0])


def square(c: Chain, p: int, x: Sequence[Word], _: Sequence[Word]) -> list[Word]:
    """x^2 / 2^256 mod p, below 2p for x below 2p: 100 products where `product` takes 128."""
    return _reduced(c, p, _wide_square(c, x))


def _wide_square(c: Chain, x: Sequence[Word]) -> list[Word]:
    """x^2 as sixteen words: the products of different words once, doubled, and the squares.

    The doubled products are below 2^480, for the last word of x is below 2^31: 2p is below 2^255.
    """
    even: list[Word] = [0 for _ in range(2 * WORDS)]
    odd: list[Word] = [0 for _ in range(2 * WORDS)]
    for i in range(WORDS - 1):
        for sums, first in ((odd, i + 1), (even, i + 2)):
            if first < WORDS:
                _add_row(c, sums, i, x, range(first, WORDS, 2))
    crossed = [odd[1], *c.sum(even[2:-1], odd[2:-1])]
    total = [0, *c.sum(crossed, crossed), 0]
    for i in range(WORDS):
        last = ".cc" if i < WORDS - 1 else ""
        if i:
            total[2 * i] = c("madc.lo.cc", x[i], x[i], total[2 * i])
            total[2 * i + 1] = c(f"madc.hi{last}", x[i], x[i], total[2 * i + 1])
        else:
            total[0] = c("mul.lo", x[0], x[0])
            total[1] = c("mad.hi.cc", x[0], x[0], total[1])
    return total


def _add_row(c: Chain, sums: list[Word], i: int, x: Sequence[Word], columns: Sequence[int]) -> None:
    """Add the products of x[i] and the words of x that `columns` names to `sums`.

    A last word that has held nothing yet takes its product without a carry.
    """
    end = i + columns[-1] + 2
    carry = ".cc" if sums[end - 1] else ""
    for j in columns:
        if i == 0:
            sums[j], sums[j + 1] = c("mul.lo", x[i], x[j]), c("mul.hi", x[i], x[j])
            continue
        low = "madc.lo.cc" if j > columns[0] else "mad.lo.cc"
        sums[i + j] = c(low, x[i], x[j], sums[i + j])
        high = f"madc.hi{carry if i + j + 2 == end else '.cc'}"
        sums[i + j + 1] = c(high, x[i], x[j], sums[i + j + 1])
    if carry:
        sums[end] = c("addc", sums[end], 0)


def _reduced(c: Chain, p: int, wide: Sequence[Word]) -> list[Word]:
    """Sixteen words, below 2^256 p, divided by 2^256 modulo p; the result is below 2p."""
    modulus, inverse = words_of(p), -pow(p, -1, 1 << 32) % (1 << 32)
    even: list[Word] = list(wide[:WORDS])
    odd: list[Word] = []
    for i in range(WORDS):
        if i == 0:
            factor = c("mul.lo", even[0], inverse)
            odd = c.products(modulus[1:], factor)
        else:
            even[0] = c("add.cc", even[0], odd[1])
            factor = c("mul.lo", even[0], inverse)
            padded = [*odd[2:], 0, 0]
            for j in range(0, WORDS, 2):
                odd[j] = c("madc.lo.cc", modulus[j + 1], factor, padded[j])
                high = "madc.hi.cc" if j < WORDS - 2 else "madc.hi"
                odd[j + 1] = c(high, modulus[j + 1], factor, padded[j + 1])
        c.add_products(even, modulus, factor)
        odd[-1] = c("addc", odd[-1], 0)
        even, odd = odd, even
    return c.sum(_joined(c, even, odd), wide[WORDS:])


def sum_(c: Chain, p: int, x: Sequence[Word], y: Sequence[Word]) -> list[Word]:
    """x + y, less 2p where it reaches that: below 2p for x and y below 2p."""
    return less(c, c.sum(x, y), 2 * p)


def difference(c: Chain, p: int, x: Sequence[Word], y: Sequence[Word]) -> list[Word]:
    """x - y, plus 2p where that is negative: below 2p for x and y below 2p."""
    value = c.difference(x, y, borrow_out=True)
    borrow = c("subc", 0, 0)  # all ones, or zero
    double = [c("and.b32", word, borrow) for word in words_of(2 * p)]
    return c.sum(value, double, carry_out=True)  # it cancels the borrow


def canonical(c: Chain, p: int, x: Sequence[Word], _: Sequence[Word]) -> list[Word]:
    """x, less p where it reaches that: below p for x below 2p."""
    return less(c, list(x), p)


def less(c: Chain, x: Sequence[Word], m: int) -> list[Word]:
    """x, less m where it reaches that."""
    value = c.difference(x, words_of(m), borrow_out=True)
    borrow = c("subc", 0, 0)
    keep = c("setp.ne", borrow, 0)
    return [c("selp.b32", u, v, keep) for u, v in zip(x, value, strict=True)]


def assembly(function: Function, p: int) -> str:
    """An inline assembly of eight results $0 ... and the words $8 ... of x and $16 ... of y."""
    chain = Chain()
    x: list[Word] = [f"${WORDS + i}" for i in range(WORDS)]
    y: list[Word] = [f"${2 * WORDS + i}" for i in range(WORDS)]
    results = function(chain, p, x, y)
    steps = chain.instructions
    predicates = [s.target for s in steps if s.operation.startswith("setp")]
    registers = [s.target for s in steps if s.target not in predicates]
    lines = [f".reg .u32 {', '.join(registers)};"]
    lines += [f".reg .pred {', '.join(predicates)};"] if predicates else []
    for step in steps:
        name = step.operation if ".b32" in step.operation else f"{step.operation}.u32"
        lines.append(f"{name} {', '.join(map(str, (step.target, *step.sources)))};")
    lines += [f"mov.u32 ${i}, {word};" for i, word in enumerate(results)]
    return "{ " + "\n\t".join(lines) + " }"
