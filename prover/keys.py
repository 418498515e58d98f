"""The keys of Groth16: what the verifier needs, and what the prover needs.

With toxic waste tau, alpha, beta, gamma, delta, and u, v, w the polynomials that interpolate the
columns of A, B, C over the domain (Groth, eprint 2016/260, section 3.2), wire i gives

    IC[i] = (beta u_i + alpha v_i + w_i)(tau) / gamma in G1, public wires (0 is the constant one)
    L[i]  = (beta u_i + alpha v_i + w_i)(tau) / delta in G1, the other wires
    A[i]  = u_i(tau) in G1;  B1[i], B2[i] = v_i(tau) in G1, G2

and H[j] are the Lagrange basis on the odd coset at tau, times the vanishing polynomial over delta
and its constant there, so that the quotient is given by its values (snarkjs' convention).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.curves.pairing import miller_functions
from zkpipe.accel.fields.limbs import Words
from zkpipe.circuits.r1cs.public_names import check_names
from zkpipe.ground.errors import KindError
from zkpipe.ground.kinds import MOST, describe, items, require_path, require_whole
from zkpipe.ground.remade import Remade
from zkpipe.prover.contributions import check_history
from zkpipe.prover.errors import InsecureKeyError
from zkpipe.prover.key_guard import check_key_points, check_prover_points
from zkpipe.prover.key_shapes import (
    BULK,
    COEFFICIENT,
    Coefficients,
    StoredArrays,
    check_bulk,
    check_header,
)
from zkpipe.prover.points import G1, G2, g1_from_words, g1_words, g2_from_words, g2_words

CHUNK = 1 << 16  # rows of a stream: up to 8 MB


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

    def __post_init__(self) -> None:
        ic = items(self.ic)
        if ic is None or len(ic) > MOST:
            raise InsecureKeyError(
                f"IC of the verifying key is {describe(self.ic)}, no tuple of points.",
                "Take the key from the file that the setup wrote.",
            )
        object.__setattr__(self, "ic", tuple(ic))  # a list could be changed afterwards
        if type(self.development) is not bool:
            raise InsecureKeyError(
                "The mark of a development key is neither True nor False.",
                "Take the key from the file that the setup wrote.",
            )
        check_key_points(self.alpha, self.beta, self.gamma, self.delta, self.ic)
        check_names(self.public_names, self.public_count)

    @property
    def public_count(self) -> int:
        """The number of public values."""
        return len(self.ic) - 1

    @cached_property
    def words(self) -> KeyWords:
        """The points as arrays, made once for all proofs that are verified under the key."""
        alpha, beta = g1_words(self.alpha), g2_words(self.beta)
        words = KeyWords(
            alpha=alpha,
            beta=beta,
            gamma=g2_words(self.gamma),
            delta=g2_words(self.delta),
            ic=np.stack([g1_words(point) for point in self.ic]),
            alpha_beta=miller_functions(alpha[np.newaxis], beta[np.newaxis]),
        )
        for part in fields(words):
            getattr(words, part.name).setflags(write=False)
        return words

    def save(self, path: str | Path) -> None:
        """Write snarkjs' JSON, with a field of ours if this is a development key."""
        from zkpipe.prover.formats.snarkjs_json import write_verifying_key

        write_verifying_key(require_path("VerifyingKey.save", "path", path), self)

    @staticmethod
    def load(path: str | Path) -> VerifyingKey:
        """Read snarkjs' JSON. Raises FileError, FormatError or InsecureKeyError."""
        from zkpipe.prover.formats.snarkjs_json import read_verifying_key

        return read_verifying_key(require_path("VerifyingKey.load", "path", path))


@dataclass(frozen=True, eq=False, repr=False)
class KeyHeader(Remade):
    """What is small in a proving key: Montgomery words, all zeros is infinity.

    alpha_g1, beta_g1, delta_g1   (8,) uint64
    beta_g2, gamma_g2, delta_g2   (16,) uint64
    ic                            (public_count + 1, 8) uint64
    """

    domain_size: int
    wire_count: int
    public_count: int
    development: bool
    alpha_g1: Words
    beta_g1: Words
    delta_g1: Words
    beta_g2: Words
    gamma_g2: Words
    delta_g2: Words
    ic: Words

    def __post_init__(self) -> None:
        check_header(self)

    def __repr__(self) -> str:
        kind = "development key" if self.development else "proving key"
        return f"<{kind}: {self.wire_count} wires, domain of {self.domain_size}>"

    @cached_property
    def verifying_key(self) -> VerifyingKey:
        """The part for the verifier. Raises InsecureKeyError, see VerifyingKey.

        The header's points of G1 that verifiers do not have are checked with it.
        """
        key = VerifyingKey(
            alpha=g1_from_words(self.alpha_g1),
            beta=g2_from_words(self.beta_g2),
            gamma=g2_from_words(self.gamma_g2),
            delta=g2_from_words(self.delta_g2),
            ic=tuple(g1_from_words(words) for words in self.ic),
            development=self.development,
            public_names=self._public_names(),
        )
        beta, delta = g1_from_words(self.beta_g1), g1_from_words(self.delta_g1)
        check_prover_points(key.alpha, beta, delta, key.beta, key.delta)
        return key

    def _public_names(self) -> tuple[str, ...] | None:
        return None

    def _header(self) -> dict[str, Any]:
        return {part.name: getattr(self, part.name) for part in fields(KeyHeader)}


@dataclass(frozen=True, eq=False, repr=False)
class ProvingKey(KeyHeader):
    """What the prover needs, as the arrays of a .zkey: Montgomery words, all zeros is infinity.

    a_query       (wire_count, 8) uint64
    b_g1_query    (wire_count, 8) uint64
    b_g2_query    (wire_count, 16) uint64
    l_query       (wire_count - public_count - 1, 8) uint64
    h_query       (domain_size, 8) uint64
    coefficients  COEFFICIENT records of A (matrix 0) and B (matrix 1), and a row of A for each
                  public wire after the constraints
    history       section 10 of the .zkey: the contributions to the second phase; empty if none
    public_names  of the public values in their order; None if they are not known

    The arrays of a loaded key lie in its file, which stays open: `key.a_query` and the others are
    read-only copies, made at each use. The file may be replaced by a rename; if it is written into,
    using the key raises FileError. `load` checks the structure, the contributions, the verifying
    key and the coefficients, not the points of the queries.

    Raises ShapeError, RangeError, InsecureKeyError or FormatError if the parts do not fit together.
    """

    a_query: Words
    b_g1_query: Words
    b_g2_query: Words
    l_query: Words
    h_query: Words
    coefficients: Coefficients
    history: bytes = b""
    public_names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_history(self.history, self.delta_g1, self.development)
        check_names(self.public_names, self.public_count)
        check_bulk(self, {name: getattr(self, name) for name in BULK})

    def _public_names(self) -> tuple[str, ...] | None:
        return self.public_names

    @classmethod
    def stored(cls, header: Mapping[str, Any], history: bytes, bulk: StoredArrays) -> ProvingKey:
        """A key whose bulk lies in a file. Raises what the constructor raises."""
        key = object.__new__(cls)
        key.__dict__.update(header, history=history, _bulk=bulk)
        KeyHeader.__post_init__(key)
        check_history(history, key.delta_g1, key.development, str(bulk.file.path))
        check_names(key.public_names, key.public_count)
        check_bulk(key, bulk.forms)
        return key

    def __getattr__(self, name: str) -> Any:
        """A copy of an array that lies in the file; other attributes are where they are."""
        if name not in BULK or "_bulk" not in self.__dict__:
            raise AttributeError(f"{type(self).__name__} has no {name!r}")
        array = self.rows(name, 0, None)
        array.flags.writeable = False
        return array

    def rows(self, name: str, begin: int, end: int | None) -> NDArray[Any]:
        """Rows of a query or of the coefficients, without a look at the others: a view or a copy.

        Raises FileError if they lie in a file that was changed.
        """
        _check_array("rows", name)
        begin = require_whole("ProvingKey.rows", "begin", begin)
        end = None if end is None else require_whole("ProvingKey.rows", "end", end)
        bulk: StoredArrays | None = self.__dict__.get("_bulk")
        if bulk is None:
            array: NDArray[Any] = getattr(self, name)[begin:end]
            return array
        return bulk.rows(name, begin, end)

    def length(self, name: str) -> int:
        """The number of rows of a query or of the coefficients."""
        _check_array("length", name)
        bulk: StoredArrays | None = self.__dict__.get("_bulk")
        return len(getattr(self, name)) if bulk is None else bulk.forms[name].shape[0]

    def check_unchanged(self) -> None:
        """Raises FileError if the key lies in a file that was changed since it was loaded."""
        if "_bulk" in self.__dict__:
            self.__dict__["_bulk"].file.check()

    def stream(self) -> KeyStream:
        """The same key as a stream, in chunks of some megabytes."""
        chunks: dict[str, Any] = {name: self._chunks(name) for name in BULK}
        return KeyStream(
            **self._header(),
            coefficient_count=self.length("coefficients"),
            history=self.history,
            public_names=self.public_names,
            **chunks,
        )

    def _chunks(self, name: str) -> Iterator[NDArray[Any]]:
        length = self.length(name)
        return (self.rows(name, at, at + CHUNK) for at in range(0, length, CHUNK))

    def save(self, path: str | Path) -> None:
        """Write a .zkey, atomically and section by section."""
        self.stream().save(require_path("ProvingKey.save", "path", path))

    @staticmethod
    def load(path: str | Path) -> ProvingKey:
        """Open a .zkey. Raises FileError, FormatError or InsecureKeyError."""
        from zkpipe.prover.formats.zkey import read_zkey

        return read_zkey(require_path("ProvingKey.load", "path", path))


def _check_array(method: str, name: object) -> None:
    if type(name) is not str or name not in BULK:
        raise KindError(
            f"ProvingKey.{method} takes the name of a query or `coefficients`.",
            f"Give one of {', '.join(BULK)}.",
        )


@dataclass(frozen=True, eq=False, repr=False)
class KeyStream(KeyHeader):
    """A proving key whose bulk comes in chunks, in the order of a .zkey, to be used once.

    The fields are those of a ProvingKey, but each query and the coefficients are the chunks of
    that array. A setup computes a chunk when it is asked for, so whoever writes them to a file
    never holds the key.
    """

    coefficient_count: int
    coefficients: Iterable[Coefficients]
    a_query: Iterable[Words]
    b_g1_query: Iterable[Words]
    b_g2_query: Iterable[Words]
    l_query: Iterable[Words]
    h_query: Iterable[Words]
    history: bytes = b""
    public_names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_history(self.history, self.delta_g1, self.development)

    def collect(self) -> ProvingKey:
        """The whole key in memory. Chunks are put in their places, so it is there once."""
        wires = self.wire_count
        return ProvingKey(
            **self._header(),
            coefficients=_joined(self.coefficients, np.empty(self.coefficient_count, COEFFICIENT)),
            a_query=_joined(self.a_query, np.empty((wires, 8), np.uint64)),
            b_g1_query=_joined(self.b_g1_query, np.empty((wires, 8), np.uint64)),
            b_g2_query=_joined(self.b_g2_query, np.empty((wires, 16), np.uint64)),
            l_query=_joined(self.l_query, np.empty((wires - len(self.ic), 8), np.uint64)),
            h_query=_joined(self.h_query, np.empty((self.domain_size, 8), np.uint64)),
            history=self.history,
            public_names=self.public_names,
        )

    def save(self, path: str | Path) -> None:
        """Write a .zkey, atomically and chunk by chunk. Raises FileError."""
        from zkpipe.prover.formats.zkey import write_zkey

        write_zkey(require_path("KeyStream.save", "path", path), self)


def _joined(chunks: Iterable[NDArray[Any]], out: NDArray[Any]) -> NDArray[Any]:
    """The chunks one behind the other, in `out`, which they fill."""
    at = 0
    for chunk in chunks:
        out[at : at + len(chunk)] = chunk
        at += len(chunk)
    return out
