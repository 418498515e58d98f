"""A target of numba's whose result is LLVM code for a card, not machine code for this processor.

numba types and lowers a kernel as for the processor; only what comes after differs: nothing is
optimized for this processor and nothing is loaded into it. Functions that a kernel calls are
compiled for the same target, whether or not `kernel` has compiled them for the processor too.
No NVIDIA package takes part.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import signature
from typing import Any

from numba.core import codegen, compiler, cpu, dispatcher, types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.typing.context import Context
from numba.core.typing.templates import make_concrete_template


class _Library(codegen.AOTCodeLibrary):
    def _optimize_final_module(self) -> None:
        """Nothing: what suits this processor does not suit a card."""


class _Codegen(codegen.AOTCPUCodegen):
    _library_class = _Library


class _Typing(Context):
    def resolve_value_type(self, val: Any) -> Any:
        """A function that is compiled for the processor is compiled again, for the card."""
        if isinstance(val, dispatcher.Dispatcher):
            return types.Dispatcher(_function_of(val.py_func))
        return super().resolve_value_type(val)


class _Lowering(cpu.CPUContext):
    _internal_codegen: Any

    def init(self) -> None:
        self.is32bit = False
        self._internal_codegen = _Codegen("zkpipe.cuda")

    def load_additional_registries(self) -> None:
        """Those of integers, tuples and arrays. numba registers intrinsics in cmath's."""
        from numba.cpython import builtins, cmathimpl, mathimpl, numbers, rangeobj, tupleobj  # noqa: F401
        from numba.np import arrayobj  # noqa: F401

        self.install_registry(cmathimpl.registry)
        self.install_registry(mathimpl.registry)

    def post_lowering(self, mod: Any, library: Any) -> None:
        """Nothing of numba's run time is linked."""


@cache
def _contexts() -> tuple[_Typing, _Lowering]:
    typing_context = _Typing()
    return typing_context, _Lowering(typing_context)


def _flags() -> Any:
    flags: Any = compiler.Flags()
    flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    flags.nrt, flags.error_model = False, "numpy"
    return flags


@global_compiler_lock
def bitcode_of(function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[bytes, str]:
    """LLVM bitcode of a Python function that returns nothing, and the name that it has there.

    args  numba types. What the function calls is in it too.
    """
    form = _compiled(function, args, types.void)
    return form.library.emit_bitcode(), form.fndesc.llvm_func_name


def _compiled(function: Callable[..., Any], args: tuple[Any, ...], result: Any) -> Any:
    typing_context, lowering = _contexts()
    typing_context.refresh()
    lowering.refresh()
    return compiler.compile_extra(typing_context, lowering, function, args, result, _flags(), {})


class _Function:
    """What numba calls in place of a dispatcher: it has one compiled form for each signature."""

    is_compiling = False  # a function that calls itself is not for a card

    def __init__(self, function: Callable[..., Any]) -> None:
        self.py_func = function
        self._forms: dict[tuple[Any, ...], Any] = {}
        self.nopython_signatures: list[Any] = []

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Compile for these types, if that has not been done."""
        pysig = signature(self.py_func)
        bound = pysig.bind(*args, **kws)
        bound.apply_defaults()
        args = tuple(bound.args)
        if args not in self._forms:
            form = _compiled(self.py_func, args, None)
            self._forms[args] = form
            self.nopython_signatures.append(form.signature)
            form.target_context.insert_user_function(form.fndesc, form.fndesc, [form.library])
        name = f"CallTemplate({self.py_func.__name__})"
        template = make_concrete_template(name, self, self.nopython_signatures)
        return template, pysig, args, {}

    def get_overload(self, args: tuple[Any, ...]) -> Any:
        """What names the compiled form for numba."""
        return self._forms[tuple(args)].fndesc


_function_of = cache(_Function)
