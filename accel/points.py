"""Rows of affine points between the form of files and the machines' working form."""

from __future__ import annotations

import numpy as np

from accel.arrays import Rows, WorkRows, blank_rows, load, store
from accel.functions import reduce
from accel.kernels import kernel
from accel.limbs import Words
from accel.machine import Field, Machine


@kernel
def _into_work(source, target, blocks):
    for i in range(blocks):
        x, y = load(source, i)
        store(target, i, (reduce(x), reduce(y)))


@kernel
def _out_of_work(source, target, blocks):
    for i in range(blocks):
        store(target, i, load(source, i))


def padded_count(n: int, machine: Machine) -> int:
    """The least multiple of the machine's lanes that is n or more."""
    return -(-n // machine.width) * machine.width


def working_points(points: Words, field: Field, machine: Machine) -> WorkRows:
    """Working rows of (n, 8 * degree) affine points, with infinity up to a whole block."""
    n = padded_count(len(points), machine)
    padded = np.zeros((n, points.shape[1]), np.uint64)
    padded[: len(points)] = points
    work = blank_rows(field, machine, n, 2)
    _into_work(Rows(field, machine, padded, 2), work, n // machine.width)
    return work


def file_points(work: WorkRows, field: Field, machine: Machine) -> Words:
    """The points of working rows, whole blocks of them: canonical, Montgomery R = 2^256."""
    words = np.zeros_like(work.words)
    _out_of_work(work, Rows(field, machine, words, 2), work.length // machine.width)
    return words
