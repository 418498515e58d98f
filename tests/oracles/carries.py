"""Carry chains on arrays: what each instruction gives, and that none loses a carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.machines.carry_chains import MASK, WORDS, Chain, Function, Instruction, Word

Register = NDArray[np.int64]  # of each case; 32 bits of it are used
CARRIED = ("madc", "addc", "subc")
X, Y = ([f"{name}{i}" for i in range(WORDS)] for name in "xy")


class LostCarryError(Exception):
    """An instruction that hands no carry on had one."""


def chain_of(function: Function, p: int) -> tuple[list[Instruction], list[Word]]:
    """The instructions of a function of registers x0 ... and y0 ..., and its results."""
    chain = Chain()
    results = function(chain, p, X, Y)
    return chain.instructions, results


def run(
    steps: Sequence[Instruction], results: Sequence[Word], x: Sequence[int], y: Sequence[int]
) -> list[int]:
    """What the instructions give for each pair of numbers below 2^256.

    Raises LostCarryError if a carry gets lost on the way.
    """
    registers, _ = _run(steps, x, y)
    words = [np.broadcast_to(_word(registers, word), len(x)).tolist() for word in results]
    return [sum(word << 32 * i for i, word in enumerate(row)) for row in zip(*words, strict=True)]


def carries(
    steps: Sequence[Instruction], x: Sequence[int], y: Sequence[int]
) -> list[NDArray[np.intp]]:
    """Of each instruction, the numbers of the cases in which a carry comes in."""
    _, brought = _run(steps, x, y)
    return [np.flatnonzero(carry) for carry in brought]


def _run(
    steps: Sequence[Instruction], x: Sequence[int], y: Sequence[int]
) -> tuple[dict[str, Register], list[Register]]:
    """The registers in the end, and the carry before each instruction, where it takes one."""
    registers: dict[str, Register] = {}
    for names, numbers in ((X, x), (Y, y)):
        for i, name in enumerate(names):
            registers[name] = np.array([n >> 32 * i & MASK for n in numbers], np.int64)
    carry, brought = np.zeros(len(x), np.int64), []
    for step in steps:
        takes = step.operation.startswith(CARRIED)
        brought.append(carry if takes else np.zeros(0, np.int64))
        values = [_word(registers, source) for source in step.sources]
        registers[step.target], carry = _done(step, values, carry)
    return registers, brought


def _done(step: Instruction, values: list[Any], carry: Register) -> tuple[Any, Register]:
    """What an instruction writes, and the carry after it."""
    base, *modes = step.operation.split(".")
    if base == "and":
        return values[0] & values[1], carry
    if base == "setp":
        return values[0] != values[1], carry
    if base == "selp":
        return np.where(values[2], values[0], values[1]), carry
    brought = carry if base in CARRIED else 0
    if base in ("mul", "mad", "madc"):
        wide = np.asarray(values[0], np.uint64) * np.asarray(values[1], np.uint64)
        half = (wide >> np.uint64(32 if "hi" in modes else 0) & np.uint64(MASK)).astype(np.int64)
        total = half + sum(values[2:]) + brought
    elif base in ("add", "addc"):
        total = values[0] + values[1] + brought
    elif base in ("sub", "subc"):
        total = values[0] - values[1] - brought
    else:
        raise NotImplementedError(step.operation)
    if "cc" in modes:
        carry = np.abs(total >> 32)
    elif base not in ("subc", "mul") and np.any(total >> 32):  # subc 0, 0 makes a mask of a borrow
        raise LostCarryError(f"{step}")
    return total & MASK, carry


def _word(registers: dict[str, Register], source: Word) -> Any:
    return np.int64(source) if isinstance(source, int) else registers[source]


def may_be_carried_into(steps: Sequence[Instruction], p: int) -> list[bool]:
    """Of each instruction, whether bounds of its operands leave it possible that a carry comes in.

    For numbers below 2p. What is not possible by bounds cannot happen; the opposite is not said.
    """
    most = dict.fromkeys((*X, *Y), MASK) | dict.fromkeys((X[-1], Y[-1]), (2 * p - 1) >> 224)
    carry, answers = 0, []
    for step in steps:
        bounds = [s if isinstance(s, int) else most[s] for s in step.sources]
        base, *modes = step.operation.split(".")
        brought = carry if base in CARRIED else 0
        answers.append(bool(brought))
        if base in ("mul", "mad", "madc"):
            even = any(isinstance(s, int) and s % 2 == 0 for s in step.sources[:2])
            low = min(MASK - even, bounds[0] * bounds[1])
            half = bounds[0] * bounds[1] >> 32 if "hi" in modes else low
            total = half + sum(bounds[2:]) + brought
        elif base in ("add", "addc"):
            total = bounds[0] + bounds[1] + brought
        elif base in ("sub", "subc"):
            total = MASK + 1  # it may borrow
        else:
            total = max(bounds[0], bounds[-1])
        most[step.target] = min(total, MASK)
        if "cc" in modes:
            carry = int(total > MASK)
    return answers
