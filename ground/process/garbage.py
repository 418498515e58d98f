"""Python's search for objects that only refer to one another, in processes that work for long.

Commands hardly search, because most end within a second. A batch or a service makes such objects
with every row, as json does, and its memory would grow with the rows.
"""

from __future__ import annotations

import gc

SOON = 10_000  # objects more than before that begin a search


def collect_soon() -> None:
    """Search often from now on, but not among the objects that are there: modules, circuits, keys.

    Cost: one search among all, some 0.1 s.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(SOON)
