"""Constants of curves in kernels, from the curve of the field that they are asked in."""

from __future__ import annotations

from typing import Any

from zkpipe.accel.curve import Field
from zkpipe.accel.curves.integers import frobenius
from zkpipe.accel.fields.functions import field_constant


def frobenius_factor(i: int) -> Any:
    """xi^(i (p - 1) / 6), in Fp2: a kernel function, as `field_constant` gives it."""
    return field_constant(lambda field: frobenius(field.curve)[i])


def equation_constant(times: int) -> Any:
    """So many times the constant of the curve's equation: b in Fp, b / xi in Fp2."""

    def components(field: Field) -> tuple[int, ...]:
        curve = field.curve
        b = (curve.g1_b,) if field.degree == 1 else curve.g2_b
        return tuple(times * part % curve.p for part in b)

    return field_constant(components)
