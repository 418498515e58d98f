"""What the instructions of code and the text of a file tell, each read once.

A body asks for every text of a value that it makes, often thousands. So the instructions are listed
once for each code, and a file is parsed and compiled once for as long as its text stays the same.
Code of two files may be equal, but its places are not the same: what is kept is kept for the very
code.
"""

from __future__ import annotations

import ast
import dis
import linecache
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from types import CodeType
from typing import Any

from zkpipe.circuits.language.text.parsing import code_of, module_of

Span = tuple[int, int, int, int]  # first line, its column, last line, its column; bytes, as ast's
Positions = tuple[int | None, int | None, int | None, int | None]  # lines, columns
_CODES = 128  # a circuit calls no more functions in turn
_FILES = 16
_SPREAD = (  # what they hold may lie outside: decorators; formatted values before Python 3.12
    ast.JoinedStr,
    ast.FormattedValue,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
)


class Same:
    """Code as a key, which equals itself alone."""

    __slots__ = ("code",)

    def __init__(self, code: CodeType) -> None:
        self.code = code

    def __hash__(self) -> int:
        return id(self.code)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.code is other.code


class Listing:
    """The instructions of code."""

    def __init__(self, code: CodeType) -> None:
        self.code = code

    @cached_property
    def positions(self) -> list[Positions]:
        """Where each instruction stands in the text."""
        return list(self.code.co_positions())

    @cached_property
    def has_names_of_pytest(self) -> bool:
        """Whether pytest changed it for its asserts: then it has names that no text can have."""
        return any(name.startswith("@") for name in (*self.code.co_names, *self.code.co_varnames))

    def stands_at(self, positions: Positions) -> bool:
        """Whether an instruction stands there."""
        return positions in self._places

    def operation(self, instruction: int) -> str:
        """The instruction's name; a frame that called another may stand at what follows it.

        TO_BOOL also for a comparison that is tested at once, as of Python 3.13.
        """
        offsets, names, _ = self._read
        at = bisect_right(offsets, instruction)
        return names[at - 1] if at else ""

    def loaded(self, span: Span) -> list[str]:
        """The names and constants that it takes for an expression and what is in it, in order."""
        loads = self._read[2]
        first = bisect_left(loads, (span[:2],))
        last = bisect_right(loads, (span[2:],))
        within = [(number, texts) for _, end, number, texts in loads[first:last] if end <= span[2:]]
        return [text for _, texts in sorted(within) for text in texts]

    @cached_property
    def _places(self) -> frozenset[Positions]:
        return frozenset(self.positions)

    @cached_property
    def _read(self) -> tuple[list[int], list[str], list[tuple[Any, ...]]]:
        """Offsets, names, and what is loaded: its start, its end, its number and the texts."""
        offsets: list[int] = []
        names: list[str] = []
        loads: list[tuple[Any, ...]] = []
        for x in dis.get_instructions(self.code):
            offsets.append(x.offset)
            names.append("TO_BOOL" if x.argrepr.startswith("bool(") else x.opname)
            if not x.opname.startswith("LOAD") or isinstance(x.argval, CodeType):
                continue
            line, last, start, end = x.positions or (None, None, None, None)
            if line is not None and last is not None and start is not None and end is not None:
                values = x.argval if isinstance(x.argval, tuple) else (x.argval,)
                loads.append(((line, start), (last, end), len(offsets), [*map(repr, values)]))
        return offsets, names, sorted(loads)


def listing_of(code: CodeType) -> Listing:
    """The instructions of code; of the last that were asked for they are kept."""
    return _listing(Same(code))


@lru_cache(_CODES)
def _listing(same: Same) -> Listing:
    return Listing(same.code)


class FileText:
    """The text of a file, as a tree and compiled."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.text = "".join(lines)

    def path(self, span: Span) -> list[ast.AST] | None:
        """From the tree down to the last node that has the very span."""
        found: list[ast.AST] | None = None
        nodes, above = self._nodes
        for node in nodes.get(span, ()):
            path = [node]
            while (outer := above.get(path[-1])) is not None:
                path.append(outer)
            if all(_may_hold(outer, span) for outer in path[1:]) and (
                found is None or len(path) > len(found)
            ):
                found = path
        return None if found is None else found[::-1]

    def compiled_as(self, code: CodeType) -> Iterator[Listing]:
        """What the text holds of that name and on that line."""
        yield from self._compiled.get((code.co_name, code.co_firstlineno), ())

    @property
    def can_be_compiled(self) -> bool:
        """Not a cell of a notebook that has `await` on its own."""
        return bool(self._compiled)

    @cached_property
    def _nodes(self) -> tuple[dict[Span, list[ast.AST]], dict[ast.AST, ast.AST]]:
        """The nodes at each span, and what each node stands in."""
        nodes: dict[Span, list[ast.AST]] = {}
        above: dict[ast.AST, ast.AST] = {}
        tree = module_of(self.text)
        waiting: list[ast.AST] = [] if tree is None else [tree]
        while waiting:
            node = waiting.pop()
            span = _span(node)
            if span is not None:
                nodes.setdefault(span, []).append(node)
            for child in ast.iter_child_nodes(node):
                above[child] = node
                waiting.append(child)
        return nodes, above

    @cached_property
    def _compiled(self) -> dict[tuple[str, int], list[Listing]]:
        # With Python's -O, and as the command compiles a circuit's file
        waiting = [code for level in {0, sys.flags.optimize} if (code := code_of(self.text, level))]
        found: dict[tuple[str, int], list[Listing]] = {}
        while waiting:
            code = waiting.pop()
            found.setdefault((code.co_name, code.co_firstlineno), []).append(Listing(code))
            waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        return found


_files: dict[str, FileText] = {}  # the last that were asked for, by name


def text_of(file: str) -> FileText:
    """The text of a file, by the name that code has for it."""
    lines = linecache.getlines(file)
    found = _files.get(file)
    if found is None or (found.lines is not lines and found.lines != lines):
        found = FileText(lines)
        for oldest in list(_files)[: max(0, len(_files) - _FILES + 1)]:
            _files.pop(oldest, None)
        _files[file] = found
    return found


def _may_hold(node: ast.AST, span: Span) -> bool:
    own = _span(node)
    return own is None or isinstance(node, _SPREAD) or _contains(own, span)


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
