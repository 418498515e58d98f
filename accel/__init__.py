"""Fields, curves, transforms, sums and pairings over BN254: arrays in, arrays out.

The names below are loaded when they are first used, because kernels need numba and the command
line must answer at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accel.errors import ZkpipeError

if TYPE_CHECKING:
    from accel.msm import msm_g1, msm_g2
    from accel.transforms import inverse_ntt, ntt

__all__ = ["ZkpipeError", "inverse_ntt", "msm_g1", "msm_g2", "ntt"]

_HOME = {
    "inverse_ntt": "accel.transforms",
    "msm_g1": "accel.msm",
    "msm_g2": "accel.msm",
    "ntt": "accel.transforms",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module."""
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module 'accel' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
