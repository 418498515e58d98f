"""Serves the page at a loopback address until a signal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import uvicorn

from zkpipe.exchange.page.app import Page
from zkpipe.jobs.service.address import Address, listening
from zkpipe.jobs.service.web.connection import connections
from zkpipe.jobs.service.web.running import Server, at_signals, quiet_libraries

HOST = "127.0.0.1"
MOST = 64  # connections; the oldest without a whole request makes room
SECONDS = 30.0  # of a request
LAST_ANSWERS = 2  # seconds for these, at the end


def listen(port: int) -> Address:
    """Listen on this machine alone; port 0 takes any that is free. Raises ServiceError."""
    return listening(HOST, port, has_token=False)


def serve(page: Page, address: Address, say: Callable[[str], None]) -> None:
    """Serve a page until INT, TERM or HUP, in the main thread.

    say  is told what goes wrong, a line each
    """
    with page, quiet_libraries(say):
        asyncio.run(_served(page, address))


async def _served(page: Page, address: Address) -> None:
    server = Server(
        uvicorn.Config(
            page.app,
            http=connections(MOST, SECONDS),
            loop="asyncio",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=LAST_ANSWERS,
        )
    )

    def end() -> None:
        server.force_exit = server.should_exit
        server.should_exit = True

    with at_signals(end):
        await server.serve(sockets=[address.socket])
