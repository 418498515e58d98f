"""The numbers of BN254 (alt_bn128): moduli, curve constants, generators.

G1: y^2 = x^3 + 3 over Fp, of prime order r, cofactor 1.
G2: y^2 = x^3 + 3 / (9 + u) over Fp2 = Fp[u] / (u^2 + 1), the subgroup of order r.
Both moduli are polynomials in the parameter x of the Barreto-Naehrig family.

Source: EIP-196 and EIP-197; Barreto and Naehrig, eprint 2005/133.
"""

from __future__ import annotations

X = 4965661367192848881  # the BN parameter
P = 36 * X**4 + 36 * X**3 + 24 * X**2 + 6 * X + 1  # base field, 254 bits
R = 36 * X**4 + 36 * X**3 + 18 * X**2 + 6 * X + 1  # group order and scalar field, 254 bits
TRACE = 6 * X**2 + 1  # of Frobenius: p + 1 - TRACE = r

G1_B = 3
G2_B = (27 * pow(82, -1, P) % P, -3 * pow(82, -1, P) % P)  # 3 / (9 + u) = 3 (9 - u) / 82

TWO_ADICITY = 28  # 2^28 divides r - 1
NON_RESIDUE = 5  # generates Fr*: the root of unity of order n is 5^((r - 1) / n)

G1_GENERATOR = (1, 2)
G2_GENERATOR = (  # x0, x1, y0, y1 with x = x0 + x1 u
    10857046999023057135944570762232829481370756359578518086990519993285655852781,
    11559732032986387107991004021392285783925812861821192530917403151452391805634,
    8495653923123431417604973247489272438418190587263600148770280649306958101930,
    4082367875863433681332203403145435568316851327593401208105741076214120093531,
)


def signed(value: int) -> int:
    """The integer nearest to zero that a residue modulo r stands for."""
    value %= R
    return value if value <= R // 2 else value - R


def root_of_unity(order: int) -> int:
    """The primitive root of unity 5^((r - 1) / order) of Fr, for a power of two up to 2^28."""
    return pow(NON_RESIDUE, (R - 1) // order, R)
