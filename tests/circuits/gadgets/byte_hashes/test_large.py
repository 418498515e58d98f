"""Large circuits of byte hashes compile with their verdict in a minute and 3 GB each."""

from __future__ import annotations

import hashlib
import multiprocessing
import resource
import time
from typing import Any

import pytest

from tests.long_form import IS_LONG
from zkpipe.circuits import (
    Array,
    Bool,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    check,
    circuit,
    select,
)
from zkpipe.circuits.gadgets import sha256

DEPTH = 20
DRAWN = bytes(range(256)) * 16
Byte = UInt[8]


@circuit
def four_kilobytes(message: Private[Array[Byte, 4096]]) -> Public[Array[Byte, 32]]:
    return sha256(message)


@circuit
def opening(
    root: Public[Array[Byte, 32]],
    leaf: Private[Array[Byte, 32]],
    siblings: Private[Array[Byte, DEPTH, 32]],
    place: Private[Array[Bool, DEPTH]],
) -> None:
    node = leaf
    for sibling, is_right in zip(siblings, place, strict=True):
        left = [select(is_right, s, n) for n, s in zip(node, sibling, strict=True)]
        right = [n + s - x for n, s, x in zip(node, sibling, left, strict=True)]
        node = sha256([*left, *right])
    for x, y in zip(node, root, strict=True):
        check(x == y, "another root")


def opening_of(place: list[int]) -> dict[str, Any]:
    leaf, siblings = DRAWN[:32], [bytes([i]) * 32 for i in range(DEPTH)]
    node = leaf
    for sibling, is_right in zip(siblings, place, strict=True):
        node = hashlib.sha256(sibling + node if is_right else node + sibling).digest()
    return {
        "root": list(node),
        "leaf": list(leaf),
        "siblings": [list(sibling) for sibling in siblings],
        "place": place,
    }


def _measured(name: str, answers: Any) -> None:
    started = time.perf_counter()
    if name == "four_kilobytes":
        system = four_kilobytes.compile()
        seconds = time.perf_counter() - started
        found = system.solve(message=list(DRAWN)).public
        holds = bytes(found) == hashlib.sha256(DRAWN).digest()
    else:
        system = opening.compile()
        seconds = time.perf_counter() - started
        inputs = opening_of([i % 3 % 2 for i in range(DEPTH)])
        system.check(system.solve(**inputs))
        inputs["place"][0] ^= 1
        try:
            system.solve(**inputs)
            holds = False
        except UnsatisfiedError:
            holds = True
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answers.put((holds, seconds, kilobytes / 1e6))


@pytest.mark.skipif(not IS_LONG, reason="a million rows")
@pytest.mark.parametrize("name", ["four_kilobytes", "opening"])
def test_a_large_circuit_compiles_in_a_minute_and_3_gigabytes(name: str) -> None:
    processes = multiprocessing.get_context("spawn")
    answers = processes.SimpleQueue()
    process = processes.Process(target=_measured, args=(name, answers))
    process.start()
    process.join()
    holds, seconds, gigabytes = answers.get()
    print(f"{name}: {seconds:.1f} s, {gigabytes:.2f} GB")  # noqa: T201 - for whoever runs it
    assert holds
    assert seconds < 60
    assert gigabytes < 3
