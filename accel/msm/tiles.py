"""How many runs a tile of a schedule has, and how long a run is: for hosts and kernels."""

from __future__ import annotations

TILE_BITS = 11
TILE = 1 << TILE_BITS  # runs of a tile: their sums and slots (410 KiB in lanes of G1) stay in L2
LEAST_CAP_BITS = 6  # a run of 64 points or more, so that cutting stays rare in dense windows
