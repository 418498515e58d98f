"""Fp, Fr and Fp2 in plain integers: an element is a tuple of its components, below the modulus."""

from __future__ import annotations

from zkpipe.accel.curve import Field

Value = tuple[int, ...]


def add(field: Field, x: Value, y: Value) -> Value:
    return tuple((a + b) % field.modulus for a, b in zip(x, y, strict=True))


def subtract(field: Field, x: Value, y: Value) -> Value:
    return tuple((a - b) % field.modulus for a, b in zip(x, y, strict=True))


def multiply(field: Field, x: Value, y: Value) -> Value:
    """With u^2 = -1 where there are two components."""
    if field.degree == 1:
        return (x[0] * y[0] % field.modulus,)
    (a, b), (c, d) = x, y
    return (a * c - b * d) % field.modulus, (a * d + b * c) % field.modulus


def invert(field: Field, x: Value) -> Value:
    """1 / x, and 0 for 0."""
    if field.degree == 1:
        return (pow(x[0], -1, field.modulus) if x[0] % field.modulus else 0,)
    a, b = x
    norm = (a * a + b * b) % field.modulus
    inverse = pow(norm, -1, field.modulus) if norm else 0
    return a * inverse % field.modulus, -b * inverse % field.modulus
