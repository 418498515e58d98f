"""Points of a ceremony's file, looked at as they are read.

Whoever multiplies points by a secret must know that they are in their groups: of points of another
curve, the products give the secret away, part by part. G1 is its whole curve, so being on it is
enough there.
"""

from __future__ import annotations

import numpy as np

from zkpipe.accel.bn254 import BN254
from zkpipe.accel.curves.curve import g1_on_curve, g2_on_curve
from zkpipe.accel.fields.limbs import Words
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.binfile import FIX, BinFile
from zkpipe.ground.process.threads import in_threads
from zkpipe.prover.points import refuse_aliases

G1_WORDS, G2_WORDS = 8, 16
CHECKED = 1 << 13  # points that a thread looks at in one go


def read_points(file: BinFile, kind: int, width: int, begin: int, end: int) -> Words:
    """Points begin .. end - 1 of a section: affine, Montgomery, zeros for infinity.

    width   of a point: G1_WORDS or G2_WORDS
    result  (end - begin, width) uint64

    Raises FormatError for a coordinate that is not below p, or a point off its curve; FileError.
    Cost: 100 ns a point of G1, in threads. The points of G2 may be outside the group.
    """
    at = file.extent(kind).begin + 8 * width * begin
    data = file.file.read(at, 8 * width * (end - begin))
    points = data.view("<u8").view(np.uint64).reshape(-1, width)
    where = file.where(kind)
    refuse_aliases(where, points, BN254.p, begin)
    on_curve = g1_on_curve if width == G1_WORDS else g2_on_curve

    def off(low: int) -> int | None:
        good = on_curve(points[low : low + CHECKED])
        return None if good.all() else low + int(np.argmin(good))

    for first in in_threads(off, range(0, len(points), CHECKED)):
        if first is not None:
            raise FormatError(f"{where}: point {begin + first} is not on its curve.", FIX)
    return points
