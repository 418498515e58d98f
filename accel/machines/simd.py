"""The eight-lane machine: eight values in five vectors of 52-bit limbs, AVX-512 IFMA, R = 2^260.

An element of eight values is limb-sliced: limb j of all lanes in one 512-bit vector. 2^260 holds
84 p (both moduli), so additions and subtractions never reduce; they only carry, because the fused
multiply-add reads the low 52 bits of each limb. The types of accel.fields.field count the growth.
Rows of packed 4 x 64-bit words change into lanes by shuffles and shifts; a further shift left by
4 bits multiplies by 16 and so turns Montgomery form 2^256 into 2^260 for nothing.

Instructions per eight products: 101 multiply-adds, 5 shifts and additions, 13 to carry: 3.5 ns a
product on a Zen 4 that starts one multiply-add a cycle, where 105 in a chain take 4.0. A square
takes 81, a product in Fp2 252 (Karatsuba over unreduced columns).

Source: Gueron and Krasnov, "Accelerating big integer arithmetic using Intel IFMA extensions",
ARITH 2016; lazy Fp2 reduction, Aranha et al., eprint 2010/526.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils
from numba.core.errors import TypingError

from zkpipe.accel.curve import Field
from zkpipe.accel.machines.functions import address_function, array_of, load_at, variables
from zkpipe.accel.machines.lane_words import (
    BITS,
    HALF,
    I32,
    LOW,
    VECTOR,
    from_words,
    interleave,
    shuffle,
    splat,
    to_words,
    transpose,
)
from zkpipe.accel.machines.lowering import I64, Limbs
from zkpipe.accel.machines.machine import AVX512

I8 = ir.IntType(8)
RADIX = 1 << 260


def _limbs(value: int, count: int) -> Limbs:
    return [splat(value >> BITS * i & LOW) for i in range(count)]


def _multiply_add(b: Any, half: str, accumulator: Any, x: Any, y: Any) -> Any:
    """The accumulator plus the low ("l") or high ("h") 52 bits of the 104-bit product."""
    kind = ir.FunctionType(VECTOR, [VECTOR] * 3)
    name = f"llvm.x86.avx512.vpmadd52{half}.uq.512"
    return b.call(cgutils.get_or_insert_function(b.module, kind, name), [accumulator, x, y])


def _carry(b: Any, t: Limbs) -> Limbs:
    """Bring signed limbs to 52 bits each; the last keeps the sign."""
    t = list(t)
    for i in range(len(t) - 1):
        t[i + 1] = b.add(t[i + 1], b.ashr(t[i], splat(BITS)))
        t[i] = b.and_(t[i], splat(LOW))
    return t


def _columns(b: Any, x: Limbs, y: Limbs) -> Limbs:
    """The product's ten columns, not carried: 50 multiply-adds."""
    t = [splat(0)] * 10
    for i in range(5):
        for j in range(5):
            t[i + j] = _multiply_add(b, "l", t[i + j], x[i], y[j])
            t[i + j + 1] = _multiply_add(b, "h", t[i + j + 1], x[i], y[j])
    return t


def _reduce_columns(b: Any, p: int, t: Limbs) -> Limbs:
    """t / 2^260 mod p for signed columns of a total that is not negative: 51 multiply-adds.

    A low limb q at place i is worth q 2^(-52 k) mod p at place i + k, so two limbs at a time go
    into the columns two places up, with constants below p and no products in between to wait for;
    the fifth limb goes in Montgomery's way. The result is below t / 2^260 + p + `_excess(p)`.
    """
    t = list(t)
    for i in (0, 2):
        t[i + 1] = b.add(t[i + 1], b.ashr(t[i], splat(BITS)))
        t[i + 2] = b.add(t[i + 2], b.ashr(t[i + 1], splat(BITS)))
        for k in (2, 1):
            _add_multiple(b, t, i + 2, t[i + 2 - k], pow(2, -BITS * k, p))
    m = _multiply_add(b, "l", splat(0), t[4], splat(-pow(p, -1, 1 << BITS) % (1 << BITS)))
    _add_multiple(b, t, 4, m, p)
    t[5] = b.add(t[5], b.ashr(t[4], splat(BITS)))
    return _carry(b, t[5:])


def _add_multiple(b: Any, t: Limbs, place: int, factor: Any, value: int) -> None:
    """Add the low 52 bits of `factor` times a constant to the columns from `place` on."""
    for j, limb in enumerate(_limbs(value, 5)):
        t[place + j] = _multiply_add(b, "l", t[place + j], factor, limb)
    for j, limb in enumerate(_limbs(value, 5)):
        t[place + j + 1] = _multiply_add(b, "h", t[place + j + 1], factor, limb)


def _excess(p: int) -> int:
    """What `_reduce_columns` may add besides p: two limbs, times their constants, over 2^52.

    The first pair of limbs adds as much, but its share is divided by 2^104 once more.
    """
    constants = pow(2, -BITS, p) + pow(2, -2 * BITS, p)
    return constants + (constants >> 2 * BITS) + 1


def _dot_function(module: Any, p: int) -> Any:
    """The function (values, factors, n) of `Lanes.dot`, written into the module once."""
    name = f"zkpipe.dot8.{p:x}"
    if name in module.globals:
        return module.globals[name]
    function, b = address_function(module, name, VECTOR, 5)
    values, factors, n = function.args
    columns = variables(b, VECTOR, 6)
    for place in columns:
        b.store(splat(0), place)
    with cgutils.for_range(b, n) as loop:
        value = b.add(values, b.mul(loop.index, ir.Constant(I64, 8 * 40)))
        factor = b.add(factors, b.mul(loop.index, ir.Constant(I64, 8 * 25)))
        t = [b.load(place) for place in columns]
        for i in range(5):
            limb = load_at(b, value, i, VECTOR)
            residue = LANES.broadcast(b, [load_at(b, factor, 5 * i + j) for j in range(5)])
            _add_limb(b, t, limb, residue)
        for place, column in zip(columns, t, strict=True):
            b.store(column, place)
    t = _montgomery_step(b, p, [b.load(place) for place in columns])
    b.ret(array_of(b, LANES.reduce(b, p, t)))
    return function


def _add_limb(b: Any, t: Limbs, limb: Any, residue: Limbs) -> None:
    """Add a limb times its residue to six columns."""
    for j in range(5):
        t[j] = _multiply_add(b, "l", t[j], limb, residue[j])
    for j in range(5):
        t[j + 1] = _multiply_add(b, "h", t[j + 1], limb, residue[j])


def _montgomery_step(b: Any, p: int, t: Limbs) -> Limbs:
    """Six columns over 2^52 mod p: below that share of them, and p."""
    m = _multiply_add(b, "l", splat(0), t[0], splat(-pow(p, -1, 1 << BITS) % (1 << BITS)))
    _add_multiple(b, t, 0, m, p)
    t[1] = b.add(t[1], b.ashr(t[0], splat(BITS)))
    return _carry(b, t[1:])


class Lanes:
    """Lowerings of field arithmetic on eight lanes."""

    machine = AVX512
    limb_type = VECTOR
    mask_type = I8
    slack = 84  # multiples of either modulus that 2^260 holds

    # --- bounds

    def sum_bound(self, x: int, y: int) -> int:
        """x + y and x - y + y_bound p both stay below the sum of the bounds."""
        if x + y > self.slack:
            raise TypingError(
                f"values below {x}p and {y}p: their sum or difference may pass 2^260: reduce one"
            )
        return x + y

    def _montgomery_bound(self, field: Field, product: int, x: int, y: int) -> int:
        p = field.modulus  # below product p^2 / 2^260 + p + excess
        bound = -(-(product * p * p + (_excess(p) << 260)) // (p << 260)) + 1
        if bound > self.slack:
            raise TypingError(
                f"a product of values below {x}p and {y}p does not fit 2^260: reduce one of them"
            )
        return bound

    def product_bound(self, field: Field, x: int, y: int) -> int:
        """Montgomery: see `_reduce_columns`; components of Fp2 add two products."""
        if field.degree == 2:
            self.sum_bound(x, x), self.sum_bound(y, y)
        return self._montgomery_bound(field, field.degree * x * y, x, y)

    def square_bound(self, field: Field, x: int) -> int:
        """As a product; in Fp2 the factors are sums and differences of the components."""
        if field.degree == 2:
            self.sum_bound(x, x)
        return self._montgomery_bound(field, field.degree**2 * x * x, x, x)

    def known_bound(self, field: Field, x: int) -> int:
        """`multiply_known`: a residue each for four limbs, p, and a little for the fifth limb."""
        self.sum_bound(x, 0)
        return 6

    def reduced_bound(self) -> int:
        """What `reduce` reaches."""
        return 2

    # --- arithmetic

    def constant(self, value: int) -> Limbs:
        """An integer below 2^260 in every lane."""
        return _limbs(value, 5)

    def add(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """Add limb by limb and carry."""
        return _carry(b, [b.add(u, v) for u, v in zip(x, y, strict=True)])

    def subtract(self, b: Any, p: int, x: Limbs, y: Limbs, y_bound: int) -> Limbs:
        """x - y + y_bound p, which is not negative."""
        lift = _limbs(y_bound * p, 5)
        return _carry(b, [b.add(b.sub(u, v), k) for u, v, k in zip(x, y, lift, strict=True)])

    def add_uncarried(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """Add limb by limb; see accel.fields.sums for how often."""
        return [b.add(u, v) for u, v in zip(x, y, strict=True)]

    def subtract_uncarried(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """x - y + 2p limb by limb: limbs may be negative, the value of y below 2p is not."""
        lift = _limbs(2 * p, 5)
        return [b.add(b.sub(u, v), k) for u, v, k in zip(x, y, lift, strict=True)]

    def carried(self, b: Any, x: Limbs) -> Limbs:
        """The limbs of a sum below 2^260 brought to 52 bits."""
        return _carry(b, x)

    def subtract_reduced(self, b: Any, p: int, x: Limbs, terms: list[Limbs]) -> Limbs:
        """x less all terms, everything below 2p: 2p is added as often as that is negative.

        19 instructions a term and no multiply-add, where `subtract` and `reduce` take 40 and ten.
        """
        for term in terms:
            x = [b.sub(u, v) for u, v in zip(x, term, strict=True)]
        x = _carry(b, x)
        for _ in terms:
            negative = b.icmp_signed("<", x[4], splat(0))
            lift = [b.select(negative, k, splat(0)) for k in _limbs(2 * p, 5)]
            x = _carry(b, [b.add(u, k) for u, k in zip(x, lift, strict=True)])
        return x

    def multiply(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """x y / 2^260 mod p: all columns of the product, then their reduction."""
        return _reduce_columns(b, p, _columns(b, x, y))

    def broadcast(self, b: Any, words: Limbs) -> Limbs:
        """Each word in every lane."""
        undefined, first = ir.Constant(VECTOR, ir.Undefined), ir.Constant(I32, 0)
        return [
            shuffle(b, v, v, [0] * 8)
            for v in (b.insert_element(undefined, word, first) for word in words)
        ]

    def multiply_known(self, b: Any, p: int, x: Limbs, residues: list[Limbs]) -> Limbs:
        """x w from the residues w 2^(52 (i + 1)) mod p: limb i times residue i, over 2^52.

        The limbs of x below the fifth add 2^52 p each at most; the fifth, of a value below 84 p,
        is below 2^52 too. One step of Montgomery's reduction adds p. 61 multiply-adds.
        """
        t = [splat(0)] * 6
        for limb, residue in zip(x, residues, strict=True):
            _add_limb(b, t, limb, residue)
        return _montgomery_step(b, p, t)

    def dot(self, b: Any, p: int, values: Any, factors: Any, n: Any) -> Limbs:
        """Sum of n products of values below 2p and known factors, at these addresses; n up to 17.

        As `multiply_known`, with one step of reduction for all: 50 multiply-adds a term and 20.
        Four limbs below 2^52 and a fifth below 2^47 add less than 4.1 * 2^52 p a term, so 17 terms
        come to less than 70 p + p, and 2^260 holds 84 p. A column is below 17 * 10 * 2^52 < 2^60.
        """
        total = b.call(_dot_function(b.module, p), [values, factors, n])
        return [b.extract_value(total, i) for i in range(5)]

    def square(self, b: Any, p: int, x: Limbs) -> Limbs:
        """Cross products once, doubled: 81 multiply-adds."""
        t = [splat(0)] * 10
        for i in range(5):
            for j in range(i + 1, 5):
                t[i + j] = _multiply_add(b, "l", t[i + j], x[i], x[j])
                t[i + j + 1] = _multiply_add(b, "h", t[i + j + 1], x[i], x[j])
        t = [t[0], *(b.add(column, column) for column in t[1:9]), t[9]]
        for i in range(5):
            t[2 * i] = _multiply_add(b, "l", t[2 * i], x[i], x[i])
            t[2 * i + 1] = _multiply_add(b, "h", t[2 * i + 1], x[i], x[i])
        return _reduce_columns(b, p, t)

    def multiply2(self, b: Any, p: int, x: Limbs, y: Limbs, bounds: int) -> Limbs:
        """Product in Fp2 by Karatsuba on columns, each component reduced once.

        `bounds` is the product of the operands' bounds: that many p^2 keep x0 y0 - x1 y1 from
        being negative.
        """
        x0, x1, y0, y1 = x[:5], x[5:], y[:5], y[5:]
        v0, v1 = _columns(b, x0, y0), _columns(b, x1, y1)
        cross = _columns(b, self.add(b, p, x0, x1), self.add(b, p, y0, y1))
        lift = _limbs(bounds * p * p, 10)
        c0 = [b.add(b.sub(u, v), k) for u, v, k in zip(v0, v1, lift, strict=True)]
        c1 = [b.sub(b.sub(w, u), v) for w, u, v in zip(cross, v0, v1, strict=True)]
        return _reduce_columns(b, p, c0) + _reduce_columns(b, p, c1)

    def square2(self, b: Any, p: int, x: Limbs, x_bound: int) -> Limbs:
        """Square in Fp2: (x0 + x1)(x0 - x1) + 2 x0 x1 u."""
        x0, x1 = x[:5], x[5:]
        plus, minus = self.add(b, p, x0, x1), self.subtract(b, p, x0, x1, x_bound)
        return self.multiply(b, p, plus, minus) + self.multiply(b, p, self.add(b, p, x0, x0), x1)

    def reduce(self, b: Any, p: int, x: Limbs) -> Limbs:
        """x - q p with q = floor(x / p) or one less, from the top limb: below 2p.

        q = floor(top c / 2^97), c = floor(2^305 / p) of 52 bits; both roundings lose less than
        2^-44 of a p. Then q times 2^260 - p is added and the carry out of 2^260 dropped.
        """
        quotient = _multiply_add(b, "h", splat(0), x[4], splat((1 << 305) // p))
        quotient = b.lshr(quotient, splat(45))
        complement = _limbs(RADIX - p, 5)
        t = [
            _multiply_add(b, "l", limb, quotient, k) for limb, k in zip(x, complement, strict=True)
        ]
        for j in range(4):
            t[j + 1] = _multiply_add(b, "h", t[j + 1], quotient, complement[j])
        t = _carry(b, t)
        return [*t[:4], b.and_(t[4], splat(LOW))]

    def canonical(self, b: Any, p: int, x: Limbs) -> Limbs:
        """Subtract p once where x, below 2p, reaches it."""
        t = _carry(b, [b.sub(u, v) for u, v in zip(x, _limbs(p, 5), strict=True)])
        negative = b.icmp_signed("<", t[4], splat(0))
        return [b.select(negative, u, v) for u, v in zip(x, t, strict=True)]

    # --- masks: one bit a lane

    def select(self, b: Any, mask: Any, x: Limbs, y: Limbs) -> Limbs:
        """Choose x in the lanes where the mask holds."""
        bits = b.bitcast(mask, ir.VectorType(ir.IntType(1), 8))
        return [b.select(bits, u, v) for u, v in zip(x, y, strict=True)]

    def all_zero(self, b: Any, x: Limbs) -> Any:
        """Whether all limbs are 0, lane by lane."""
        total = x[0]
        for limb in x[1:]:
            total = b.or_(total, limb)
        return b.bitcast(b.icmp_unsigned("==", total, splat(0)), I8)

    def any_lane(self, b: Any, mask: Any) -> Any:
        """Whether some lane's bit is set."""
        return b.icmp_unsigned("!=", mask, ir.Constant(I8, 0))

    # --- between lanes and words

    def first_words(self, b: Any, x: Limbs) -> Limbs:
        """Lane 0 of a value below 2^256, as four words."""
        return [b.extract_element(word, ir.Constant(I32, 0)) for word in to_words(b, x)]

    def splat_words(self, b: Any, words: Limbs) -> Limbs:
        """Four words of a value below 2^256, in every lane."""
        undefined, first = ir.Constant(VECTOR, ir.Undefined), ir.Constant(I32, 0)
        vectors = [b.insert_element(undefined, word, first) for word in words]
        return from_words(b, [shuffle(b, v, v, [0] * 8) for v in vectors], 0)

    # --- packed rows

    def load_rows(self, b: Any, rows: list[Any], words: int, shift: int) -> list[Limbs]:
        """The field elements of eight rows of `words` words each, at any alignment."""
        elements = []
        for start in range(0, words - words % 8, 8):
            loaded = []
            for row in rows:
                address = b.add(row, ir.Constant(I64, 8 * start))
                loaded.append(b.load(b.inttoptr(address, VECTOR.as_pointer())))
                loaded[-1].align = 1
            columns = transpose(b, loaded)
            elements += [from_words(b, columns[i : i + 4], shift) for i in (0, 4)]
        if words % 8:
            halves = []
            for row in rows:
                address = b.add(row, ir.Constant(I64, 8 * (words - 4)))
                halves.append(b.load(b.inttoptr(address, HALF.as_pointer())))
                halves[-1].align = 1
            joined = [shuffle(b, halves[i], halves[i + 4], list(range(8))) for i in range(4)]
            elements.append(from_words(b, interleave(b, joined), shift))
        return elements

    def store_rows(self, b: Any, rows: list[Any], elements: list[Limbs]) -> None:
        """Store the field elements, each below 2^256, of eight rows."""
        words = [to_words(b, element) for element in elements]
        while len(words) >= 2:
            columns = transpose(b, words[0] + words[1])
            for row, column in zip(rows, columns, strict=True):
                b.store(column, b.inttoptr(row, VECTOR.as_pointer())).align = 1
            rows = [b.add(row, ir.Constant(I64, 64)) for row in rows]
            words = words[2:]
        if words:
            joined = interleave(b, words[0])
            for k in range(4):
                for half in (0, 1):
                    part = shuffle(b, joined[k], joined[k], list(range(4 * half, 4 * half + 4)))
                    row = b.inttoptr(rows[k + 4 * half], HALF.as_pointer())
                    b.store(part, row).align = 1


LANES = Lanes()
