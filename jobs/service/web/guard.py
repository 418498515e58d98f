"""Who may ask: what stands between the network and the routes.

A service on this machine is reached by every web page in a browser here. So a request is refused
that a page could have made: one with Origin, or with a Host that is not this machine's (a name that
was led here, DNS rebinding). The token is compared in constant time, and before a body is read.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Callable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zkpipe.ground.errors import ZkpipeError
from zkpipe.jobs.errors import RequestError
from zkpipe.jobs.service.web.answers import refusal

OPEN = ("/health",)  # without the token
FROM_A_PAGE = ("cross-site", "same-site", "same-origin")
HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::[0-9]{1,5})?")
NO_TOKEN = {"WWW-Authenticate": "Bearer"}

Headers = Mapping[str, list[str]]


class Guard:
    """An application of ASGI around another.

    token        that all requests but OPEN need; None for none
    is_loopback  whether only this machine can reach the service
    refused      is called with the status of each request that is refused
    say          writes a line to the log
    """

    def __init__(
        self,
        app: ASGIApp,
        token: bytes | None,
        is_loopback: bool,
        refused: Callable[[int], None],
        say: Callable[[str], None],
    ) -> None:
        self._app = app
        self._token = token
        self._is_loopback = is_loopback
        self._refused = refused
        self._say = say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; whatever goes wrong within becomes an answer too."""
        if scope["type"] != "http":
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                if message["status"] >= 400:
                    self._refused(message["status"])
            await send(message)

        try:
            headers = _headers(scope)
            self._check(scope["path"], headers)
            scope["state"]["is_trusted"] = self._has_token(headers)
            await self._app(scope, receive, watched)
        except RequestError as error:
            if not begun:
                await refusal(error, error.status, error.headers)(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 # told by its class alone: it may quote an input
            self._say(f"a request failed with {type(error).__name__}, a fault of zkpipe")
            if not begun:
                fault = ZkpipeError("The service failed, a fault of zkpipe.", "Please report it.")
                await refusal(fault, 500)(scope, receive, watched)

    def _check(self, path: str, headers: Headers) -> None:
        hosts = headers.get("host", [])
        host = HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if host is None:
            raise RequestError(400, "The request has no Host, or more than one.", "Give one Host.")
        if self._is_loopback and not _is_here(host[1]):
            raise RequestError(
                403,
                "The request is for another Host than this machine.",
                "Ask 127.0.0.1 or localhost. A proxy has to send its own request's Host, such as "
                "127.0.0.1.",
            )
        sites = headers.get("sec-fetch-site", [])
        if "origin" in headers or any(site in FROM_A_PAGE for site in sites):
            raise RequestError(
                403,
                "The request was made by a web page.",
                "Ask from a program; a proxy in front of a page has to remove Origin.",
            )
        if path not in OPEN and not self._has_token(headers):
            raise RequestError(
                401,
                "The request does not have the token of this service.",
                "Send the header Authorization: Bearer TOKEN.",
                NO_TOKEN,
            )

    def _has_token(self, headers: Headers) -> bool:
        if self._token is None:
            return True
        given = headers.get("authorization", [])
        scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        is_right = hmac.compare_digest(token.strip().encode("latin-1"), self._token)
        return is_right and scheme.lower() == "bearer"


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _is_here(host: str) -> bool:
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
