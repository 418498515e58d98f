"""Bodies that would never run: generators, coroutines, and lazy calls that are thrown away.

Python makes an object and runs none of its code until something asks for an item, so
`map(lambda x: check(x < 10), xs)` alone on a line checks nothing.
"""

from __future__ import annotations

import ast
import dis
import inspect
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType
from typing import TypeGuard

from zkpipe.circuits.define.bodies import called_by_name, codes_of, source_in, tree_of
from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.language.text.signature import head_of

_LAZY = ("map", "filter", "starmap")
_LAZY_ATTRIBUTES = ("builtins.map", "builtins.filter", "itertools.starmap")
_FLAGS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_FIX = "Write a for loop, or a plain function and call it."


def refuse_unrun(function: FunctionType) -> None:
    """Raise CompileError if the body, or a statement in it, would compute nothing.

    Cost: some ms for each function with map(), filter(), or a generator or coroutine by name.
    """
    if function.__code__.co_flags & _FLAGS:
        raise CompileError(
            f"{function.__name__} is a generator or a coroutine, whose body does not run when it "
            "is called.",
            "Write a plain function that returns its result.",
            head_of(function),
        )
    _refuse_unrun_statements(function, {})


def refuse_unrun_in_helpers(function: FunctionType) -> None:
    """The same of statements of the functions that a body calls. Raises CompileError."""
    for helper, values in called_by_name(function):
        _refuse_unrun_statements(helper, values)


def _refuse_unrun_statements(function: FunctionType, values: Mapping[str, object]) -> None:
    later = {name for name, value in values.items() if _is_run_later(value)}
    if not later and not any(_may_be_lazy(code) for code in codes_of(function.__code__)):
        return
    for statement in _unrun(function, later):
        raise CompileError(
            f"`{ast.unparse(statement.value)}` computes nothing: nothing takes its items.",
            _FIX,
            source_in(function, statement),
        )


def _is_run_later(value: object) -> bool:
    """Whether a call of it makes a generator or a coroutine."""
    return isinstance(value, FunctionType) and bool(value.__code__.co_flags & _FLAGS)


def _may_be_lazy(code: CodeType) -> bool:
    if code.co_name != "<genexpr>" and code.co_flags & _FLAGS:
        return True
    return any(name in code.co_names for name in _LAZY) or _throws_a_generator_away(code)


def _throws_a_generator_away(code: CodeType) -> bool:
    if not any(getattr(part, "co_name", None) == "<genexpr>" for part in code.co_consts):
        return False
    names = [i.opname for i in dis.get_instructions(code) if i.opname != "PRECALL"]
    calls = zip(names, names[1:], names[2:], strict=False)
    return ("GET_ITER", "CALL", "POP_TOP") in calls


def _unrun(function: FunctionType, later: set[str]) -> Iterator[ast.Expr]:
    """Statements that make something lazy and throw it away.

    later  names of generators and coroutines that the function does not define itself
    """
    tree = tree_of(function)
    if tree is None:
        return
    lazy = {*_LAZY, *later, *(node.name for node in ast.walk(tree) if _runs_later(node))}
    named = {node.id for node in ast.walk(tree) if _is_stored(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Expr):
            continue
        value = node.value
        if isinstance(value, ast.GeneratorExp | ast.Lambda):
            yield node
        if not isinstance(value, ast.Call):
            continue
        called = value.func
        if isinstance(called, ast.Name) and called.id in lazy - named:
            yield node
        if isinstance(called, ast.Attribute) and ast.unparse(called) in _LAZY_ATTRIBUTES:
            yield node


def _is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _runs_later(node: ast.AST) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Whether it defines a generator or a coroutine; a decorator may run it."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.decorator_list:
        return False
    return isinstance(node, ast.AsyncFunctionDef) or any(map(_yields, node.body))


def _yields(node: ast.AST) -> bool:
    """Whether a yield stands in it, and in no function within."""
    if isinstance(node, ast.Yield | ast.YieldFrom):
        return True
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.GeneratorExp):
        return False
    return any(map(_yields, ast.iter_child_nodes(node)))
