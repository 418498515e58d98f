"""Powers of tau whose secrets the tests know, prepared for phase 2, in the files of snarkjs.

snarkjs takes minutes to prepare 2^11 powers. Here each point is a known multiple of a generator:
powers, and Lagrange polynomials at tau, are numbers before they are points.
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.fields.limbs import Words, to_montgomery
from zkpipe.accel.linear.sparse import lagrange_basis, out_of_montgomery, scale
from zkpipe.accel.msm.fixed_base import FixedBase
from zkpipe.accel.transforms.twiddles import powers
from zkpipe.ground.files.binfile import write_binfile

TAU, ALPHA, BETA = (pow(base, 2**200 + 12345, R) for base in (7, 11, 13))


def basis_at(tau: int, size: int, factor: int = 1) -> Words:
    """factor times the Lagrange polynomials of a domain, at tau; canonical."""
    basis = lagrange_basis(tau, 1, BN254.root_of_unity(size), size)
    scale(factor * (pow(tau, size, R) - 1) * pow(size, -1, R), basis)
    return out_of_montgomery(basis)


def last_basis_at(tau: int, size: int) -> Words:
    """The same without the power tau^(size - 1), which a file of size / 2 powers does not have."""
    from zkpipe.accel.fields.limbs import ints_from_words, words_from_ints

    whole = ints_from_words(basis_at(tau, size))
    root, lost = BN254.root_of_unity(size), pow(tau, size - 1, R) * pow(size, -1, R)
    out, at = [], 1
    for value in whole:
        out.append((value - at * lost) % R)
        at = at * root % R
    return words_from_ints(out)


@cache
def _bases() -> tuple[FixedBase, FixedBase]:
    g1 = to_montgomery(BN254.g1_generator, P).reshape(8)
    g2 = to_montgomery(BN254.g2_generator, P).reshape(16)
    return FixedBase(g1, 1 << 14), FixedBase(g2, 1 << 14)


def write_powers(
    path: Path, power: int, tau: int = TAU, alpha: int = ALPHA, beta: int = BETA
) -> Path:
    """Write a .ptau of 2^power powers, prepared, without contributions; give its path."""
    g1, g2 = _bases()
    n = 1 << power

    def powers_of(count: int, first: int = 1) -> Words:
        return out_of_montgomery(powers(tau, count, first))

    with write_binfile(path, b"ptau", 1, 11) as file:
        with file.section(1) as section:
            section.write(struct.pack("<I", 32) + P.to_bytes(32, "little"))
            section.write(struct.pack("<II", power, power))
        file.array(2, g1.multiples(powers_of(2 * n - 1)))
        file.array(3, g2.multiples(powers_of(n)))
        file.array(4, g1.multiples(powers_of(n, alpha)))
        file.array(5, g1.multiples(powers_of(n, beta)))
        file.array(6, g2.multiples(powers_of(1, beta)))
        with file.section(7) as section:
            section.write(struct.pack("<I", 0))
        for kind, base, factor in ((12, g1, 1), (13, g2, 1), (14, g1, alpha), (15, g1, beta)):
            with file.section(kind) as section:
                for level in range(power + 1):
                    points = base.multiples(basis_at(tau, 1 << level, factor))
                    section.write(points.tobytes())
                if kind == 12:
                    section.write(g1.multiples(last_basis_at(tau, 2 * n)).tobytes())
    return path
