"""Which machine of the processor computes: chosen here and nowhere else.

ZKPIPE_BACKEND = scalar | avx512 forces one; without it, or with cuda, the best that the processor
has. Whether a card computes proofs, accel.executors.choice says.
"""

from __future__ import annotations

import os

from zkpipe.accel.machines.machine import AVX512, SCALAR, Machine
from zkpipe.accel.machines.processors import this_processor
from zkpipe.ground.errors import MissingError, RangeError
from zkpipe.ground.process.settings import shown_setting

MACHINES: dict[str, Machine] = {"scalar": SCALAR, "avx512": AVX512}
CARD = "cuda"
NEEDED = {"avx512f", "avx512dq", "avx512vl", "avx512ifma"}


def has_ifma() -> bool:
    """Whether this processor has the AVX-512 instructions that the lanes use."""
    return this_processor().features >= NEEDED


def processor() -> str:
    """The name and features of the processor that numba compiles for, this one unless told.

    Two processors of one answer run the same code.
    """
    name, features = os.environ.get("NUMBA_CPU_NAME"), os.environ.get("NUMBA_CPU_FEATURES")
    if not name or features is None:
        here = this_processor()
        name = name or here.kind
        features = ",".join(sorted(here.features)) if features is None else features
    return f"{name} {features}"


def best() -> Machine:
    """The fastest machine of this processor."""
    return AVX512 if has_ifma() else SCALAR


def machine() -> Machine:
    """The machine that ZKPIPE_BACKEND names, or the best there is.

    Raises RangeError for a name that is none of ours, MissingError for one that is not here.
    """
    name = os.environ.get("ZKPIPE_BACKEND", "")
    if name in ("", CARD):  # what a card leaves to the processor
        return best()
    if name not in MACHINES:
        raise RangeError(
            f"ZKPIPE_BACKEND is {shown_setting(name)}, which names no back end.",
            "Set it to 'scalar', 'avx512' or 'cuda', or unset it for the best one here.",
        )
    if name == "avx512" and not has_ifma():
        raise MissingError(
            "ZKPIPE_BACKEND is 'avx512', and this processor has no AVX-512 IFMA instructions.",
            "Unset ZKPIPE_BACKEND, or set it to 'scalar'.",
        )
    return MACHINES[name]
