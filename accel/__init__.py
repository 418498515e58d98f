"""Fields, curves, transforms, sums and pairings over BN254: arrays in, arrays out.

The names below are loaded when they are first used (zkpipe.lazy): kernels need numba, and the
command line must answer at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.ground.errors import ZkpipeError
from zkpipe.lazy import late

if __name__ != "zkpipe.accel":  # by another name, every class would be there twice
    raise ImportError("It is imported as zkpipe.accel.", name="accel")

if TYPE_CHECKING:
    from zkpipe.accel.msm.multi_scalar import msm_g1, msm_g2
    from zkpipe.accel.transforms.ntt import inverse_ntt, ntt
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.accel.msm.multi_scalar": "msm_g1 msm_g2",
            "zkpipe.accel.transforms.ntt": "inverse_ntt ntt",
        },
    )

__all__ = ["ZkpipeError", "inverse_ntt", "msm_g1", "msm_g2", "ntt"]
