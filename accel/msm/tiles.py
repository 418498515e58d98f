"""How many runs a tile of a schedule has: hosts and kernels both count in tiles."""

from __future__ import annotations

TILE_BITS = 11
TILE = 1 << TILE_BITS  # runs of a tile: their sums and slots (410 KiB in lanes of G1) stay in L2
