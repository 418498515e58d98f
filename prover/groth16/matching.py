"""Whether a proving key is of a constraint system, and of a witness's.

What a key says of its circuit (ProvingKey.circuit) came with the key and proves nothing. It is
compared, as it tells old keys from new ones at once. What counts are the key's records.

A key's counts say little: a circuit without constraints can be given any counts. Its records are
the matrices A and B, with which the prover computes. They are compared entry by entry.

What records cannot show: the matrix C, which lies in the points alone, and whether the points were
made of these records. A key whose records are another's makes proofs that do not verify, so its
honest users notice. That nobody made the points of another circuit is seen by those who check the
key's ceremony from the powers of tau: `zkpipe key verify`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from zkpipe.circuits.r1cs.identity import CircuitId, identity_of
from zkpipe.circuits.r1cs.r1cs import R1CS
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.circuits.witness import another_circuit
from zkpipe.prover.errors import WitnessError
from zkpipe.prover.groth16.records import (
    coefficient_records,
    record_count,
    records_in_file_order,
)
from zkpipe.prover.groth16.setup import domain_size_for
from zkpipe.prover.key_shapes import Coefficients
from zkpipe.prover.proving_key import ProvingKey

_GIVE = (
    "Give the key that was set up from this circuit. If the circuit was changed after the setup, "
    "run the setup again."
)


def is_key_of(key: ProvingKey, system: ConstraintSystem) -> bool:
    """Whether a key has a system's counts, domain, and entries of A and B. See the module.

    Raises RangeError for a system that is too large for any key, FileError if the key's file was
    changed.

    Cost: 20 ns an entry of a key whose rows are in the system's order or its file's, else some
    0.3 us, and 100 bytes on the way.
    """
    domain = domain_size_for(system.constraint_count, system.public_count, key.curve)
    wanted = (system.wire_count, system.public_count, record_count(system))
    have = (key.wire_count, key.public_count, key.length("coefficients"))
    if have != wanted or key.domain_size not in (domain, max(2, domain)):  # snarkjs has none of 1
        return False
    if _are_equal(key, coefficient_records(system, key.curve)) or _are_equal(
        key, records_in_file_order(system, key.curve)
    ):
        return True
    ours = np.concatenate(list(coefficient_records(system, key.curve)))
    return np.array_equal(_in_order(ours), _in_order(key.rows("coefficients", 0, None)))


def _are_equal(key: ProvingKey, chunks: Iterable[Coefficients]) -> bool:
    """Whether the key's records are these, in this order."""
    at = 0
    for chunk in chunks:
        rows = key.rows("coefficients", at, at + len(chunk))
        if not np.array_equal(rows.view(np.uint8), chunk.view(np.uint8)):
            return False
        at += len(chunk)
    return True


def _in_order(records: Coefficients) -> NDArray[np.uint8]:
    """Bytes of records by matrix, row and wire: other programs may write a row in another order."""
    order = np.lexsort((records["wire"], records["constraint"], records["matrix"]))
    return np.ascontiguousarray(records[order]).view(np.uint8)


def refuse_another_circuit(
    key: ProvingKey, circuit: R1CS | CircuitId | None, what: str = "This witness"
) -> None:
    """Raises WitnessError for what is known to be of another circuit than the key.

    circuit  of a witness: None if it is from a .wtns, of which nothing is known
    what     is of that circuit, for the error

    The digest is compared with the key's. If the system is here, its rows are compared with the
    key's records, once for each key.
    """
    mine = identity_of(circuit)
    if mine is None:
        return
    told = key.circuit
    if told is not None and told != mine:
        raise WitnessError(another_circuit(what, mine, told), _fix(key, circuit))
    if isinstance(circuit, ConstraintSystem) and not _has_rows(key, circuit, mine):
        said = "" if told is None else " What travels with the key says otherwise, and is wrong."
        raise WitnessError(
            f"{what} is of {mine}, the key of another circuit: it has other rows of A and B.{said}",
            _GIVE,
        )


def _has_rows(key: ProvingKey, system: ConstraintSystem, circuit: CircuitId) -> bool:
    """As is_key_of. The last circuit whose key it is, is kept with the key."""
    if key.kept.get("circuit") == circuit:
        return True
    if not is_key_of(key, system):
        return False
    key.kept["circuit"] = circuit
    return True


def _fix(key: ProvingKey, circuit: R1CS | CircuitId | None) -> str:
    """What to do about a key that says it is of another circuit."""
    if not isinstance(circuit, ConstraintSystem) or not is_key_of(key, circuit):
        return _GIVE
    return (
        "The key has this circuit's rows of A and B. So either the circuit was changed in C alone: "
        "run the setup again; or what travels with the key is wrong: see `zkpipe key info`, and "
        "verify the key by `zkpipe key verify`."
    )
