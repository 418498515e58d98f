"""The scalar machine: one value in four 64-bit limbs, Montgomery R = 2^256, always below 2p.

Needs 4p < 2^256: then a Montgomery product of values below 2p is below 2p without any final
subtraction, and sums and differences need one conditional correction by 2p.
Cost on a 3.5 GHz core: product 13 to 15 ns, sum or difference 1 ns.

Source: coarsely integrated operand scanning, Koc, Acar, Kaliski 1996; lazy bound 2p, Walter 1999.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

from zkpipe.accel.machines.functions import address_function, array_of, load_at, variables
from zkpipe.accel.machines.lowering import I64, Limbs
from zkpipe.accel.machines.machine import SCALAR
from zkpipe.accel.machines.single_values import SingleValues

I128, I256 = ir.IntType(128), ir.IntType(256)


def _join(b: Any, x: Limbs) -> Any:
    value = b.zext(x[0], I256)
    for i in range(1, 4):
        value = b.or_(value, b.shl(b.zext(x[i], I256), ir.Constant(I256, 64 * i)))
    return value


def _split(b: Any, value: Any) -> Limbs:
    return [b.trunc(b.lshr(value, ir.Constant(I256, 64 * i)), I64) for i in range(4)]


def _multiply_add(b: Any, accumulator: Any, x: Any, y: Any, carry: Any) -> tuple[Any, Any]:
    """Low and high word of accumulator + x * y + carry, which fits 128 bits."""
    total = b.mul(b.zext(x, I128), b.zext(y, I128))
    total = b.add(b.add(total, b.zext(accumulator, I128)), b.zext(carry, I128))
    return b.trunc(total, I64), b.trunc(b.lshr(total, ir.Constant(I128, 64)), I64)


def _words(value: int) -> Limbs:
    return [ir.Constant(I64, value >> 64 * i & 0xFFFF_FFFF_FFFF_FFFF) for i in range(4)]


def _product_function(module: Any, p: int) -> Any:
    """The function of eight words that multiplies modulo p, written into the module once."""
    name = f"zkpipe.product.{p:x}"
    if name in module.globals:
        return module.globals[name]
    result = ir.ArrayType(I64, 4)
    function = ir.Function(module, ir.FunctionType(result, [I64] * 8), name)
    function.linkage = "linkonce_odr"  # one of the same functions of several modules is kept
    function.attributes.add("noinline")
    function.attributes.add("nounwind")
    b = ir.IRBuilder(function.append_basic_block())
    x, y = list(function.args[:4]), list(function.args[4:])
    modulus, inverse = _words(p), ir.Constant(I64, -pow(p, -1, 1 << 64) % (1 << 64))
    none = ir.Constant(I64, 0)
    t = [none] * 4
    for xi in x:
        t[0], carry = _multiply_add(b, t[0], xi, y[0], none)
        m = b.mul(t[0], inverse)
        _, borrow = _multiply_add(b, t[0], m, modulus[0], none)
        for j in range(1, 4):
            t[j], carry = _multiply_add(b, t[j], xi, y[j], carry)
            t[j - 1], borrow = _multiply_add(b, t[j], m, modulus[j], borrow)
        t[3] = b.add(carry, borrow)
    value = ir.Constant(result, ir.Undefined)
    for i in range(4):
        value = b.insert_value(value, t[i], i)
    b.ret(value)
    return function


TERMS = 9  # of a sum of products that one reduction takes: see `Scalar.dot`


def _add_row(b: Any, t: Limbs, i: int, x: Any, y: Limbs, over: Any) -> Any:
    """t += x y 2^(64 i) and `over` at word i + 4; returns what is over at word i + 5, 0 or 1."""
    carry = ir.Constant(I64, 0)
    for j in range(4):
        t[i + j], carry = _multiply_add(b, t[i + j], x, y[j], carry)
    total = b.add(b.zext(t[i + 4], I128), b.add(b.zext(carry, I128), b.zext(over, I128)))
    t[i + 4] = b.trunc(total, I64)
    return b.trunc(b.lshr(total, ir.Constant(I128, 64)), I64)


def _less(b: Any, value: Any, k: int) -> Any:
    """The value less k, where it reaches that."""
    limit = ir.Constant(I256, k)
    return b.select(b.icmp_unsigned("<", value, limit), value, b.sub(value, limit))


def _dot_function(module: Any, p: int) -> Any:
    """The function (values, factors, n) of `Scalar.dot`, written into the module once."""
    name = f"zkpipe.dot.{p:x}"
    if name in module.globals:
        return module.globals[name]
    function, b = address_function(module, name, I64, 4)
    values, factors, n = function.args
    none, most = ir.Constant(I64, 0), ir.Constant(I64, TERMS)
    wide, total, (done,) = variables(b, I64, 8), variables(b, I64, 4), variables(b, I64, 1)
    for place in (*total, done):
        b.store(none, place)
    outer, after = (function.append_basic_block(label) for label in ("outer", "after"))
    b.branch(outer)

    b.position_at_end(outer)
    start = b.load(done)
    rest = b.sub(n, start)
    terms = b.select(b.icmp_signed("<", rest, most), rest, most)
    for place in wide:
        b.store(none, place)
    with cgutils.for_range(b, terms) as loop:
        offset = b.mul(b.add(start, loop.index), ir.Constant(I64, 32))
        factor = [load_at(b, b.add(factors, offset), j) for j in range(4)]
        t, over = [b.load(place) for place in wide], none
        for i in range(4):
            over = _add_row(b, t, i, load_at(b, b.add(values, offset), i), factor, over)
        for place, word in zip(wide, t, strict=True):
            b.store(word, place)
    t, over = [b.load(place) for place in wide], none
    inverse = ir.Constant(I64, -pow(p, -1, 1 << 64) % (1 << 64))
    for i in range(4):
        over = _add_row(b, t, i, b.mul(t[i], inverse), _words(p), over)
    value = _less(b, _less(b, _join(b, t[4:]), 4 * p), 2 * p)
    value = _less(b, b.add(_join(b, [b.load(place) for place in total]), value), 2 * p)
    for place, word in zip(total, _split(b, value), strict=True):
        b.store(word, place)
    b.store(b.add(start, terms), done)
    b.cbranch(b.icmp_signed("<", b.load(done), n), outer, after)

    b.position_at_end(after)
    b.ret(array_of(b, [b.load(place) for place in total]))
    return function


class Scalar(SingleValues):
    """Lowerings of field arithmetic on 64-bit words."""

    machine = SCALAR
    limb_type = I64

    def constant(self, value: int) -> Limbs:
        """An integer below 2^256 as limbs."""
        return _words(value)

    def add(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """Add: below 4p, less 2p where it reaches that."""
        double = ir.Constant(I256, 2 * p)
        total = b.add(_join(b, x), _join(b, y))
        smaller = b.icmp_unsigned("<", total, double)
        return _split(b, b.select(smaller, total, b.sub(total, double)))

    def subtract(self, b: Any, p: int, x: Limbs, y: Limbs, y_bound: int) -> Limbs:
        """Subtract, plus 2p where that would be negative."""
        u, v = _join(b, x), _join(b, y)
        difference = b.sub(u, v)
        negative = b.icmp_unsigned("<", u, v)
        corrected = b.add(difference, ir.Constant(I256, 2 * p))
        return _split(b, b.select(negative, corrected, difference))

    def multiply(self, b: Any, p: int, x: Limbs, y: Limbs) -> Limbs:
        """x y / 2^256 mod p, below 2p for x and y below 2p: 36 multiplications, in a call.

        A call costs 2 ns of 13; inlined, the code of a pairing compiles five times longer.
        """
        product = b.call(_product_function(b.module, p), [*x, *y])
        return [b.extract_value(product, i) for i in range(4)]

    def square(self, b: Any, p: int, x: Limbs) -> Limbs:
        """As a product: dedicated squarings save nothing at four limbs."""
        return self.multiply(b, p, x, x)

    def dot(self, b: Any, p: int, values: Any, factors: Any, n: Any) -> Limbs:
        """Sum of n products of values below 2p and factors below p, at these addresses.

        Nine products are added in 512 bits, 16 multiplications each, and reduced by one Montgomery
        step, 20 more, where nine products take 36 each. The sum is below 18 p^2 < 0.65 * 2^512;
        reduced it is below 18 p^2 / 2^256 + p < 4.41 p, which two subtractions bring below 2p.
        """
        total = b.call(_dot_function(b.module, p), [values, factors, n])
        return [b.extract_value(total, i) for i in range(4)]

    def canonical(self, b: Any, p: int, x: Limbs) -> Limbs:
        """Subtract p once where x reaches it."""
        return _split(b, _less(b, _join(b, x), p))

    # --- packed rows: this machine's limbs are the file's words

    def load_rows(self, b: Any, rows: list[Any], words: int, shift: int) -> list[Limbs]:
        """The field elements of one row of `words` 64-bit words, at an address of any alignment."""
        pointer = b.inttoptr(rows[0], I64.as_pointer())
        limbs = []
        for j in range(words):
            limbs.append(b.load(b.gep(pointer, [ir.Constant(I64, j)])))
            limbs[-1].align = 1
        return [limbs[i : i + 4] for i in range(0, words, 4)]

    def store_rows(self, b: Any, rows: list[Any], elements: list[Limbs]) -> None:
        """Store the field elements of one row."""
        pointer = b.inttoptr(rows[0], I64.as_pointer())
        for j, limb in enumerate(limb for element in elements for limb in element):
            b.store(limb, b.gep(pointer, [ir.Constant(I64, j)])).align = 1
