"""Constraint systems in iden3's .r1cs files, version 1, as circom writes them.

    section 1   n8 = 32 u32, r in 32 bytes; wires, outputs, public inputs, private inputs, each
                u32; labels u64; constraints u32
    section 2   for each constraint its rows of A, B and C; a row is a count u32 and as many
                entries, wire u32 and coefficient in 32 bytes, canonical
    section 3   the label of each wire, u64: 0, then those of outputs and public inputs in their
                order; private inputs have the labels behind them, all other signals the rest
    4 and 5     custom gates, which only PLONK has

Source: iden3/r1csfile, doc/r1cs_bin_format.md, and the files that circom writes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.circuits.formats.r1cs_rows import read_rows, rows_bytes, rows_size
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.r1cs.rules import MAX_WIRES, check_system, label_problem
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.binfile import (
    FIX,
    BinFile,
    array_bytes,
    file_head,
    read_binfile,
    section_head,
)
from zkpipe.ground.files.writing import atomic_write

MAGIC = b"r1cs"
VERSION = 1
HEADER, CONSTRAINTS, LABELS, GATE_LIST, GATE_USES = 1, 2, 3, 4, 5
CHUNK = 1 << 16  # constraints written at a time: some 10 MB


@dataclass(frozen=True, slots=True)
class _Header:
    wires: int
    outputs: int
    public_inputs: int
    private_inputs: int
    labels: int
    constraints: int


def read_r1cs(path: Path) -> R1CS:
    """Read a constraint system; it is named after the file and cannot be solved.

    Raises FileError if it cannot be read, FormatError if it is no .r1cs file over BN254's scalar
    field, its counts do not fit its sections, an entry has a wire or a coefficient that the system
    does not have, or a wire has a label that does not say which signal it is.

    Cost: one pass over the file; memory of 8 bytes an entry, and up to 24 more on the way.
    """
    file = read_binfile(path, MAGIC, VERSION)
    header = _read_header(file)
    _refuse_custom_gates(file)
    file.rows(LABELS, header.wires, 8, "labels")
    labels = file.section(LABELS).view("<u8").view(np.uint64)
    problem = label_problem(labels, header.outputs + header.public_inputs, header.labels)
    if problem is not None:
        raise FormatError(f"{file.where(LABELS)}: {problem}.", FIX)
    matrices, coefficients = read_rows(
        file.section(CONSTRAINTS), file.where(CONSTRAINTS), header.constraints, header.wires
    )
    return R1CS(
        name=path.stem,
        a=matrices[0],
        b=matrices[1],
        c=matrices[2],
        coefficients=coefficients,
        wire_count=header.wires,
        output_count=header.outputs,
        public_input_count=header.public_inputs,
        private_input_count=header.private_inputs,
        labels=labels,
        label_count=header.labels,
    )


def _read_header(file: BinFile) -> _Header:
    cursor = file.cursor(HEADER)
    cursor.prime(R, "coefficients")
    wires, outputs, public_inputs, private_inputs = (cursor.integer(4) for _ in range(4))
    labels = cursor.integer(8)
    constraints = cursor.integer(4)
    cursor.end()
    where = file.where(HEADER)
    if wires == 0:
        raise FormatError(f"{where} has no wires, not even the constant one.", FIX)
    if wires > MAX_WIRES:
        raise FormatError(f"{where} has {wires} wires; at most 2^31 are read.", FIX)
    if 1 + outputs + public_inputs > wires:
        raise FormatError(
            f"{where} claims {outputs} outputs and {public_inputs} public inputs, more than "
            f"its {wires} wires.",
            FIX,
        )
    if 1 + outputs + public_inputs + private_inputs > labels:
        raise FormatError(
            f"{where} claims {private_inputs} private inputs, more than its {labels} labels.",
            FIX,
        )
    return _Header(wires, outputs, public_inputs, private_inputs, labels, constraints)


def _refuse_custom_gates(file: BinFile) -> None:
    for kind in (GATE_LIST, GATE_USES):
        if kind in file and file.cursor(kind).integer(4):
            raise FormatError(
                f"{file.path} uses custom gates, which Groth16 does not have.",
                "Compile the circuit without custom templates.",
            )


def write_r1cs(path: Path, system: R1CS) -> None:
    """Write a constraint system, byte for byte as circom does: constraints before the header.

    Raises FileError if it cannot be written, ShapeError or RangeError for a system that was changed
    and is none now.
    """
    check_system(system)
    with atomic_write(path) as file:
        for piece in _pieces(system):
            file.write(piece)


def r1cs_digest(system: R1CS) -> str:
    """SHA-256 of what write_r1cs writes, in hexadecimal digits. Raises as write_r1cs does."""
    check_system(system)
    digest = sha256()
    for piece in _pieces(system):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(system: R1CS) -> Iterator[bytes | memoryview]:
    """The bytes of the file, one after another."""
    yield file_head(MAGIC, VERSION, 3)
    yield section_head(CONSTRAINTS, rows_size(system))
    for begin in range(0, system.constraint_count, CHUNK):
        yield rows_bytes(system, begin, min(begin + CHUNK, system.constraint_count))
    header = struct.pack("<I", 32) + R.to_bytes(32, "little")
    header += struct.pack(
        "<IIIIQI",
        system.wire_count,
        system.output_count,
        system.public_input_count,
        system.private_input_count,
        max(system.label_count, int(system.labels.max()) + 1, system.declared_count + 1),
        system.constraint_count,
    )
    yield section_head(HEADER, len(header))
    yield header
    labels = system.labels.astype("<u8", copy=False)
    yield section_head(LABELS, labels.nbytes)
    yield array_bytes(labels)
