"""Whether code without a text shows what it makes a text of, as its instructions tell.

Python keeps no places of expressions under PYTHONNODEBUGRANGES, and there is no text of a program
that it reads from standard input. The instructions are then followed with a stack of what is known:
the text, an exception that holds it, or a function that a name stands for. A jump, or an
instruction that is not known here, ends what is known. The text then counts as computed with.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from zkpipe.circuits.language.suggestions.displayers import (
    Streams,
    attribute,
    is_error,
    joins,
    shows,
)


@dataclass(frozen=True, slots=True)
class _Known:
    """A function or another object that a name stands for, and the name."""

    value: Any
    name: str


_TEXT, _ERROR, _NULL, _OTHER = "text", "error", "null", "other"
_NOTHING = frozenset(("CACHE", "EXTENDED_ARG", "NOP", "NOT_TAKEN", "PRECALL", "RESUME"))
_ENDS = ("sep", "end", "flush")  # keywords of print() that change nothing about where it writes


def instruction_shows(frame: FrameType, outside: Streams) -> bool:
    """Whether the instruction that a frame is at shows what it makes a text of.

    outside  the standard streams when the body began
    """
    run = _Run(frame, outside)
    instructions = [x for x in dis.get_instructions(frame.f_code) if x.opname not in _NOTHING]
    following = [x.opname for x in instructions[1:]]
    offsets = [x.offset for x in instructions[1:]]
    ends = [*offsets, frame.f_lasti + 1]
    for x, next_, end in zip(instructions, [*following, ""], ends, strict=True):
        run.step(x, next_, is_asking=x.offset <= frame.f_lasti < end)
    return run.is_shown


@dataclass(slots=True)
class _Run:
    """The stack as far as it is known, before each instruction in the order of the code.

    is_shown  whether the text went into a display
    """

    frame: FrameType
    outside: Streams
    stack: list[Any] = field(default_factory=list)
    keywords: tuple[str, ...] = ()
    is_shown: bool = False

    def step(self, x: dis.Instruction, next_: str, *, is_asking: bool) -> None:
        """Execute an instruction. is_asking: it is the one that makes a text."""
        if x.is_jump_target:
            self.stack.clear()
        if x.opname in ("CALL", "CALL_KW"):
            self._call(x, is_unused=next_ == "POP_TOP", is_asking=is_asking)
        elif x.opname == "KW_NAMES":
            self.keywords = self.frame.f_code.co_consts[x.arg or 0]
        elif x.opname.startswith("LOAD_"):
            self._load(x)
        elif x.opname == "PUSH_NULL":
            self.stack.append(_NULL)
        elif (taken := _taken(x)) is not None:
            found = [self._pop() for _ in range(taken)]
            self.stack.append(_TEXT if is_asking or _TEXT in found else _OTHER)
        elif x.opname == "RAISE_VARARGS" and x.arg == 1 and self._pop() == _ERROR:
            self.is_shown = True
        else:
            self.stack.clear()

    def _pop(self) -> Any:
        return self.stack.pop() if self.stack else _OTHER

    def _load(self, x: dis.Instruction) -> None:
        if x.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            owner = self._pop()
            found = attribute(owner.value, x.argval) if isinstance(owner, _Known) else None
            self.stack.append(_Known(found, x.argval))
            if x.opname == "LOAD_METHOD" or _with_null(x):
                self.stack.append(_OTHER)  # the object whose method it is
        elif x.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            named = [_Known(self._named(x), str(x.argval))]
            if x.opname == "LOAD_GLOBAL" and _with_null(x):
                is_first = x.argrepr.startswith("NULL + ")
                self.stack += [_NULL, *named] if is_first else [*named, _NULL]
            else:
                self.stack += named
        elif x.opname.startswith(("LOAD_FAST", "LOAD_DEREF", "LOAD_CONST", "LOAD_SMALL")):
            is_pair = "LOAD_FAST" in x.opname and isinstance(x.argval, tuple)
            self.stack += [_OTHER] * (2 if is_pair else 1)
            if x.opname == "LOAD_CONST":
                self.stack[-1] = _Known(x.argval, "")
        else:
            self.stack.clear()

    def _named(self, x: dis.Instruction) -> object:
        frame = self.frame
        places: list[Mapping[str, object]] = [frame.f_globals, frame.f_builtins]
        if x.opname == "LOAD_NAME":
            places.insert(0, frame.f_locals)
        return next((place[x.argval] for place in places if x.argval in place), None)

    def _call(self, x: dis.Instruction, *, is_unused: bool, is_asking: bool) -> None:
        keywords, self.keywords = self.keywords, ()
        if x.opname == "CALL_KW":
            named = self._pop()
            keywords = tuple(named.value) if isinstance(named, _Known) else ("?",)
        given = [self._pop() for _ in range(x.arg or 0)]
        called = [self._pop(), self._pop()]
        function = next((one for one in reversed(called) if isinstance(one, _Known)), None)
        has_text = is_asking or _TEXT in given or _ERROR in given
        if function is None or not has_text:
            self.stack.append(_OTHER)
        elif is_error(function.value):
            self.stack.append(_ERROR)
        elif joins(function.value, function.name, self.frame) and _ERROR not in given:
            self.stack.append(_TEXT)
        else:
            self.stack.append(_OTHER)
            are_ends = all(keyword in _ENDS for keyword in keywords)
            self.is_shown |= are_ends and self._shows(function, is_unused)

    def _shows(self, function: _Known, is_unused: bool) -> bool:
        return shows(
            function.value, function.name, self.frame, is_unused=is_unused, outside=self.outside
        )


def _with_null(x: dis.Instruction) -> bool:
    """Whether it pushes two values, of which one is NULL or the object that has the method."""
    return x.argrepr != str(x.argval)


_TAKEN: Mapping[str, Callable[[int], int]] = {  # of those whose result is a text with theirs in it
    "FORMAT_VALUE": lambda arg: 2 if arg & 4 else 1,
    "FORMAT_SIMPLE": lambda _: 1,
    "FORMAT_WITH_SPEC": lambda _: 2,
    "CONVERT_VALUE": lambda _: 1,
    "BUILD_STRING": lambda arg: arg,
    "BUILD_TUPLE": lambda arg: arg,
    "BUILD_LIST": lambda arg: arg,
}


def _taken(x: dis.Instruction) -> int | None:
    """How many values an instruction takes off the stack for a text, or a list with one in it."""
    if x.opname == "BINARY_OP":
        return 2 if x.argrepr in ("%", "+") else None
    taken = _TAKEN.get(x.opname)
    return None if taken is None else taken(x.arg or 0)
