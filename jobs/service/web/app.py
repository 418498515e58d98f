"""The routes.

    POST   /prove      {"circuit": NAME, "inputs": {...}}, or ?circuit=NAME and a .wtns
    GET    /jobs/ID    what became of it
    DELETE /jobs/ID    forgotten, or cancelled
    GET    /health     whether it works; to who may ask, what it serves
    GET    /metrics    for Prometheus

An answer of 400 or more is {"problem", "fix"}.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from zkpipe.ground.errors import ZkpipeError
from zkpipe.jobs.errors import RequestError, StoppingError, UnservedError
from zkpipe.jobs.service.circuits import Circuit, Circuits
from zkpipe.jobs.service.job import NUMBER, Form, Request, Result, State, number_of
from zkpipe.jobs.service.metrics import Metrics
from zkpipe.jobs.service.scheduler import Scheduler
from zkpipe.jobs.service.settings import Settings
from zkpipe.jobs.service.web.answers import SAFE, answer
from zkpipe.jobs.service.web.body import (
    Bodies,
    Most,
    form_of,
    named_in_query,
    parsed,
    witness_of,
)
from zkpipe.jobs.service.web.guard import Guard
from zkpipe.jobs.service.web.refusals import HANDLERS, refused, unknown

SMALL = 1 << 18  # bytes of inputs that any circuit may get: names, spaces, mistakes
INPUT_BYTES = 128  # more for each of a circuit's inputs, as for an INPUT.json
WIRE_BYTES = 32  # of a .wtns
HEADER_BYTES = 4096  # of a .wtns
METRICS = "text/plain; version=0.0.4; charset=utf-8"
PARSED_AT_ONCE = 2  # bodies: as objects they take many times their bytes
EXAMINING, SERVED, CANNOT_BE_LOADED = "examining", "served", "cannot be loaded"  # circuits


class App:
    """The routes of one service."""

    def __init__(
        self,
        scheduler: Scheduler,
        circuits: Circuits,
        metrics: Metrics,
        settings: Settings,
        say: Callable[[str], None],
    ) -> None:
        self._scheduler = scheduler
        self._circuits = circuits
        self._metrics = metrics
        self._settings = settings
        self._bodies = Bodies(settings.bodies)
        self._parsing = asyncio.Semaphore(PARSED_AT_ONCE)
        self._say = say
        self._said: set[str] = set()  # of circuits that are not served

    def guarded(self, token: bytes | None, is_loopback: bool) -> ASGIApp:
        """The application."""
        routes = [
            Route("/prove", self._prove, methods=["POST"]),
            Route("/jobs/{number}", self._job, methods=["GET", "DELETE"]),
            Route("/health", self._health, methods=["GET"]),
            Route("/metrics", self._page, methods=["GET"]),
        ]
        app = Starlette(routes=routes, exception_handlers=HANDLERS)
        app.router.redirect_slashes = False
        return Guard(app, token, is_loopback, self._metrics.refused, self._say)

    async def _prove(self, request: HttpRequest) -> Response:
        form = form_of(request)
        if self._scheduler.is_stopping:
            raise refused(StoppingError("The service is stopping.", "Send it again in a while."))
        if form is Form.WITNESS:
            name = named_in_query(request)
            most = await run_in_threadpool(self._most_of_witness, name)
            body = await self._bodies.read(request, most)
            asked = witness_of(request, body)
        else:
            if request.url.query:
                raise RequestError(
                    400, "The query is not empty.", "Name the circuit in the body alone."
                )
            most = await run_in_threadpool(self._most_of_inputs)
            body = await self._bodies.read(request, most)
            async with self._parsing:
                asked = await run_in_threadpool(parsed, body, most.count)
        number = await run_in_threadpool(self._submit, asked)
        return answer({"job": number}, 202, {"Location": f"/jobs/{number}"})

    def _submit(self, asked: Request) -> str:
        """Accept a job; its number. Raises RequestError."""
        try:
            circuit = self._circuits.find(asked.circuit)
            number = number_of(self._scheduler.store.secret, asked, circuit.version)
            kept = self._scheduler.store.result(number)
            if kept is None and self._scheduler.state(number) is None:
                self._refuse_what_cannot_be_loaded(circuit)
            if kept is not None and kept.version not in (None, circuit.version):
                self._scheduler.forget(number)  # proved after a change that was taken back
            if self._scheduler.submit(number, asked):
                self._metrics.count(asked.circuit, "accepted")
        except UnservedError as error:
            self._say_once(error)
            raise refused(error) from None
        except ZkpipeError as error:
            raise refused(error) from None
        return number

    def _refuse_what_cannot_be_loaded(self, circuit: Circuit) -> None:
        """Raises RequestError. A job that waits already is told of as before."""
        fault = self._circuits.fault(circuit)
        if fault is not None and fault.holds_jobs:
            raise refused(fault.error(circuit.name))

    def _say_once(self, error: UnservedError) -> None:
        """Say in the log why a circuit is not served."""
        line = " ".join([error.problem, *error.evidence])
        if error.is_there and line not in self._said:
            self._said.add(line)
            self._say(line)

    async def _job(self, request: HttpRequest) -> Response:
        number = _number(request)
        if request.method == "DELETE":
            return await self._forget(number)
        told = await run_in_threadpool(self._state, number)
        return answer(told)

    def _state(self, number: str) -> dict[str, Any]:
        """What is told of a job. Raises RequestError."""
        state = self._scheduler.state(number)
        if state is not None:
            return {"job": number, "state": state.value}
        try:
            result = self._scheduler.store.result(number)
        except ZkpipeError as error:
            raise refused(error) from None
        if result is None:
            raise unknown()
        return _told(number, result)

    async def _forget(self, number: str) -> Response:
        try:
            found = await run_in_threadpool(self._scheduler.forget, number)
        except ZkpipeError as error:
            raise refused(error) from None
        if not found:
            raise unknown()
        return Response(status_code=204, headers=SAFE)

    async def _health(self, request: HttpRequest) -> Response:
        status = "stopping" if self._scheduler.is_stopping else "ok"
        if not request.state.is_trusted:
            return answer({"status": status})
        served = await run_in_threadpool(self._served)
        queued, running = self._scheduler.counts()
        return answer({"status": status, "queued": queued, "running": running, "circuits": served})

    def _served(self) -> dict[str, Any]:
        """What is told of each circuit."""
        told: dict[str, Any] = {
            name: {"state": CANNOT_BE_LOADED, "problem": error.problem}
            for name, error in self._circuits.refused().items()
        }
        for name in self._circuits.names():
            with suppress(UnservedError):  # it has gone
                told[name] = self._state_of(self._circuits.find(name))
        return told

    def _state_of(self, circuit: Circuit) -> dict[str, Any]:
        fault = self._circuits.fault(circuit)
        if fault is not None:
            return {"state": CANNOT_BE_LOADED, "problem": fault.error(circuit.name).problem}
        facts = self._circuits.facts(circuit)
        if facts is None:
            return {"state": EXAMINING}
        return {
            "state": SERVED,
            "development": facts.development,
            "key": facts.key_digest,
            "circuit": facts.digest,
        }

    async def _page(self, request: HttpRequest) -> Response:
        page = await run_in_threadpool(self._metrics.page)
        return Response(page, headers={**SAFE, "Content-Type": METRICS})

    def _most_of_inputs(self) -> Most:
        """As many bytes as the largest circuit may have, when all are examined."""
        inputs = 0
        for name in self._circuits.names():
            try:
                circuit = self._circuits.find(name)
            except UnservedError:
                continue
            facts = self._circuits.facts(circuit)
            if facts is not None:
                inputs = max(inputs, facts.inputs)
            elif self._circuits.fault(circuit) is None:
                return self._most()
        return self._most(
            SMALL + INPUT_BYTES * inputs,
            "inputs of the largest circuit here may have",
            "Send the inputs of one job, without spaces and zeros in front. --max-body does not "
            "raise this limit.",
        )

    def _most_of_witness(self, name: str) -> Most:
        """Bytes of a witness of a circuit. Raises RequestError."""
        try:
            facts = self._circuits.facts(self._circuits.find(name))
        except UnservedError as error:
            raise refused(error) from None
        if facts is None:
            return self._most()
        return self._most(
            HEADER_BYTES + WIRE_BYTES * facts.wires,
            f"a witness of {name} may have",
            f"Send a witness of {name} as it is here: this one is of another circuit, or of "
            "another version.",
        )

    def _most(self, count: int | None = None, what: str = "", fix: str = "") -> Most:
        """The service's own limit, if there is no smaller one."""
        most = self._settings.body
        if count is not None and count < most:
            return Most(count, what, fix)
        return Most(
            most,
            "--max-body allows",
            "Send smaller inputs, or ask whoever runs the service to raise --max-body.",
        )


def _told(number: str, result: Result) -> dict[str, Any]:
    told: dict[str, Any] = {"job": number, "state": result.state.value, "circuit": result.circuit}
    if result.state is State.FAILED:
        return {**told, "error": {"problem": result.problem, "fix": result.fix}}
    return {
        **told,
        "proof": result.proof,
        "public": list(result.public),
        "development": result.development,
        "key": result.key,
    }


def _number(request: HttpRequest) -> str:
    number = str(request.path_params["number"])
    if NUMBER.fullmatch(number) is None:
        raise unknown()
    return number
