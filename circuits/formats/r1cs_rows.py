"""Section 2 of .r1cs files: rows of entries to and from sparse matrices.

A row is a count u32 and as many entries, wire u32 and coefficient in 32 bytes, canonical; rows of
A, B and C alternate. They differ in length, so a kernel walks over their counts; all else is done
for whole arrays. The distinct coefficients of a system are few: they are numbered by a hash table
in order of first appearance. The hash is keyed from the operating system, so no file can be made
to collide in it.

Source: iden3/r1csfile, doc/r1cs_bin_format.md; hash: Dietzfelbinger's multiply-shift of vectors,
strongly universal (Thorup, "High speed hashing for integers and strings", arXiv 1504.06804).
"""

from __future__ import annotations

import secrets

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.compiled.entries import Kernels
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.circuits.formats.r1cs_words import ENTRY, Counts, Words32
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.r1cs.rules import rising
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.binfile import FIX, array_bytes
from zkpipe.ground.files.reading import Bytes

_kernels = Kernels("zkpipe.circuits.formats.kernels.r1cs_rows")


def read_rows(
    data: Bytes, where: str, constraints: int, wires: int
) -> tuple[list[SparseMatrix], Words]:
    """The matrices A, B, C of section 2, and the coefficients that their entries number.

    Raises FormatError if the counts do not fit the bytes, or an entry has a wire or a coefficient
    that the system does not have.
    """
    return _Entries(data, where, constraints, wires).read()


class _Entries:
    """Section 2 on its way into three matrices and one dictionary of coefficients."""

    def __init__(self, data: Bytes, where: str, constraints: int, wires: int) -> None:
        self.where = where
        self.wire_count = wires
        self.words = _as_words(data, where)
        self.counts = self._row_counts(constraints)
        self.total = int(self.counts.sum())
        self.first = np.empty(self.total, dtype=np.int64)  # where each coefficient stands first
        bits = max(4, (2 * self.total).bit_length())
        self.table = np.zeros(1 << bits, dtype=np.uint32)  # at most half full
        self.shift = np.uint64(64 - bits)
        self.keys = np.frombuffer(secrets.token_bytes(72), dtype=np.uint64)

    def read(self) -> tuple[list[SparseMatrix], Words]:
        before = np.cumsum(self.counts) - self.counts.reshape(-1)
        heads = np.arange(len(before), dtype=np.int64) + ENTRY * before
        matrices = []
        distinct = 0
        for k in range(3):
            matrix, distinct = self._matrix(
                np.ascontiguousarray(heads[k::3]), np.ascontiguousarray(self.counts[:, k]), distinct
            )
            matrices.append(matrix)
        at = self.first[:distinct, np.newaxis] + np.arange(8)
        coefficients = self.words[at].view(np.uint64)
        self._check_coefficients(coefficients)
        return matrices, coefficients

    def _row_counts(self, constraints: int) -> Counts:
        if 3 * constraints > len(self.words):
            raise FormatError(
                f"{self.where} is too short for {constraints} constraints: "
                f"{4 * len(self.words)} bytes.",
                FIX,
            )
        counts = np.empty((constraints, 3), dtype=np.int64)
        reached = _kernels.walk_rows(self.words, counts.reshape(-1))
        if reached < 3 * constraints:
            raise FormatError(
                f"{self.where}: row {'ABC'[reached % 3]} of constraint {reached // 3} has more "
                "entries than the section holds.",
                FIX,
            )
        extra = len(self.words) - 3 * constraints - ENTRY * int(counts.sum())
        if extra:
            raise FormatError(
                f"{self.where} has {4 * extra} bytes after its {constraints} constraints.", FIX
            )
        return counts

    def _matrix(self, heads: Counts, counts: Counts, distinct: int) -> tuple[SparseMatrix, int]:
        starts = np.concatenate(([0], np.cumsum(counts)))
        wires = np.empty(starts[-1], dtype=np.uint32)
        values = np.empty(starts[-1], dtype=np.uint32)
        distinct = _kernels.gather_entries(
            self.words,
            heads,
            counts,
            (self.keys, self.shift, self.table, self.first),
            distinct,
            wires,
            values,
        )
        if len(wires) and int(wires.max()) >= self.wire_count:
            entry = int(np.argmax(wires >= self.wire_count))
            raise FormatError(
                f"{self.where}: constraint {_row_of(starts, entry)} uses wire {wires[entry]}; the "
                f"system has {self.wire_count}.",
                FIX,
            )
        return self._ordered(starts, wires, values), int(distinct)

    def _ordered(self, starts: Counts, wires: Words32, values: Words32) -> SparseMatrix:
        """The entries of each row by ascending wire; most files have them so."""
        rises = rising(starts, wires)
        if rises.all():
            return SparseMatrix(starts, wires, values)
        rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        order = np.lexsort((wires, rows))
        wires, values = wires[order], values[order]
        rises = rising(starts, wires)
        if not rises.all():
            entry = int(np.argmin(rises)) + 1
            raise FormatError(
                f"{self.where}: a row of constraint {_row_of(starts, entry)} has wire "
                f"{wires[entry]} twice; readers of such a row do not agree on its meaning.",
                FIX,
            )
        in_file = np.empty_like(order)
        in_file[order] = np.arange(len(order))
        return SparseMatrix(starts, wires, values, in_file)

    def _check_coefficients(self, coefficients: Words) -> None:
        bad = first_not_below(coefficients, R)
        if bad is not None:
            raise FormatError(
                f"{self.where}: the coefficient at byte {4 * int(self.first[bad])} is not below "
                "the field's order r.",
                FIX,
            )


def _as_words(data: Bytes, where: str) -> Words32:
    if len(data) % 4:
        raise FormatError(f"{where} has {len(data)} bytes, not a multiple of 4.", FIX)
    return data.view("<u4").view(np.uint32)


def _row_of(starts: Counts, entry: int) -> int:
    return int(np.searchsorted(starts, entry, side="right")) - 1


def rows_size(system: R1CS) -> int:
    """The bytes of section 2."""
    entries = sum(len(matrix.wires) for matrix in (system.a, system.b, system.c))
    return 4 * (3 * system.constraint_count + ENTRY * entries)


def rows_bytes(system: R1CS, begin: int, end: int) -> memoryview:
    """Constraints begin to end as the bytes of section 2, filled matrix by matrix."""
    matrices = (system.a, system.b, system.c)
    counts = np.stack([np.diff(m.starts[begin : end + 1]) for m in matrices], axis=1)
    before = np.cumsum(counts) - counts.reshape(-1)
    heads = (np.arange(len(before)) + ENTRY * before).reshape(-1, 3)
    words = np.empty(counts.size + ENTRY * int(counts.sum()), dtype="<u4")
    words[heads] = counts
    coefficients = system.coefficients.view(np.uint32)
    for k, matrix in enumerate(matrices):
        entries = slice(int(matrix.starts[begin]), int(matrix.starts[end]))
        within = np.arange(entries.start, entries.stop) - np.repeat(
            matrix.starts[begin:end], counts[:, k]
        )
        at = np.repeat(heads[:, k], counts[:, k]) + 1 + ENTRY * within
        words[at] = matrix.wires[entries]
        words[at[:, np.newaxis] + np.arange(1, ENTRY)] = coefficients[matrix.values[entries]]
    return array_bytes(words)
