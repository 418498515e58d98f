"""Field elements as numba types: modulus, machine and bound are part of the type.

    Element(field, machine, bound)     one value (scalar machine) or eight (lanes) of Fp, Fr or Fp2,
                                       each component below bound * p
    ElementsType(element)              an array of them; `x[i]` loads, `x[i] = v` stores, and does
                                       not compile if v may reach the array's bound

The operators `+ - *` and unary `-` lower to the machine's LLVM instructions. The lanes never reduce
on their own: a result's bound follows from its operands' bounds, and a kernel whose values could
outgrow the machine does not compile. Scalar values reduce in every operator and stay below 2p, so
one text serves both. accel.fields.functions holds what else kernels use.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.errors import TypingError
from numba.core.typeconv.castgraph import Conversion
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, lower_cast, models, register_model

from zkpipe.accel.curve import Field
from zkpipe.accel.fields.type_names import element_name, elements_name
from zkpipe.accel.machines.lowering import I64, Limbs, Lowering
from zkpipe.accel.machines.lowerings import lowering
from zkpipe.accel.machines.machine import Machine


class Element(types.Type):
    """The numba type of one value (or eight) of a field on a machine, below bound * p."""

    def __init__(self, field: Field, machine: Machine, bound: int) -> None:
        self.field, self.machine, self.bound = field, machine, bound
        super().__init__(name=element_name(field, machine, bound))

    @property
    def lowering(self) -> Lowering:
        """The machine's instructions."""
        return lowering(self.machine)

    def below(self, bound: int) -> Element:
        """The same type with another bound."""
        return Element(self.field, self.machine, bound)

    @property
    def base(self) -> Element:
        """The type of a component."""
        return Element(self.field.base, self.machine, self.bound)

    def same_field(self, other: object) -> bool:
        """Whether the other type differs from this in its bound at most."""
        if not isinstance(other, Element):
            return False
        return (self.field.label, self.machine) == (other.field.label, other.machine)

    def unify(self, context: Any, other: Any) -> Any:
        """What a loop carries is the larger of the two."""
        return max(self, other, key=lambda t: t.bound) if self.same_field(other) else None

    def can_convert_to(self, context: Any, other: Any) -> Any:
        """Allow a value below 2p where one below 5p is asked for, never the other way."""
        return Conversion.safe if self.same_field(other) and other.bound >= self.bound else None


class Mask(types.Type):
    """The numba type of one truth value a lane."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        super().__init__(name=f"Mask.{machine.name}")

    @property
    def lowering(self) -> Lowering:
        """The machine's instructions."""
        return lowering(self.machine)


@register_model(Element)
class _ElementModel(models.PrimitiveModel):
    def __init__(self, manager: Any, fe_type: Any) -> None:
        count = fe_type.field.degree * fe_type.machine.limbs
        super().__init__(manager, fe_type, ir.ArrayType(fe_type.lowering.limb_type, count))


@register_model(Mask)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, fe_type.lowering.mask_type)


lower_cast(Element, Element)(lambda context, builder, source, target, value: value)


def unpack(b: Any, element: Element, value: Any) -> list[Limbs]:
    """The components of an LLVM value, each a list of limbs."""
    n = element.machine.limbs
    flat = [b.extract_value(value, i) for i in range(element.field.degree * n)]
    return [flat[i : i + n] for i in range(0, len(flat), n)]


def pack(b: Any, element: Element, components: list[Limbs]) -> Any:
    """Components as one LLVM value."""
    count = element.field.degree * element.machine.limbs
    value = ir.Constant(ir.ArrayType(element.lowering.limb_type, count), ir.Undefined)
    for i, limb in enumerate(limb for component in components for limb in component):
        value = b.insert_value(value, limb, i)
    return value


# --- operators: a typing rule that computes the bound, and a lowering by the machine


def _sum(x: Element, y: Element) -> Element:
    return x.below(x.lowering.sum_bound(x.bound, y.bound))


def _product(x: Element, y: Element) -> Element:
    return x.below(x.lowering.product_bound(x.field, x.bound, y.bound))


def _lower_add(b: Any, x: Element, y: Element, u: list[Limbs], v: list[Limbs]) -> list[Limbs]:
    return [x.lowering.add(b, x.field.modulus, s, t) for s, t in zip(u, v, strict=True)]


def _lower_sub(b: Any, x: Element, y: Element, u: list[Limbs], v: list[Limbs]) -> list[Limbs]:
    m, p = x.lowering, x.field.modulus
    return [m.subtract(b, p, s, t, y.bound) for s, t in zip(u, v, strict=True)]


def _lower_mul(b: Any, x: Element, y: Element, u: list[Limbs], v: list[Limbs]) -> list[Limbs]:
    m, p, n = x.lowering, x.field.modulus, x.machine.limbs
    if x.field.degree == 1:
        return [m.multiply(b, p, u[0], v[0])]
    flat = m.multiply2(b, p, u[0] + u[1], v[0] + v[1], x.bound * y.bound)
    return [flat[:n], flat[n:]]


def _define(
    op: Any, rule: Callable[[Element, Element], Element], lowering: Callable[..., list[Limbs]]
) -> None:
    @infer_global(op)
    class _Rule(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            if len(args) == 2 and isinstance(args[0], Element) and args[0].same_field(args[1]):
                return signature(rule(args[0], args[1]), *args)
            return None

    @lower_builtin(op, Element, Element)
    def _lower(context: Any, b: Any, sig: Any, args: Any) -> Any:
        x, y = sig.args
        u, v = unpack(b, x, args[0]), unpack(b, y, args[1])
        return pack(b, sig.return_type, lowering(b, x, y, u, v))


_define(operator.add, _sum, _lower_add)
_define(operator.sub, _sum, _lower_sub)
_define(operator.mul, _product, _lower_mul)


@infer_global(operator.neg)
class _NegateRule(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], Element):
            x = args[0]  # bound * p - 0 is bound * p itself
            return signature(x.below(x.lowering.sum_bound(x.bound, 1)), *args)
        return None


@lower_builtin(operator.neg, Element)
def _lower_negate(context: Any, b: Any, sig: Any, args: Any) -> Any:
    x = sig.args[0]
    zeros = x.lowering.constant(0)
    parts = unpack(b, x, args[0])
    out = [x.lowering.subtract(b, x.field.modulus, zeros, t, x.bound) for t in parts]
    return pack(b, sig.return_type, out)


def _define_mask_operator(op: Any, arity: int, lowering: Callable[..., Any]) -> None:
    @infer_global(op)
    class _Rule(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            if len(args) == arity and all(isinstance(a, Mask) and a == args[0] for a in args):
                return signature(args[0], *args)
            return None

    @lower_builtin(op, *[Mask] * arity)
    def _lower(context: Any, b: Any, sig: Any, args: Any) -> Any:
        return lowering(b, *args)


_define_mask_operator(operator.and_, 2, lambda b, x, y: b.and_(x, y))
_define_mask_operator(operator.or_, 2, lambda b, x, y: b.or_(x, y))
_define_mask_operator(operator.invert, 1, lambda b, x: b.not_(x))


# --- arrays of elements


class ElementsType(types.Type):
    """The numba type of an array of elements, all below one bound.

    `among` arrays of one shape lie interleaved, entry by entry, and this is one of them.
    """

    def __init__(self, element: Element, among: int = 1) -> None:
        self.element, self.among = element, among
        self.machine, self.field = element.machine, element.field
        super().__init__(name=elements_name(self.field, self.machine, element.bound, among))

    @property
    def block_words(self) -> int:
        """64-bit words of one array entry: 4 a component, or 8 x 5 in lanes."""
        return self.field.degree * self.machine.limbs * self.machine.width


@register_model(ElementsType)
class _ElementsModel(models.StructModel):
    def __init__(self, manager: Any, fe_type: Any) -> None:
        members = [("address", types.uint64), ("length", types.intp)]
        super().__init__(manager, fe_type, members)


@infer_global(operator.getitem)
class _LoadRule(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if isinstance(args[0], ElementsType) and isinstance(args[1], types.Integer):
            return signature(args[0].element, args[0], types.intp)
        return None


@infer_global(operator.setitem)
class _StoreRule(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if not isinstance(args[0], ElementsType) or not args[0].element.same_field(args[2]):
            return None
        if args[2].bound > args[0].element.bound:
            raise TypingError(
                f"a value below {args[2].bound}p does not fit an array of values below "
                f"{args[0].element.bound}p: reduce it"
            )
        return signature(types.none, args[0], types.intp, args[2])


@infer_global(len)
class _LengthRule(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], ElementsType):
            return signature(types.intp, args[0])
        return None


def _entry(b: Any, typ: ElementsType, array: Any, i: Any) -> Any:
    offset = b.mul(i, ir.Constant(I64, 8 * typ.block_words * typ.among))
    address = b.add(b.extract_value(array, 0), offset)
    return b.inttoptr(address, typ.element.lowering.limb_type.as_pointer())


@lower_builtin(operator.getitem, ElementsType, types.intp)
def _lower_load(context: Any, b: Any, sig: Any, args: Any) -> Any:
    typ = sig.args[0]
    base = _entry(b, typ, args[0], args[1])
    limbs = []
    for j in range(typ.field.degree * typ.machine.limbs):
        limbs.append(b.load(b.gep(base, [ir.Constant(I64, j)])))
        limbs[-1].align = 8
    return pack(b, typ.element, [limbs])


@lower_builtin(operator.setitem, ElementsType, types.intp, Element)
def _lower_store(context: Any, b: Any, sig: Any, args: Any) -> Any:
    typ = sig.args[0]
    base = _entry(b, typ, args[0], args[1])
    limbs = [limb for part in unpack(b, sig.args[2], args[2]) for limb in part]
    for j, limb in enumerate(limbs):
        b.store(limb, b.gep(base, [ir.Constant(I64, j)])).align = 8
    return context.get_dummy_value()


@lower_builtin(len, ElementsType)
def _lower_length(context: Any, b: Any, sig: Any, args: Any) -> Any:
    return b.extract_value(args[0], 1)
