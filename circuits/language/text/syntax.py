"""The user's text as a tree: the node that an instruction stands for, and what is around it."""

from __future__ import annotations

import ast
import dis
import linecache
import sys
from collections import ChainMap
from dataclasses import dataclass
from types import CodeType, FrameType

from zkpipe.circuits.errors import Source
from zkpipe.circuits.language.text.frames import frames_here
from zkpipe.circuits.language.text.parsing import code_of, expression_of, module_of
from zkpipe.circuits.language.text.source import SHOWN, Place, SentPlace, source_here

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
    frame      what runs the text: its names stand for something there
    """

    node: ast.AST
    around: tuple[ast.AST, ...]
    operation: str
    written: str | None
    frame: FrameType

    @property
    def text(self) -> str | None:
        """The node's text, if it is short; of a loop what it goes through."""
        if isinstance(self.node, ast.For):
            return shown(self.node.iter)
        if isinstance(self.node, ast.Tuple | ast.List) and isinstance(self.node.ctx, ast.Store):
            taken = next((x for x in self.around if isinstance(x, ast.Assign)), None)
            return None if taken is None else shown(taken.value)
        return self.written if isinstance(self.node, ast.expr) else None

    def value_of(self, node: ast.AST) -> object:
        """What a name stands for; None if the node is no name, or stands for nothing."""
        if not isinstance(node, ast.Name):
            return None
        frame = self.frame
        return ChainMap(frame.f_locals, frame.f_globals, frame.f_builtins).get(node.id)


def spot_of(frame: FrameType, instruction: int) -> Spot | None:
    """The node that a frame is at; None if the text is not there, or is not the code's."""
    place = Place(frame.f_code, instruction)
    line, last, start, end = place.positions()
    if line is None or last is None or start is None or end is None:
        return None
    text = "".join(linecache.getlines(place.code.co_filename))
    tree = module_of(text)
    path = None if tree is None else _path(tree, (line, start, last, end))
    if path is None or not _is_source_of(text, place, (line, start, last, end)):
        return None
    node = path[-1]
    written = place.expression()
    if written is None or not _is_text_of(written, node):
        written = shown(node)
    return Spot(node, tuple(reversed(path[:-1])), _operation(place), written, frame)


def _is_source_of(text: str, place: Place, span: Span) -> bool:
    """Whether a file still has the expression that a place is at: it may have been edited since.

    What it loads is compared, but not of code that pytest changed for its asserts, which has
    names that no text can have.
    """
    if any(name.startswith("@") for name in (*place.code.co_names, *place.code.co_varnames)):
        return True
    # With Python's -O, and as the command compiles a circuit's file
    compiled = [code for level in {0, sys.flags.optimize} if (code := code_of(text, level))]
    if not compiled:
        return True  # a cell of a notebook may have `await` on its own
    code, positions = place.code, place.positions()
    loaded = _loaded(code, span)
    while compiled:
        found = compiled.pop()
        compiled += [constant for constant in found.co_consts if isinstance(constant, CodeType)]
        if (
            (found.co_name, found.co_firstlineno) == (code.co_name, code.co_firstlineno)
            and positions in found.co_positions()
            and _are_among(_loaded(found, span), loaded)
        ):
            return True
    return False


def _are_among(some: list[str], others: list[str]) -> bool:
    """Whether all of some are among the others, in that order."""
    following = iter(others)
    return all(text in following for text in some)


def _loaded(code: CodeType, span: Span) -> list[str]:
    """The names and constants that code takes for an expression and what is in it, in order."""
    found: list[str] = []
    for instruction in dis.get_instructions(code):
        at, value = instruction.positions, instruction.argval
        if at is None or not instruction.opname.startswith("LOAD") or isinstance(value, CodeType):
            continue
        line, last, start, end = at
        if line is None or last is None or start is None or end is None:
            continue
        if _contains(span, (line, start, last, end)):
            found += map(repr, value) if isinstance(value, tuple) else [repr(value)]
    return found


def _is_text_of(text: str, node: ast.AST) -> bool:
    tree = expression_of(text)
    try:
        return tree is not None and ast.dump(tree) == ast.dump(node)
    except RecursionError:
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
    try:
        text = ast.unparse(node)
    except RecursionError:  # thousands of operators, as in generated text
        return None
    return text if len(text) <= SHOWN and "\n" not in text else None


def expression_here() -> tuple[str, Source | None]:
    """The expression being executed, in back quotes, as a sentence begins; and its source."""
    frame = frames_here()[0]
    spot = None if frame is None else spot_of(frame, frame.f_lasti)
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
    try:
        return (
            all(isinstance(operator, _REFLEXIVE) for operator in compared.ops)
            and all(isinstance(part, _PURE + _AT_ONCE) for side in sides for part in ast.walk(side))
            and len({_ordered(side) for side in sides}) == 1
        )
    except RecursionError:
        return False


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
