"""Arrays of field elements as kernels see them: working arrays, and rows of packed words.

    Elements(field, machine, n)         a kernel's own working memory: entries of one value or eight
    Rows(field, machine, words, count)  rows of `count` elements as they lie in files and results:
                                        (n, 4 * degree * count) words, Montgomery R = 2^256
    WorkRows(...)                       the same shape in the machine's own Montgomery form, below
                                        2p: what an algorithm keeps between its steps

Kernels use rows through
    load(rows, i)                 the elements of rows width * i ... (a tuple of `count`)
    gather(rows, index, i)        of the rows index[width * i], ...; bit 31 of an index is ignored
    store(rows, i, elements)      and scatter(rows, index, i, elements)
    signs(rows, index, i)         bit 31 of each index, as a mask
so that a text that counts in blocks serves one value at a time and eight at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.errors import TypingError
from numba.extending import (
    NativeValue,
    models,
    register_model,
    typeof_impl,
    unbox,
)

from zkpipe.accel.compiled.kernels import intrinsic
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.field import Element, ElementsType, Mask, pack, unpack
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.machines.machine import I64, Limbs, Machine
from zkpipe.ground.errors import RangeError, ShapeError
from zkpipe.ground.process.memory import aligned_empty, aligned_zeros

I32 = ir.IntType(32)
INDEX_MASK = 0x7FFF_FFFF


class Elements:
    """Working memory of n field elements on a machine, rounded up to whole blocks; not cleared.

    words   (blocks, degree * limbs * width) uint64   the machine's own form
    bound   every value stored is below bound * p: a kernel that might store more does not compile
    """

    def __init__(self, field: Field, machine: Machine, n: int, bound: int = 2) -> None:
        self.numba_type = ElementsType(Element(field, machine, bound))
        self.length = -(-n // machine.width)
        self.words: Words = aligned_empty(self.length, self.numba_type.block_words)
        self.address = self.words.ctypes.data

    @classmethod
    def over(cls, field: Field, machine: Machine, words: Words) -> Elements:
        """Entries below 2p in memory that is there: (blocks, degree * limbs * width) words."""
        entries = cls.__new__(cls)
        entries.numba_type = ElementsType(Element(field, machine, 2))
        width = entries.numba_type.block_words
        in_order = words.flags.c_contiguous and words.flags.aligned
        if words.dtype != np.uint64 or words.shape[1:] != (width,) or not in_order:
            raise ShapeError(
                f"Entries of {field.name} on {machine.name} take {width} words each; this array "
                f"has shape {words.shape} and dtype {words.dtype}.",
                "Give an aligned C-contiguous uint64 array of that shape.",
            )
        entries.length, entries.words = len(words), words
        entries.address = words.ctypes.data
        return entries

    @classmethod
    def interleaved(
        cls, field: Field, machine: Machine, n: int, bounds: Sequence[int]
    ) -> tuple[Elements, ...]:
        """Several arrays in one piece of memory: entry 0 of each, entry 1 of each, ...

        What is used together lies together; arrays apart may fall on one another's cache lines.
        """
        length = -(-n // machine.width)
        whole = cls(field, machine, length * machine.width * len(bounds))
        table = whole.words.reshape(length, len(bounds), whole.numba_type.block_words)
        members = []
        for k, bound in enumerate(bounds):
            member = copy(whole)
            member.numba_type = ElementsType(Element(field, machine, bound), len(bounds))
            member.length, member.words = length, table[:, k]
            member.address = member.words.ctypes.data
            members.append(member)
        return tuple(members)

    def below(self, bound: int) -> Elements:
        """The same memory as an array of values below a larger bound."""
        element = self.numba_type.element
        if bound < element.bound:
            raise RangeError(
                f"Values below {element.bound}p cannot be taken to be below {bound}p.",
                "Ask for a larger bound, or reduce the values.",
            )
        view = copy(self)
        view.numba_type = ElementsType(element.below(bound), self.numba_type.among)
        return view


class RowsType(types.Type):
    """The numba type of rows of packed field elements."""

    def __init__(self, field: Field, machine: Machine, count: int, working: bool) -> None:
        self.field, self.machine, self.count, self.working = field, machine, count, working
        kind = "work" if working else "file"
        super().__init__(name=f"{kind}{count}[{field.name}.{machine.name}]")

    @property
    def key(self) -> Any:
        """What makes two types one."""
        return (self.field, self.machine.name, self.count, self.working)

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


class Rows:
    """Rows of packed field elements in Montgomery form R = 2^256, canonical: points, scalars.

    words   (n, 4 * degree * count) uint64; may be read-only, unaligned, a view of a mapped file
    """

    working = False

    def __init__(self, field: Field, machine: Machine, words: Words, count: int) -> None:
        width = 4 * field.degree * count
        if words.dtype != np.uint64 or words.shape[-1] != width or not words.flags.c_contiguous:
            raise ShapeError(
                f"Rows of {count} elements of {field.name} take {width} words each; this array has "
                f"shape {words.shape} and dtype {words.dtype}.",
                "Give a C-contiguous uint64 array of that shape.",
            )
        self.numba_type = RowsType(field, machine, count, self.working)
        self.words = words
        self.length = words.size // width
        self.address = words.ctypes.data


class WorkRows(Rows):
    """Rows in the machine's own Montgomery form, values below 2p, not canonical."""

    working = True


def blank_rows(field: Field, machine: Machine, n: int, count: int) -> WorkRows:
    """Working rows of zeros: for points, the point at infinity."""
    words = aligned_zeros(n, 4 * field.degree * count)
    return WorkRows(field, machine, words, count)


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
for _class in (Elements, Rows, WorkRows):
    typeof_impl.register(_class)(lambda value, context: value.numba_type)


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
    machine, degree = rows.machine, rows.field.degree
    addresses = _row_addresses(b, rows, value, numbers)
    components = machine.load_rows(b, addresses, rows.words, rows.shift)
    grouped = [components[i : i + degree] for i in range(0, len(components), degree)]
    elements = [pack(b, rows.element, group) for group in grouped]
    return context.make_tuple(b, types.UniTuple(rows.element, rows.count), elements)


def _stored(b: Any, rows: RowsType, element: Element, value: Any) -> list[Limbs]:
    """The components of an element as the rows hold them."""
    machine, p = rows.machine, rows.field.modulus
    components = unpack(b, element, value)
    if rows.working:
        return components
    if machine.montgomery != 1 << 256:
        back = machine.constant((1 << 256) % p)
        components = [machine.multiply(b, p, u, back) for u in components]
    return [machine.canonical(b, p, u) for u in components]


def _write(b: Any, rows: RowsType, value: Any, numbers: list[Any], types_: Any, tup: Any) -> None:
    out: list[Limbs] = []
    for i, element in enumerate(types_):
        out += _stored(b, rows, element, b.extract_value(tup, i))
    rows.machine.store_rows(b, _row_addresses(b, rows, value, numbers), out)


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
        mask = ir.Constant(rows.machine.mask_type, 0)
        for k, number in enumerate(raw):
            bit = b.lshr(number, ir.Constant(I32, 31))
            if rows.machine.width == 1:
                return b.trunc(bit, rows.machine.mask_type)
            bit = b.trunc(bit, rows.machine.mask_type)
            mask = b.or_(mask, b.shl(bit, ir.Constant(rows.machine.mask_type, k)))
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
