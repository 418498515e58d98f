"""Section 2 of .r1cs files as words of 4 bytes: what hosts and kernels know of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ENTRY = 9  # words: a wire and eight of its coefficient

Counts = NDArray[np.int64]
Words32 = NDArray[np.uint32]
