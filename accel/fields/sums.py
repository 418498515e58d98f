"""Sums of many terms, which carry and reduce only at the end: a term costs five instructions.

The lanes' limbs have 52 of 64 bits, so that many values may be added limb by limb before anything
is carried. Such a sum is no element, and a type of its own: no product can be made of it.

    no_terms(x)        the empty sum, for the field and machine of x
    plus(total, x)     and minus(total, x)
    settled(total)     the sum as an element below 2p
    lone(total)        the same for nothing but at most one `plus`: nothing to carry

Whoever adds counts: a minus adds 2p less its term, so of MOST_TERMS terms below 2p the total stays
below 82p, and 2^260 holds 84p. Limbs are signed and far below 2^63. The scalar machine reduces in
every operator: there the sum is an element as any other, and settling it costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.errors import TypingError
from numba.extending import models, register_model

from zkpipe.accel.compiled.kernels import intrinsic
from zkpipe.accel.fields.field import Element, pack, unpack

MOST_TERMS = 41


class SumType(types.Type):
    """The numba type of a sum of elements of a prime field."""

    def __init__(self, element: Element) -> None:
        self.element = element.below(2)
        super().__init__(name=f"sum[{self.element.name}]")


@register_model(SumType)
class _SumModel(models.PrimitiveModel):
    def __init__(self, manager: Any, fe_type: Any) -> None:
        element = fe_type.element
        kind = ir.ArrayType(element.lowering.limb_type, element.machine.limbs)
        super().__init__(manager, fe_type, kind)


def _check_term(total: Any, x: Any) -> None:
    if not isinstance(total, SumType) or not total.element.same_field(x) or x.bound > 2:
        raise TypingError(f"{total} takes values of its field below 2p, not {x}: reduce them")


@intrinsic
def no_terms(typing, like):
    """The sum of nothing, for an element or an array like `like`."""
    element = like if isinstance(like, Element) else like.element
    if element.field.degree != 1:
        raise TypingError(f"sums are of prime fields, not of {element}")
    result = SumType(element)
    limbs = element.lowering.constant(0)
    return result(like), lambda context, b, sig, args: pack(b, result.element, [limbs])


def _with_term(limbs: Callable[[Any], Callable[..., Any]]) -> Any:
    """A function (total, x) that changes a sum by a term, with a machine's function of limbs."""

    @intrinsic
    def changed(typing, total, x):
        _check_term(total, x)

        def codegen(context, b, sig, args):
            (u,), (v,) = unpack(b, total.element, args[0]), unpack(b, x, args[1])
            return pack(b, total.element, [limbs(x.lowering)(b, x.field.modulus, u, v)])

        return total(total, x), codegen

    return changed


plus = _with_term(lambda machine: machine.add_uncarried)
minus = _with_term(lambda machine: machine.subtract_uncarried)


@intrinsic
def settled(typing, total):
    """The sum as an element below 2p."""
    element = total.element

    def codegen(context, b, sig, args):
        (u,) = unpack(b, element, args[0])
        machine, p = element.lowering, element.field.modulus
        return pack(b, element, [machine.reduce(b, p, machine.carried(b, u))])

    return element(total), codegen


@intrinsic
def lone(typing, total):
    """The sum of at most one term, added to nothing, as the element that it is."""
    return total.element(total), lambda context, b, sig, args: args[0]
