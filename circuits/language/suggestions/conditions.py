"""Conditions as a circuit has them: & for and, ~ for not, member() for in, select() for if."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}


def as_flag(node: ast.expr, *, is_number: bool = False) -> ast.expr:
    """A condition with the circuit's operators: & for and, member() for in, select() for if.

    is_number  whether something in it is an integer, which is a condition only beside != 0
    """
    if isinstance(node, ast.BoolOp):
        joined, *others = [as_flag(value, is_number=is_number) for value in node.values]
        operator = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
        for other in others:
            joined = ast.BinOp(joined, operator, other)
        return joined
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return negated(as_flag(node.operand, is_number=is_number))
    if isinstance(node, ast.IfExp):
        return call("select", as_flag(node.test, is_number=is_number), node.body, node.orelse)
    if isinstance(node, ast.Compare):
        joined, *others = list(_comparisons(node))
        for other in others:
            joined = ast.BinOp(joined, ast.BitAnd(), other)
        return joined
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        name = {"any": "any_of", "all": "all_of"}.get(node.func.id)
        if name is not None:
            return call(name, *node.args)
    if is_number and not _is_flag(node):
        return ast.Compare(node, [ast.NotEq()], [ast.Constant(0)])
    return node


def _is_flag(node: ast.expr) -> bool:
    """Whether its operator alone says that it is a Bool."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitAnd | ast.BitOr | ast.BitXor)
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert)


def _comparisons(node: ast.Compare) -> Iterator[ast.expr]:
    """Those of a chain, each on its own."""
    sides = [node.left, *node.comparators]
    for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
        if isinstance(operator, ast.In):
            yield call("member", left, _as_list(right))
        elif isinstance(operator, ast.NotIn):
            yield ast.UnaryOp(ast.Invert(), call("member", left, _as_list(right)))
        else:
            yield ast.Compare(left, [operator], [right])


def _as_list(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Dict) and all(node.keys):
        return ast.List([key for key in node.keys if key is not None])
    return ast.List(node.elts) if isinstance(node, ast.Set | ast.Tuple) else node


def negated(flag: ast.expr) -> ast.expr:
    """The opposite of a condition as a circuit has it."""
    if isinstance(flag, ast.Compare) and len(flag.ops) == 1 and type(flag.ops[0]) in _OPPOSITE:
        return ast.Compare(flag.left, [_OPPOSITE[type(flag.ops[0])]()], flag.comparators)
    if isinstance(flag, ast.UnaryOp) and isinstance(flag.op, ast.Invert):
        return flag.operand
    return ast.UnaryOp(ast.Invert(), flag)


def call(name: str, *arguments: ast.expr) -> ast.expr:
    """A call of a function of the language, which takes lists where Python takes generators."""
    listed = [
        ast.ListComp(x.elt, x.generators) if isinstance(x, ast.GeneratorExp) else x
        for x in arguments
    ]
    return ast.Call(ast.Name(name), listed, [])
