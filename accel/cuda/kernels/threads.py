"""What a kernel knows of its thread, and how threads meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils

from zkpipe.accel.compiled.kernels import intrinsic, kernel
from zkpipe.accel.machines.lowering import I64

I32 = ir.IntType(32)


def _read(b: Any, name: str) -> Any:
    """One of a thread's special registers, as 64 bits."""
    kind = ir.FunctionType(I32, [])
    read = cgutils.get_or_insert_function(b.module, kind, f"llvm.nvvm.read.ptx.sreg.{name}")
    return b.zext(b.call(read, []), I64)


def _number(of: Callable[[Any], Any]) -> Any:
    """A function of kernels that gives an integer."""

    @intrinsic
    def number(typing):
        return types.int64(), lambda context, b, sig, args: of(b)

    return number


thread_in_block = _number(lambda b: _read(b, "tid.x"))
threads_in_block = _number(lambda b: _read(b, "ntid.x"))
block = _number(lambda b: _read(b, "ctaid.x"))
thread = _number(  # among all
    lambda b: b.add(b.mul(_read(b, "ctaid.x"), _read(b, "ntid.x")), _read(b, "tid.x"))
)


@kernel
def divided(t, count):
    """Quotient and remainder of numbers below 2^32: a card divides 64 bits in 100 instructions."""
    quotient = np.int64(np.uint32(t) // np.uint32(count))
    return quotient, t - quotient * count


@intrinsic
def atomic_add(typing, array, i, value):
    """Add a value to array[i], alone among all threads, and give what was there before."""

    def codegen(context, b, sig, args):
        data = context.make_array(sig.args[0])(context, b, args[0]).data
        place = b.gep(data, [args[1]])
        return b.atomic_rmw("add", place, args[2], "monotonic")

    return array.dtype(array, types.intp, array.dtype), codegen
