"""The user's text as a tree: the node that an instruction stands for, and what is around it."""

from __future__ import annotations

import ast
from collections import ChainMap
from dataclasses import dataclass
from functools import lru_cache
from types import FrameType

from zkpipe.circuits.errors import Source
from zkpipe.circuits.language.text.frames import frames_here
from zkpipe.circuits.language.text.listings import FileText, Same, Span, listing_of, text_of
from zkpipe.circuits.language.text.parsing import expression_of
from zkpipe.circuits.language.text.source import SHOWN, Place, SentPlace, source_here

_PLACES = 1 << 13  # a text of each is made again and again in a loop


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
    found = _node_at(Same(frame.f_code), instruction, text_of(frame.f_code.co_filename))
    return None if found is None else Spot(*found, frame)


@lru_cache(_PLACES)
def _node_at(
    same: Same, instruction: int, text: FileText
) -> tuple[ast.AST, tuple[ast.AST, ...], str, str | None] | None:
    """What a Spot has of a place, which does not depend on the frame."""
    place = Place(same.code, instruction)
    line, last, start, end = place.positions()
    if line is None or last is None or start is None or end is None:
        return None
    path = text.path((line, start, last, end))
    if path is None or not _is_source_of(text, place, (line, start, last, end)):
        return None
    node = path[-1]
    written = place.expression()
    if written is None or not _is_text_of(written, node):
        written = shown(node)
    return node, tuple(reversed(path[:-1])), listing_of(same.code).operation(instruction), written


def _is_source_of(text: FileText, place: Place, span: Span) -> bool:
    """Whether a file still has the expression that a place is at: it may have been edited since.

    What it loads is compared, but not of code that pytest changed for its asserts.
    """
    code = listing_of(place.code)
    if code.has_names_of_pytest or not text.can_be_compiled:
        return True
    return any(
        found.stands_at(place.positions()) and _are_among(found.loaded(span), code.loaded(span))
        for found in text.compiled_as(place.code)
    )


def _are_among(some: list[str], others: list[str]) -> bool:
    """Whether all of some are among the others, in that order."""
    following = iter(others)
    return all(text in following for text in some)


def _is_text_of(text: str, node: ast.AST) -> bool:
    tree = expression_of(text)
    try:
        return tree is not None and ast.dump(tree) == ast.dump(node)
    except RecursionError:
        return False


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
