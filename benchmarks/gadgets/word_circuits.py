"""Circuits of words, lists and hashes of bytes that are counted."""

from collections.abc import Callable, Sequence
from typing import Any

from zkpipe.circuits import Array, Bool, Field, Private, Public, UInt, check, circuit
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import (
    argmin,
    check_merkle_absence,
    not_member,
    one_hot,
    rotate_left,
    sha256_compress,
    sort,
    switcher,
)


def of_bytes(count: int, gadget: Callable[[Sequence[Any]], list[Any]]) -> Circuit:
    """A hash of so many bytes, which goes on: an output has a row for each byte, a sum of bits."""

    @circuit
    def counted(message: Private[Array[UInt[8], count]]) -> None:
        gadget(list(message))

    return counted


@circuit
def compression(block: Private[Array[UInt[8], 64]], state: Private[Array[UInt[8], 32]]) -> None:
    """A block of SHA-256 after another."""
    sha256_compress(list(block), list(state))


def of_numbers(count: int, bits: int, gadget: Callable[..., Any], type_: Any) -> Circuit:
    """A gadget of so many numbers, one after the other, with a result of a type."""

    @circuit
    def counted(values: Private[Array[UInt[bits], count]]) -> Public[type_]:
        return gadget(*values)

    return counted


@circuit
def sorted_list(values: Private[Array[UInt[32], 8]]) -> Public[Array[UInt[32], 8]]:
    """Eight numbers in order."""
    return sort(list(values))


@circuit
def place_of_least(values: Private[Array[UInt[32], 8]]) -> Public[UInt[3]]:
    """The place of the least of eight numbers."""
    return argmin(list(values))


@circuit
def rotation(x: Private[UInt[32]]) -> None:
    """A rotation by a known number of places."""
    rotate_left(x, 7)


@circuit
def switched(flag: Private[Bool], a: Private[Field], b: Private[Field]) -> None:
    """Two values, in one order or the other."""
    switcher(flag, a, b)


@circuit
def decoded(index: Private[UInt[4]]) -> Public[Array[Bool, 16]]:
    """A Bool for each value of an index."""
    return one_hot(index, 16)


def absent(count: int) -> Circuit:
    """A number that is none of so many constants."""
    table = [i * i + 7 * i for i in range(count)]

    @circuit
    def counted(x: Private[UInt[32]]) -> None:
        check(not_member(x, table), "listed")

    return counted


@circuit
def absent_from_tree(
    root: Private[Field],
    x: Private[Field],
    gap: Private[Array[Field, 2]],
    siblings: Private[Array[Field, 20]],
    index: Private[Array[Bool, 20]],
) -> None:
    """A number in none of the leaves under a root."""
    check_merkle_absence(root, x, gap, siblings, index)
