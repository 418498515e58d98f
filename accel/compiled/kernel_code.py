"""The code of a compiled kernel on disk: machine code to run, bitcode for kernels that call it.

numba keeps both, and when it reads a kernel it parses the bitcode, which takes ten times as long as
putting the machine code in place: 0.2 s for the kernels of one proof. It is of use only where
another kernel that calls this one is compiled, so here it is parsed then.

Before it reads the first kernel numba also brings its registries up to date, 0.13 s, and registers
on the way the C functions of its runtime, to which the machine code is bound. Compiling begins with
the same; here only those functions are registered.

numba's classes are not public; pyproject.toml pins the versions that this was tested with.
"""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from llvmlite import binding
from numba.core.codegen import JITCodeLibrary
from numba.core.runtime import nrt


class KernelCode(NamedTuple):
    """What of a library lies on disk; a plain tuple there.

    defined, needed   names of functions and variables: its own, and those of the process that the
                      machine code refers to
    """

    name: str
    machine_code: bytes
    bitcode: bytes
    defined: tuple[str, ...]
    needed: tuple[str, ...]

    @classmethod
    def of(cls, library: Any) -> KernelCode:
        """The code of a library that numba has compiled."""
        name, _, (machine_code, bitcode) = library.serialize_using_object_code()
        module = library._get_module_for_linking()
        defined: list[str] = []
        needed: list[str] = []
        for value in chain(module.functions, module.global_variables):
            if not value.name.startswith("llvm."):  # an instruction, not a symbol
                (needed if value.is_declaration else defined).append(value.name)
        return cls(name, machine_code, bitcode, tuple(defined), tuple(needed))

    def library(self, codegen: Any) -> Any:
        """The code as a library of numba's, in place and ready to be called.

        None if the process lacks a symbol that it needs: the linker would end the process.
        """
        _register_runtime()
        return _Library(codegen, self) if all(map(_is_there, self.needed)) else None


class _Library(JITCodeLibrary):
    """A library that was compiled before."""

    def __init__(self, codegen: Any, code: KernelCode) -> None:
        super().__init__(codegen, code.name)
        self._bitcode = code.bitcode
        self.enable_object_caching()
        self._set_compiled_object(code.machine_code)
        self._finalize_final_module()  # of an empty module: the machine code is taken for its
        codegen._engine._defined_symbols.update(code.defined)

    def _get_module_for_linking(self) -> Any:
        if self._shared_module is None:
            self._shared_module = binding.parse_bitcode(self._bitcode)
        return self._shared_module


@cache
def _is_there(symbol: str) -> bool:
    return binding.address_of_symbol(symbol) is not None


@cache
def _register_runtime() -> None:
    """As numba.core.runtime.nrt does, which also compiles functions that kernels have inlined."""
    for name, address in nrt._nrt.c_helpers.items():  # type: ignore[attr-defined] # C
        binding.add_symbol(name if name.startswith("_") else f"NRT_{name}", address)
