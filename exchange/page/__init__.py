"""The page of an exchange: what its contracts say, for people, on this machine alone.

    app        routes and languages: an application of ASGI
    serving    listens on the loopback address until a signal
    reading    snapshots of the index, in a thread of their own
    following  follows the chain, and asks it about proofs, in another
    checking   whether proofs hold, under keys that are given here
    views      what each page shows; templates and texts are beside them

The page only reads: it has no way to send anything to the chain, and knows no secret.

The names below are loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if TYPE_CHECKING:
    from zkpipe.exchange.page.app import Page
    from zkpipe.exchange.page.deployment import Deployment
    from zkpipe.exchange.page.serving import serve
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.exchange.page.app": "Page",
            "zkpipe.exchange.page.deployment": "Deployment",
            "zkpipe.exchange.page.serving": "serve",
        },
    )

__all__ = ["Deployment", "Page", "serve"]
