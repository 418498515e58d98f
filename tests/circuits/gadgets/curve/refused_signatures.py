"""Keys and signatures that a verifier's circuit must refuse, each for one row of it alone."""

from __future__ import annotations

import re
from typing import Any

from zkpipe.accel.curves.baby_jubjub import L

# Off the curve, and twice it is on the curve again: only the row that says it is off refuses it.
OFF = {
    "x": 17183429363466368193513025464652496646413607461393297941017654688418093521934,
    "y": 10102887207030311311342258511395757595735620829381512118464118461027302515997,
}


def each_run_passed(most: int) -> list[int]:
    """Numbers above a bound, one for each run of zeros among its bits: alike above it, 1 in it."""
    text = f"{most:b}"
    return [
        int(text[: run.start()] + "0" * (len(run[0]) - 1) + "1", 2) << len(text) - run.end()
        for run in re.finditer("0+", text)
    ]


def refused(key: Any, r: Any, s: int) -> list[tuple[Any, Any, str]]:
    """Keys with signatures as fields of inputs, and a text of the refusal.

    key, r, s  of a signature that is accepted
    """
    return [
        (OFF, {"r": r, "s": s}, "not a point"),
        (key, {"r": OFF, "s": s}, "not a point"),
        *(
            (key, {"r": r, "s": above}, "an s that is not below")
            for above in each_run_passed(L - 1)
        ),
    ]
