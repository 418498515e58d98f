"""Whether code without a text shows what it makes a text of, as its instructions tell.

Python keeps no places of expressions under PYTHONNODEBUGRANGES, and there is no text of a program
that it reads from standard input. The instructions are then followed with a stack of what is known:
the text, an exception that holds it, or a function that a name stands for. A jump, or an
instruction that is not known here, ends what is known. The text then counts as computed with.
"""

from __future__ import annotations

import dis
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import FrameType
from typing import Any

from zkpipe.circuits.language.suggestions.displayers import (
    Streams,
    attribute,
    is_error,
    joins,
    shows,
    takes_stream_second,
)
from zkpipe.circuits.language.text.listings import Same


@dataclass(frozen=True, slots=True)
class _Known:
    """A function or another object that a name stands for, and the name."""

    value: Any
    name: str


_TEXT, _ERROR, _NULL, _OTHER = "text", "error", "null", "other"
_NOTHING = frozenset(("CACHE", "EXTENDED_ARG", "NOP", "NOT_TAKEN", "PRECALL", "RESUME"))
_CALLS = ("CALL", "CALL_KW", "KW_NAMES", "PUSH_NULL")
_PUSHED = ("LOAD_FAST", "LOAD_DEREF", "LOAD_CONST", "LOAD_SMALL")
_NAMED = ("LOAD_GLOBAL", "LOAD_NAME")
_MEMBERS = ("LOAD_ATTR", "LOAD_METHOD")
_CODES = 32
_ENDS = ("sep", "end", "flush")  # keywords of print() that change nothing about where it writes


def instruction_shows(frame: FrameType, outside: Streams) -> bool:
    """Whether the instruction that a frame is at shows what it makes a text of.

    outside  the standard streams when the body began
    """
    instructions, offsets, clearing = _listed(Same(frame.f_code))
    asking = bisect_right(offsets, frame.f_lasti) - 1
    at = bisect_right(clearing, asking)
    first = clearing[at - 1] if at else 0
    last = clearing[at] if at < len(clearing) else len(instructions) - 1
    run = _Run(frame, outside)
    for number in range(first, last + 1):  # what is known before and after does not matter
        following = instructions[number + 1].opname if number + 1 < len(instructions) else ""
        run.step(instructions[number], following, is_asking=number == asking)
    return run.is_shown


@lru_cache(_CODES)
def _listed(same: Same) -> tuple[list[dis.Instruction], list[int], list[int]]:
    """The instructions, their offsets, and the numbers of those that end what is known."""
    instructions = [x for x in dis.get_instructions(same.code) if x.opname not in _NOTHING]
    clearing = [number for number, x in enumerate(instructions) if _clears(x)]
    return instructions, [x.offset for x in instructions], clearing


def _clears(x: dis.Instruction) -> bool:
    """Whether nothing is known of the stack before an instruction, or after it."""
    if x.opname.startswith("LOAD_"):
        is_followed = x.opname in _NAMED + _MEMBERS or x.opname.startswith(_PUSHED)
    else:
        is_followed = x.opname in _CALLS or _taken(x) is not None
    return x.is_jump_target or not is_followed


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
        if x.opname in _MEMBERS:
            owner = self._pop()
            found = attribute(owner.value, x.argval) if isinstance(owner, _Known) else None
            self.stack.append(_Known(found, x.argval))
            if x.opname == "LOAD_METHOD" or _with_null(x):
                self.stack.append(_OTHER)  # the object whose method it is
        elif x.opname in _NAMED:
            named = [_Known(self._named(x), str(x.argval))]
            if x.opname == "LOAD_GLOBAL" and _with_null(x):
                is_first = x.argrepr.startswith("NULL + ")
                self.stack += [_NULL, *named] if is_first else [*named, _NULL]
            else:
                self.stack += named
        elif x.opname.startswith(_PUSHED):
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
            if takes_stream_second(function.value) and len(given) - len(keywords) > 1:
                are_ends = False
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
