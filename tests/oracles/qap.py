"""Groth16 in plain integers, by definition: what a setup's points and a proof's points must be.

Every point is known by its discrete logarithm, as the toxic waste is known. Polynomials are lists
of coefficients, interpolated by Lagrange's formula; nothing of `accel` or `prover` is used.

Source: Groth, eprint 2016/260, section 3.2; snarkjs' conventions: domain of the powers of
5^((r-1)/n), a row w_i * 0 = 0 for the constant and each public wire, the odd coset for H.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from py_ecc import optimized_bn128 as bn128

from tests.prover.groth16.statements import Row, Statement

R = bn128.curve_order

Polynomial = list[int]


@dataclass(frozen=True)
class Waste:
    """Toxic waste that a test knows."""

    tau: int = 0x1234567_89ABCDEF_0FEDCBA9_87654321_00112233
    alpha: int = 3**150 % R
    beta: int = 5**111 % R
    delta: int = 7**99 % R


def powers(root: int, count: int) -> list[int]:
    return [pow(root, i, R) for i in range(count)]


def domain_of(size: int) -> list[int]:
    return powers(pow(5, (R - 1) // size, R), size)


def times(p: Polynomial, q: Polynomial) -> Polynomial:
    out = [0] * (len(p) + len(q) - 1)
    for i, x in enumerate(p):
        for j, y in enumerate(q):
            out[i + j] = (out[i + j] + x * y) % R
    return out


def divided(p: Polynomial, q: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Quotient and remainder by a monic q."""
    rest, quotient = list(p), []
    while len(rest) >= len(q):
        lead = rest[-1]
        quotient.append(lead)
        for i, y in enumerate(reversed(q)):
            rest[-1 - i] = (rest[-1 - i] - lead * y) % R
        rest.pop()
    return quotient[::-1], rest


def at(p: Polynomial, x: int) -> int:
    total = 0
    for c in reversed(p):
        total = (total * x + c) % R
    return total


def basis_at(points: list[int], number: int, x: int) -> int:
    """The polynomial that is 1 at one of the points and 0 at the others, at x."""
    top = bottom = 1
    for j, point in enumerate(points):
        if j != number:
            top = top * (x - point) % R
            bottom = bottom * (points[number] - point) % R
    return top * pow(bottom, -1, R) % R


def interpolated(points: list[int], values: list[int]) -> Polynomial:
    """Newton's divided differences."""
    table, p, node = list(values), [0], [1]
    for k in range(len(points)):
        p = [
            (a + table[0] * b) % R
            for a, b in zip(p + [0] * (len(node) - len(p)), node, strict=True)
        ]
        node = times(node, [-points[k] % R, 1])
        gaps = ((points[i + k + 1] - points[i]) % R for i in range(len(table) - 1))
        table = [
            (y - x) * pow(gap, -1, R) % R for (x, y), gap in zip(pairwise(table), gaps, strict=True)
        ]
    return p


@dataclass(frozen=True)
class Oracle:
    """The quadratic arithmetic program of a statement, and logarithms of its key and proofs."""

    statement: Statement
    waste: Waste

    @property
    def rows(self) -> list[Row]:
        binding: list[Row] = [({i: 1}, {}, {}) for i in range(self.statement.public_count + 1)]
        return [*self.statement.rows, *binding]

    @property
    def domain(self) -> list[int]:
        size = 1
        while size < len(self.rows):
            size *= 2
        return domain_of(size)

    def columns(self, part: int) -> list[int]:
        """u_i(tau), v_i(tau) or w_i(tau) for every wire i."""
        domain, out = self.domain, [0] * len(self.statement.values)
        for number, row in enumerate(self.rows):
            basis = basis_at(domain, number, self.waste.tau)
            for wire, value in row[part].items():
                out[wire] = (out[wire] + value * basis) % R
        return out

    def combined(self) -> list[int]:
        """beta u_i + alpha v_i + w_i at tau."""
        return [
            (self.waste.beta * u + self.waste.alpha * v + w) % R
            for u, v, w in zip(*(self.columns(part) for part in range(3)), strict=True)
        ]

    def ic(self) -> list[int]:
        return self.combined()[: self.statement.public_count + 1]

    def l_query(self) -> list[int]:
        private = self.combined()[self.statement.public_count + 1 :]
        return [value * pow(self.waste.delta, -1, R) % R for value in private]

    def h_query(self) -> list[int]:
        """The basis over domain and odd coset together, for the coset's points, over delta."""
        size = len(self.domain)
        both = domain_of(2 * size)
        inverse = pow(self.waste.delta, -1, R)
        return [basis_at(both, 2 * j + 1, self.waste.tau) * inverse % R for j in range(size)]

    def row_values(self, part: int) -> list[int]:
        """(A w), (B w) or (C w); C w is taken as the product, which for a right witness it is."""
        values = self.statement.values
        sums = [sum(v * values[w] for w, v in row[part].items()) % R for row in self.rows]
        return sums + [0] * (len(self.domain) - len(sums))

    def polynomials(self) -> tuple[Polynomial, Polynomial, Polynomial, Polynomial]:
        """a, b, c and the quotient h = (a b - c) / (x^n - 1), which must leave no rest."""
        a, b, c = (interpolated(self.domain, self.row_values(part)) for part in range(3))
        product = times(a, b)
        top = [(x - y) % R for x, y in zip(product, c + [0] * len(product), strict=False)]
        h, rest = divided(top, [R - 1, *[0] * (len(self.domain) - 1), 1])
        assert not any(rest), "the witness does not satisfy the rows"
        return a, b, c, h

    def unblinded(self) -> tuple[int, int, int]:
        """Logarithms of A0, B0, C0."""
        a, b, _, h = self.polynomials()
        tau, delta = self.waste.tau, self.waste.delta
        private = self.statement.values[self.statement.public_count + 1 :]
        total = sum(x * y for x, y in zip(private, self.l_query(), strict=True))
        vanishing = pow(tau, len(self.domain), R) - 1
        return (
            (self.waste.alpha + at(a, tau)) % R,
            (self.waste.beta + at(b, tau)) % R,
            (total + at(h, tau) * vanishing * pow(delta, -1, R)) % R,
        )
