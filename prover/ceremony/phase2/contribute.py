"""A contribution to the second phase: delta times a new secret, L and H divided by it.

As long as one contributor forgets theirs, nobody knows delta. The contributor proves to know the
secret, in a place of its own in the transcript (transcript).

Source: Bowe, Gabizon, Miers, eprint 2017/1050; iden3/snarkjs, zkey_contribute.js, zkey_beacon.js.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from zkpipe.accel.curves.curve import g1_on_curve, g2_in_subgroup, g2_on_curve
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.scalars import inverses
from zkpipe.accel.linear.sparse import out_of_montgomery
from zkpipe.accel.points.scaling import scale_points
from zkpipe.ground.kinds import require_path
from zkpipe.prover.ceremony.chacha import ChaCha, hash_to_g2
from zkpipe.prover.ceremony.generators import beacon_generator, fresh_generator
from zkpipe.prover.ceremony.names import check_name
from zkpipe.prover.ceremony.phase2.key_file import CHANGED, CeremonyKey
from zkpipe.prover.ceremony.phase2.transcript import contribution_hash, transcript_of
from zkpipe.prover.ceremony.points.multiplied import times
from zkpipe.prover.ceremony.progress import Progress, Told
from zkpipe.prover.ceremony.proofs_of_knowledge import proof_for
from zkpipe.prover.ceremony.secret_memory import dump_no_core, erase
from zkpipe.prover.contributions import HASH_BYTES, Contribution, with_contribution
from zkpipe.prover.errors import CeremonyError
from zkpipe.prover.formats.zkey import check_records


@dataclass(frozen=True, slots=True)
class ContributedKey:
    """What a contributor publishes.

    number         of the contribution, from 1
    circuit_hash   64 bytes: of the circuit and the powers that the key was made from
    previous_hash  64 bytes: of the contribution before; zeros if there is none
    hash           64 bytes: of this one, by which it is known
    """

    number: int
    name: str
    is_beacon: bool
    circuit_hash: bytes
    previous_hash: bytes
    hash: bytes


def contribute_key(
    source: str | Path,
    path: str | Path,
    name: str = "",
    given: bytes = b"",
    told: Told | None = None,
) -> ContributedKey:
    """Contribute to a key: a secret from the operating system, overwritten after use.

    given  what the user typed, or bytes of any kind: mixed into the system's chance
    told   is told how many points are done, and of how many

    From here on the process dumps no core. Raises FileError, FormatError, CeremonyError for a key
    whose delta is none, InsecureKeyError for a development key, RangeError for a name too long.

    Cost: a scalar multiplication in G1 for each wire and each point of the domain.
    """
    dump_no_core()
    key = _opened(source, name)
    return _contribute(key, path, fresh_generator(given), name, None, told)


def beacon_key(
    source: str | Path,
    path: str | Path,
    value: bytes,
    exponent: int,
    name: str = "",
    told: Told | None = None,
    hashed: Callable[[int], None] | None = None,
) -> ContributedKey:
    """Apply a beacon: a contribution whose secret everybody can compute, once the value is known.

    value     1 to 255 bytes
    exponent  10 to 40: the value is hashed 2^exponent times
    hashed    is told how often it has been

    The file is, byte for byte, what snarkjs writes for the same input. Raises as `contribute_key`.
    """
    key = _opened(source, name)
    generator = beacon_generator(value, exponent, hashed)
    return _contribute(key, path, generator, name, (exponent, value), told)


def _opened(source: str | Path, name: str) -> CeremonyKey:
    check_name(name)
    key = CeremonyKey.load(source)
    g1, g2 = key.head.points["delta_g1"], key.head.points["delta_g2"].reshape(1, 16)
    # of points of other groups, the products would give the secret away
    good = g1.any() and g1_on_curve(g1.reshape(1, 8))[0]
    if not (good and g2.any() and g2_on_curve(g2)[0] and g2_in_subgroup(g2)[0]):
        raise CeremonyError(
            f"Delta of {source} is not a point of its group.",
            "Take the key from the contributor before you again, and verify it.",
            section=2,
        )
    check_records(key.bulk, key.head.counts)
    return key


def _contribute(
    key: CeremonyKey,
    path: str | Path,
    generator: ChaCha,
    name: str,
    beacon: tuple[int, bytes] | None,
    told: Told | None,
) -> ContributedKey:
    place = require_path("contribute_key", "path", path)
    with ExitStack() as stack:
        stack.callback(generator.erase)
        secret = generator.scalar()
        stack.callback(erase, secret)
        step = _step(key, secret, generator, name, beacon)
        canonical = out_of_montgomery(secret.reshape(1, 4))
        stack.callback(erase, canonical)
        over = inverses(canonical)
        stack.callback(erase, over)
        deltas = {
            "delta_g1": step.delta,
            "delta_g2": times(key.head.points["delta_g2"], secret),
        }
        progress = Progress(sum(key.count(kind) for kind in CHANGED), told)

        def divided(points: Words) -> Words:
            result = scale_points(points, over[0])
            progress.add(len(points))
            return result

        key.write_changed(place, deltas, with_contribution(key.head.history, step), divided)
    previous = contribution_hash(key.steps[-1]) if key.steps else bytes(HASH_BYTES)
    return ContributedKey(
        len(key.steps) + 1,
        step.name,
        step.beacon,
        key.circuit_hash,
        previous,
        contribution_hash(step),
    )


def _step(
    key: CeremonyKey,
    secret: Words,
    generator: ChaCha,
    name: str,
    beacon: tuple[int, bytes] | None,
) -> Contribution:
    transcript = b""

    def hashed(g1_s: Words, g1_sx: Words) -> Words:
        nonlocal transcript
        transcript = transcript_of(key.circuit_hash, key.steps, g1_s, g1_sx)
        return hash_to_g2(transcript)

    proof = proof_for(secret, generator, hashed)
    delta = times(key.head.points["delta_g1"], secret)
    exponent, value = beacon or (None, None)
    return Contribution(
        delta, proof.g1_s, proof.g1_sx, proof.g2_spx, transcript, name, exponent, value
    )
