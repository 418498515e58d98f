"""Rows of affine points between canonical, the form of files and the machines' working form."""

from __future__ import annotations

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.curve import Curve, Field
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.rows import Rows, WorkRows, blank_rows
from zkpipe.accel.machines.machine import SCALAR, Machine

_kernels = Kernels("zkpipe.accel.curves.kernels.points")


def points_from_canonical(words: Words, curve: Curve = BN254) -> Words:
    """Coordinates of points, each x multiplied by 2^256 mod p.

    words   (n, 4 k) uint64   k coordinates a row, canonical
    result  (n, 4 k) uint64   Montgomery

    Cost: a product a coordinate, 15 ns, where `accel.fields.limbs.to_montgomery` takes 300.
    """
    out = np.empty_like(words)
    rows = (Rows(curve.fp, SCALAR, array.reshape(-1, 4), 1) for array in (words, out))
    _kernels.multiply_into_montgomery(*rows, words.size // 4)
    return out


def points_to_canonical(words: Words, curve: Curve = BN254) -> Words:
    """Coordinates of points out of Montgomery form: the way back from `points_from_canonical`."""
    out = np.empty(words.shape, np.uint64)
    source = np.ascontiguousarray(words)
    rows = (Rows(curve.fp, SCALAR, array.reshape(-1, 4), 1) for array in (source, out))
    _kernels.multiply_out_of_montgomery(*rows, words.size // 4)
    return out


def padded_count(n: int, machine: Machine) -> int:
    """The least multiple of the machine's lanes that is n or more."""
    return -(-n // machine.width) * machine.width


def working_points(points: Words, field: Field, machine: Machine) -> WorkRows:
    """Working rows of (n, 8 * degree) affine points, with infinity up to a whole block."""
    n = padded_count(len(points), machine)
    padded = np.zeros((n, points.shape[1]), np.uint64)
    padded[: len(points)] = points
    work = blank_rows(field, machine, n, 2)
    _kernels.into_work(Rows(field, machine, padded, 2), work, n // machine.width)
    return work


def file_points(work: WorkRows, field: Field, machine: Machine) -> Words:
    """The points of working rows, whole blocks of them: canonical, Montgomery R = 2^256."""
    words = np.zeros_like(work.words)
    _kernels.out_of_work(work, Rows(field, machine, words, 2), work.length // machine.width)
    return words
