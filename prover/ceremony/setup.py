"""A key of a circuit: from secrets drawn here, or from the powers of a ceremony."""

from __future__ import annotations

import os
from pathlib import Path
from typing import overload

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.circuits.r1cs.rules import check_system
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.errors import RangeError
from zkpipe.ground.kinds import describe, is_of, require_path
from zkpipe.prover.ceremony.phase2.initial_key import InitialKey
from zkpipe.prover.ceremony.phase2.prepared_powers import PreparedPowers
from zkpipe.prover.groth16 import setup as development
from zkpipe.prover.groth16.setup import DEVELOPMENT, Development
from zkpipe.prover.proving_key import ProvingKey

__all__ = ["DEVELOPMENT", "setup", "setup_to_file"]


@overload
def setup(
    system: ConstraintSystem, source: Development | None = None, curve: Curve = BN254
) -> ProvingKey: ...


@overload
def setup(system: ConstraintSystem, source: str | Path) -> InitialKey: ...


def setup(
    system: ConstraintSystem, source: Development | str | Path | None = None, curve: Curve = BN254
) -> ProvingKey | InitialKey:
    """Make a key for a constraint system.

    source  DEVELOPMENT: a proving key of fresh secrets from the operating system, forgotten on
            return. Or the path of a .ptau that is prepared for phase 2: an initial key, which
            serves only to be saved and contributed to. One of the two must be given.
    curve   of a development key; another than the EVM's takes coefficients for elements of its
            own field

    Raises RangeError if the system is too large for the field or for the powers, or the source is
    none of these; FileError, FormatError for a .ptau.
    Cost: groth16.setup for a development key; an initial key is computed as it is saved.
    """
    if not isinstance(source, str | os.PathLike):
        return development.setup(system, source, curve)
    if curve is not BN254:
        raise RangeError(
            f"Powers of tau are of {BN254.name}, not of {curve.name}.", "Leave the curve out."
        )
    if not is_of(system, ConstraintSystem):
        raise RangeError(
            f"setup was given {describe(system)}, not a constraint system.",
            "Compile the circuit first: setup(circuit.compile(), 'final.ptau').",
        )
    check_system(system)
    return InitialKey(system, PreparedPowers.load(require_path("setup", "source", source)))


def setup_to_file(
    system: ConstraintSystem, source: Development | str | Path, path: str | Path
) -> None:
    """As `setup`, into a .zkey: the key is written as it is computed, and never held in memory.

    A record lies beside an initial key: prover.circuit_record. Raises FileError too.
    """
    place = require_path("setup_to_file", "path", path)
    if isinstance(source, str | os.PathLike):
        setup(system, source).save(place)
    else:
        development.setup_to_file(system, source, place)
