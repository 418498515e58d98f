"""Large circuits of byte hashes, compiled and solved by a process of their own (test_large.py).

It prints whether the answers are right, the seconds that compiling took, and its gigabytes.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import resource
import sys
import time
from typing import Any

from tests.vectors.hashes import make
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
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import sha256

DEPTH = 20
DRAWN = bytes(range(256)) * 16
Byte = UInt[8]


@circuit
def four_kilobytes(message: Private[Array[Byte, 4096]]) -> Public[Array[Byte, 32]]:
    return sha256(message)


@circuit
def longest_of_nist(message: Private[Array[Byte, 6400]]) -> Public[Array[Byte, 32]]:
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
        right = [select(is_right, n, s) for n, s in zip(node, sibling, strict=True)]
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


def _message(name: str) -> tuple[Circuit, bytes, bytes]:
    """A circuit of a message, the message and its digest."""
    if name == "four_kilobytes":
        return four_kilobytes, DRAWN, hashlib.sha256(DRAWN).digest()
    published = json.loads(gzip.decompress(make.OUT.read_bytes()))
    message, digest = map(bytes.fromhex, published["sha256"]["long"][-1])
    return longest_of_nist, message, digest


def _answers(name: str) -> tuple[bool, float]:
    """Whether a circuit's answers are right, and the seconds of a processor that compiling took."""
    started = time.process_time()
    if name in ("four_kilobytes", "longest_of_nist"):
        tested, message, digest = _message(name)
        system = tested.compile()
        seconds = time.process_time() - started
        return bytes(system.solve(message=list(message)).public) == digest, seconds
    system = opening.compile()
    seconds = time.process_time() - started
    inputs = opening_of([i % 3 % 2 for i in range(DEPTH)])
    system.check(system.solve(**inputs))
    inputs["place"][0] ^= 1
    try:
        system.solve(**inputs)
    except UnsatisfiedError:
        return True, seconds
    return False, seconds


if __name__ == "__main__":
    is_right, taken = _answers(sys.argv[1])
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(int(is_right), taken, kilobytes / 1e6)  # noqa: T201 - for the process that started it
