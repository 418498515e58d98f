"""What a curve is, as a value: its numbers, its fields, and generators of its groups.

A curve of Barreto and Naehrig has moduli that are polynomials in a parameter x:

    G1: y^2 = x^3 + b over Fp, of prime order r, cofactor 1
    G2: y^2 = x^3 + b / xi over Fp2 = Fp[u] / (u^2 + 1), the subgroup of order r

Layers take what they need from a `Curve`, or from a `Field`, which knows its curve. The kernels
hold a field element in four words or in five limbs of 52 bits, and build the tower of the pairing
over xi = 9 + u, so a curve of other sizes, or one that needs another xi, is refused. How far lanes
exceed a modulus depends on its bits: where kernels have no room for that, they do not compile.

Source: Barreto and Naehrig, eprint 2005/133.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from zlib import crc32

XI = (9, 1)  # Fp6 = Fp2[v] / (v^3 - xi); the twist divides by xi
BITS = 254  # of both moduli
SLACK = 84  # multiples of either modulus that 2^260 holds: how often the lanes add without reducing


@dataclass(frozen=True, slots=True)
class Field:
    """A prime field (degree 1), or its quadratic extension by u^2 = -1 (degree 2), of a curve.

    label  the curve's, and the field's name
    """

    name: str
    modulus: int
    degree: int = 1
    curve: Curve = field(kw_only=True, compare=False, repr=False)
    label: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", f"{self.curve.label}.{self.name}")

    @property
    def base(self) -> Field:
        """The prime field that its components are of."""
        return self if self.degree == 1 else self.curve.fp


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve of Barreto and Naehrig, given by the fields up to `non_residue`; the others follow.

    name         as snarkjs writes it
    x            the parameter
    g1_b         b
    g1_generator (x, y)
    g2_generator (x0, x1, y0, y1) with x = x0 + x1 u
    non_residue  of Fr: it generates Fr*, or is at least no square there

    p, r         the base field's modulus; the groups' order and the scalar field's modulus
    trace        of Frobenius: p + 1 - trace = r
    g2_b         b / xi
    two_adicity  the largest k for which 2^k divides r - 1
    fp, fp2, fr  the fields
    label        the name, and a sum of the numbers: machine code is chosen by it

    Raises ValueError for numbers that are of no such curve. That p and r are primes, and that the
    generator of G2 has order r, is not looked at.
    """

    name: str
    x: int
    g1_b: int
    g1_generator: tuple[int, int]
    g2_generator: tuple[int, int, int, int]
    non_residue: int
    label: str = field(init=False, repr=False, compare=False)
    p: int = field(init=False, repr=False)
    r: int = field(init=False, repr=False)
    trace: int = field(init=False, repr=False)
    g2_b: tuple[int, int] = field(init=False, repr=False)
    two_adicity: int = field(init=False, repr=False)
    fp: Field = field(init=False, repr=False, compare=False)
    fp2: Field = field(init=False, repr=False, compare=False)
    fr: Field = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        numbers = (self.x, self.g1_b, self.g1_generator, self.g2_generator, self.non_residue)
        object.__setattr__(self, "label", f"{self.name}_{crc32(repr(numbers).encode()):08x}")
        x = self.x
        p = 36 * x**4 + 36 * x**3 + 24 * x**2 + 6 * x + 1
        trace = 6 * x**2 + 1
        r = p + 1 - trace
        inverse_norm = pow(XI[0] ** 2 + XI[1] ** 2, -1, p)
        g2_b = (self.g1_b * XI[0] * inverse_norm % p, -self.g1_b * XI[1] * inverse_norm % p)
        follow = {
            "p": p,
            "r": r,
            "trace": trace,
            "g2_b": g2_b,
            "two_adicity": ((r - 1) & (1 - r)).bit_length() - 1,
            "fp": Field("Fp", p, curve=self),
            "fp2": Field("Fp2", p, 2, curve=self),
            "fr": Field("Fr", r, curve=self),
        }
        for name, value in follow.items():
            object.__setattr__(self, name, value)
        self._check()

    def _check(self) -> None:
        p, r = self.p, self.r
        if not all(m.bit_length() == BITS and m * SLACK < 1 << 260 for m in (p, r)):
            raise ValueError(f"{self.name}: its moduli are not of the size that kernels take")
        norm = XI[0] ** 2 + XI[1] ** 2  # xi is a k-th power of Fp2 if this is one of Fp
        if p % 4 != 3 or any(pow(norm, (p - 1) // k, p) == 1 for k in (2, 3)):
            raise ValueError(f"{self.name}: u^2 = -1 and w^6 = 9 + u do not extend Fp")
        if pow(self.non_residue, (r - 1) // 2, r) != r - 1:
            raise ValueError(f"{self.name}: {self.non_residue} is a square modulo r")
        x, y = self.g1_generator
        if (y * y - x**3 - self.g1_b) % p:
            raise ValueError(f"{self.name}: the generator of G1 is not on the curve")

    def __reduce__(self) -> tuple[type[Curve], tuple[object, ...]]:
        given = (self.name, self.x, self.g1_b, self.g1_generator, self.g2_generator)
        return type(self), (*given, self.non_residue)

    def root_of_unity(self, order: int) -> int:
        """The primitive root of unity of Fr that kernels take, for a power of two up to 2^k.

        It is non_residue^((r - 1) / order).
        """
        return pow(self.non_residue, (self.r - 1) // order, self.r)
