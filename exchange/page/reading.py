"""The one thread that reads the index for the page.

SQLite's connections belong to the thread that made them, so all views are made in this one, one
after the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from zkpipe.exchange.index import Index
from zkpipe.exchange.page.snapshot import Snapshot

Made = TypeVar("Made")


class Reader:
    """Reads an index that it opens itself.

    open_index  makes an Index, in the thread that calls it

    Raises what open_index raises.
    """

    def __init__(self, open_index: Callable[[], Index]) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="zkpipe-page")
        self._last: Snapshot | None = None
        self._closing = threading.Lock()
        self._is_closed = False
        try:
            self._index = self._thread.submit(open_index).result()
        except BaseException:
            self._thread.shutdown()
            raise

    def submit(self, make: Callable[[Snapshot], Made]) -> Future[Made]:
        """What is made of a snapshot of now. Its errors are those of `make`, and IndexingError."""
        return self._thread.submit(self._made, make)

    def _made(self, make: Callable[[Snapshot], Made]) -> Made:
        self._last = Snapshot.of(self._index, self._last)
        return make(self._last)

    def close(self) -> None:
        """Let go of the index."""
        with self._closing:
            if self._is_closed:
                return
            self._is_closed = True
        self._thread.submit(self._index.close)
        self._thread.shutdown()
