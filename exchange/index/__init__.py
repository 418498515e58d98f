"""What the exchange's events say: raw in SQLite, and folded into tables that answer questions.

    index     Index: follows a chain; State: the tables after a block
    store     the database: blocks, logs, and two copies of the tables
    reading   blocks and logs of one branch, from a node
    folds     what each event changes in the tables
    beginnings  that all events are of one exchange, from its beginning on
    rows      the rows of the tables
    tables    which tables there are
    events    logs, decoded

The names below are loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if TYPE_CHECKING:
    from zkpipe.exchange.index.events import EventSource
    from zkpipe.exchange.index.index import Index, State
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.exchange.index.events": "EventSource",
            "zkpipe.exchange.index.index": "Index State",
        },
    )

__all__ = ["EventSource", "Index", "State"]
