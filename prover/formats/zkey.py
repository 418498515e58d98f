"""Proving keys in snarkjs' .zkey files, version 1, protocol Groth16.

    section 1   protocol u32: 1
    section 2   n8 = 32 u32, p; n8 = 32 u32, r; wires, public values, domain size, each u32;
                alpha1, beta1, beta2, gamma2, delta1, delta2
    section 3   IC, a point of G1 for the constant one and each public value
    section 4   count u32, and as many records of COEFFICIENT
    5 6 7       A in G1, B in G1, B in G2, one point a wire
    section 8   L (snarkjs: C), a point of G1 for each wire that is not public
    section 9   H, domain size points of G1
    section 10  hash of the circuit in 64 bytes, count u32, the contributions to the second phase
    section 1001  ours, in development keys only: a sentence that says so
    section 1002  ours: the names of the public values, a line each; not there if they are not known
    section 1003  ours: ConstraintSystem.digest, and in a second line the circuit's name if known

Points are affine Montgomery words, as in memory, so they are read as they are, when they are needed
(ProvingKey.stored). Other tools skip section 1001, and drop it when they contribute to the key; the
maker of a development key still knows tau, alpha and beta then. So the hash of the circuit, which
contributions keep, is the mark a second time: a fixed text takes its place.

Source: iden3/snarkjs, the files it writes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.circuits.r1cs.identity import CircuitId
from zkpipe.circuits.r1cs.public_names import LONGEST, MOST, names_problem
from zkpipe.ground.errors import FormatError, ShapeError
from zkpipe.ground.files.binfile import (
    FIX,
    BinFile,
    Cursor,
    read_binfile,
    write_array,
    write_binfile,
)
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.prover.contributions import DEVELOPMENT_HASH, HASH_BYTES, empty_history, read_history
from zkpipe.prover.key_header import KeyHeader
from zkpipe.prover.key_shapes import (
    COEFFICIENT,
    StoredArrays,
    StoredForm,
    bulk_shapes,
    count_problem,
)

MAGIC = b"zkey"
VERSION = 1
GROTH16 = 1
PROTOCOL, HEADER, IC, COEFFICIENTS, A, B1, B2, L, H, HISTORY = range(1, 11)
DEVELOPMENT, NAMES, CIRCUIT = 1001, 1002, 1003
G1_BYTES, G2_BYTES = 64, 128
HEADER_POINTS = ("alpha_g1", "beta_g1", "beta_g2", "gamma_g2", "delta_g1", "delta_g2")

DEVELOPMENT_TEXT = b"Development key: whoever made it can forge proofs under it."
QUERIES = {"a_query": A, "b_g1_query": B1, "b_g2_query": B2, "l_query": L, "h_query": H}
CHUNK = 1 << 15  # records checked at a time, which stay in the cache


class ZkeyFile(NamedTuple):
    """A proving key as its file has it: nothing is proved but that its parts fit together.

    header   the fields of a KeyHeader
    history  section 10
    bulk     where the queries and the coefficients lie
    head     all that is small
    """

    header: Mapping[str, Any]
    history: bytes
    bulk: StoredArrays
    head: Head


def read_zkey(path: Path) -> ZkeyFile:
    """Open the file of a proving key, and look at all in it that is small.

    Raises FileError if it cannot be read, FormatError if it is no .zkey for Groth16 over BN254 or
    its counts do not fit its sections.
    """
    head = read_head(path)
    header = {**head.counts, **head.points, "development": head.development}
    return ZkeyFile(header, head.history, stored_arrays(head), head)


@dataclass(frozen=True, slots=True)
class Head:
    """What is small in a .zkey, of which nothing is proved: it may be a key that is refused.

    counts   domain_size, wire_count, public_count
    history  section 10
    """

    file: BinFile
    counts: Mapping[str, int]
    points: Mapping[str, Words]
    history: bytes
    development: bool
    names: tuple[str, ...] | None
    circuit: CircuitId | None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Wires, public values, points of the domain."""
        return self.counts["wire_count"], self.counts["public_count"], self.counts["domain_size"]


def read_counts(path: Path) -> tuple[Mapping[str, int], int]:
    """The counts of a proving key that may be one to be refused, and how many contributed to it.

    Raises FileError, FormatError.
    """
    head = read_head(path)
    return head.counts, len(read_history(head.history, str(path))) if head.history else 0


def read_head(path: Path) -> Head:
    """What is small in a .zkey. Raises as `read_zkey` does."""
    file = read_binfile(path, MAGIC, VERSION)
    protocol = file.cursor(PROTOCOL)
    if protocol.integer(4) != GROTH16:
        raise FormatError(f"{path} is a key for another protocol than Groth16.", FIX)
    protocol.end()
    header = file.cursor(HEADER)
    header.prime(BN254.p, "coordinates")
    header.prime(BN254.r, "coefficients")
    wires, public, domain = header.integer(4), header.integer(4), header.integer(4)
    problem = count_problem(domain, wires, public)
    if problem is not None:
        raise FormatError(f"{file.where(HEADER)} {problem}.", FIX)
    sizes = {name: G1_BYTES if name.endswith("_g1") else G2_BYTES for name in HEADER_POINTS}
    points = {name: _point(header, size) for name, size in sizes.items()}
    header.end()
    file.rows(IC, public + 1, G1_BYTES, "points")
    points["ic"] = file.section(IC).view("<u8").reshape(-1, 8).view(np.uint64)
    _check_coordinates(file, points)
    history = file.cursor(HISTORY).rest() if HISTORY in file else b""
    if HISTORY in file and not history:  # it would pass for a key without a history
        raise FormatError(f"{file.where(HISTORY)} is empty.", FIX)
    head = Head(
        file,
        {"domain_size": domain, "wire_count": wires, "public_count": public},
        points,
        history,
        DEVELOPMENT in file or history[:HASH_BYTES] == DEVELOPMENT_HASH,
        _names(file, public),
        _circuit(file),
    )
    stored_arrays(head)  # of a key whose queries are missing nothing is said
    return head


def _check_coordinates(file: BinFile, points: Mapping[str, Words]) -> None:
    """Each coordinate has one form: words of p or more would be read modulo p."""
    for name, point in points.items():
        if first_not_below(point.reshape(-1, 4), BN254.p) is not None:
            where = file.where(IC if name == "ic" else HEADER)
            raise FormatError(f"{where}: a coordinate of {name} is not below p.", FIX)


def _names(file: BinFile, count: int) -> tuple[str, ...] | None:
    if NAMES not in file:
        return None
    most = (4 * LONGEST + 1) * min(count, MOST)  # bytes
    problem = f"have more than {most} bytes"
    if file.extent(NAMES).size <= most:
        try:
            names = tuple(file.cursor(NAMES).rest().decode("utf-8").split("\n"))
            problem = names_problem(names, count) or ""
        except UnicodeDecodeError:
            problem = "are not UTF-8"
    if problem:
        raise FormatError(f"{file.where(NAMES)}: the names in it {problem}.", FIX)
    return names


def _circuit(file: BinFile) -> CircuitId | None:
    if CIRCUIT not in file:
        return None
    problem = "is too long"
    if file.extent(CIRCUIT).size <= 65 + 4 * LONGEST:
        try:
            digest, line, name = file.cursor(CIRCUIT).rest().decode("utf-8").partition("\n")
            return CircuitId(digest, name if line else None)
        except (UnicodeDecodeError, ShapeError):
            problem = "does not name a circuit by its digest"
    raise FormatError(f"{file.where(CIRCUIT)} {problem}.", FIX)


def _point(header: Cursor, size: int) -> Words:
    return header.take(size).copy().view("<u8").astype(np.uint64, copy=False)


def stored_arrays(head: Head) -> StoredArrays:
    """Where the queries and the coefficients lie, whose sections have the sizes they must have.

    Raises FormatError if one has not.
    """
    file, shapes, forms = head.file, bulk_shapes(*head.shape), {}
    for name, kind in QUERIES.items():
        count, width = shapes[name]
        begin = file.rows(kind, count, 8 * width, "points").begin
        forms[name] = StoredForm(begin, shapes[name], np.dtype(np.uint64), file.where(kind))
    extent, where = file.extent(COEFFICIENTS), file.where(COEFFICIENTS)
    if extent.size < 4:
        raise FormatError(f"{where} is too short: it has no count.", FIX)
    count = int.from_bytes(file.file.read(extent.begin, 4).tobytes(), "little")
    if extent.size - 4 != count * COEFFICIENT.itemsize:
        raise FormatError(
            f"{where} has {extent.size - 4} bytes for {count} records of {COEFFICIENT.itemsize} "
            "bytes.",
            FIX,
        )
    forms["coefficients"] = StoredForm(extent.begin + 4, (count,), COEFFICIENT, where)
    return StoredArrays(file.file, forms)


def check_records(bulk: StoredArrays, counts: Mapping[str, Any]) -> None:
    """Raise FormatError for a coefficient of a wire or a row that the key has not, or not below r.

    counts  of a Head, or the header of a ZkeyFile

    Cost: one pass over section 4.
    """
    form = bulk.forms["coefficients"]
    limits = (("matrix", 2), ("constraint", counts["domain_size"]), ("wire", counts["wire_count"]))
    for begin in range(0, form.shape[0], CHUNK):
        part = bulk.rows("coefficients", begin, begin + CHUNK)
        for field, limit in limits:
            if len(part) and int(part[field].max()) >= limit:
                bad = int(np.argmax(part[field] >= limit))
                raise FormatError(
                    f"{form.where}: record {begin + bad}{_at(begin + bad)} has {field} "
                    f"{int(part[field][bad])}; it must be below {limit}.",
                    FIX,
                )
        high = first_not_below(part["value"], BN254.r)
        if high is not None:
            raise FormatError(
                f"{form.where}: the value of record {begin + high}{_at(begin + high)} is not below "
                "the field's order r.",
                FIX,
            )


def _at(record: int) -> str:
    return f", at offset {4 + COEFFICIENT.itemsize * record},"


def header_bytes(parts: Mapping[str, Any], curve: Curve = BN254) -> bytes:
    """Section 2, from counts and points by the names that a KeyHeader has for them."""
    counts = (parts[name] for name in ("wire_count", "public_count", "domain_size"))
    points = (parts[name] for name in HEADER_POINTS)
    return b"".join(
        [
            struct.pack("<I", 32) + curve.p.to_bytes(32, "little"),
            struct.pack("<I", 32) + curve.r.to_bytes(32, "little"),
            struct.pack("<III", *counts),
            *(point.astype("<u8").tobytes() for point in points),
        ]
    )


def write_zkey(
    path: Path,
    key: KeyHeader,
    coefficient_count: int,
    chunks: Mapping[str, Iterable[NDArray[Any]]],
    history: bytes,
    names: tuple[str, ...] | None,
    circuit: CircuitId | None,
) -> None:
    """Write a proving key, section by section. Raises FileError.

    chunks   of each query and of the coefficients, to be used once
    history  section 10; empty for none
    names    of the public values; None if they are not known
    circuit  None if it is not known
    """
    sections = 10 + key.development + (names is not None) + (circuit is not None)
    with write_binfile(path, MAGIC, VERSION, sections) as writer:
        with writer.section(PROTOCOL) as file:
            file.write(struct.pack("<I", GROTH16))
        with writer.section(HEADER) as file:
            file.write(header_bytes(key.small_parts(), key.curve))
        writer.array(IC, key.ic)
        with writer.section(COEFFICIENTS) as file:
            file.write(struct.pack("<I", coefficient_count))
            for records in chunks["coefficients"]:
                write_array(file, records)
        for name, kind in QUERIES.items():
            with writer.section(kind) as file:
                for points in chunks[name]:
                    write_array(file, points)
        with writer.section(HISTORY) as file:
            file.write(history or empty_history(key.development))
        if key.development:
            with writer.section(DEVELOPMENT) as file:
                file.write(DEVELOPMENT_TEXT)
        if circuit is not None:
            with writer.section(CIRCUIT) as file:
                name = "" if circuit.name is None else f"\n{circuit.name}"
                file.write(f"{circuit.digest}{name}".encode())
        if names is not None:
            with writer.section(NAMES) as file:
                file.write("\n".join(names).encode())
