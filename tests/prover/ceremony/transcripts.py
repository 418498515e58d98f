"""A small ceremony as a file, and changed versions of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.circuits.formats.hostile_files import section, sections
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.msm.multi_scalar import add_points
from zkpipe.accel.points.transforms import inverse_point_ntt
from zkpipe.prover.ceremony.phase1.contribute import beacon_ptau, contribute_ptau
from zkpipe.prover.ceremony.phase1.create import new_ptau
from zkpipe.prover.ceremony.ptau_file import CONTRIBUTIONS, LAGRANGE_G1, TAU_G1, read_ptau
from zkpipe.prover.ceremony.records import Beacon, Record, records_bytes

POWER = 3
BEACON = Beacon(bytes(range(32)), 10)
NAMES = ("Alice", "Bob", "", "Zoë", "Eve")


def make_ceremony(folder: Path) -> Path:
    """A .ptau of 2^3 with five contributions and a beacon; the steps are 0.ptau, 1.ptau, ..."""
    new_ptau(POWER, folder / "0.ptau")
    for number, name in enumerate(NAMES, 1):
        contribute_ptau(
            folder / f"{number - 1}.ptau", folder / f"{number}.ptau", name, b"of a test"
        )
    beacon_ptau(folder / "5.ptau", folder / "6.ptau", BEACON, "the last")
    return folder / "6.ptau"


def with_records(path: Path, records: Sequence[Record], out: Path) -> Path:
    """The file with other records."""
    data = path.read_bytes()
    placed, body = section(data, CONTRIBUTIONS), records_bytes(records)
    head = placed.kind.to_bytes(4, "little") + len(body).to_bytes(8, "little")
    out.write_bytes(data[: placed.head] + head + body + data[placed.body + placed.size :])
    assert len(sections(out.read_bytes())) == len(sections(data))
    return out


def with_point(path: Path, kind: int, index: int, point: Words, out: Path) -> Path:
    """The file with another point in a section."""
    data = bytearray(path.read_bytes())
    at = section(bytes(data), kind).body + index * 8 * len(point)
    data[at : at + 8 * len(point)] = point.astype("<u8").tobytes()
    out.write_bytes(data)
    return out


def with_points(path: Path, kind: int, points: Words, out: Path) -> Path:
    """The file with other points, as many, for the first of a section."""
    return with_point(path, kind, 0, points.reshape(-1), out)


def with_powers(record: Record, **changed: Words) -> Record:
    """A record whose powers are others."""
    return replace(record, powers=replace(record.powers, **changed))


def with_proof(record: Record, kind: int, **changed: Words) -> Record:
    """A record one of whose proofs is another."""
    proofs = list(record.proofs)
    proofs[kind] = replace(proofs[kind], **changed)
    return replace(record, proofs=tuple(proofs))


def twice(point: Words) -> Words:
    """Another point of the same group."""
    return add_points([point, point])


def flipped(data: bytes, place: int) -> bytes:
    """Bytes with one bit changed."""
    changed = np.frombuffer(data, np.uint8).copy()
    changed[place] ^= 1
    return changed.tobytes()


def records_of(path: Path) -> list[Record]:
    return list(read_ptau(path).records)


def with_last_power(path: Path, point: Words, out: Path) -> Path:
    """A prepared file whose largest basis has any point for the power that section 2 has not."""
    file = read_ptau(path)
    n = 2 << file.power
    powers = np.concatenate([file.points(TAU_G1, 0, n - 1), point.reshape(1, 8)])
    basis = inverse_point_ntt(powers)
    data = bytearray(path.read_bytes())
    at = section(bytes(data), LAGRANGE_G1).body + 64 * (n - 1)
    data[at : at + 64 * n] = basis.astype("<u8").tobytes()
    out.write_bytes(data)
    return out
