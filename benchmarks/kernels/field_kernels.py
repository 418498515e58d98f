"""Operations of the fields to be timed: products, squares, sums, inverses, in Fp, Fr and Fp2.

The operands are random and lie, with the results, in the first-level cache. Before anything is
timed the results of a run are compared with Python's integers.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from zkpipe.accel.bn254 import FP, FP2, FR
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Field
from zkpipe.accel.fields.rows import Elements
from zkpipe.accel.machines.machine import Machine
from zkpipe.benchmarks.kernels.cases import Case

_kernels = Kernels("zkpipe.benchmarks.kernels.arithmetic")

VALUES = 128  # of Fp: 5 KiB in eight lanes; three arrays of Fp2 are 30 KiB of 48
COMPARED = 16  # values compared with Python's integers

Value = tuple[int, ...]
Oracle = Callable[[Field, int, Value, Value], Value]


def _product(field: Field, radix: int, x: Value, y: Value) -> Value:
    p, scale = field.modulus, pow(radix, -1, field.modulus)
    if field.degree == 1:
        return (x[0] * y[0] * scale % p,)
    real, imaginary = x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]
    return real * scale % p, imaginary * scale % p


def _square(field: Field, radix: int, x: Value, _: Value) -> Value:
    return _product(field, radix, x, x)


def _sum(field: Field, _: int, x: Value, y: Value) -> Value:
    return tuple((a + b) % field.modulus for a, b in zip(x, y, strict=True))


def _difference(field: Field, _: int, x: Value, y: Value) -> Value:
    return tuple((a - b) % field.modulus for a, b in zip(x, y, strict=True))


def _inverse(field: Field, radix: int, x: Value, _: Value) -> Value:
    p = field.modulus
    if field.degree == 1:
        return (pow(x[0], -1, p) * radix**2 % p,)
    scale = pow(x[0] ** 2 + x[1] ** 2, -1, p) * radix**2
    return x[0] * scale % p, -x[1] * scale % p


# name, kernel, oracle, fields, passes over the arrays in one run: about a millisecond or more
_THROUGHPUT: tuple[tuple[str, Any, Oracle, tuple[Field, ...], int], ...] = (
    ("product", _kernels.multiply_each, _product, (FP, FR, FP2), 4000),
    ("square", _kernels.square_each, _square, (FP, FP2), 4000),
    ("sum", _kernels.add_each, _sum, (FP,), 8000),
    ("difference", _kernels.subtract_each, _difference, (FP,), 8000),
    ("inverse", _kernels.invert_each, _inverse, (FP,), 20),
)


def field_cases(machine: Machine) -> dict[str, Callable[[], Case]]:
    """What makes the case of each operation and field, on one machine, by its name."""
    makers: dict[str, Callable[[], Case]] = {}
    for name, function, oracle, fields, passes in _THROUGHPUT:
        for field in fields:
            whole = f"{name} in {field.name}"
            makers[whole] = partial(_throughput, whole, function, oracle, field, machine, passes)
    whole = f"one product after another in {FP.name}"
    makers[whole] = partial(_latency, whole, FP, machine, 200)
    return makers


def _throughput(
    name: str, function: Any, oracle: Oracle, field: Field, machine: Machine, passes: int
) -> Case:
    x, y = (_random(field, machine) for _ in range(2))
    out = Elements(field, machine, VALUES, 8)

    def holds() -> bool:
        return all(
            _residues(field, read(out, field, machine, i))
            == oracle(field, machine.montgomery, *(read(a, field, machine, i) for a in (x, y)))
            for i in range(COMPARED)
        )

    return Case(name, VALUES, VALUES * passes, lambda: function(x, y, out, passes), holds)


def _latency(name: str, field: Field, machine: Machine, passes: int) -> Case:
    x, out = _random(field, machine), Elements(field, machine, VALUES, 8)
    count = passes * x.length

    def holds() -> bool:
        p, radix = field.modulus, machine.montgomery
        (base,), (power,) = read(x, field, machine, 0), read(out, field, machine, 0)
        plain = base * pow(radix, -1, p) % p
        return power % p == pow(plain, count, p) * radix % p

    return Case(name, machine.width, count, lambda: _kernels.chain(x, x, out, passes), holds)


def _random(field: Field, machine: Machine) -> Elements:
    """Random values below the modulus: the top limb, cut off below the modulus's, sees to that."""
    array = Elements(field, machine, VALUES, 2)
    bits = _limb_bits(machine)
    array.words[:] = np.frombuffer(secrets.token_bytes(array.words.nbytes), np.uint64).reshape(
        array.words.shape
    ) & np.uint64((1 << bits) - 1)
    top = field.modulus.bit_length() - 1 - bits * (machine.limbs - 1)
    limbs = array.words.reshape(array.length, field.degree, machine.limbs, machine.width)
    limbs[:, :, -1] &= np.uint64((1 << top) - 1)
    return array


def _limb_bits(machine: Machine) -> int:
    return 64 if machine.width == 1 else 52


def read(array: Elements, field: Field, machine: Machine, i: int) -> Value:
    """The components of value i of an array, in the machine's own form."""
    limbs = array.words.reshape(array.length, field.degree, machine.limbs, machine.width)
    block, lane = divmod(i, machine.width)
    bits = _limb_bits(machine)
    return tuple(
        sum(int(limb) << bits * j for j, limb in enumerate(limbs[block, c, :, lane]))
        for c in range(field.degree)
    )


def _residues(field: Field, value: Value) -> Value:
    return tuple(component % field.modulus for component in value)
