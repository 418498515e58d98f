"""A contribution to the powers of tau: all of them multiplied by powers of new secrets.

    tau^i        times x^i                in G1 and G2
    alpha tau^i  times a x^i, beta tau^i times b x^i; beta in G2 times b

Every point is checked to be in its group before it is multiplied. The multiples of one that is not,
of small order or on another curve, would give the secrets away; and who made such a file could mend
the powers afterwards, as nothing is kept of those that a contributor got but their hash.

The points that come out, compressed, and the proofs that x, a and b are known make the response;
the response's hash and the points, uncompressed, make the next challenge.

Source: Bowe, Gabizon, Miers, eprint 2017/1050, section 4; iden3/snarkjs, for the order of bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np

from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.linear.progressions import power as to_the_power
from zkpipe.accel.linear.progressions import product
from zkpipe.ground.errors import RangeError
from zkpipe.ground.files.binfile import write_array, write_binfile
from zkpipe.ground.kinds import require_path
from zkpipe.prover.ceremony.blake2b import Blake2b
from zkpipe.prover.ceremony.chacha import ChaCha
from zkpipe.prover.ceremony.generators import beacon_generator, fresh_generator
from zkpipe.prover.ceremony.names import check_name
from zkpipe.prover.ceremony.phase1.challenge import chunks, first_challenge
from zkpipe.prover.ceremony.phase1.drawn import Proofs, Secrets, secrets_of
from zkpipe.prover.ceremony.phase1.sections import check_in_group
from zkpipe.prover.ceremony.points.as_bytes import compressed, uncompressed
from zkpipe.prover.ceremony.points.multiplied import times_powers
from zkpipe.prover.ceremony.progress import Progress, Told
from zkpipe.prover.ceremony.ptau_file import (
    ALPHA_TAU_G1,
    BETA_G2,
    BETA_TAU_G1,
    CONTRIBUTIONS,
    HEADER,
    MAGIC,
    POWERS,
    TAU_G1,
    TAU_G2,
    VERSION,
    PtauFile,
    header_bytes,
    point_count,
    point_words,
    read_ptau,
)
from zkpipe.prover.ceremony.records import (
    Beacon,
    Powers,
    Record,
    Standing,
    proofs_bytes,
    with_record,
)
from zkpipe.prover.ceremony.secret_memory import dump_no_core, erase


@dataclass(frozen=True, slots=True)
class Contributed:
    """What a contributor publishes.

    number         of the contribution, from 1
    power          of the ceremony
    name           "" for none
    beacon         None for a contribution of a person
    previous_hash  64 bytes: of the response before, or of nothing
    challenge      64 bytes: what it answers to
    response_hash  64 bytes: by which it is known
    """

    number: int
    power: int
    name: str
    beacon: Beacon | None
    previous_hash: bytes
    challenge: bytes
    response_hash: bytes


def contribute_ptau(
    source: str | Path,
    path: str | Path,
    name: str = "",
    given: bytes = b"",
    told: Told | None = None,
) -> Contributed:
    """Contribute to a ceremony: secrets from the operating system, which are overwritten after use.

    given  what the user typed, or bytes of any kind: mixed into the system's chance
    told   is told how many points are done, and of how many

    From here on the process dumps no core. Raises CeremonyError for a point outside its group,
    FormatError, FileError, and RangeError for a truncated file or a name that is too long.

    Cost: four multiplications in G1 and one in G2, and the check that it is in G2, for each of the
    2^power rows.
    """
    dump_no_core()
    return _contribute(source, path, name, None, lambda: fresh_generator(given), told)


def beacon_ptau(
    source: str | Path,
    path: str | Path,
    beacon: Beacon,
    name: str = "",
    told: Told | None = None,
    hashed: Callable[[int], None] | None = None,
) -> Contributed:
    """Apply a beacon: a contribution whose secrets everybody can compute, once it is known.

    hashed  is told how often the beacon's value has been hashed

    The file is, byte for byte, what snarkjs writes for the same input. Raises as `contribute_ptau`,
    and RangeError for a beacon that is none.
    """
    make = partial(beacon_generator, beacon.value, beacon.exponent, hashed)
    return _contribute(source, path, name, beacon, make, told)


def _contribute(
    source: str | Path,
    path: str | Path,
    name: str,
    beacon: Beacon | None,
    make: Callable[[], ChaCha],
    told: Told | None,
) -> Contributed:
    place = require_path("contribute_ptau", "path", path)
    file = read_ptau(source)
    if file.truncated:
        raise RangeError(
            f"{source} is truncated: it holds 2^{file.power} powers of a ceremony of "
            f"2^{file.ceremony_power}, and nobody can contribute to it.",
            "Contribute to the ceremony's whole file, before it is truncated.",
        )
    check_name(name)
    before = (
        Standing.after(file.records[-1])
        if file.records
        else Standing.at_first(first_challenge(file.power))
    )
    with secrets_of(make()) as (secrets, generator):
        proofs = secrets.proofs(generator, before.challenge)
        record, response_hash = _write(file, place, secrets, proofs, before, name, beacon, told)
    return Contributed(
        len(file.records) + 1,
        file.power,
        record.name,
        beacon,
        before.response_hash,
        before.challenge,
        response_hash,
    )


def _write(
    file: PtauFile,
    path: Path,
    secrets: Secrets,
    proofs: Proofs,
    before: Standing,
    name: str,
    beacon: Beacon | None,
    told: Told | None,
) -> tuple[Record, bytes]:
    """Write the new powers and the records; the new record and its response hash."""
    total = sum(point_count(section, file.power) for section in POWERS)
    progress = Progress(total + total // 64, told)  # hashing again takes much less
    response = Blake2b()
    response.update(before.challenge)
    begins: dict[int, int] = {}
    starts: dict[int, Words] = {}
    with write_binfile(path, MAGIC, VERSION, 7) as writer:
        with writer.section(HEADER) as out:
            out.write(header_bytes(file.power, file.power))
        for section in POWERS:
            with writer.section(section) as out:
                begins[section] = out.tell()
                starts[section] = _multiply(file, section, secrets, response, out, progress)
        state = response.state()
        response.update(proofs_bytes(proofs))
        response_hash = response.digest()
        with writer.section(CONTRIBUTIONS) as out:
            challenge = _next_challenge(out, begins, file.power, response_hash)
            powers = Powers(
                tau_g1=starts[TAU_G1][1],
                tau_g2=starts[TAU_G2][1],
                alpha_g1=starts[ALPHA_TAU_G1][0],
                beta_g1=starts[BETA_TAU_G1][0],
                beta_g2=starts[BETA_G2][0],
            )
            record = Record(powers, proofs, state, challenge, name, beacon)
            out.write(with_record(file.file.section(CONTRIBUTIONS).tobytes(), record))
    progress.add(total)
    return record, response_hash


def _multiply(
    file: PtauFile,
    section: int,
    secrets: Secrets,
    response: Blake2b,
    out: BinaryIO,
    progress: Progress,
) -> Words:
    """Write a section's new points; the first two of them."""
    factor = secrets.first(section).copy()
    starts = None
    for begin, end in chunks(point_count(section, file.power), point_words(section)):
        points = file.points(section, begin, end)
        check_in_group(points, section, begin)
        points = times_powers(points, factor, secrets.tau)
        write_array(out, points)
        response.update(compressed(points))
        if starts is None:
            starts = points[:2].copy()
        step = to_the_power(secrets.tau, end - begin)
        following = product(factor, step)
        erase(factor, step)
        factor = following
        progress.add(end - begin)
    erase(factor)
    assert starts is not None  # noqa: S101 # every section has points
    return starts


def _next_challenge(
    out: BinaryIO, begins: dict[int, int], power: int, response_hash: bytes
) -> bytes:
    """The hash of a response and of the points that have been written, read back."""
    here = out.tell()
    hash_ = hashlib.blake2b(response_hash)
    for section in POWERS:
        out.seek(begins[section])
        words = point_words(section)
        for begin, end in chunks(point_count(section, power), words):
            data = np.frombuffer(out.read((end - begin) * 8 * words), "<u8").astype(np.uint64)
            hash_.update(uncompressed(data.reshape(-1, words)).data)
    out.seek(here)
    return hash_.digest()
