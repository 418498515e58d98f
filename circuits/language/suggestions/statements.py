"""What to write where a circuit's value would decide a statement, or an `if ... else`."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from zkpipe.circuits.language.suggestions.calls import name_of
from zkpipe.circuits.language.suggestions.conditions import as_flag, call, negated
from zkpipe.circuits.language.suggestions.needs import UNKNOWN, WHEN, Advice, Kind, written
from zkpipe.circuits.language.text.syntax import Spot, shown

Deciding = ast.If | ast.While | ast.IfExp | ast.Assert


def of_statement(spot: Spot, outer: Deciding, kind: Kind) -> Advice:
    """Of `if`, `while`, `assert` and `x if c else y`, decided by a signal."""
    flag = as_flag(outer.test, is_number=not kind.is_flag)
    about, condition = shown(outer.test), shown(flag) or "condition"
    if isinstance(outer, ast.Assert):
        parts = [flag] if outer.msg is None else [flag, outer.msg]
        return Advice(
            about,
            f"is asserted, but Python's assert constrains nothing: the value is {WHEN}.",
            written(call("check", *parts), "Write check(condition)."),
        )
    if isinstance(outer, ast.While):
        return Advice(
            about,
            f"decides how often a `while` runs, {UNKNOWN}.",
            "Write a loop with a fixed number of steps, and in each step keep the old values with "
            f"select({condition}, new, old).",
        )
    fix = _choose(condition)
    raised = _raised(spot, outer)
    if raised is not None:
        wanted = negated(flag) if raised is outer.body else flag
        fix = written(call("check", wanted, *_message(raised)), fix)
    elif isinstance(outer, ast.IfExp) and _calls_itself(spot, outer.body, outer.orelse):
        fix = _ENDLESS
    elif isinstance(outer, ast.IfExp):
        fix = written(call("select", flag, outer.body, outer.orelse), fix)
    else:
        fix = _instead(spot, outer, flag, _after(outer, spot.around)) or fix
    return Advice(about, f"decides an `if`, {UNKNOWN}.", fix + _guarded(outer))


def _raised(spot: Spot, outer: Deciding) -> ast.expr | None:
    """What `raise error if c else None` raises, in either case."""
    if not isinstance(outer, ast.IfExp) or not any(isinstance(x, ast.Raise) for x in spot.around):
        return None
    for case, other in ((outer.body, outer.orelse), (outer.orelse, outer.body)):
        if isinstance(other, ast.Constant) and other.value is None:
            return case
    return None


def _message(exception: ast.expr) -> list[ast.expr]:
    """The text that an exception says, if it is written out."""
    if isinstance(exception, ast.Call) and exception.args:
        said = exception.args[0]
        if isinstance(said, ast.Constant) and isinstance(said.value, str):
            return [said]
    return []


def _guarded(outer: ast.If | ast.IfExp) -> str:
    """A word on a divisor that the condition looks at: what divides by it is always computed."""
    looked_at = {ast.dump(part) for part in ast.walk(outer.test)}
    for part in ast.walk(outer):
        if isinstance(part, ast.BinOp | ast.AugAssign) and isinstance(part.op, _DIVIDING):
            divisor = part.right if isinstance(part, ast.BinOp) else part.value
            text = shown(divisor)
            if text and not isinstance(divisor, ast.Constant) and ast.dump(divisor) in looked_at:
                return (
                    " Both cases are computed: divide by "
                    f"select({text} != 0, {text}, 1) in place of {text}."
                )
    return ""


_DIVIDING = (ast.FloorDiv, ast.Mod, ast.Div)


def _after(statement: ast.stmt, around: Sequence[ast.AST]) -> ast.stmt | None:
    """The statement that follows one in its block."""
    for node in around:
        for block in ("body", "orelse", "finalbody"):
            after = getattr(node, block, None)
            if isinstance(after, list) and statement in after:
                return next(iter(after[after.index(statement) + 1 :]), None)
    return None


def _choose(condition: str) -> str:
    return f"Compute both cases and choose: select({condition}, if_true, if_false)."


def _instead(spot: Spot, outer: ast.If, flag: ast.expr, after: ast.stmt | None) -> str | None:
    """A line that does what the `if` does, for the plainest of them."""
    first = outer.body[0]
    if isinstance(outer.body[-1], ast.Break | ast.Continue):
        return (
            "A loop runs to its end: keep a Bool that says whether a step counts, and choose with "
            f"select({shown(negated(flag)) or 'counts'}, new, old)."
        )
    if len(outer.body) > 1 or len(outer.orelse) > 1:
        return None
    other = outer.orelse[0] if outer.orelse else None
    if isinstance(first, ast.Return) and first.value is not None:
        other = other or after
        if isinstance(other, ast.Return) and other.value is not None:
            if _calls_itself(spot, first.value, other.value):
                return _ENDLESS
            return _line(ast.Return(call("select", flag, first.value, other.value)))
        return None
    if other is None and isinstance(first, ast.Raise):
        said = [] if first.exc is None else _message(first.exc)
        return _line(ast.Expr(call("check", negated(flag), *said)))
    if other is None and isinstance(first, ast.Expr) and _is_check(first.value):
        checked = as_flag(first.value.args[0])  # type: ignore[attr-defined]  # _is_check says so
        return _line(ast.Expr(call("check", ast.BinOp(negated(flag), ast.BitOr(), checked))))
    target, value = _assigned(first)
    if target is None or value is None:
        return None
    if other is None and target not in spot.frame.f_locals:
        return _line(ast.Assign([ast.Name(target)], call("select", flag, value, ast.Constant(0))))
    name, otherwise = (target, ast.Name(target)) if other is None else _assigned(other)
    if name != target or otherwise is None:
        return None
    return _line(ast.Assign([ast.Name(target)], call("select", flag, value, otherwise)))


_ENDLESS = (
    "Write a loop of a fixed number of steps: both cases are computed, so a function that calls "
    "itself has no end."
)


def _calls_itself(spot: Spot, *nodes: ast.expr) -> bool:
    """Whether the function whose text it is is called in expressions."""
    parts = [part for node in nodes for part in ast.walk(node)]
    called = {name_of(part.func) for part in parts if isinstance(part, ast.Call)}
    return spot.frame.f_code.co_name in called


def _line(node: ast.stmt) -> str | None:
    text = shown(ast.fix_missing_locations(node))
    return f"Write {text}." if text else None


def _is_check(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and name_of(node.func) == "check" and bool(node.args)


def _assigned(node: ast.stmt) -> tuple[str | None, ast.expr | None]:
    """The name that a statement assigns to, and what."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        return (target.id, node.value) if isinstance(target, ast.Name) else (None, None)
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return node.target.id, ast.BinOp(ast.Name(node.target.id), node.op, node.value)
    return None, None
