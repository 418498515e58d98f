"""The routes of the page.

    page = Page(lambda: Index.of(path, chain, manifest), Deployment.of(manifest, chain), keys)
    with page:
        serve(page.app, listening("127.0.0.1", 8471, has_token=False))

Every page exists in each language: that of ?lang=, else the one that the browser prefers.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from zkpipe.exchange.errors import IndexingError
from zkpipe.exchange.evidence import Verdict
from zkpipe.exchange.index import Index
from zkpipe.exchange.page.checking import BUDGET, Checker
from zkpipe.exchange.page.deployment import Deployment
from zkpipe.exchange.page.following import REST, Follower, Following
from zkpipe.exchange.page.guard import HOSTS, Guard
from zkpipe.exchange.page.language import Language, languages, wanted
from zkpipe.exchange.page.reading import Reader
from zkpipe.exchange.page.rendering import FOLDER, Renderer
from zkpipe.exchange.page.snapshot import Snapshot
from zkpipe.exchange.page.views import circuits, data, ledger, people, proofs, uses
from zkpipe.exchange.page.views.look import Look
from zkpipe.ground.closing import Closing
from zkpipe.ground.files.reading import FileError
from zkpipe.prover import VerifyingKey

WORD, ADDRESS = "0x[0-9a-f]{64}", "0x[0-9a-fA-F]{40}"
PLACE = "[0-9]{1,18}-[0-9]{1,9}-[0-9]{1,9}"
NUMBER = re.compile("[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page: its path, its template and its view; `key` is what a path may end in."""

    path: str
    template: str
    view: Callable[..., dict[str, Any] | None]
    key: re.Pattern[str] | None = None


KINDS = (
    Kind("/", "overview.html", proofs.overview),
    Kind("/data", "data/all.html", data.datasets),
    Kind("/data/{key}", "data/one.html", data.dataset, re.compile(WORD)),
    Kind("/circuits", "circuits/all.html", circuits.circuits),
    Kind("/circuits/{key}", "circuits/one.html", circuits.circuit, re.compile(WORD)),
    Kind("/grants", "grants/all.html", uses.grants),
    Kind("/grants/{key}", "grants/one.html", uses.grant, re.compile(WORD)),
    Kind("/jobs", "jobs/all.html", uses.jobs),
    Kind("/jobs/{key}", "jobs/one.html", uses.job, re.compile(WORD)),
    Kind("/proofs", "proofs/all.html", proofs.proofs),
    Kind("/proofs/{key}", "proofs/one.html", proofs.proof, re.compile(PLACE)),
    Kind("/ledger", "ledger/all.html", ledger.ledger),
    Kind("/ledger/{key}", "ledger/one.html", ledger.asset, re.compile(ADDRESS)),
    Kind("/points", "people/points.html", people.points),
    Kind("/identities", "people/all.html", people.identities),
    Kind("/identities/{key}", "people/one.html", people.identity, re.compile(ADDRESS)),
    Kind("/council", "people/council.html", people.council),
)


class Page(Closing):
    """The page of an exchange; `with` starts and ends what works beside it.

    open_index  makes an Index of the exchange; it is called once in each of two threads
    deployment  which exchange it is
    keys        verifying keys; each is believed for circuits that are registered with its digest
    budget      seconds of a page for the verification of its proofs

    Raises what open_index raises.
    """

    def __init__(
        self,
        open_index: Callable[[], Index],
        deployment: Deployment,
        keys: Sequence[VerifyingKey] = (),
        budget: float = BUDGET,
    ) -> None:
        self._deployment = deployment
        self._reader = Reader(open_index)
        self._checker = Checker(keys, lambda: self._follower.answers, budget)
        self._follower = Follower(open_index, deployment.circuits, self._checker.digests)

    @property
    def app(self) -> ASGIApp:
        """The application, to be served at a loopback address."""
        routes = [Route(kind.path, self._endpoint(kind), methods=["GET"]) for kind in KINDS]
        routes += [
            Route("/style.css", _file("style.css", "text/css"), methods=["GET"]),
            Route("/icon.svg", _file("icon.svg", "image/svg+xml"), methods=["GET"]),
            Route("/{path:path}", self._missing, methods=["GET"]),
        ]
        made = Starlette(routes=routes)
        made.router.redirect_slashes = False
        return Guard(TrustedHostMiddleware(made, list(HOSTS), www_redirect=False))

    def checked(self, seconds: float = 600.0) -> dict[str, int]:
        """How many proofs there are, and how many hold, fail and cannot be verified here.

        It waits for the chain about those whose key is not here, at most so long.
        """
        until = time.monotonic() + seconds
        while True:
            following = self._follower.look(max(0.0, until - time.monotonic()))
            found = self._reader.submit(lambda seen: self._checker.check(seen.proofs)).result()
            counts = {
                "proofs": len(found.checks),
                "hold": found.count(Verdict.HOLDS),
                "fail": found.count(Verdict.FAILS),
                "not_verified": found.count(Verdict.NO_KEY),
            }
            is_done = not counts["not_verified"] or following.problem
            if is_done or time.monotonic() >= until:
                return counts
            time.sleep(REST)

    def __enter__(self) -> Self:
        """Begin to follow the chain."""
        self._follower.start()
        return self

    def close(self) -> None:
        """End."""
        self._follower.stop()
        self._reader.close()

    def _endpoint(self, kind: Kind) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            key = request.path_params.get("key")
            if kind.key is not None and kind.key.fullmatch(str(key)) is None:
                return await self._missing(request)
            keys = () if kind.key is None else (_as_indexed(str(key)),)
            following = await run_in_threadpool(self._follower.look)

            def made(seen: Snapshot) -> Response:
                values = kind.view(self._look(seen, following, request), *keys)
                if values is None:
                    return self._page(request, "missing.html", seen, following, {}, 404)
                return self._page(request, kind.template, seen, following, values)

            return await self._made(request, made)

        return answer

    async def _missing(self, request: Request) -> Response:
        """The page of what is not there."""
        following = self._follower.state

        def made(seen: Snapshot) -> Response:
            return self._page(request, "missing.html", seen, following, {}, 404)

        return await self._made(request, made)

    async def _made(self, request: Request, make: Callable[[Snapshot], Response]) -> Response:
        """A response that is made of a snapshot; if the index cannot be read, a page says so."""
        try:
            return await asyncio.wrap_future(self._reader.submit(make))
        except (IndexingError, FileError):
            language, chosen = _language(request)
            renderer = Renderer(language, request.url.path, chosen=chosen)
            return _response(renderer.render("damaged.html", {}), language, 503)

    def _look(self, seen: Snapshot, following: Following, request: Request) -> Look:
        asked = request.query_params.get("page", "")
        number = int(asked) if NUMBER.fullmatch(asked) else 1
        return Look(seen, self._checker, self._deployment, following, number)

    def _page(
        self,
        request: Request,
        template: str,
        seen: Snapshot,
        following: Following,
        values: Mapping[str, Any],
        status: int = 200,
    ) -> Response:
        language, chosen = _language(request)
        common = {"seen": seen, "following": following, "deployment": self._deployment}
        renderer = Renderer(language, request.url.path, chosen=chosen)
        return _response(renderer.render(template, {**common, **values}), language, status)


def _language(request: Request) -> tuple[Language, bool]:
    """The language of an answer, and whether it was asked for by a link."""
    asked = request.query_params.get("lang", "")
    if asked in languages():
        return languages()[asked], True
    return wanted(request.headers.get("accept-language", "")), False


def _response(text: str, language: Language, status: int) -> Response:
    headers = {"Content-Language": language.tag, "Vary": "Accept-Language"}
    return HTMLResponse(text, status, headers)


def _as_indexed(key: str) -> str:
    """An id or address as the index has it: addresses have checksums there."""
    from eth_utils.address import to_checksum_address

    return str(to_checksum_address(key)) if re.fullmatch(ADDRESS, key) else key


def _file(name: str, kind: str) -> Callable[[Request], Any]:
    data = (FOLDER / name).read_bytes()

    async def answer(request: Request) -> Response:
        return Response(data, media_type=kind)

    return answer
