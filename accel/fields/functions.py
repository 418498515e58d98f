"""What kernels do with field elements besides `+ - *`: squares, reductions, choices, constants.

Each works on any Element of accel.fields.field, of Fp, Fr or Fp2, one value or eight.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.errors import TypingError

from zkpipe.accel.compiled.kernels import intrinsic
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.field import Element, Mask, pack, unpack
from zkpipe.accel.machines.lowering import I64, Limbs
from zkpipe.accel.machines.machine import SCALAR


@intrinsic
def square(typing, x):
    """Multiply x by itself, cheaper."""
    result = x.below(x.lowering.square_bound(x.field, x.bound))

    def codegen(context, b, sig, args):
        m, p, n = x.lowering, x.field.modulus, x.machine.limbs
        u = unpack(b, x, args[0])
        if x.field.degree == 1:
            return pack(b, result, [m.square(b, p, u[0])])
        flat = m.square2(b, p, u[0] + u[1], x.bound)
        return pack(b, result, [flat[:n], flat[n:]])

    return result(x), codegen


@intrinsic
def reduce(typing, x):
    """The same value mod p, below the machine's reduced bound (2p)."""
    result = x.below(x.lowering.reduced_bound())

    def codegen(context, b, sig, args):
        out = [x.lowering.reduce(b, x.field.modulus, u) for u in unpack(b, x, args[0])]
        return pack(b, result, out)

    return result(x), codegen


@intrinsic
def subtract_reduced(typing, x, terms):
    """x less the terms of a tuple, all below 2p and the result too: cheaper than to reduce it."""
    if not isinstance(terms, types.UniTuple) or not all(map(x.same_field, terms)):
        raise TypingError(
            f"subtract_reduced({x}, {terms}): one field and machine, a tuple of one type"
        )
    if max(x.bound, terms.dtype.bound) > 2:
        raise TypingError(f"subtract_reduced({x}, {terms}): all must be below 2p")
    result = x.below(2)

    def codegen(context, b, sig, args):
        m, p = x.lowering, x.field.modulus
        u = unpack(b, x, args[0])
        vs = [unpack(b, x, b.extract_value(args[1], i)) for i in range(terms.count)]
        out = [m.subtract_reduced(b, p, u[c], [v[c] for v in vs]) for c in range(len(u))]
        return pack(b, result, out)

    return result(x, terms), codegen


@intrinsic
def less_all(typing, x, terms):
    """x less all terms of a tuple, carried once: cheaper than one difference after another."""
    if not isinstance(terms, types.BaseTuple) or not all(map(x.same_field, terms)):
        raise TypingError(f"less_all({x}, {terms}): the values must be of one field and machine")
    bounds = [max(term.bound, 2) for term in terms]
    result = x.below(x.lowering.sum_bound(x.bound, sum(bounds)))

    def codegen(context, b, sig, args):
        m, p = x.lowering, x.field.modulus
        out = unpack(b, x, args[0])
        taken = [unpack(b, t, b.extract_value(args[1], i)) for i, t in enumerate(terms)]
        for term in taken[:-1]:
            out = [m.subtract_uncarried(b, p, u, v) for u, v in zip(out, term, strict=True)]
        lift = sum(bounds) - 2 * (len(taken) - 1)  # each before has added 2p
        out = [m.subtract(b, p, u, v, lift) for u, v in zip(out, taken[-1], strict=True)]
        return pack(b, result, out)

    return result(x, terms), codegen


@intrinsic
def select(typing, mask, x, y):
    """Take x in the lanes where the mask holds, y in the others."""
    if not isinstance(x, Element) or not x.same_field(y) or mask != Mask(x.machine):
        raise TypingError(f"select({mask}, {x}, {y}): the values must be of one field and machine")
    result = max(x, y, key=lambda t: t.bound)

    def codegen(context, b, sig, args):
        u, v = unpack(b, x, args[1]), unpack(b, y, args[2])
        chosen = [x.lowering.select(b, args[0], s, t) for s, t in zip(u, v, strict=True)]
        return pack(b, result, chosen)

    return result(mask, x, y), codegen


def _all_zero(b: Any, x: Element, components: list[Limbs]) -> Any:
    return x.lowering.all_zero(b, [limb for component in components for limb in component])


@intrinsic
def is_zero(typing, x):
    """Whether x is 0 mod p, as a mask. Costs a full reduction."""

    def codegen(context, b, sig, args):
        m, p = x.lowering, x.field.modulus
        canonical = [m.canonical(b, p, m.reduce(b, p, u)) for u in unpack(b, x, args[0])]
        return _all_zero(b, x, canonical)

    return Mask(x.machine)(x), codegen


@intrinsic
def is_blank(typing, x):
    """Whether every limb of x is 0, as a mask: the coordinates of the point at infinity."""

    def codegen(context, b, sig, args):
        return _all_zero(b, x, unpack(b, x, args[0]))

    return Mask(x.machine)(x), codegen


@intrinsic
def any_lane(typing, mask):
    """Whether the mask holds in some lane, as a boolean."""

    def codegen(context, b, sig, args):
        return mask.lowering.any_lane(b, args[0])

    return types.boolean(mask), codegen


@intrinsic
def no_lane(typing, like):
    """The mask that holds in no lane, for elements or an array like `like`."""
    result = Mask(like.machine)

    def codegen(context, b, sig, args):
        return ir.Constant(result.lowering.mask_type, 0)

    return result(like), codegen


@intrinsic
def first_lanes(typing, like, count):
    """The mask that holds in the first `count` lanes, 0 < count <= width."""
    result, width = Mask(like.machine), like.machine.width
    kind = result.lowering.mask_type

    def codegen(context, b, sig, args):
        whole = ir.Constant(kind, (1 << width) - 1)
        if width == 1:
            return whole
        return b.lshr(whole, b.sub(ir.Constant(kind, width), b.trunc(args[1], kind)))

    return result(like, types.intp), codegen


@intrinsic
def mask_bits(typing, mask):
    """The mask as an integer, one bit a lane, the first lane lowest."""
    return types.int64(mask), lambda context, b, sig, args: b.zext(args[0], I64)


@intrinsic
def mask_of(typing, like, bits):
    """The mask that holds in the lanes whose bits are set, the first lane's the lowest."""
    result = Mask(like.machine)

    def codegen(context, b, sig, args):
        return b.trunc(args[1], result.lowering.mask_type)

    return result(like, types.int64), codegen


@intrinsic
def from_words(typing, like, words):
    """Four words, of a value below 2p, as a single value of the field of `like`; as they are."""
    result = Element(like.field, SCALAR, 2)

    def codegen(context, b, sig, args):
        return pack(b, result, [[b.extract_value(args[1], i) for i in range(4)]])

    return result(like, types.UniTuple(types.uint64, 4)), codegen


@intrinsic
def lanes(typing, x):
    """The number of values in one element of x: 1 or 8."""
    width = x.machine.width
    return types.intp(x), lambda context, b, sig, args: ir.Constant(I64, width)


@intrinsic
def parts(typing, x):
    """The two components (c0, c1) of an element of Fp2."""
    base = x.base

    def codegen(context, b, sig, args):
        u = unpack(b, x, args[0])
        values = [pack(b, base, [component]) for component in u]
        return context.make_tuple(b, sig.return_type, values)

    return types.UniTuple(base, 2)(x), codegen


@intrinsic
def pair(typing, c0, c1):
    """The element c0 + c1 u of Fp2."""
    if not isinstance(c0, Element) or not c0.same_field(c1) or c0.field != c0.field.curve.fp:
        raise TypingError(f"pair({c0}, {c1}): the components must be of Fp, on one machine")
    result = Element(c0.field.curve.fp2, c0.machine, max(c0.bound, c1.bound))

    def codegen(context, b, sig, args):
        components = [unpack(b, t, v)[0] for t, v in zip((c0, c1), args, strict=True)]
        return pack(b, result, components)

    return result(c0, c1), codegen


def field_constant(components: Callable[[Field], tuple[int, ...]]) -> Any:
    """A kernel function f(x) that gives, in every lane, the constant for the field of x.

    components  gives those of the constant in a field, as many as its degree
    x        an element, or an array or rows of them: only its field and machine matter

    (Integers above 64 bits cannot be arguments or globals of a kernel.)
    """

    @intrinsic
    def value(typing, like):
        element = like if isinstance(like, Element) else like.element
        m, p = element.lowering, element.field.modulus
        result = element.below(m.reduced_bound())
        limbs = [m.constant(c * element.machine.montgomery % p) for c in components(element.field)]
        return result(like), lambda context, b, sig, args: pack(b, result, limbs)

    return value


def constant(value: int) -> Any:
    """A kernel function f(x) that gives a small integer as an element of the field of x."""
    return field_constant(lambda field: (value, 0)[: field.degree])


zero = constant(0)
one = constant(1)
# Of prime fields: x times these, stored into rows, is the canonical integer x, or x in Montgomery
# form twice, for rows carry one Montgomery factor.
out_of_montgomery = field_constant(lambda field: (pow(2, -256, field.modulus),))
into_montgomery = field_constant(lambda field: (pow(2, 256, field.modulus),))


@intrinsic
def integer(typing, x):
    """The canonical integer of x, of a prime field: what working rows then hold as it is."""
    result = x.below(1)

    def codegen(context, b, sig, args):
        m, p = x.lowering, x.field.modulus
        (u,) = unpack(b, x, args[0])  # a product by 1 stays below 2p, whatever the bound of x
        return pack(b, result, [m.canonical(b, p, m.multiply(b, p, u, m.constant(1)))])

    return result(x), codegen


@intrinsic
def from_integer(typing, x):
    """The element whose canonical integer working rows held: the way back from `integer`."""
    m, p = x.lowering, x.field.modulus
    result = x.below(m.product_bound(x.field, x.bound, 1))

    def codegen(context, b, sig, args):
        (u,) = unpack(b, x, args[0])
        return pack(b, result, [m.multiply(b, p, u, m.constant(x.machine.montgomery**2 % p))])

    return result(x), codegen


@intrinsic(prefer_literal=True)
def rotate(typing, x, distance):
    """Move each lane's value down by `distance` lanes, cyclically; a single value stays."""
    steps = distance.literal_value
    index = ir.Constant(ir.VectorType(ir.IntType(32), 8), [(i + steps) % 8 for i in range(8)])

    def codegen(context, b, sig, args):
        if x.machine.width == 1:
            return args[0]
        rotated = [[b.shuffle_vector(v, v, index) for v in u] for u in unpack(b, x, args[0])]
        return pack(b, x, rotated)

    return x(x, distance), codegen


@intrinsic
def first_lane(typing, x):
    """The words of lane 0 as a scalar element. Its Montgomery form stays the lanes' 2^260."""
    result = Element(x.field, SCALAR, 2)

    def codegen(context, b, sig, args):
        m, p = x.lowering, x.field.modulus
        words = [m.first_words(b, m.reduce(b, p, u)) for u in unpack(b, x, args[0])]
        return pack(b, result, words)

    return result(x), codegen


@intrinsic
def every_lane(typing, x, like):
    """The words of a scalar element in every lane; the value is taken as it is."""
    result = like.below(2)

    def codegen(context, b, sig, args):
        words = unpack(b, x, args[0])
        return pack(b, result, [like.lowering.splat_words(b, u) for u in words])

    return result(x, like), codegen


@intrinsic(prefer_literal=True)
def swap_halves(typing, x, y, width):
    """Exchange the second half of each run of 2 * width lanes of x for the first half of y's.

    Values that were `width` lanes apart in one element then face each other in two; doing it again
    undoes it. Single values stay as they are.
    """
    w = width.literal_value
    low, high = [], []
    for i in range(0, 8, 2 * w):
        low += [*range(i, i + w), *range(8 + i, 8 + i + w)]
        high += [*range(i + w, i + 2 * w), *range(8 + i + w, 8 + i + 2 * w)]
    kind = ir.VectorType(ir.IntType(32), 8)
    result = types.UniTuple(x.below(max(x.bound, y.bound)), 2)

    def codegen(context, b, sig, args):
        if x.machine.width == 1:
            return context.make_tuple(b, result, [args[0], args[1]])
        u, v = unpack(b, x, args[0]), unpack(b, y, args[1])
        both = [
            pack(
                b,
                x,
                [
                    [
                        b.shuffle_vector(p, q, ir.Constant(kind, index))
                        for p, q in zip(s, t, strict=True)
                    ]
                    for s, t in zip(u, v, strict=True)
                ],
            )
            for index in (low, high)
        ]
        return context.make_tuple(b, result, both)

    return result(x, y, width), codegen
