"""Run blocks of threads of a PTX entry on the processor."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import binding as llvm

from tests.oracles.ptx.machine_code import Shape, machine_code

_ARGUMENTS = [
    ctypes.c_void_p, *[ctypes.c_uint32] * 4, ctypes.c_uint64, ctypes.c_void_p, ctypes.c_uint32
]  # fmt: skip
_ALL = [ctypes.c_void_p, *[ctypes.c_uint32] * 3]


class BarrierError(Exception):
    """Threads of a block wait at different barriers, or some have ended."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """An entry that can be launched."""

    shape: Shape
    run_thread: Any
    run_all: Any
    engine: Any  # keeps the code

    @property
    def name(self) -> str:
        """The entry's."""
        return self.shape.name

    def launch(
        self, blocks: int, threads: int, values: Sequence[int], *, backwards: bool = False
    ) -> None:
        """Run all threads of all blocks.

        values     the parameters, each as 64 bits
        backwards  the last thread and block first: a result that depends on the order differs
        """
        shape = self.shape
        if len(values) != shape.parameters:
            raise TypeError(f"{self.name} takes {shape.parameters} words, not {len(values)}")
        parameters = np.array([value & (1 << 64) - 1 for value in values], np.uint64)
        if not shape.shared and not shape.stops:
            self.run_all(parameters.ctypes.data, threads, blocks, backwards)
            return
        shared = np.zeros(shape.shared + 128, np.uint8)
        base = -(-shared.ctypes.data // 128) * 128
        frames = np.zeros((threads, shape.registers))
        step = -1 if backwards else 1
        for block in range(blocks)[::step]:
            shared[:] = 0xA5  # what a block finds there is not zero
            self._run_block(parameters.ctypes.data, (threads, block, blocks), base, frames, step)

    def _run_block(
        self, parameters: int, shape: tuple[int, int, int], shared: int, frames: Any, step: int
    ) -> None:
        threads, block, blocks = shape
        stopped = dict.fromkeys(range(threads)[::step], 0)
        while stopped:
            going = {
                t: self.run_thread(
                    parameters, t, threads, block, blocks, shared, frames[t].ctypes.data, at
                )
                for t, at in stopped.items()
            }
            stopped = {t: at for t, at in going.items() if at}
            if len(set(going.values())) > 1:
                raise BarrierError(f"{self.name}: {going}")


def kernel_of(ptx: str) -> Kernel:
    """The entry of a PTX text, compiled for this processor."""
    shape, code = machine_code(ptx)
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple().create_target_machine(opt=0)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    one = ctypes.CFUNCTYPE(ctypes.c_uint32, *_ARGUMENTS)(engine.get_function_address("thread"))
    all_ = ctypes.CFUNCTYPE(None, *_ALL)(engine.get_function_address("all"))
    return Kernel(shape, one, all_, engine)
