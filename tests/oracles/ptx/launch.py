"""Run blocks of threads of a PTX entry on the processor."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import binding as llvm

from tests.oracles.ptx.text import read_entry
from tests.oracles.ptx.thread import Thread
from tests.oracles.ptx.translation import thread_code

_ARGUMENTS = [
    ctypes.c_void_p, *[ctypes.c_uint32] * 4, ctypes.c_uint64, ctypes.c_void_p, ctypes.c_uint32
]  # fmt: skip


class BarrierError(Exception):
    """Threads of a block wait at different barriers, or some have ended."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """An entry that can be launched."""

    name: str
    parameter_count: int
    thread: Thread
    run_thread: Any
    engine: Any  # keeps the code

    def launch(
        self, blocks: int, threads: int, values: Sequence[int], *, backwards: bool = False
    ) -> None:
        """Run all threads of all blocks.

        values     the parameters, each as 64 bits
        backwards  the last thread and block first: a result that depends on the order differs
        """
        if len(values) != self.parameter_count:
            raise TypeError(f"{self.name} takes {self.parameter_count} words, not {len(values)}")
        parameters = np.array([value & (1 << 64) - 1 for value in values], np.uint64)
        size = self.thread.shared_size
        shared = np.zeros(size + 128, np.uint8)
        base = -(-shared.ctypes.data // 128) * 128
        frames = np.zeros((threads, len(self.thread.registers) if self.thread.resumptions else 0))
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
    """Compile the entry of a PTX text for this processor, without optimizing it."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    entry = read_entry(ptx)
    thread = thread_code(entry)
    module = llvm.parse_assembly(thread.code())
    module.verify()
    target = llvm.Target.from_default_triple().create_target_machine(opt=0)
    engine = llvm.create_mcjit_compiler(module, target)
    engine.finalize_object()
    run = ctypes.CFUNCTYPE(ctypes.c_uint32, *_ARGUMENTS)(engine.get_function_address("thread"))
    return Kernel(entry.name, len(entry.parameters), thread, run, engine)
