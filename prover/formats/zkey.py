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

Points are affine Montgomery words, as in memory, so reading is mapping. Other tools skip section
1001, and drop it when they contribute to the key; the maker of a development key still knows tau,
alpha and beta then. So the hash of the circuit, which contributions keep, is the mark a second
time: a fixed text takes its place.

Source: iden3/snarkjs, the files it writes.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from accel.bn254 import TWO_ADICITY, P, R
from accel.errors import FormatError
from accel.limbs import Words
from circuits.formats.binfile import (
    MEND,
    BinFile,
    Cursor,
    read_binfile,
    write_array,
    write_binfile,
)
from circuits.formats.ranges import first_not_below
from prover.key_guard import check_prover_points
from prover.keys import COEFFICIENT, Coefficients, KeyStream, ProvingKey
from prover.points import g1_from_words

MAGIC = b"zkey"
VERSION = 1
GROTH16 = 1
PROTOCOL, HEADER, IC, COEFFICIENTS, A, B1, B2, L, H, HISTORY = range(1, 11)
DEVELOPMENT = 1001
G1_BYTES, G2_BYTES = 64, 128

DEVELOPMENT_TEXT = b"Development key: whoever made it can forge proofs under it."
DEVELOPMENT_HASH = b"zkpipe development key, not a hash".ljust(64, b".")
CHUNK = 1 << 20  # records checked at a time: the comparisons' arrays stay below 50 MB


def read_zkey(path: Path) -> ProvingKey:
    """Map a proving key.

    Checked are the sizes of all sections, the verifying key's points and their relations, wires
    and rows of the coefficient records, and that their values are below r. The points of the
    queries are not.

    Raises FileError if it cannot be read, FormatError if it is no .zkey for Groth16 over BN254 or
    its counts do not fit its sections, InsecureKeyError if proofs under it could be forged.

    Cost: one pass over section 4, some 10 ms for the points; no copies.
    """
    file = read_binfile(path, MAGIC, VERSION)
    protocol = file.cursor(PROTOCOL)
    if protocol.integer(4) != GROTH16:
        raise FormatError(f"{path} is a key for another protocol than Groth16.", MEND)
    protocol.end()
    header = file.cursor(HEADER)
    header.prime(P, "coordinates")
    header.prime(R, "coefficients")
    wires, public, domain = header.integer(4), header.integer(4), header.integer(4)
    _check_counts(path, wires, public, domain)
    alpha_g1, beta_g1 = _point(header, G1_BYTES), _point(header, G1_BYTES)
    beta_g2, gamma_g2 = _point(header, G2_BYTES), _point(header, G2_BYTES)
    delta_g1, delta_g2 = _point(header, G1_BYTES), _point(header, G2_BYTES)
    header.end()
    ic = _points(file, IC, public + 1, G1_BYTES)
    _check_coordinates(path, alpha_g1, beta_g1, beta_g2, gamma_g2, delta_g1, delta_g2, ic)
    check_prover_points(g1_from_words(beta_g1), g1_from_words(delta_g1))
    history = _history(file)
    key = ProvingKey(
        domain_size=domain,
        wire_count=wires,
        public_count=public,
        development=DEVELOPMENT in file or history[:64] == DEVELOPMENT_HASH,
        alpha_g1=alpha_g1,
        beta_g1=beta_g1,
        delta_g1=delta_g1,
        beta_g2=beta_g2,
        gamma_g2=gamma_g2,
        delta_g2=delta_g2,
        ic=ic,
        a_query=_points(file, A, wires, G1_BYTES),
        b_g1_query=_points(file, B1, wires, G1_BYTES),
        b_g2_query=_points(file, B2, wires, G2_BYTES),
        l_query=_points(file, L, wires - public - 1, G1_BYTES),
        h_query=_points(file, H, domain, G1_BYTES),
        coefficients=_coefficients(file, wires, domain),
        history=history,
    )
    _ = key.verifying_key  # made now, so that an insecure key is refused here
    return key


def _check_counts(path: Path, wires: int, public: int, domain: int) -> None:
    if public >= wires:
        raise FormatError(
            f"{path} claims {public} public values among {wires} wires, one of them the constant.",
            MEND,
        )
    if domain & (domain - 1) or not 0 < domain <= 1 << TWO_ADICITY:
        raise FormatError(
            f"{path} has a domain of {domain} points, not a power of two up to 2^28.", MEND
        )
    if domain <= public:
        raise FormatError(
            f"{path} has a domain of {domain} points, too few for {public} public values.", MEND
        )


def _check_coordinates(path: Path, *points: Words) -> None:
    """Each coordinate has one form: words of p or more would be read modulo p."""
    for point in points:
        if first_not_below(point.reshape(-1, 4), P) is not None:
            raise FormatError(f"{path}: a coordinate of its points is not below p.", MEND)


def _point(header: Cursor, size: int) -> Words:
    return header.take(size).copy().view("<u8").astype(np.uint64, copy=False)


def _points(file: BinFile, kind: int, count: int, size: int) -> Words:
    data = file.rows(kind, count, size, "points")
    return data.view("<u8").reshape(count, size // 8).view(np.uint64)


def _coefficients(file: BinFile, wires: int, domain: int) -> Coefficients:
    cursor = file.cursor(COEFFICIENTS)
    count = cursor.integer(4)
    where = file.where(COEFFICIENTS)
    if cursor.remaining != count * COEFFICIENT.itemsize:
        raise FormatError(
            f"{where} has {cursor.remaining} bytes for {count} records of "
            f"{COEFFICIENT.itemsize} bytes.",
            MEND,
        )
    records = cursor.take(cursor.remaining).view(COEFFICIENT)
    for begin in range(0, count, CHUNK):
        part = records[begin : begin + CHUNK]
        for field, limit in (("matrix", 2), ("constraint", domain), ("wire", wires)):
            bad = np.flatnonzero(part[field] >= limit)
            if len(bad):
                raise FormatError(
                    f"{where}: record {begin + int(bad[0])} has {field} "
                    f"{int(part[field][bad[0]])}; it must be below {limit}.",
                    MEND,
                )
        high = first_not_below(part["value"], R)
        if high is not None:
            raise FormatError(
                f"{where}: the value of record {begin + high} is not below the field's order r.",
                MEND,
            )
    return records


def _history(file: BinFile) -> bytes:
    """Section 10, if it is there: walked through, so that its count fits its bytes."""
    if HISTORY not in file:
        return b""
    cursor = file.cursor(HISTORY)
    cursor.take(64)
    count = cursor.integer(4)
    for _ in range(count):  # each takes 392 bytes or more, so the walk is bounded by the file
        cursor.take(3 * G1_BYTES + G2_BYTES + 64)
        cursor.integer(4)
        cursor.take(cursor.integer(4))
    cursor.end()
    return file.section(HISTORY).tobytes()


def write_zkey(path: Path, key: KeyStream) -> None:
    """Write a proving key, section by section from its chunks. Raises FileError."""
    with write_binfile(path, MAGIC, VERSION, 11 if key.development else 10) as writer:
        with writer.section(PROTOCOL) as file:
            file.write(struct.pack("<I", GROTH16))
        with writer.section(HEADER) as file:
            file.write(struct.pack("<I", 32) + P.to_bytes(32, "little"))
            file.write(struct.pack("<I", 32) + R.to_bytes(32, "little"))
            file.write(struct.pack("<III", key.wire_count, key.public_count, key.domain_size))
            for point in (key.alpha_g1, key.beta_g1, key.beta_g2):
                file.write(point.astype("<u8").tobytes())
            for point in (key.gamma_g2, key.delta_g1, key.delta_g2):
                file.write(point.astype("<u8").tobytes())
        writer.array(IC, key.ic)
        with writer.section(COEFFICIENTS) as file:
            file.write(struct.pack("<I", key.coefficient_count))
            for records in key.coefficients:
                write_array(file, records)
        for kind, query in (
            (A, key.a_query),
            (B1, key.b_g1_query),
            (B2, key.b_g2_query),
            (L, key.l_query),
            (H, key.h_query),
        ):
            with writer.section(kind) as file:
                for points in query:
                    write_array(file, points)
        with writer.section(HISTORY) as file:
            file.write(key.history or _empty_history(key.development))
        if key.development:
            with writer.section(DEVELOPMENT) as file:
                file.write(DEVELOPMENT_TEXT)


def _empty_history(development: bool) -> bytes:
    return (DEVELOPMENT_HASH if development else bytes(64)) + struct.pack("<I", 0)
