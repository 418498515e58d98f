"""Comparisons that nothing uses: a check that its author forgot to write.

`a < b` alone on a line constrains nothing. So each condition that the author's text makes is a
claim, and every value that is computed with it holds on to it. A check, a range check or an output
uses a claim, and with it those that it was computed from. What is unused at the end is an error.

A hint uses nothing: what it returns is the prover's to choose. A Bool that a component, a gadget or
a hint brought is no comparison of the author's; unused, it is a remark, which lint tells. So is the
last value of a flag that runs through a loop, if the one before is used.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from zkpipe.circuits.errors import CircuitWarning, CompileError
from zkpipe.circuits.language.text.parsing import expression_of
from zkpipe.circuits.language.text.source import Place

CONDITIONS = ("all_of", "any_of", "member")
SHOWN = 4  # other lines that an error names


class Claim:
    """Something computed from comparisons.

    parents      the claims that it was computed from
    place        where the author's text makes it; None for what is no comparison of its own
    bringer      what brought a Bool that is no comparison: `the component f`
    is_used      whether a constraint or an output depends on it
    is_hinted    whether a hint takes it
    """

    __slots__ = ("bringer", "is_hinted", "is_used", "parents", "place")

    def __init__(
        self,
        parents: Sequence[Claim],
        place: Place | None = None,
        bringer: str | None = None,
    ) -> None:
        self.parents = parents
        self.place = place
        self.bringer = bringer
        self.is_used = False
        self.is_hinted = False

    def use(self) -> None:
        """Mark it as used, and what it was computed from."""
        waiting = [self]
        while waiting:
            claim = waiting.pop()
            if not claim.is_used:
                claim.is_used = True
                waiting.extend(claim.parents)


def refuse_unused(claims: Sequence[Claim], within: str) -> None:
    """Raise CompileError for comparisons that nothing uses, if there is one.

    within  what was traced: `the circuit f`
    """
    found = [
        claim
        for claim in _outermost(claims)
        if claim.bringer is None and not _is_last_of_running(claim)
    ]
    if not found:
        return
    first, *others = found
    text = first.place.expression() if first.place else None
    shown = f"`{text}`" if text else f"A comparison of {within}"
    what = (
        "is used by a hint alone, which constrains nothing."
        if first.is_hinted
        else "is used by nothing, so it constrains nothing."
    )
    lines = dict.fromkeys(str(claim.place.source()) for claim in others if claim.place)
    source = first.place.source() if first.place else None
    lines.pop(str(source), None)
    evidence = list(lines)[:SHOWN]
    if len(lines) > SHOWN:
        evidence.append(f"and {len(lines) - SHOWN} other lines")
    raise CompileError(f"{shown} {what}", _fix(text), source, evidence)


def _is_last_of_running(claim: Claim) -> bool:
    """Whether a loop computed it from what the same text gave the time before, and that is used.

    So does `seen = seen | (x > 3)`, which each item but the first asks: nobody asks the last.
    """
    if claim.place is None or not claim.place.is_in_loop():
        return False
    before, met, waiting = False, {claim}, list(claim.parents)
    while waiting:
        parent = waiting.pop()
        if parent in met:
            continue
        met.add(parent)
        if parent.place != claim.place:
            waiting.extend(parent.parents)
        elif not parent.is_used:
            return False
        else:
            before = True
    return before


def _fix(text: str | None) -> str:
    if text is None:
        return "Write check(...) around it, or take it away."
    if _is_condition(text):
        return f"Write check({text}), or take it away."
    return "Use its result, or take it away."


def _is_condition(text: str) -> bool:
    expression = expression_of(text)
    if isinstance(expression, ast.Call):
        return ast.unparse(expression.func).rpartition(".")[2] in CONDITIONS
    return isinstance(expression, ast.Compare | ast.BinOp | ast.UnaryOp)


def unused_bools(claims: Sequence[Claim]) -> Iterator[CircuitWarning]:
    """A remark for each Bool that was brought, or is the last of a loop, and that nothing uses."""
    for claim in _outermost(claims):
        if claim.bringer is None and _is_last_of_running(claim):
            text = claim.place.expression() if claim.place else None
            yield CircuitWarning(
                "unused-bool",
                f"{f'`{text}`' if text else 'A Bool'} runs through a loop, and nothing uses the "
                "last.",
                "Write check(...) around it after the loop if it must hold.",
                claim.place.source() if claim.place else None,
            )
        elif claim.bringer is not None:
            yield CircuitWarning(
                "unused-bool",
                f"A Bool of {claim.bringer} is used by nothing, so it constrains nothing.",
                "Write check(...) around it if it must hold.",
                claim.place.source() if claim.place else None,
            )


def _outermost(claims: Sequence[Claim]) -> list[Claim]:
    """The unused claims that stand in the text and are part of no other such claim."""
    unused = [claim for claim in claims if not claim.is_used]
    inner: set[Claim] = set()
    for claim in unused:
        waiting = list(claim.parents)
        while waiting:
            parent = waiting.pop()
            if parent not in inner:
                inner.add(parent)
                waiting.extend(parent.parents)
    return [claim for claim in unused if claim not in inner]
