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
from dataclasses import dataclass
from typing import Final

import numpy as np

from accel.bn254 import G1_GENERATOR, G2_GENERATOR, TWO_ADICITY, P, R, root_of_unity
from accel.errors import RangeError
from accel.fixed_base import FixedBase
from accel.limbs import Words, to_montgomery, words_from_ints
from accel.sparse import (
    add_column_products,
    combine,
    into_montgomery,
    lagrange_basis,
    out_of_montgomery,
    scale,
)
from circuits.system import ConstraintSystem, SparseMatrix
from prover.keys import COEFFICIENT, Coefficients, ProvingKey


class _Development:
    """The type of DEVELOPMENT."""

    def __repr__(self) -> str:
        return "DEVELOPMENT"


DEVELOPMENT: Final = _Development()
"""In place of a ceremony's file: make a key here and now, good for development only."""


@dataclass(frozen=True, slots=True)
class _ToxicWaste:
    """The secrets of a setup. Never printed, saved or returned."""

    tau: int
    alpha: int
    beta: int
    delta: int

    def __repr__(self) -> str:
        return "_ToxicWaste(...)"


def _draw(domain_size: int) -> _ToxicWaste:
    """Secrets from 1 .. r - 1; tau no root of unity that the domain or its coset holds."""
    while True:
        tau, alpha, beta, delta = (1 + secrets.randbelow(R - 1) for _ in range(4))
        if pow(tau, 2 * domain_size, R) != 1:
            return _ToxicWaste(tau, alpha, beta, delta)


def domain_size_for(constraint_count: int, public_count: int) -> int:
    """The points of the domain: a power of two for all rows, those of the public wires included.

    Raises RangeError past 2^27 points.
    """
    size = 1
    while size < constraint_count + public_count + 1:
        size *= 2
    if size >= 1 << TWO_ADICITY:
        raise RangeError(
            f"{constraint_count} constraints need a domain of {size} points; the field has room "
            f"for 2^{TWO_ADICITY - 1}.",
            "Split the statement into several circuits.",
        )
    return size


def setup(system: ConstraintSystem, source: _Development) -> ProvingKey:
    """Make a proving key, verifying key inside, for a constraint system.

    source  DEVELOPMENT: fresh secrets from the operating system, forgotten on return

    Raises RangeError if the system is too large or the source is none of these.
    Cost: per wire and row about 6 multiples of a fixed base in G1 and one in G2; 2^16 rows take
    two seconds on two cores.
    """
    if not isinstance(system, ConstraintSystem):
        raise RangeError(
            f"setup was given a {type(system).__name__}, not a constraint system.",
            "Compile the circuit first: setup(circuit.compile(), DEVELOPMENT).",
        )
    if source is not DEVELOPMENT:
        raise RangeError(
            f"setup cannot make a key from {type(source).__name__}.",
            "Give prover.DEVELOPMENT for a development key.",
        )
    n = domain_size_for(system.constraint_count, system.public_count)
    waste = _draw(n)
    u, v, w = _columns_at_tau(system, n, waste.tau)
    inverse_delta = pow(waste.delta, -1, R)
    ic_and_l = combine(waste.alpha, waste.beta, u, v, w)
    first_private = system.public_count + 1
    l_scalars = ic_and_l[first_private:].copy()
    scale(inverse_delta, l_scalars)
    h_scalars = _odd_coset_basis(n, waste.tau)
    scale(inverse_delta, h_scalars)
    single = words_from_ints([waste.alpha, waste.beta, waste.delta])
    parts = [
        single,
        *(
            out_of_montgomery(part)
            for part in (ic_and_l[:first_private], u, v, l_scalars, h_scalars)
        ),
    ]
    g1 = _multiples(to_montgomery(G1_GENERATOR, P).reshape(8), parts)
    g2 = _multiples(to_montgomery(G2_GENERATOR, P).reshape(16), [single[1:], parts[3]])
    return ProvingKey(
        domain_size=n,
        wire_count=system.wire_count,
        public_count=system.public_count,
        development=True,
        alpha_g1=g1[0][0],
        beta_g1=g1[0][1],
        delta_g1=g1[0][2],
        beta_g2=g2[0][0],
        gamma_g2=to_montgomery(G2_GENERATOR, P).reshape(16),
        delta_g2=g2[0][1],
        ic=g1[1],
        a_query=g1[2],
        b_g1_query=g1[3],
        b_g2_query=g2[1],
        l_query=g1[4],
        h_query=g1[5],
        coefficients=_coefficients(system),
    )


def _multiples(base: Words, parts: list[Words]) -> list[Words]:
    """The multiples for several lists of scalars from one table, split again."""
    scalars = np.concatenate(parts)
    points = FixedBase(base, len(scalars)).multiples(scalars)
    return np.split(points, np.cumsum([len(part) for part in parts])[:-1])


def _columns_at_tau(system: ConstraintSystem, n: int, tau: int) -> tuple[Words, Words, Words]:
    """u_i(tau), v_i(tau), w_i(tau) for every wire i; Montgomery."""
    basis = lagrange_basis(tau, 1, root_of_unity(n), n)
    scale((pow(tau, n, R) - 1) * pow(n, -1, R), basis)
    coefficients = into_montgomery(system.coefficients)
    columns = []
    for matrix in (system.a, system.b, system.c):
        out = np.zeros((system.wire_count, 4), np.uint64)
        add_column_products(matrix.starts, matrix.wires, matrix.values, coefficients, basis, out)
        columns.append(out)
    public = system.public_count + 1
    rows = basis[system.constraint_count : system.constraint_count + public]
    add_column_products(
        np.arange(public + 1, dtype=np.int64),
        np.arange(public, dtype=np.uint32),
        np.zeros(public, np.uint32),
        to_montgomery([1], R),
        np.ascontiguousarray(rows),
        columns[0],
    )
    return columns[0], columns[1], columns[2]


def _odd_coset_basis(n: int, tau: int) -> Words:
    """At tau, the polynomials of degree below 2n that are 1 at one point of the odd coset.

    0 at the other points of the coset and on the domain, so that a product a b - c, which is 0 on
    the domain, is the sum of its values on the coset times these.
    """
    basis = lagrange_basis(tau, root_of_unity(2 * n), root_of_unity(n), n)
    scale((pow(tau, 2 * n, R) - 1) * pow(2 * n, -1, R), basis)
    return basis


def _entries(matrix: SparseMatrix, number: int, coefficients: Words) -> Coefficients:
    records = np.zeros(len(matrix.wires), COEFFICIENT)
    rows = np.arange(matrix.row_count, dtype=np.uint32)
    records["matrix"] = number
    records["constraint"] = np.repeat(rows, np.diff(matrix.starts))
    records["wire"] = matrix.wires
    records["value"] = coefficients[matrix.values]
    return records


def _coefficients(system: ConstraintSystem) -> Coefficients:
    """Section 4: the entries of A and B row by row, and 1 for each public wire in a row of A."""
    twice = into_montgomery(into_montgomery(system.coefficients))  # v R^2
    public = np.zeros(system.public_count + 1, COEFFICIENT)
    wires = np.arange(system.public_count + 1, dtype=np.uint32)
    public["constraint"] = system.constraint_count + wires
    public["wire"] = wires
    public["value"] = into_montgomery(to_montgomery([1], R))[0]
    both = np.concatenate([_entries(system.a, 0, twice), _entries(system.b, 1, twice)])
    order = np.argsort(both["constraint"], kind="stable")
    return np.concatenate([both[order], public])
