"""A development setup: the keys of a circuit from toxic waste drawn here and forgotten.

Whoever runs this could keep tau, alpha, beta or delta and forge proofs, so the key is marked as a
development key wherever it goes. Keys for use come from a ceremony of several parties.

The layout is snarkjs': gamma is the generator (its secret is 1), rows w_i * 0 = 0 for the constant
and each public wire bind the public values, and the H query is the Lagrange basis of the odd coset.

Source: Groth, eprint 2016/260, section 3.2; Bowe, Gabizon, Miers, eprint 2017/1050, for gamma and
the shape of H; input consistency rows, Bellare-style binding as in libsnark and bellman.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curve import Curve
from zkpipe.accel.fields.limbs import to_montgomery, words_from_ints
from zkpipe.accel.msm.fixed_base import FixedBase
from zkpipe.circuits.r1cs.rules import check_system
from zkpipe.circuits.system import ConstraintSystem
from zkpipe.ground.errors import RangeError
from zkpipe.ground.kinds import describe, is_of, require, require_path
from zkpipe.prover.groth16.queries import QueryScalars, ToxicWaste
from zkpipe.prover.groth16.records import coefficient_records, record_count
from zkpipe.prover.proving_key import KeyStream, ProvingKey


class Development:
    """The type of DEVELOPMENT."""

    def __repr__(self) -> str:
        return "DEVELOPMENT"


DEVELOPMENT: Final = Development()
"""In place of a ceremony's file: make a key here and now, good for development only."""


def _draw(domain_size: int, r: int) -> ToxicWaste:
    """Secrets from 1 .. r - 1; tau no root of unity that the domain or its coset holds."""
    while True:
        tau, alpha, beta, delta = (1 + secrets.randbelow(r - 1) for _ in range(4))
        if pow(tau, 2 * domain_size, r) != 1:
            return ToxicWaste(tau, alpha, beta, delta)


def domain_size_for(constraint_count: int, public_count: int, curve: Curve = BN254) -> int:
    """The points of the domain: a power of two for all rows, those of the public wires included.

    Raises RangeError past what the field has room for: 2^27 points in BN254.
    """
    size = 1
    while size < constraint_count + public_count + 1:
        size *= 2
    if size >= 1 << curve.two_adicity:
        raise RangeError(
            f"{constraint_count} constraints need a domain of {size} points; the field has room "
            f"for 2^{curve.two_adicity - 1}.",
            "Split the statement into several circuits.",
        )
    return size


def setup(
    system: ConstraintSystem, source: Development | None = None, curve: Curve = BN254
) -> ProvingKey:
    """Make a proving key, verifying key inside, for a constraint system.

    source  DEVELOPMENT: fresh secrets from the operating system, forgotten on return. It must be
            given, so that nobody takes such a key for another
    curve   another curve than the EVM's takes coefficients for elements of its own field

    Raises RangeError if the system is too large or the source is none of these.
    Cost: per wire and row about 4 multiples of a fixed base in G1 and one in G2; 2^20 rows take
    four seconds on two cores. Memory: the key, and 128 bytes a row on the way.
    """
    return _stream(system, source, curve).collect()


def setup_to_file(system: ConstraintSystem, source: Development, path: str | Path) -> None:
    """As `setup`, into a .zkey: the key is written as it is computed, and never held in memory.

    Raises FileError too.
    """
    place = require_path("setup_to_file", "path", path)
    _stream(system, source, BN254).save(place)


def _stream(system: ConstraintSystem, source: Development | None, curve: Curve) -> KeyStream:
    """The key of fresh toxic waste, which lives as long as this stream."""
    if not is_of(system, ConstraintSystem):
        raise RangeError(
            f"setup was given {describe(system)}, not a constraint system.",
            "Compile the circuit first: setup(circuit.compile(), DEVELOPMENT).",
        )
    check_system(system)
    if source is None:
        raise RangeError(
            "setup was not told what to make the key from.",
            "Write setup(system, 'final.ptau') with the powers of a ceremony, or setup(system, "
            "DEVELOPMENT), with zkpipe.DEVELOPMENT, for a development key.",
        )
    if source is not DEVELOPMENT:
        raise RangeError(
            f"setup cannot make a key from {describe(source)}.",
            "Give the path of a prepared .ptau, or zkpipe.DEVELOPMENT for a development key.",
        )
    require("setup", "curve", curve, Curve, "zkpipe.accel.bn254.BN254 is one.")
    n = domain_size_for(system.constraint_count, system.public_count, curve)
    waste = _draw(n, curve.r)
    scalars = QueryScalars(system, n, waste, curve)
    wires, private = system.wire_count, system.wire_count - system.public_count - 1
    g1_generator = to_montgomery(curve.g1_generator, curve.p).reshape(8)
    g2_generator = to_montgomery(curve.g2_generator, curve.p).reshape(16)
    g1 = FixedBase(g1_generator, 2 * wires + private + n, curve)
    g2 = FixedBase(g2_generator, wires, curve)
    single = words_from_ints([waste.alpha, waste.beta, waste.delta])
    alpha_g1, beta_g1, delta_g1 = g1.multiples(single)
    beta_g2, delta_g2 = g2.multiples(single[1:])
    return KeyStream(
        domain_size=n,
        wire_count=wires,
        public_count=system.public_count,
        development=True,
        alpha_g1=alpha_g1,
        beta_g1=beta_g1,
        delta_g1=delta_g1,
        beta_g2=beta_g2,
        gamma_g2=g2_generator,
        delta_g2=delta_g2,
        ic=g1.multiples(scalars.ic()),
        coefficient_count=record_count(system),
        coefficients=coefficient_records(system, curve),
        a_query=g1.stream(wires, scalars.a),
        b_g1_query=g1.stream(wires, scalars.b),
        b_g2_query=g2.stream(wires, scalars.b),
        l_query=g1.stream(private, scalars.l),
        h_query=g1.stream(n, scalars.h),
        public_names=system.public_names,
        circuit=system.identity,
        curve=curve,
    )
