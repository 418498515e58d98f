"""The forms in which a secret number might leak, for searches through files and texts."""

from __future__ import annotations

import base64

from py_ecc import optimized_bn128 as bn128

R = bn128.curve_order


def encodings(secret: int) -> dict[str, bytes]:
    """By name: decimal, hexadecimal, bytes both ways, Montgomery's form, base64.

    Hexadecimal is without leading zeros, so it is found with them too.
    """
    montgomery = secret * 2**256 % R
    little, big = secret.to_bytes(32, "little"), secret.to_bytes(32, "big")
    return {
        "decimal": str(secret).encode(),
        "hexadecimal": f"{secret:x}".encode(),
        "upper hexadecimal": f"{secret:X}".encode(),
        "little-endian": little,
        "big-endian": big,
        "Montgomery, little-endian": montgomery.to_bytes(32, "little"),
        "Montgomery, big-endian": montgomery.to_bytes(32, "big"),
        "Montgomery, decimal": str(montgomery).encode(),
        "Montgomery squared": (montgomery * 2**256 % R).to_bytes(32, "little"),
        "base64": base64.b64encode(big).rstrip(b"="),
        "base64, little-endian": base64.b64encode(little).rstrip(b"="),
    }
