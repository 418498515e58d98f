"""BN254 (alt_bn128), the curve of the EVM's precompiled contracts.

G1: y^2 = x^3 + 3 over Fp, of prime order r, cofactor 1.
G2: y^2 = x^3 + 3 / (9 + u) over Fp2 = Fp[u] / (u^2 + 1), the subgroup of order r.

Source: EIP-196 and EIP-197.
"""

from __future__ import annotations

from zkpipe.accel.curve import Curve

BN254 = Curve(
    name="bn128",
    x=4965661367192848881,
    g1_b=3,
    g1_generator=(1, 2),
    g2_generator=(
        10857046999023057135944570762232829481370756359578518086990519993285655852781,
        11559732032986387107991004021392285783925812861821192530917403151452391805634,
        8495653923123431417604973247489272438418190587263600148770280649306958101930,
        4082367875863433681332203403145435568316851327593401208105741076214120093531,
    ),
    non_residue=5,
)

P = BN254.p  # base field, 254 bits
R = BN254.r  # group order and scalar field, 254 bits
FP, FP2, FR = BN254.fp, BN254.fp2, BN254.fr


def signed(value: int) -> int:
    """The integer nearest to zero that a residue modulo r stands for."""
    value %= R
    return value if value <= R // 2 else value - R
