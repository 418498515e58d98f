"""A PTX entry as the LLVM code of one of its threads."""

from __future__ import annotations

from tests.oracles.ptx.instructions import INSTRUCTIONS
from tests.oracles.ptx.text import (
    WIDTHS,
    Brace,
    Entry,
    Label,
    Memory,
    Piece,
    Registers,
    Statement,
)
from tests.oracles.ptx.thread import Thread

BARRIERS = ("bar", "barrier")


def thread_code(entry: Entry) -> Thread:
    """The LLVM function `thread` of an entry.

    Raises NotImplementedError for what it does not know.
    """
    t = Thread(entry)
    for piece in entry.body:
        _take(t, piece)
    t.line("ret i32 0")
    return t


def _take(t: Thread, piece: Piece) -> None:
    match piece:
        case Registers():
            for name in piece.names:
                t.declare(name, WIDTHS[piece.kind])
        case Brace():
            if piece.opens:
                t.scopes.append(f"{t.label()}.")
            else:
                t.scopes.pop()
        case Label():
            t.line(f"br label %{_jump(piece.name)}")
            t.place(_jump(piece.name))
        case Memory():
            t.local.append(piece)
        case Statement():
            _guarded(t, piece)


def _guarded(t: Thread, s: Statement) -> None:
    """A statement behind its predicate."""
    if not s.predicate:
        return _statement(t, s)
    holds, inside, after = t.read(s.predicate, 1), t.label(), t.label()
    yes, no = (after, inside) if s.negated else (inside, after)
    t.line(f"br i1 {holds}, label %{yes}, label %{no}")
    t.place(inside)
    _statement(t, s)
    t.line(f"br label %{after}")
    t.place(after)
    return None


def _statement(t: Thread, s: Statement) -> None:
    name = s.operation[0]
    if name in ("ret", "exit"):
        t.line("ret i32 0")
        t.place(t.label())
    elif name == "bra":
        t.line(f"br label %{_jump(s.operands[0])}")
        t.place(t.label())
    elif name in BARRIERS:
        t.resumptions += 1
        t.line(f"ret i32 {t.resumptions}")
        t.place(f"B{t.resumptions}")
    elif name in INSTRUCTIONS:
        INSTRUCTIONS[name](t, s)
    else:
        raise NotImplementedError(".".join(s.operation))


def _jump(label: str) -> str:
    return "J" + label.replace("$", "S")
