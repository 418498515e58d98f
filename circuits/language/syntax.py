"""The user's text as a tree: the node that an instruction stands for, and what is around it."""

from __future__ import annotations

import ast
import dis
import linecache
from collections.abc import Iterator
from dataclasses import dataclass

from circuits.errors import Source
from circuits.language.source import SHOWN, Place, SentPlace, here, source_here

Span = tuple[int, int, int, int]  # first line, its column, last line, its column; bytes, as ast's
_SPREAD = (  # what they hold may lie outside: decorators; formatted values before Python 3.12
    ast.JoinedStr,
    ast.FormattedValue,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
)


@dataclass(frozen=True, slots=True)
class Spot:
    """What the text has at a place.

    node       the innermost expression that the instruction is of
    around     what it stands in, the innermost first
    operation  the instruction's name: CALL, COMPARE_OP, ...
    written    the node as the author wrote it, if that is short
    """

    node: ast.AST
    around: tuple[ast.AST, ...]
    operation: str
    written: str | None

    @property
    def text(self) -> str | None:
        """The node's text, if it is short; of a loop what it goes through."""
        if isinstance(self.node, ast.For):
            return shown(self.node.iter)
        if isinstance(self.node, ast.Tuple | ast.List) and isinstance(self.node.ctx, ast.Store):
            taken = next((x for x in self.around if isinstance(x, ast.Assign)), None)
            return None if taken is None else shown(taken.value)
        return self.written if isinstance(self.node, ast.expr) else None


def spot_of(place: Place) -> Spot | None:
    """The node that a place is at; None if the text is not there, or is not the code's."""
    line, last, start, end = place.positions()
    if line is None or last is None or start is None or end is None:
        return None
    text = "".join(linecache.getlines(place.code.co_filename))
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    path = _path(tree, (line, start, last, end))
    if path is None:
        return None
    node = path[-1]
    written = place.expression()
    if written is None or not _is_text_of(written, node):
        written = shown(node)
    return Spot(node, tuple(reversed(path[:-1])), _operation(place), written)


def _is_text_of(text: str, node: ast.AST) -> bool:
    try:
        return ast.dump(ast.parse(text, mode="eval").body) == ast.dump(node)
    except (SyntaxError, ValueError):
        return False


def _operation(place: Place) -> str:
    """The instruction's name; a frame that called another may stand at what follows it.

    TO_BOOL also for a comparison that is tested at once, as of Python 3.13.
    """
    found = ""
    for instruction in dis.get_instructions(place.code):
        if instruction.offset > place.instruction:
            break
        found = "TO_BOOL" if instruction.argrepr.startswith("bool(") else instruction.opname
    return found


def _path(tree: ast.AST, span: Span) -> list[ast.AST] | None:
    """From the tree down to the last node that has the very span."""
    found: list[ast.AST] | None = None
    waiting: list[list[ast.AST]] = [[tree]]
    while waiting:
        path = waiting.pop()
        node = path[-1]
        own = _span(node)
        if own == span and (found is None or len(path) > len(found)):
            found = path
        if own is None or isinstance(node, _SPREAD) or _contains(own, span):
            waiting += [[*path, child] for child in ast.iter_child_nodes(node)]
    return found


def _span(node: ast.AST) -> Span | None:
    if not isinstance(node, ast.expr | ast.stmt | ast.pattern | ast.keyword):
        return None
    return (
        node.lineno,
        node.col_offset,
        node.end_lineno or node.lineno,
        node.end_col_offset or node.col_offset,
    )


def _contains(outer: Span, inner: Span) -> bool:
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


def shown(node: ast.AST | None) -> str | None:
    """A node as text on one line; None if it is too long for a sentence."""
    if node is None:
        return None
    text = ast.unparse(node)
    return text if len(text) <= SHOWN and "\n" not in text else None


def expression_here() -> tuple[str, Source | None]:
    """The expression being executed, in back quotes, as a sentence begins; and its source."""
    place = here()
    spot = None if place is None else spot_of(place)
    text = None if spot is None else spot.text
    return (f"`{text}`" if text else "An expression"), source_here()


_PURE = (ast.BinOp, ast.UnaryOp, ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple)
_AT_ONCE = (ast.operator, ast.unaryop, ast.expr_context)
_REFLEXIVE = (ast.Eq, ast.LtE, ast.GtE)


def is_identity(tree: ast.expr | None) -> bool:
    """Whether a call checks that what is written twice is itself: check(a * a == a * a)."""
    if not isinstance(tree, ast.Call) or not tree.args or not isinstance(tree.args[0], ast.Compare):
        return False
    compared = tree.args[0]
    sides = [compared.left, *compared.comparators]
    return (
        all(isinstance(operator, _REFLEXIVE) for operator in compared.ops)
        and all(isinstance(part, _PURE + _AT_ONCE) for side in sides for part in ast.walk(side))
        and len({_ordered(side) for side in sides}) == 1
    )


def _ordered(node: ast.expr) -> str:
    """A text that sums and products have in common whatever the order of two operands."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mult):
        sides = sorted((_ordered(node.left), _ordered(node.right)))
        return f"({type(node.op).__name__} {sides[0]} {sides[1]})"
    if isinstance(node, ast.BinOp):
        return f"({type(node.op).__name__} {_ordered(node.left)} {_ordered(node.right)})"
    return ast.dump(node)


def zero_divisor(name: str, place: Place | SentPlace | None) -> tuple[str, str]:
    """What is wrong with a division by zero, and what to do: select() computes both its cases."""
    tree = place.tree() if isinstance(place, Place) else None
    divisor = "y"
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.FloorDiv | ast.Mod | ast.Div):
        divisor = shown(tree.right) or divisor
    elif isinstance(tree, ast.Call) and len(tree.args) == 2:  # divmod
        divisor = shown(tree.args[1]) or divisor
    return (
        f"In {name} the divisor of a division is zero.",
        f"Give inputs for which it is not; where it may be, divide by "
        f"select({divisor} != 0, {divisor}, 1), as both cases of a select() are computed.",
    )


# --- conditions as a circuit has them

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
