"""Rows of packed field elements as kernels see them: what accel.fields.rows has, loaded and stored.

    load(rows, i)                 the elements of rows width * i ... (a tuple of `count`)
    gather(rows, index, i)        of the rows index[width * i], ...; bit 31 of an index is ignored
    store(rows, i, elements)      and scatter(rows, index, i, elements)
    signs(rows, index, i)         bit 31 of each index, as a mask
so that a text that counts in blocks serves one value at a time and eight at a time.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import (
    NativeValue,
    models,
    register_model,
    unbox,
)

from zkpipe.accel.compiled.kernels import intrinsic
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.field import Element, ElementsType, Mask, pack, unpack
from zkpipe.accel.fields.type_names import rows_name
from zkpipe.accel.machines.lowering import I64, Limbs, Lowering
from zkpipe.accel.machines.lowerings import lowering
from zkpipe.accel.machines.machine import Machine

I32 = ir.IntType(32)
INDEX_MASK = 0x7FFF_FFFF


class RowsType(types.Type):
    """The numba type of rows of packed field elements."""

    def __init__(self, field: Field, machine: Machine, count: int, working: bool) -> None:
        self.field, self.machine, self.count, self.working = field, machine, count, working
        super().__init__(name=rows_name(field, machine, count, working))

    @property
    def lowering(self) -> Lowering:
        """The machine's instructions."""
        return lowering(self.machine)

    @property
    def words(self) -> int:
        """64-bit words of a row."""
        return 4 * self.field.degree * self.count

    @property
    def shift(self) -> int:
        """Bits by which a load shifts left: 2^256 becomes the machine's Montgomery form."""
        return 0 if self.working else (self.machine.montgomery >> 256).bit_length() - 1

    @property
    def element(self) -> Element:
        """What a load gives: below 2p from working rows, 2^shift p (at least 2p) from a file's."""
        return Element(self.field, self.machine, max(2, 1 << self.shift))


@register_model(RowsType)
class _RowsModel(models.StructModel):
    def __init__(self, manager: Any, fe_type: Any) -> None:
        members = [("address", types.uint64), ("length", types.intp)]
        super().__init__(manager, fe_type, members)


def unbox_address(typ: Any, obj: Any, c: Any) -> Any:
    """A kernel's (address, length) of an object that has both as attributes."""
    value = ir.Constant(c.context.get_value_type(typ), ir.Undefined)
    for i, name in enumerate(("address", "length")):
        attribute = c.pyapi.object_getattr_string(obj, name)
        value = c.builder.insert_value(value, c.pyapi.long_as_ulonglong(attribute), i)
        c.pyapi.decref(attribute)
    return NativeValue(value)


unbox(ElementsType)(unbox_address)
unbox(RowsType)(unbox_address)


def elements_type(field: Field, machine: Machine, bound: int, among: int) -> ElementsType:
    """The type of working memory, ready to be taken by kernels."""
    return ElementsType(Element(field, machine, bound), among)


# --- functions of kernels


def _row_addresses(b: Any, rows: RowsType, value: Any, numbers: list[Any]) -> list[Any]:
    base, size = b.extract_value(value, 0), ir.Constant(I64, 8 * rows.words)
    return [b.add(base, b.mul(number, size)) for number in numbers]


def _consecutive(b: Any, rows: RowsType, block: Any) -> list[Any]:
    first = b.mul(block, ir.Constant(I64, rows.machine.width))
    return [b.add(first, ir.Constant(I64, k)) for k in range(rows.machine.width)]


def _indices(context: Any, b: Any, rows: RowsType, index_type: Any, index: Any, block: Any) -> Any:
    data = context.make_array(index_type)(context, b, index).data
    return [b.load(b.gep(data, [k])) for k in _consecutive(b, rows, block)]


def _indexed(context: Any, b: Any, rows: RowsType, index_type: Any, index: Any, block: Any) -> Any:
    raw = _indices(context, b, rows, index_type, index, block)
    return [b.zext(b.and_(k, ir.Constant(I32, INDEX_MASK)), I64) for k in raw]


def _read(context: Any, b: Any, rows: RowsType, value: Any, numbers: list[Any]) -> Any:
    degree = rows.field.degree
    addresses = _row_addresses(b, rows, value, numbers)
    components = rows.lowering.load_rows(b, addresses, rows.words, rows.shift)
    grouped = [components[i : i + degree] for i in range(0, len(components), degree)]
    elements = [pack(b, rows.element, group) for group in grouped]
    return context.make_tuple(b, types.UniTuple(rows.element, rows.count), elements)


def _stored(b: Any, rows: RowsType, element: Element, value: Any) -> list[Limbs]:
    """The components of an element as the rows hold them."""
    machine, p = rows.lowering, rows.field.modulus
    components = unpack(b, element, value)
    if rows.working:
        return components
    if rows.machine.montgomery != 1 << 256:
        back = machine.constant((1 << 256) % p)
        components = [machine.multiply(b, p, u, back) for u in components]
    return [machine.canonical(b, p, u) for u in components]


def _write(b: Any, rows: RowsType, value: Any, numbers: list[Any], types_: Any, tup: Any) -> None:
    out: list[Limbs] = []
    for i, element in enumerate(types_):
        out += _stored(b, rows, element, b.extract_value(tup, i))
    rows.lowering.store_rows(b, _row_addresses(b, rows, value, numbers), out)


def _check_fit(rows: RowsType, elements: Any) -> None:
    if len(elements) != rows.count or not all(map(rows.element.same_field, elements)):
        raise TypingError(f"{rows} do not take {elements}: one field, {rows.count} elements a row")
    for element in elements:
        if rows.working and element.bound > 2:
            raise TypingError(
                f"a value below {element.bound}p does not fit rows of values below 2p: reduce it"
            )


@intrinsic
def load(typing, rows, block):
    """Load the elements of the block's consecutive rows, a tuple of `count`."""
    result = types.UniTuple(rows.element, rows.count)

    def codegen(context, b, sig, args):
        return _read(context, b, rows, args[0], _consecutive(b, rows, args[1]))

    return result(rows, types.intp), codegen


@intrinsic
def gather(typing, rows, index, block):
    """Load the elements of the rows that the block's entries of a uint32 index array name."""
    result = types.UniTuple(rows.element, rows.count)

    def codegen(context, b, sig, args):
        numbers = _indexed(context, b, rows, index, args[1], args[2])
        return _read(context, b, rows, args[0], numbers)

    return result(rows, index, types.intp), codegen


@intrinsic
def store(typing, rows, block, elements):
    """Store a tuple of elements into the block's consecutive rows."""
    _check_fit(rows, elements)

    def codegen(context, b, sig, args):
        _write(b, rows, args[0], _consecutive(b, rows, args[1]), elements, args[2])
        return context.get_dummy_value()

    return types.void(rows, types.intp, elements), codegen


@intrinsic
def scatter(typing, rows, index, block, elements):
    """Store a tuple of elements into the rows that the block's index entries name."""
    _check_fit(rows, elements)

    def codegen(context, b, sig, args):
        numbers = _indexed(context, b, rows, index, args[1], args[2])
        _write(b, rows, args[0], numbers, elements, args[3])
        return context.get_dummy_value()

    return types.void(rows, index, types.intp, elements), codegen


@intrinsic
def signs(typing, rows, index, block):
    """Bit 31 of the block's index entries, as a mask."""

    def codegen(context, b, sig, args):
        raw = _indices(context, b, rows, index, args[1], args[2])
        mask = ir.Constant(rows.lowering.mask_type, 0)
        for k, number in enumerate(raw):
            bit = b.lshr(number, ir.Constant(I32, 31))
            if rows.machine.width == 1:
                return b.trunc(bit, rows.lowering.mask_type)
            bit = b.trunc(bit, rows.lowering.mask_type)
            mask = b.or_(mask, b.shl(bit, ir.Constant(rows.lowering.mask_type, k)))
        return mask

    return Mask(rows.machine)(rows, index, types.intp), codegen


@intrinsic
def prefetch(typing, rows, index, block):
    """Ask the memory for the rows that the block's index entries name."""
    lines = -(-8 * rows.words // 64)

    def codegen(context, b, sig, args):
        pointer = ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [pointer, I32, I32, I32])
        function = cgutils.get_or_insert_function(b.module, kind, "llvm.prefetch.p0")
        numbers = _indexed(context, b, rows, index, args[1], args[2])
        for address in _row_addresses(b, rows, args[0], numbers):
            for line in range(lines):
                place = b.inttoptr(b.add(address, ir.Constant(I64, 64 * line)), pointer)
                flags = [ir.Constant(I32, 0), ir.Constant(I32, 2), ir.Constant(I32, 1)]
                b.call(function, [place, *flags])
        return context.get_dummy_value()

    return types.void(rows, index, types.intp), codegen
