"""LLVM functions that kernels call: a loop is too long to be built in wherever it is used."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from zkpipe.accel.machines.lowering import I64, Limbs


def address_function(module: Any, name: str, limb: Any, count: int) -> tuple[Any, Any]:
    """A function (address, address, n) that returns `count` limbs, and the builder of its body."""
    kind = ir.FunctionType(ir.ArrayType(limb, count), [I64] * 3)
    function = ir.Function(module, kind, name)
    function.linkage = "linkonce_odr"  # one of the same functions of several modules is kept
    function.attributes.add("noinline")
    function.attributes.add("nounwind")
    return function, ir.IRBuilder(function.append_basic_block())


def variables(b: Any, kind: Any, count: int) -> list[Any]:
    """Places for values that change in a loop; compiled they are registers."""
    return [b.alloca(kind) for _ in range(count)]


def load_at(b: Any, address: Any, entry: int, kind: Any = I64) -> Any:
    """An entry, of this kind, of an array at an address."""
    pointer = b.inttoptr(address, kind.as_pointer())
    value = b.load(b.gep(pointer, [ir.Constant(I64, entry)]))
    value.align = 8
    return value


def array_of(b: Any, limbs: Limbs) -> Any:
    """Limbs as one value."""
    value = ir.Constant(ir.ArrayType(limbs[0].type, len(limbs)), ir.Undefined)
    for i, limb in enumerate(limbs):
        value = b.insert_value(value, limb, i)
    return value
