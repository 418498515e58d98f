"""A kernel as PTX, the text that a card's driver compiles.

numba's front end and LLVM's back end make it.
One text serves every card from Volta (sm_70) on. It takes neither a card nor an NVIDIA package.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llvmlite import binding as llvm

from zkpipe.accel.cuda.compiled.target import bitcode_of

THREADS = 128  # of a block
TRIPLE = "nvptx64-nvidia-cuda"
CARD, VERSION = "sm_70", "+ptx63"


@dataclass(frozen=True, slots=True)
class CardKernel:
    """A Python function that a card runs in many threads, and how many registers it may have.

    blocks  how many blocks of THREADS a multiprocessor must have room for, where the kernel works
            on G1 or on single values, and where it works on G2: 4 leave 128 registers, 2 leave 255
    """

    function: Callable[..., None]
    blocks: tuple[int, int]

    @property
    def name(self) -> str:
        """The function's, and the entry's."""
        return self.function.__name__


def card_kernel(blocks: int = 4, in_g2: int = 2) -> Callable[[Callable[..., None]], CardKernel]:
    """Mark a function as a card's kernel: see CardKernel."""
    return lambda function: CardKernel(function, (blocks, in_g2))


def ptx_of(kernel: CardKernel, args: tuple[Any, ...], degree: int = 1) -> str:
    """The PTX of a kernel for these numba types; of degree 2 are those that work on G2.

    The entry has the function's name. A parameter is passed as numba passes it, field by field,
    each as 64 bits: rows are an address and a length, an array is seven words, an integer is one.
    """
    function = kernel.function
    bitcode, callee = bitcode_of(function, args)
    module = llvm.parse_bitcode(bitcode)
    machine = _machine()
    module.triple, module.data_layout = TRIPLE, str(machine.target_data)
    name = kernel.name
    _add_entry(module, callee, name)
    for part in (*module.functions, *module.global_variables):
        if not part.is_declaration and part.name != name:
            part.linkage = llvm.Linkage.internal
            if part.is_function:
                part.add_function_attribute("alwaysinline")  # a call's values go through memory
    _optimize(module, machine)
    return _bounded(str(machine.emit_assembly(module)), kernel.blocks[degree - 1])


def _machine() -> Any:
    """LLVM's back end for cards."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    return llvm.Target.from_triple(TRIPLE).create_target_machine(cpu=CARD, features=VERSION, opt=3)


def _add_entry(module: Any, callee: str, name: str) -> None:
    """An entry point that calls numba's function: it has a place for a result and for an error."""
    kind = str(module.get_function(callee).global_value_type)
    args = re.findall(r"\b(?:ptr|i\d+)\b", kind[kind.index("(") :])[2:]
    declared = ", ".join(["ptr", "ptr", *args])
    parameters = ", ".join(f"{arg} %a{i}" for i, arg in enumerate(args))
    passed = ", ".join(["ptr %r", "ptr %e", *(f"{arg} %a{i}" for i, arg in enumerate(args))])
    module.link_in(
        llvm.parse_assembly(
            f"""declare i32 @"{callee}"({declared})
            define ptx_kernel void @{name}({parameters}) {{
              %r = alloca ptr
              %e = alloca ptr
              %status = call i32 @"{callee}"({passed})
              ret void
            }}"""
        )
    )


def _optimize(module: Any, machine: Any) -> None:
    """No loop is unrolled beyond what a kernel says: registers are what is scarce."""
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_unrolling = options.loop_vectorization = options.slp_vectorization = False
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)


def _bounded(text: str, blocks: int) -> str:
    """The text with its launch bounds behind the parameters of its entry."""
    bounds = f"\n.maxntid {THREADS}\n.minnctapersm {blocks}"
    return re.sub(r"(\.entry [^{]*\))\s*\{", rf"\1{bounds}\n{{", text, count=1)
