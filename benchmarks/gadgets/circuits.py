"""The circuits that are counted: a gadget each, and no more with its result than must be.

Without `from __future__ import annotations`: the lengths of arrays stand in annotations.
"""

from collections.abc import Callable, Sequence
from typing import Any

from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    Field,
    Private,
    Public,
    UInt,
    circuit,
    lookup,
    select,
)
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import (
    less_than,
    merkle_root,
    merkle_root_at,
    merkle_update,
    poseidon_ex,
    smt_delete,
    smt_insert,
    smt_root,
    smt_root_without,
    smt_update,
    to_bits,
)

Gadget = Callable[..., Any]


def of_fields(count: int, gadget: Callable[[Sequence[Any]], Any]) -> Circuit:
    """A gadget of so many field elements, in a list."""

    @circuit
    def counted(values: Private[Array[Field, count]]) -> Public[Field]:
        return gadget(list(values))

    return counted


@circuit
def all_of_poseidon(values: Private[Array[Field, 16]], state: Private[Field]) -> None:
    """All 17 elements of the mixed state."""
    poseidon_ex(list(values), state, 17)


@circuit
def strict_bits(x: Private[Field]) -> None:
    """All bits of a Field."""
    to_bits(x, 254)


@circuit
def order(a: Private[Field], b: Private[Field]) -> Public[Bool]:
    """The order of two of any value."""
    return less_than(a, b)


@circuit
def order_of_half(x: Private[Field]) -> Public[Bool]:
    """Whether a value is in the lower half of the field."""
    return less_than(x, R // 2 + 1)


@circuit
def equality(a: Private[Field], b: Private[Field]) -> Public[Bool]:
    """Whether two are equal."""
    return a == b


@circuit
def choice(flag: Private[Bool], a: Private[Field], b: Private[Field]) -> Public[Field]:
    """One of two."""
    return select(flag, a, b)


def range_check(bits: int) -> Circuit:
    """An input of so many bits."""

    @circuit
    def counted(x: Private[UInt[bits]]) -> None:
        pass

    return counted


def comparison(bits: int) -> Circuit:
    """The order of two of so many bits."""

    @circuit
    def counted(a: Private[UInt[bits]], b: Private[UInt[bits]]) -> Public[Bool]:
        return a < b

    return counted


def table_of(bits: int) -> Circuit:
    """A lookup among 2^bits values."""

    @circuit
    def counted(
        values: Private[Array[Field, 1 << bits]], index: Private[UInt[bits]]
    ) -> Public[Field]:
        return lookup(values, index)

    return counted


@circuit
def record_of_table(
    values: Private[Array[Array[Field, 8], 16]], index: Private[UInt[4]]
) -> Public[Array[Field, 8]]:
    """A lookup among lists."""
    chosen: list[Any] = lookup(values, index)
    return chosen


def member(depth: int) -> Circuit:
    """A root above a leaf."""

    @circuit
    def counted(
        leaf: Private[Field],
        siblings: Private[Array[Field, depth]],
        index: Private[Array[Bool, depth]],
    ) -> Public[Field]:
        return merkle_root(leaf, siblings, index)

    return counted


def place(depth: int, arity: int) -> Circuit:
    """A root above a leaf, the place of which is a number."""
    bits = depth * (arity.bit_length() - 1)

    @circuit
    def counted(
        leaf: Private[Field],
        siblings: Private[Array[Field, depth, arity - 1]],
        index: Private[UInt[bits]],
    ) -> Public[Field]:
        return merkle_root_at(leaf, [list(level) for level in siblings], index)

    return counted


def update(depth: int) -> Circuit:
    """The roots before and after a change of a leaf; the place's bits are counted."""

    @circuit
    def counted(
        old: Private[Field],
        new: Private[Field],
        siblings: Private[Array[Field, depth]],
        index: Private[UInt[depth]],
    ) -> tuple[Public[Field], Public[Field]]:
        before, after = merkle_update(old, new, list(siblings), index)
        return before, after

    return counted


def sparse_member(levels: int) -> Circuit:
    """A root above a key's leaf."""

    @circuit
    def counted(
        key: Private[Field], value: Private[Field], siblings: Private[Array[Field, levels]]
    ) -> Public[Field]:
        return smt_root(key, value, siblings)

    return counted


def sparse_absent(levels: int) -> Circuit:
    """A root of a tree without a key."""

    @circuit
    def counted(
        key: Private[Field],
        siblings: Private[Array[Field, levels]],
        other_key: Private[Field],
        other_value: Private[Field],
        is_empty: Private[Bool],
    ) -> Public[Field]:
        return smt_root_without(key, siblings, other_key, other_value, is_empty)

    return counted


def sparse_insertion(levels: int) -> Circuit:
    """The roots before and after a key is put in."""

    @circuit
    def counted(
        key: Private[Field],
        value: Private[Field],
        siblings: Private[Array[Field, levels]],
        other: Private[Array[Field, 2]],
        is_empty: Private[Bool],
    ) -> tuple[Public[Field], Public[Field]]:
        before, after = smt_insert(key, value, list(siblings), other[0], other[1], is_empty)
        return before, after

    return counted


def sparse_deletion(levels: int) -> Circuit:
    """The roots before and after a key is taken out."""

    @circuit
    def counted(
        key: Private[Field],
        value: Private[Field],
        siblings: Private[Array[Field, levels]],
        other: Private[Array[Field, 2]],
        is_empty: Private[Bool],
        children: Private[Array[Field, 2]],
    ) -> tuple[Public[Field], Public[Field]]:
        before, after = smt_delete(
            key, value, list(siblings), other[0], other[1], is_empty, list(children)
        )
        return before, after

    return counted


def sparse_update(levels: int) -> Circuit:
    """The roots before and after a key gets another value."""

    @circuit
    def counted(
        key: Private[Field],
        values: Private[Array[Field, 2]],
        siblings: Private[Array[Field, levels]],
    ) -> tuple[Public[Field], Public[Field]]:
        before, after = smt_update(key, values[0], values[1], list(siblings))
        return before, after

    return counted
