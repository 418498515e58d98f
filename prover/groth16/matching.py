"""Whether a proving key is of a constraint system: by its records, row by row.

A key's counts say little: a circuit without constraints can be given any counts. Its records are
the matrices A and B, with which the prover computes. They are compared entry by entry.

What records cannot show: the matrix C, which lies in the points alone, and whether the points were
made of these records. A key whose records are another's makes proofs that do not verify, so its
honest users notice. That nobody made the points of another circuit is seen by those who check the
key's ceremony from the powers of tau: `zkpipe key verify`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zkpipe.circuits.system import ConstraintSystem
from zkpipe.prover.groth16.records import coefficient_records, record_count
from zkpipe.prover.groth16.setup import domain_size_for
from zkpipe.prover.key_shapes import Coefficients
from zkpipe.prover.proving_key import ProvingKey


def is_key_of(key: ProvingKey, system: ConstraintSystem) -> bool:
    """Whether a key has a system's counts, domain, and entries of A and B. See the module.

    Raises RangeError for a system that is too large for any key, FileError if the key's file was
    changed.

    Cost: some 0.3 us an entry, and 100 bytes on the way.
    """
    domain = domain_size_for(system.constraint_count, system.public_count, key.curve)
    wanted = (system.wire_count, system.public_count, domain, record_count(system))
    count = key.length("coefficients")
    if (key.wire_count, key.public_count, key.domain_size, count) != wanted:
        return False
    ours = np.concatenate(list(coefficient_records(system, key.curve)))
    return np.array_equal(_in_order(ours), _in_order(key.rows("coefficients", 0, None)))


def _in_order(records: Coefficients) -> NDArray[np.uint8]:
    """Bytes of records by matrix, row and wire: other programs may write a row in another order."""
    order = np.lexsort((records["wire"], records["constraint"], records["matrix"]))
    return np.ascontiguousarray(records[order]).view(np.uint8)
