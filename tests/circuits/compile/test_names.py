"""Names of wires: numbered within their component and kind, each found without the others."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from zkpipe.circuits import Array, Field, Private, Public, UInt, check, circuit, component
from zkpipe.circuits.formats import sym
from zkpipe.circuits.formats.sym import read_sym, write_sym
from zkpipe.circuits.r1cs.names import WireNames, names_of
from zkpipe.circuits.r1cs.record import Call, WireKind


def drawn(rng: random.Random) -> WireNames:
    """Names of slots in components within components, some without a slot of their own."""
    calls: list[Call] = []

    def fill(first: int, last: int, depth: int) -> None:
        at = first
        while depth and at < last and rng.random() < 0.8:
            begin = rng.randint(at, last)
            end = rng.randint(begin, last)
            calls.append(Call(rng.choice("fgh"), None, begin, end, 0, 0, (0, 0)))
            fill(begin, end, depth - 1)
            at = end + rng.randint(0, 1)

    count, named = rng.randint(5, 60), rng.randint(0, 4)
    fill(1 + named, count, 3)
    rng.shuffle(calls)
    kept = [slot for slot in range(1 + named, count) if rng.random() < 0.8]
    kinds = bytes(rng.choice([*WireKind]) for _ in range(count))
    slots = np.array([*range(1 + named), *kept], np.int64)
    return WireNames("c", [f"x[{i}]" for i in range(named)], slots, kinds, calls)


def one_by_one(names: WireNames) -> list[str]:
    """The names of internal wires, each from the components that its slot lies in."""
    paths: dict[int, str] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for number, call in enumerate(names.calls):  # the outer ones come first
        around = [i for i in paths if _holds(names.calls[i], call)]
        path = paths[around[-1]] if around else "c"
        paths[number] = f"{path}.{call.name}[{counts[path, call.name]}]"
        counts[path, call.name] += 1
    found = []
    for slot in names.slots[1 + len(names.named) :].tolist():
        around = [i for i, c in enumerate(names.calls) if c.first_slot <= slot < c.last_slot]
        path = paths[around[-1]] if around else "c"
        kind = WireKind(names.kinds[slot]).name.lower()
        found.append(f"{path}.{kind}_{counts[path, '.' + kind]}")
        counts[path, "." + kind] += 1
    return found


def _holds(outer: Call, inner: Call) -> bool:
    return outer.first_slot <= inner.first_slot < outer.last_slot


def test_wires_are_named_by_component_kind_and_number() -> None:
    rng = random.Random(5)  # noqa: S311
    for _ in range(300):
        names = drawn(rng)
        every = list(names)
        assert every[: 1 + len(names.named)] == ["one", *(f"c.{name}" for name in names.named)]
        assert every[1 + len(names.named) :] == one_by_one(names)
        assert [names[i] for i in range(-len(names), len(names))] == every + every
        assert names[1:-1:2] == every[1:-1:2]
        some = rng.sample(range(len(names)), 3)
        assert names_of(names, some) == tuple(every[wire] for wire in some)


@component
def step(x: Field, n: UInt[8]) -> Field:
    check(n < 200)
    return x * x + n


@circuit
def stepped(x: Private[Field], ns: Private[Array[UInt[8], 20]]) -> Public[Field]:
    for n in ns:
        x = step(x, n) * x
    return x


def test_names_are_worked_out_once_for_all_wires(monkeypatch: pytest.MonkeyPatch) -> None:
    names = stepped.compile().symbols
    assert isinstance(names, WireNames)
    pieces, asked = WireNames._pieces, []
    monkeypatch.setattr(WireNames, "_pieces", lambda self: asked.append(1) or pieces(self))
    every = [names[wire] for wire in range(len(names))]
    assert every == list(names)
    assert len(asked) == 1


def test_a_sym_file_costs_no_look_at_each_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @circuit
    def chain(x: Private[Field]) -> Public[Field]:
        for _ in range(1_000):
            x = x * x
        return x

    system, rest, asked = chain.compile(), sym._rest, []
    monkeypatch.setattr(sym, "_rest", lambda text, parts: asked.append(text) or rest(text, parts))
    write_sym(tmp_path / "chain.sym", system)
    assert asked == ["chain.out", "chain.x", "chain.product_"]
    assert [s.name for s in read_sym(tmp_path / "chain.sym")] == [
        f"main.{name}" for name in list(system.symbols or ())[1:]
    ]


def test_lines_written_in_pieces_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = stepped.compile()
    write_sym(tmp_path / "whole.sym", system)
    monkeypatch.setattr(sym, "CHUNK", 7)
    write_sym(tmp_path / "pieces.sym", system)
    assert (tmp_path / "pieces.sym").read_bytes() == (tmp_path / "whole.sym").read_bytes()
