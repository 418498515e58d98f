"""The key that a circuit's ceremony begins with: made from powers of tau, without a secret of ours.

With L_j the Lagrange basis of the domain at tau, as points, wire i gives

    A[i] = sum a_ji L_j,  B1[i], B2[i] = sum b_ji L_j  in G1 and G2
    IC[i], L[i] = sum a_ji beta L_j + b_ji alpha L_j + c_ji L_j  (public wires; the others)

over its rows j; rows of A behind the constraints bind the constant wire and the public ones. H is
the basis of the domain twice as large, at its odd roots of unity. Gamma and delta are generators,
so anybody can forge under this key: it serves only to be contributed to.

The file equals that of snarkjs byte for byte, so each of the two tools can check the other's work:
the order of sections is its, a row's entries are in the order of the .r1cs, and there are no names:
these, and what circuit the key is of, lie in a record beside it (prover.circuit_record).

Source: Groth, eprint 2016/260; Bowe, Gabizon, Miers, eprint 2017/1050; iden3/snarkjs, zkey_new.js.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.fields.limbs import Words, to_montgomery, words_from_ints
from zkpipe.accel.linear.columns import Columns, Entries, columns
from zkpipe.accel.points.sparse_sums import Coefficients, sparse_sums
from zkpipe.circuits.r1cs.matrix import SparseMatrix
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.files.binfile import write_array, write_binfile
from zkpipe.prover.ceremony.phase2.circuit_hash import CircuitHash
from zkpipe.prover.ceremony.phase2.prepared_powers import PreparedPowers
from zkpipe.prover.ceremony.progress import Progress, Told
from zkpipe.prover.ceremony.ptau_file import (
    LAGRANGE_ALPHA_G1,
    LAGRANGE_BETA_G1,
    LAGRANGE_G1,
    LAGRANGE_G2,
)
from zkpipe.prover.ceremony.room import check_room, room
from zkpipe.prover.circuit_record import CircuitRecord, record_path
from zkpipe.prover.formats import zkey
from zkpipe.prover.formats.circuit_record import check_place, fingerprint_of, write_record
from zkpipe.prover.groth16.records import record_count, records_in_file_order
from zkpipe.prover.groth16.setup import domain_size_for

CHUNK = 1 << 16  # points of H of one reading
SECTIONS = 10  # of the file
POINT, ENTRY = 200, 24  # bytes of memory: for three bases and a point's place; for an entry
Chunks = Iterator[NDArray[Any]]


class InitialKey:
    """A circuit's key before the first contribution to it.

    system  the circuit
    powers  prepared for a domain as large as the circuit's, or larger

    Raises RangeError if the powers are too few.
    """

    def __init__(self, system: ConstraintSystem, powers: PreparedPowers) -> None:
        domain = domain_size_for(system.constraint_count, system.public_count)
        self.domain_size = max(2, domain)  # snarkjs has none of one point
        powers.check_size(self.domain_size)
        self.system, self.powers = system, powers
        self._hash = CircuitHash()

    def __repr__(self) -> str:
        return f"<initial key of {self.system.name}: domain of {self.domain_size}>"

    @property
    def memory(self) -> int:
        """Bytes that it takes to compute the key, for what grows with the circuit."""
        system = self.system
        entries = sum(len(matrix.wires) for matrix in (system.a, system.b, system.c))
        return POINT * self.domain_size + ENTRY * entries

    def save(
        self,
        path: str | Path,
        told: Told | None = None,
        max_memory: int | str | None = None,
        *,
        record: Path | None = None,
    ) -> bytes:
        """Write a .zkey, atomically and as it is computed, and its record; give the circuit's hash.

        told        is told how many points are done, and of how many
        max_memory  bytes, or a text such as "1.5G", that it may take; None for half of the
                    machine's memory
        record      where that goes; beside the key if left out

        Raises FileError, also if something that is no record is there; FormatError for points of
        the powers that are none; RangeError, before anything is computed, if it needs more memory.
        Cost: some 80 ns an entry and point in G1, more for coefficients other than 1 and -1
        (accel.points.sparse_sums). Memory: 200 bytes a point of the domain, 24 an entry.
        """
        self.check_room(room("InitialKey.save", max_memory))
        wires, public = self.system.wire_count, self.system.public_count + 1
        counts = {
            **dict.fromkeys((zkey.A, zkey.B1, zkey.B2), wires),
            zkey.IC: public,
            zkey.L: wires - public,
            zkey.H: self.domain_size,
        }
        progress = Progress(sum(counts.values()), told)
        key = Path(path)
        place = record_path(key) if record is None else record
        check_place(place)
        with write_binfile(key, zkey.MAGIC, zkey.VERSION, SECTIONS) as writer:
            for kind, chunks in self.sections():
                with writer.section(kind) as file:
                    for chunk in chunks:
                        write_array(file, chunk)
                        progress.add(len(chunk) if kind in counts else 0)
            digest = self._hash.digest()
            with writer.section(zkey.HISTORY) as file:
                file.write(digest + struct.pack("<I", 0))
        made = CircuitRecord.of(self.system, fingerprint_of(zkey.read_head(key)))
        write_record(place, made)
        return digest

    def check_room(self, there: int) -> None:
        """Raise RangeError if the key needs more bytes than there are."""
        name = f"The initial key of {self.system.name}, of a domain of {self.domain_size} points,"
        check_room(name, self.memory, there)

    def sections(self) -> Iterator[tuple[int, Chunks]]:
        """The sections 1 to 9 in the order of the file, each in chunks that must all be taken.

        The hash of the circuit is known when they are.
        """
        self._hash = CircuitHash()
        yield zkey.PROTOCOL, _bytes(struct.pack("<I", zkey.GROTH16))
        yield zkey.HEADER, self._header()
        yield zkey.COEFFICIENTS, self._records()
        public = self.system.public_count + 1
        basis = self._three_bases()
        combined = self._combined
        yield zkey.IC, self._query(basis, combined.part(0, public))
        yield zkey.H, self._odd_basis()
        self._hash.powers(self.powers, self.domain_size)
        yield zkey.L, self._query(basis, combined.part(public, combined.count))
        del basis
        basis = self.powers.basis(LAGRANGE_G1, self.domain_size)
        b = self._columns(self.system.b)
        yield zkey.A, self._query(basis, self._columns(self.system.a, bound=True))
        yield zkey.B1, self._query(basis, b)
        del basis
        yield zkey.B2, self._query(self.powers.basis(LAGRANGE_G2, self.domain_size), b)

    @property
    def circuit_hash(self) -> bytes:
        """64 bytes, once all sections were taken."""
        return self._hash.digest()

    # --- sections

    def _header(self) -> Chunks:
        g1 = to_montgomery(BN254.g1_generator, BN254.p).reshape(8)
        g2 = to_montgomery(BN254.g2_generator, BN254.p).reshape(16)
        powers = self.powers
        points = (powers.alpha_g1, powers.beta_g1, powers.beta_g2, g2, g1, g2)
        for point in points:
            self._hash.points(point)
        parts = {
            "wire_count": self.system.wire_count,
            "public_count": self.system.public_count,
            "domain_size": self.domain_size,
            **dict(zip(zkey.HEADER_POINTS, points, strict=True)),
        }
        yield from _bytes(zkey.header_bytes(parts))

    def _records(self) -> Chunks:
        yield from _bytes(struct.pack("<I", record_count(self.system)))
        yield from records_in_file_order(self.system, BN254)

    def _query(self, basis: Words, entries: Columns) -> Chunks:
        self._hash.count(entries.count)
        for points in sparse_sums(basis, entries, self._coefficients):
            self._hash.points(points)
            yield points

    def _odd_basis(self) -> Chunks:
        n = self.domain_size
        for begin in range(0, n, CHUNK):
            yield self.powers.odd_basis(n, begin, min(begin + CHUNK, n))

    # --- entries by wire

    @cached_property
    def _coefficients(self) -> Coefficients:
        """Those of the system, and 1 behind them."""
        return Coefficients(np.concatenate([self.system.coefficients, words_from_ints([1])]))

    def _binding(self, first_row: int = 0) -> Entries:
        """The rows that bind the constant wire and the public ones, behind the constraints."""
        count, one = self.system.public_count + 1, len(self.system.coefficients)
        wires = np.arange(count, dtype=np.uint32)
        ones = np.full(count, one, np.uint32)
        first = first_row + self.system.constraint_count
        return Entries(np.arange(count + 1, dtype=np.int64), wires, ones, first)

    def _by_wire(self, matrices: Iterable[Entries]) -> Columns:
        return columns(list(matrices), self.system.wire_count, len(self._coefficients.values))

    def _columns(self, matrix: SparseMatrix, *, bound: bool = False) -> Columns:
        binding = [self._binding()] if bound else []
        return self._by_wire([_entries(matrix), *binding])

    @cached_property
    def _combined(self) -> Columns:
        """The entries of all three matrices; their rows are those of `_three_bases`."""
        system, n = self.system, self.domain_size
        return self._by_wire(
            [
                _entries(system.a),
                self._binding(),
                _entries(system.b, n),
                _entries(system.c, 2 * n),
            ]
        )

    def _three_bases(self) -> Words:
        """The basis times beta for A, times alpha for B, and itself for C, one behind the other."""
        n = self.domain_size
        basis = np.empty((3 * n, 8), np.uint64)
        for i, kind in enumerate((LAGRANGE_BETA_G1, LAGRANGE_ALPHA_G1, LAGRANGE_G1)):
            basis[i * n : (i + 1) * n] = self.powers.basis(kind, n)
        return basis


def _entries(matrix: SparseMatrix, first_row: int = 0) -> Entries:
    return Entries(matrix.starts, matrix.wires, matrix.values, first_row)


def _bytes(data: bytes) -> Chunks:
    yield np.frombuffer(data, np.uint8)
