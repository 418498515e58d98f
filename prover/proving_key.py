"""A proving key of Groth16: what the prover needs, in memory, in its file, or in chunks.

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
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.fields.limbs import Words
from zkpipe.circuits.r1cs.identity import CircuitId
from zkpipe.circuits.r1cs.public_names import check_names
from zkpipe.ground.errors import KindError, ShapeError
from zkpipe.ground.kinds import describe, is_of, require_path, require_whole
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.prover.contributions import check_history
from zkpipe.prover.key_guard import check_prover_points
from zkpipe.prover.key_header import KeyHeader
from zkpipe.prover.key_shapes import (
    BULK,
    COEFFICIENT,
    Coefficients,
    StoredArrays,
    check_bulk,
)
from zkpipe.prover.points import g1_from_words, g2_from_words
from zkpipe.prover.provenance.kind import Provenance
from zkpipe.prover.verifying_key import VerifyingKey

if TYPE_CHECKING:
    from zkpipe.ground.files.opened import OpenFile
    from zkpipe.prover.prepared_files import PreparedFile

CHUNK = 1 << 16  # rows of a stream: up to 8 MB


class _WithVerifyingKey(KeyHeader):
    """A key of a prover, in whose header the verifier's key lies."""

    public_names: tuple[str, ...] | None

    @cached_property
    def verifying_key(self) -> VerifyingKey:
        """The part for the verifier. Raises InsecureKeyError, see VerifyingKey.

        The header's points of G1 that verifiers do not have are checked with it.
        """
        curve = self.curve
        key = VerifyingKey(
            alpha=g1_from_words(self.alpha_g1, curve),
            beta=g2_from_words(self.beta_g2, curve),
            gamma=g2_from_words(self.gamma_g2, curve),
            delta=g2_from_words(self.delta_g2, curve),
            ic=tuple(g1_from_words(words, curve) for words in self.ic),
            development=self.development,
            public_names=self.public_names,
            curve=curve,
        )
        beta, delta = (g1_from_words(words, curve) for words in (self.beta_g1, self.delta_g1))
        check_prover_points(key.alpha, beta, delta, key.beta, key.delta, curve)
        return key


@dataclass(frozen=True, eq=False, repr=False)
class ProvingKey(_WithVerifyingKey):
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
    circuit       that the key says it is of: compared with that of a witness, never believed; None
                  if it says nothing

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
    circuit: CircuitId | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_history(self.history, self.delta_g1, self.development, curve=self.curve)
        self._check_what_is_told()
        check_bulk(self, {name: getattr(self, name) for name in BULK})

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What executors have made of the key's arrays, for later proofs (groth16.prepared)."""
        return {}

    @classmethod
    def stored(cls, header: Mapping[str, Any], history: bytes, bulk: StoredArrays) -> ProvingKey:
        """A key whose bulk lies in a file. Raises what the constructor raises."""
        key = object.__new__(cls)
        key.__dict__.update(header, history=history, _bulk=bulk)
        KeyHeader.__post_init__(key)
        where = str(bulk.file.path)
        check_history(history, key.delta_g1, key.development, where, key.curve)
        key._check_what_is_told()
        check_bulk(key, bulk.forms)
        return key

    def _check_what_is_told(self) -> None:
        check_names(self.public_names, self.public_count)
        if self.circuit is not None and not is_of(self.circuit, CircuitId):
            raise ShapeError(
                f"The circuit of a key is {describe(self.circuit)}.",
                "Give None, or a constraint system's identity.",
            )

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
        if name == "coefficients" and self.__dict__.pop("_unchecked", False):
            _check_records(self, bulk)
        return bulk.rows(name, begin, end)

    def length(self, name: str) -> int:
        """The number of rows of a query or of the coefficients."""
        _check_array("length", name)
        bulk: StoredArrays | None = self.__dict__.get("_bulk")
        return len(getattr(self, name)) if bulk is None else bulk.forms[name].shape[0]

    @property
    def provenance(self) -> Provenance:
        """DEVELOPMENT if the key says so; CEREMONY if this user verified its very file.

        A key whose verifying key the user's list names is CEREMONY, too; every other UNVERIFIED.
        Raises FileError if its file was changed, FormatError for a list of the user's that is none.
        Cost: the file is hashed once, 1 ns a byte.
        """
        self.check_unchanged()
        known = self.verifying_key.provenance
        if known is not Provenance.UNVERIFIED or self._sha256 is None:
            return known
        from zkpipe.prover.provenance.kept import kept_key  # here: to prove does not ask

        kept = kept_key(self._sha256)
        is_verified = kept is not None and kept.key_digest == self.verifying_key.digest
        return Provenance.CEREMONY if is_verified else known

    @cached_property
    def _sha256(self) -> str | None:
        """Of the file that the key lies in; None if it lies in none."""
        return self.__dict__["_bulk"].file.sha256() if "_bulk" in self.__dict__ else None

    @property
    def file(self) -> OpenFile | None:
        """The file that the key lies in, which is open; None if it lies in none."""
        return self.__dict__["_bulk"].file if "_bulk" in self.__dict__ else None

    @property
    def prepared_file(self) -> PreparedFile | None:
        """What was prepared of the key before it was loaded (groth16.prepare_key)."""
        return self.__dict__.get("_prepared")

    def forget_prepared(self) -> None:
        """Make no more use of it."""
        self.__dict__.pop("_prepared", None)

    def check_unchanged(self) -> None:
        """Raises FileError if the key lies in a file that was changed since it was loaded."""
        if "_bulk" in self.__dict__:
            self.__dict__["_bulk"].file.check()

    def stream(self) -> KeyStream:
        """The same key as a stream, in chunks of some megabytes."""
        chunks: dict[str, Any] = {name: self._chunks(name) for name in BULK}
        return KeyStream(
            **self.small_parts(),
            coefficient_count=self.length("coefficients"),
            history=self.history,
            public_names=self.public_names,
            circuit=self.circuit,
            **chunks,
        )

    def _chunks(self, name: str) -> Iterator[NDArray[Any]]:
        length = self.length(name)
        return (self.rows(name, at, at + CHUNK) for at in range(0, length, CHUNK))

    def save(self, path: str | Path) -> None:
        """Write a .zkey, atomically and section by section, with what it says of its circuit."""
        self.stream().save(require_path("ProvingKey.save", "path", path))

    @staticmethod
    def load(path: str | Path, *, with_prepared: bool = True) -> ProvingKey:
        """Open a .zkey: the file stays open.

        with_prepared  take what was prepared of this very file (groth16.prepare_key): then the
                       coefficient records were checked at that time, and are again only where
                       they are read from the key

        Checked are the sizes of all sections, the contributions, the verifying key's points and
        their relations, wires and rows of the coefficient records, and that their values are below
        r. The points of the queries are not; their coordinates are, when they are read. What the
        key, or the record beside it, says of its circuit is taken over (formats.circuit_record); a
        record that cannot serve is a warning.

        Raises FileError if it cannot be read, FormatError if it is no .zkey for Groth16 over BN254
        or its counts do not fit its sections, InsecureKeyError if proofs under it could be forged.

        Cost: some 10 ms for the points; one pass over section 4, if the key was not prepared.
        """
        from zkpipe.prover.formats.circuit_record import told_of
        from zkpipe.prover.formats.zkey import read_zkey
        from zkpipe.prover.prepared_files import find

        file = read_zkey(require_path("ProvingKey.load", "path", path))
        told = told_of(file.head)
        if told.warning is not None:
            told.warning.report()
        header = {"public_names": told.public_names, "circuit": told.circuit, **file.header}
        key = ProvingKey.stored(header, file.history, file.bulk)
        _ = key.verifying_key  # made now, so that an insecure key is refused here
        counts = (key.wire_count, key.public_count, key.domain_size, key.length("coefficients"))
        prepared = find(file.bulk.file.identity(), counts) if with_prepared else None
        if prepared is None:
            _check_records(key, file.bulk)
        else:
            key.__dict__.update(_prepared=prepared, _unchecked=True)
        return key


def _check_records(key: KeyHeader, bulk: StoredArrays) -> None:
    """Raises FormatError, see formats.zkey.check_records."""
    from zkpipe.prover.formats.zkey import check_records

    check_records(bulk, {"domain_size": key.domain_size, "wire_count": key.wire_count})


def _check_array(method: str, name: object) -> None:
    if type(name) is not str or name not in BULK:
        raise KindError(
            f"ProvingKey.{method} takes the name of a query or `coefficients`.",
            f"Give one of {', '.join(BULK)}.",
        )


@dataclass(frozen=True, eq=False, repr=False)
class KeyStream(_WithVerifyingKey):
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
    circuit: CircuitId | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_history(self.history, self.delta_g1, self.development, curve=self.curve)

    def collect(self) -> ProvingKey:
        """The whole key in memory. Chunks are put in their places, so it is there once."""
        wires = self.wire_count
        return ProvingKey(
            **self.small_parts(),
            coefficients=_joined(self.coefficients, np.empty(self.coefficient_count, COEFFICIENT)),
            a_query=_joined(self.a_query, np.empty((wires, 8), np.uint64)),
            b_g1_query=_joined(self.b_g1_query, np.empty((wires, 8), np.uint64)),
            b_g2_query=_joined(self.b_g2_query, np.empty((wires, 16), np.uint64)),
            l_query=_joined(self.l_query, np.empty((wires - len(self.ic), 8), np.uint64)),
            h_query=_joined(self.h_query, np.empty((self.domain_size, 8), np.uint64)),
            history=self.history,
            public_names=self.public_names,
            circuit=self.circuit,
        )

    def save(self, path: str | Path) -> None:
        """Write a .zkey, atomically and chunk by chunk. Raises FileError."""
        from zkpipe.prover.formats.zkey import write_zkey

        path = require_path("KeyStream.save", "path", path)
        chunks = {name: getattr(self, name) for name in BULK}
        told = self.public_names, self.circuit
        write_zkey(path, self, self.coefficient_count, chunks, self.history, *told)


def _joined(chunks: Iterable[NDArray[Any]], out: NDArray[Any]) -> NDArray[Any]:
    """The chunks one behind the other, in `out`, which they fill."""
    at = 0
    for chunk in chunks:
        out[at : at + len(chunk)] = chunk
        at += len(chunk)
    return out
