"""Fields, curves, transforms, sums and pairings over BN254: arrays in, arrays out.

The names below are loaded when they are first used (accel.lazy): kernels need numba, and the
command line must answer at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accel.errors import ZkpipeError
from accel.lazy import late

if TYPE_CHECKING:
    from accel.msm import msm_g1, msm_g2
    from accel.transforms import inverse_ntt, ntt
else:
    __getattr__, __dir__ = late(
        __name__, {"accel.msm": "msm_g1 msm_g2", "accel.transforms": "inverse_ntt ntt"}
    )

__all__ = ["ZkpipeError", "inverse_ntt", "msm_g1", "msm_g2", "ntt"]
