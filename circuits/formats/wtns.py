"""Witnesses in iden3's .wtns files, version 2.

    section 1   n8 = 32 u32, the prime r in 32 bytes, number of values u32
    section 2   the values, 32 bytes each, canonical, little-endian

Source: iden3/snarkjs, the files it writes; circom's witness calculators write the same.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.ground.errors import FormatError, RangeError
from zkpipe.ground.files.binfile import FIX, read_binfile, write_binfile

_FIX = "Solve the circuit again."

MAGIC = b"wtns"
VERSION = 2
HEADER, VALUES = 1, 2


def write_wtns(path: Path, values: Words) -> None:
    """Write the values of a witness; only its owner may read the file.

    values  (n, 4) uint64, canonical

    Raises FileError if it cannot be written, ShapeError or RangeError for an array that is none.
    """
    _check(values)
    with write_binfile(path, MAGIC, VERSION, 2, secret=True) as writer:
        with writer.section(HEADER) as file:
            file.write(struct.pack("<I", 32) + R.to_bytes(32, "little"))
            file.write(struct.pack("<I", len(values)))
        writer.array(VALUES, values)


def _check(values: Words) -> None:
    """What `read_wtns` asks of a file."""
    from zkpipe.circuits.r1cs.rules import check_words  # here: to read takes none of these rules

    check_words("The values of a witness", values, (None, 4))
    if not 0 < len(values) < 1 << 32 or values[0].tolist() != [1, 0, 0, 0]:
        raise RangeError("The first value of a witness is 1, and here it is not.", _FIX)
    if first_not_below(values, R) is not None:
        raise RangeError("A value of the witness is not below the field's order r.", _FIX)


def read_wtns(path: Path) -> Words:
    """Read the values of a witness: (n, 4) uint64, canonical.

    Raises FileError if it cannot be read; FormatError if it is no .wtns file over BN254's scalar
    field, its count is not that of its values, a value is r or more, or the first is not 1.
    """
    file = read_binfile(path, MAGIC, VERSION)
    header = file.cursor(HEADER)
    header.prime(R, "values")
    count = header.integer(4)
    header.end()
    file.rows(VALUES, count, 32, "values")
    values = file.section(VALUES).view("<u8").reshape(-1, 4).view(np.uint64)
    if count == 0 or values[0].tolist() != [1, 0, 0, 0]:
        raise FormatError(
            f"{file.where(VALUES)}: the first value of a witness, at offset 0, is 1, and here it "
            "is not.",
            FIX,
        )
    bad = first_not_below(values, R)
    if bad is not None:
        raise FormatError(
            f"{file.where(VALUES)}: value {bad}, at offset {32 * bad}, is not below the field's "
            "order r.",
            FIX,
        )
    return values
