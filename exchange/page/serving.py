"""Serves the page at a loopback address until a signal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from zkpipe.exchange.page.app import Page
from zkpipe.jobs.service.address import Address, listening
from zkpipe.jobs.service.web.connection import connections
from zkpipe.jobs.service.web.running import quiet_libraries, served

HOST = "127.0.0.1"
MOST = 64  # connections; the oldest without a whole request makes room
SECONDS = 30.0  # of a request


def listen(port: int) -> Address:
    """Listen on this machine alone; port 0 takes any that is free. Raises ServiceError."""
    return listening(HOST, port, has_token=False)


def serve(page: Page, address: Address, say: Callable[[str], None]) -> None:
    """Serve a page until INT, TERM or HUP, in the main thread.

    say  is told what goes wrong, a line each
    """
    with page, quiet_libraries(say):
        protocol = connections(MOST, SECONDS)
        asyncio.run(served(page.app, protocol, address.socket, lambda: None))
