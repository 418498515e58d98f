"""Known factors: a product by a constant prepared beforehand costs three fifths of another.

In lanes a factor w is kept as its residues w 2^52, w 2^104, ..., w 2^260 modulo the field's
modulus, one for each limb of what it will multiply: then the product is the sum of limbs times
residues, which is 52 bits too long, and one step of Montgomery's reduction: 61 multiply-adds for
101. On the scalar machine a factor is kept in Montgomery form. Either way x times w is in the form
of x. Several such products are added before they are reduced: `dot`.

Source: the residues of a product's columns, as in the reduction of machines.simd, taken to the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.errors import TypingError
from numba.extending import models, register_model, unbox

from zkpipe.accel.compiled.kernels import intrinsic, kernel
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.arrays import load, store, unbox_address
from zkpipe.accel.fields.field import Element, ElementsType, pack, unpack
from zkpipe.accel.fields.type_names import factors_name
from zkpipe.accel.machines.lowering import I64
from zkpipe.accel.machines.machine import Machine


class FactorsType(types.Type):
    """The numba type of an array of known factors."""

    def __init__(self, field: Field, machine: Machine) -> None:
        self.field, self.machine = field, machine
        super().__init__(name=factors_name(field, machine))

    @property
    def words(self) -> int:
        """64-bit words of a factor."""
        return len(self.machine.residue_bits) * self.machine.limbs

    @property
    def element(self) -> Element:
        """What a factor multiplies."""
        return Element(self.field, self.machine, 2)


@register_model(FactorsType)
class _FactorsModel(models.StructModel):
    def __init__(self, manager: Any, fe_type: Any) -> None:
        members = [("address", types.uint64), ("length", types.intp)]
        super().__init__(manager, fe_type, members)


unbox(FactorsType)(unbox_address)


@kernel
def prepare(factors, shifts, scratch, canonical, bits, limbs, out):
    """out[i] = the limbs of factor i times every shift."""
    mask = ~np.uint64(0) >> np.uint64(64 - bits)
    for i in range(len(out)):
        (w,) = load(factors, i)
        for k in range(len(canonical)):
            (shift,) = load(shifts, k)
            store(scratch, k, (w * shift,))
            for j in range(limbs):
                word, bit = (bits * j) >> 6, np.uint64((bits * j) & 63)
                value = canonical[k, word] >> bit
                if bit and word < 3:
                    value |= canonical[k, word + 1] << (np.uint64(64) - bit)
                out[i, limbs * k + j] = value & mask


@intrinsic
def times(typing, x, factors, i):
    """x times factor i."""
    if not isinstance(factors, FactorsType) or not factors.element.same_field(x):
        return None
    machine, p = x.lowering, x.field.modulus
    result = x.below(machine.known_bound(x.field, x.bound))
    count = factors.words

    def codegen(context, b, sig, args):
        (u,) = unpack(b, x, args[0])
        offset = b.mul(args[2], ir.Constant(I64, 8 * count))
        address = b.add(b.extract_value(args[1], 0), offset)
        base = b.inttoptr(address, I64.as_pointer())
        words = [b.load(b.gep(base, [ir.Constant(I64, j)])) for j in range(count)]
        limbs = machine.broadcast(b, words)
        n = x.machine.limbs
        residues = [limbs[k : k + n] for k in range(0, count, n)]
        return pack(b, result, [machine.multiply_known(b, p, u, residues)])

    return result(x, factors, types.intp), codegen


@intrinsic
def dot(typing, values, first, factors, base, n):
    """The sum of values[first + i] times factor base + i for i below n, 1 to 17; below 2p."""
    if not isinstance(values, ElementsType) or not isinstance(factors, FactorsType):
        return None
    element, machine = values.element, values.element.lowering
    if not factors.element.same_field(element) or element.bound > 2 or values.among != 1:
        raise TypingError(f"{factors} multiply values of their field below 2p, not {values}")
    entry = {"values": 8 * values.block_words, "factors": 8 * factors.words}

    def codegen(context, b, sig, args):
        at = {
            name: b.add(b.extract_value(array, 0), b.mul(i, ir.Constant(I64, entry[name])))
            for name, array, i in (("values", *args[:2]), ("factors", *args[2:4]))
        }
        limbs = machine.dot(b, element.field.modulus, at["values"], at["factors"], args[4])
        return pack(b, element.below(2), [limbs])

    return element.below(2)(values, types.intp, factors, types.intp, types.intp), codegen
