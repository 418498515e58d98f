"""Operators that bind more closely than their author thought: a > 3 & b < 5 is a > (3 & b) < 5."""

from __future__ import annotations

import ast

from zkpipe.circuits.language.text.frames import frames_here
from zkpipe.circuits.language.text.syntax import shown, spot_of

_JOINING = (ast.BitAnd, ast.BitOr, ast.BitXor)


def parenthesised() -> str | None:
    """The advice to put comparisons in parentheses, where & or | stands between them without."""
    frame = frames_here()[0]
    spot = None if frame is None else spot_of(frame, frame.f_lasti)
    if spot is None or not isinstance(spot.node, ast.BinOp):
        return None
    outer = next(iter(spot.around), None)
    if not isinstance(outer, ast.Compare) or not isinstance(spot.node.op, _JOINING):
        return None
    return parenthesised_in(outer)


def parenthesised_in(comparisons: ast.Compare) -> str | None:
    """The same advice for a chain of comparisons, if such an operator stands in it."""
    meant = _meant(comparisons)
    text = None if meant is None else shown(meant)
    return f"Put comparisons in parentheses: {text}." if text else None


def _meant(node: ast.Compare) -> ast.expr | None:
    """The comparisons of a chain, each for itself, joined by the operators between its sides."""
    joined: ast.expr | None = None
    left, operator = node.left, None
    for sign, side in zip(node.ops, node.comparators, strict=True):
        right, following = side, None
        if isinstance(side, ast.BinOp) and isinstance(side.op, _JOINING):
            right, following = side.left, side
        compared: ast.expr = ast.Compare(left, [sign], [right])
        joined = (
            compared
            if joined is None or operator is None
            else ast.BinOp(joined, operator, compared)
        )
        if following is None:
            return joined if side is node.comparators[-1] and operator is not None else None
        left, operator = following.right, following.op
    return None if joined is None or operator is None else ast.BinOp(joined, operator, left)
