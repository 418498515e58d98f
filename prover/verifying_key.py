"""A verifying key: what the verifier needs."""

from __future__ import annotations

import hashlib
from dataclasses import field, fields
from functools import cached_property
from pathlib import Path

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.curves.pairing import miller_functions
from zkpipe.accel.fields.limbs import Words
from zkpipe.circuits.r1cs.public_names import check_names
from zkpipe.ground.files.reading import Source, as_source
from zkpipe.ground.kinds import MOST, describe, items, require, require_path
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.ground.remade import Remade
from zkpipe.prover.errors import InsecureKeyError
from zkpipe.prover.key_guard import check_key_points
from zkpipe.prover.points import G1, G2, g1_words, g2_words
from zkpipe.prover.provenance.kind import Provenance
from zkpipe.prover.provenance.trusted import users_list


@dataclass(frozen=True, slots=True)
class KeyWords:
    """The points of a verifying key as read-only arrays, and a pairing that every proof needs.

    alpha, ic           (8,), (public_count + 1, 8) uint64   affine, Montgomery
    beta, gamma, delta  (16,) uint64
    alpha_beta          (1, 48) uint64   the Miller function of alpha and beta
    """

    alpha: Words
    beta: Words
    gamma: Words
    delta: Words
    ic: Words
    alpha_beta: Words


@dataclass(frozen=True)
class VerifyingKey(Remade):
    """What a verifier needs. Points are canonical Python integers, see prover.points.

    ic           one point for the constant one, then one for each public value
    development  True if the key says that its maker can forge proofs under it
    public_names  of the public values in their order, None if they are not known: labels that bind
                 nothing, and make no key another one

    Raises InsecureKeyError if a point is no point or proofs under the key could be forged by
    anyone (prover.key_guard): no object exists for such a key.
    """

    alpha: G1
    beta: G2
    gamma: G2
    delta: G2
    ic: tuple[G1, ...]
    development: bool
    public_names: tuple[str, ...] | None = field(default=None, compare=False)
    curve: Curve = BN254

    def __post_init__(self) -> None:
        require("VerifyingKey", "curve", self.curve, Curve, "zkpipe.accel.bn254.BN254 is one.")
        ic = items(self.ic)
        if ic is None or len(ic) > MOST:
            raise InsecureKeyError(
                f"IC of the verifying key is {describe(self.ic)}, not a tuple of points.",
                "Take the key from the file that the setup wrote.",
            )
        object.__setattr__(self, "ic", tuple(ic))  # a list could be changed afterwards
        if type(self.development) is not bool:
            raise InsecureKeyError(
                "The mark of a development key is neither True nor False.",
                "Take the key from the file that the setup wrote.",
            )
        check_key_points(self.alpha, self.beta, self.gamma, self.delta, self.ic, self.curve)
        check_names(self.public_names, self.public_count)

    @property
    def public_count(self) -> int:
        """The number of public values."""
        return len(self.ic) - 1

    @property
    def digest(self) -> str:
        """SHA-256 of the points in hexadecimal: KEY_DIGEST of a contract.

        Coordinates have 32 bytes, big-endian, in the order alpha, beta, gamma, delta, IC; of a
        coordinate x0 + x1 u in G2, x1 comes first.
        """
        words = [*self.alpha]
        for (x0, x1), (y0, y1) in (self.beta, self.gamma, self.delta):
            words += [x1, x0, y1, y0]
        words += [coordinate for point in self.ic for coordinate in point]
        return hashlib.sha256(b"".join(word.to_bytes(32, "big") for word in words)).hexdigest()

    @property
    def provenance(self) -> Provenance:
        """DEVELOPMENT if the key says so; CEREMONY if this user's own list names its digest.

        Else UNVERIFIED: the points say nothing of the secrets behind them. `ProvingKey.provenance`
        tells of a key that was verified. Raises FormatError for a list with a malformed line.
        """
        if self.development:
            return Provenance.DEVELOPMENT
        known = users_list()
        named = known is not None and bytes.fromhex(self.digest) in known.keys
        return Provenance.CEREMONY if named else Provenance.UNVERIFIED

    @cached_property
    def words(self) -> KeyWords:
        """The points as arrays, made once for all proofs that are verified under the key."""
        curve = self.curve
        alpha, beta = g1_words(self.alpha, curve), g2_words(self.beta, curve)
        words = KeyWords(
            alpha=alpha,
            beta=beta,
            gamma=g2_words(self.gamma, curve),
            delta=g2_words(self.delta, curve),
            ic=np.stack([g1_words(point, curve) for point in self.ic]),
            alpha_beta=miller_functions(alpha[np.newaxis], beta[np.newaxis], curve),
        )
        for part in fields(words):
            getattr(words, part.name).setflags(write=False)
        return words

    def save(self, path: str | Path) -> None:
        """Write snarkjs' JSON, with a field of ours if this is a development key."""
        from zkpipe.prover.formats.snarkjs_json import VerifyingKeyParts, write_verifying_key

        parts = VerifyingKeyParts(*(getattr(self, name) for name in VerifyingKeyParts._fields))
        path = require_path("VerifyingKey.save", "path", path)
        write_verifying_key(path, parts, self.curve)

    @staticmethod
    def load(path: str | Source) -> VerifyingKey:
        """Read snarkjs' JSON. Raises FileError, FormatError or InsecureKeyError."""
        from zkpipe.prover.formats.snarkjs_json import read_verifying_key

        return VerifyingKey(*read_verifying_key(as_source("VerifyingKey.load", path)))
