"""What each PTX instruction means: a function for each name, which appends its LLVM code."""

from __future__ import annotations

from collections.abc import Callable

from tests.oracles.ptx.text import WIDTHS, Statement
from tests.oracles.ptx.thread import Thread

_UNSIGNED = {"lo": "ult", "ls": "ule", "hi": "ugt", "hs": "uge"}
_ATOMICS = {
    "add": "add", "min": "min", "max": "max", "and": "and", "or": "or", "xor": "xor", "exch": "xchg"
}  # fmt: skip


def _kind(s: Statement) -> tuple[int, bool]:
    """The width of a statement's last type, and whether it is signed."""
    kind = s.kinds[-1]
    return WIDTHS[kind], kind.startswith("s")


def _values(operand: str) -> list[str]:
    return [name.strip() for name in operand.strip("{}").split(",")]


def _load(t: Thread, s: Statement) -> None:
    width, signed = _kind(s)
    if s.operation[1] == "param":
        number = t.entry.parameters.index(s.operands[1].strip("[]"))
        at = t.value(f"getelementptr i64, ptr %parameters, i64 {number}")
        t.write(s.operands[0], width, t.value(f"load i{width}, ptr {at}"))
        return
    base = t.address(s.operands[1])
    for i, name in enumerate(_values(s.operands[0])):
        at = t.value(f"getelementptr i{width}, ptr {base}, i64 {i}")
        t.write(name, width, t.value(f"load i{width}, ptr {at}"), signed=signed)


def _store(t: Thread, s: Statement) -> None:
    width, _ = _kind(s)
    base = t.address(s.operands[0])
    for i, name in enumerate(_values(s.operands[1])):
        value = t.read(name, width)
        at = t.value(f"getelementptr i{width}, ptr {base}, i64 {i}")
        t.line(f"store i{width} {value}, ptr {at}")


def _atomic(t: Thread, s: Statement) -> None:
    width, signed = _kind(s)
    (name,) = (part for part in s.operation[1:] if part in _ATOMICS)
    operation = _ATOMICS[name]
    if name in ("min", "max"):
        operation = operation if signed else f"u{operation}"
    first = 0 if s.operation[0] == "red" else 1
    at, value = t.address(s.operands[first]), t.read(s.operands[first + 1], width)
    old = t.value(f"atomicrmw {operation} ptr {at}, i{width} {value} monotonic")
    if first:
        t.write(s.operands[0], width, old)


def _move(t: Thread, s: Statement) -> None:
    width, _ = _kind(s)
    target, source = s.operands
    if source.startswith("{"):  # narrow registers into a wide one
        names = _values(source)
        part = width // len(names)
        value = "0"
        for i, name in enumerate(names):
            wide = t.resized(t.read(name, part), part, width)
            wide = t.value(f"shl i{width} {wide}, {part * i}")
            value = t.value(f"or i{width} {value}, {wide}")
        t.write(target, width, value)
    elif target.startswith("{"):
        names = _values(target)
        part, value = width // len(names), t.read(source, width)
        for i, name in enumerate(names):
            shifted = t.value(f"lshr i{width} {value}, {part * i}")
            if name != "_":
                t.write(name, part, t.resized(shifted, width, part))
    else:
        t.write(target, width, t.read(source, width))


def _convert(t: Thread, s: Statement) -> None:
    to, of = s.kinds
    value = t.read(s.operands[1], WIDTHS[of])
    value = t.resized(value, WIDTHS[of], WIDTHS[to], signed=of.startswith("s"))
    t.write(s.operands[0], WIDTHS[to], value)


def _with_carry(t: Thread, s: Statement, name: str, x: str, y: str) -> None:
    """x + y or x - y, with a carry in where the name ends in c and out where it says cc."""
    width, _ = _kind(s)
    wide = 2 * width
    total = t.value(f"{name} i{wide} {t.resized(x, width, wide)}, {t.resized(y, width, wide)}")
    if s.operation[0].endswith("c"):
        carry = t.resized(t.value("load i1, ptr %CC"), 1, wide)
        total = t.value(f"{name} i{wide} {total}, {carry}")
    if "cc" in s.operation:
        above = t.value(f"lshr i{wide} {total}, {width}")
        t.line(f"store i1 {t.resized(above, wide, 1)}, ptr %CC")
    t.write(s.operands[0], width, t.resized(total, wide, width))


def _sum(t: Thread, s: Statement) -> None:
    width, _ = _kind(s)
    x, y = (t.read(operand, width) for operand in s.operands[1:])
    _with_carry(t, s, s.operation[0][:3], x, y)


def _product(t: Thread, s: Statement) -> None:
    width, signed = _kind(s)
    wide = 2 * width
    x, y = (
        t.resized(t.read(operand, width), width, wide, signed=signed) for operand in s.operands[1:3]
    )
    value = t.value(f"mul i{wide} {x}, {y}")
    if "wide" in s.operation:
        if len(s.operands) == 4:
            value = t.value(f"add i{wide} {value}, {t.read(s.operands[3], wide)}")
        t.write(s.operands[0], wide, value)
        return
    if "hi" in s.operation:
        value = t.value(f"lshr i{wide} {value}, {width}")
    value = t.resized(value, wide, width)
    if len(s.operands) == 4:
        _with_carry(t, s, "add", value, t.read(s.operands[3], width))
    else:
        t.write(s.operands[0], width, value)


def _binary(t: Thread, s: Statement) -> None:
    width, signed = _kind(s)
    name = s.operation[0]
    if name in ("div", "rem"):
        name = f"{'s' if signed else 'u'}{name}"
    x, y = (t.read(operand, width) for operand in s.operands[1:])
    t.write(s.operands[0], width, t.value(f"{name} i{width} {x}, {y}"))


def _unary(t: Thread, s: Statement) -> None:
    width, _ = _kind(s)
    x = t.read(s.operands[1], width)
    text = f"xor i{width} {x}, -1" if s.operation[0] == "not" else f"sub i{width} 0, {x}"
    t.write(s.operands[0], width, t.value(text))


def _shift(t: Thread, s: Statement) -> None:
    """By more than the width, all bits are shifted out."""
    width, signed = _kind(s)
    x, by = t.read(s.operands[1], width), t.read(s.operands[2], 32)
    wide = max(width, 32)
    n = t.resized(by, 32, wide)
    name = "shl" if s.operation[0] == "shl" else "ashr" if signed else "lshr"
    most = t.value(f"icmp ugt i{wide} {n}, {width - 1}")
    limit = t.value(f"select i1 {most}, i{wide} {width - 1}, i{wide} {n}")
    shifted = t.value(f"{name} i{width} {x}, {t.resized(limit, wide, width)}")
    if name != "ashr":
        shifted = t.value(f"select i1 {most}, i{width} 0, i{width} {shifted}")
    t.write(s.operands[0], width, shifted)


def _compare(t: Thread, s: Statement) -> None:
    width, signed = _kind(s)
    test = s.operation[1]
    if len(s.operands) != 3:
        raise NotImplementedError(".".join(s.operation))
    if test not in ("eq", "ne"):
        test = _UNSIGNED.get(test) or f"{'s' if signed else 'u'}{test}"
    x, y = (t.read(operand, width) for operand in s.operands[1:])
    t.write(s.operands[0], 1, t.value(f"icmp {test} i{width} {x}, {y}"))


def _select(t: Thread, s: Statement) -> None:
    width, _ = _kind(s)
    x, y = (t.read(operand, width) for operand in s.operands[1:3])
    holds = t.read(s.operands[3], 1)
    t.write(s.operands[0], width, t.value(f"select i1 {holds}, i{width} {x}, i{width} {y}"))


def _extreme(t: Thread, s: Statement) -> None:
    width, signed = _kind(s)
    x, y = (t.read(operand, width) for operand in s.operands[1:])
    test = f"{'s' if signed else 'u'}{'lt' if s.operation[0] == 'min' else 'gt'}"
    holds = t.value(f"icmp {test} i{width} {x}, {y}")
    t.write(s.operands[0], width, t.value(f"select i1 {holds}, i{width} {x}, i{width} {y}"))


def _address_space(t: Thread, s: Statement) -> None:
    """All memory is one here."""
    t.write(s.operands[0], 64, t.read(s.operands[1], 64))


def _nothing(t: Thread, s: Statement) -> None:
    """Threads of a block run one after another: memory is in order."""


INSTRUCTIONS: dict[str, Callable[[Thread, Statement], None]] = {
    **dict.fromkeys(("ld", "ldu"), _load),
    "st": _store,
    **dict.fromkeys(("atom", "red"), _atomic),
    "mov": _move,
    "cvt": _convert,
    "cvta": _address_space,
    **dict.fromkeys(("add", "addc", "sub", "subc"), _sum),
    **dict.fromkeys(("mul", "mad", "madc"), _product),
    **dict.fromkeys(("and", "or", "xor", "div", "rem"), _binary),
    **dict.fromkeys(("not", "neg"), _unary),
    **dict.fromkeys(("shl", "shr"), _shift),
    "setp": _compare,
    "selp": _select,
    **dict.fromkeys(("min", "max"), _extreme),
    **dict.fromkeys(("membar", "fence"), _nothing),
}
