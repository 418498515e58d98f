"""The circuits that are counted: a gadget each, and no more with its result than must be.

Without `from __future__ import annotations`: the lengths of arrays stand in annotations.
"""

from collections.abc import Callable, Sequence
from typing import Any

from zkpipe.circuits import (
    Array,
    Bool,
    Field,
    Point,
    Private,
    Public,
    UInt,
    circuit,
    lookup,
    select,
)
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import (
    Signature,
    eddsa_verify,
    less_than,
    merkle_root,
    pedersen_commit,
    poseidon_ex,
    smt_root,
    smt_root_without,
    to_bits,
)

Gadget = Callable[..., Any]
SCALAR = 253  # bits of a number by which points are multiplied


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
def equality(a: Private[Field], b: Private[Field]) -> Public[Bool]:
    """Whether two are equal."""
    return a == b


@circuit
def choice(flag: Private[Bool], a: Private[Field], b: Private[Field]) -> Public[Field]:
    """One of two."""
    return select(flag, a, b)


@circuit
def flag_and_two(flag: Private[Bool], a: Private[Field], b: Private[Field]) -> None:
    """The inputs of `choice`."""


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


def two_numbers(bits: int) -> Circuit:
    """The inputs of `comparison`."""

    @circuit
    def counted(a: Private[UInt[bits]], b: Private[UInt[bits]]) -> None:
        pass

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
def sum_of_points(p: Private[Point], q: Private[Point]) -> Public[Point]:
    """The complete sum of two points."""
    return p + q


@circuit
def double(p: Private[Point]) -> Public[Point]:
    """A point twice."""
    return p.double()


@circuit
def point(p: Private[Point]) -> None:
    """A point that enters."""


@circuit
def two_points(p: Private[Point], q: Private[Point]) -> None:
    """The inputs of `sum_of_points`."""


@circuit
def multiple(p: Private[Point], bits: Private[Array[Bool, SCALAR]]) -> Public[Point]:
    """A point of the circuit times a number in bits."""
    return p.times(list(bits))


@circuit
def point_and_bits(p: Private[Point], bits: Private[Array[Bool, SCALAR]]) -> None:
    """The inputs of `multiple`."""


@circuit
def multiple_of_base(bits: Private[Array[Bool, SCALAR]]) -> Public[Point]:
    """A constant point times a number in bits."""
    return Point.BASE.times(list(bits))


@circuit
def bits_alone(bits: Private[Array[Bool, SCALAR]]) -> None:
    """The inputs of `multiple_of_base`."""


@circuit
def commitment(value: Private[UInt[250]], blinding: Private[UInt[250]]) -> Public[Point]:
    """A commitment, its numbers' ranges included."""
    return pedersen_commit(value, blinding)


@circuit
def signature(
    key: Private[Point], signed: Private[Signature], message: Private[Field]
) -> Public[Bool]:
    """A verdict on a signature, the checks of its entry included."""
    return eddsa_verify(key, signed, message)


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


def way_up(depth: int) -> Circuit:
    """The inputs of `member`."""

    @circuit
    def counted(
        leaf: Private[Field],
        siblings: Private[Array[Field, depth]],
        index: Private[Array[Bool, depth]],
    ) -> None:
        pass

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


def sparse_inputs(levels: int) -> Circuit:
    """The inputs of `sparse_absent`."""

    @circuit
    def counted(
        key: Private[Field],
        siblings: Private[Array[Field, levels]],
        other_key: Private[Field],
        other_value: Private[Field],
        is_empty: Private[Bool],
    ) -> None:
        pass

    return counted
