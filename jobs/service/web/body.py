"""The body of a request: read with limits of bytes and seconds, then parsed strictly.

What a client still sends of a body that was refused is dropped, for some seconds, so that it gets
to the answer (web.connection).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import parse_json
from zkpipe.jobs.errors import RequestError
from zkpipe.jobs.service.job import Form, Request, canonical

SECONDS = 20.0  # that a body may take, and more
SLOWEST = 100_000  # bytes in each second after that
CLOSE = {"Connection": "close"}
NAMES = {"circuit", "inputs"}


@dataclass(frozen=True, slots=True)
class Most:
    """The most bytes that a body may have.

    what  has so many, for the client
    fix   what to do
    """

    count: int
    what: str
    fix: str


class Bodies:
    """The bytes of all bodies that are being read: never more than `most`."""

    def __init__(self, most: int) -> None:
        self._left = most

    async def read(self, request: HttpRequest, most: Most) -> bytes:
        """The body of a request. Raises RequestError."""
        announced = request.headers.get("content-length", "0")
        if int(announced) > most.count:  # h11 has seen that it is a number
            raise _too_large(most)
        taken = 0
        parts: list[bytes] = []
        try:
            async with asyncio.timeout(SECONDS + most.count / SLOWEST):
                async for part in request.stream():
                    if len(part) > self._left:
                        raise RequestError(
                            503,
                            "The service reads as many bytes at once as it may.",
                            "Send it again in a second.",
                            {"Retry-After": "1"},
                        )
                    self._left -= len(part)
                    taken += len(part)
                    parts.append(part)
                    if taken > most.count:
                        raise _too_large(most)
            return b"".join(parts)
        except TimeoutError:
            raise RequestError(
                408, "The body took too long to come.", "Send it at once.", CLOSE
            ) from None
        except ClientDisconnect:
            raise RequestError(400, "The client has gone.", "Send it again.", CLOSE) from None
        finally:
            self._left += taken


def _too_large(most: Most) -> RequestError:
    return RequestError(
        413, f"The body has more than {most.count} bytes, as many as {most.what}.", most.fix
    )


def form_of(request: HttpRequest) -> Form:
    """What a body is, by its Content-Type. A web page's form can send neither of the two."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if "content-encoding" in request.headers:
        raise RequestError(415, "The body is encoded.", "Send it without Content-Encoding.")
    if kind == "application/json":
        return Form.INPUTS
    if kind == "application/octet-stream":
        return Form.WITNESS
    raise RequestError(
        415,
        "The body has another Content-Type than this takes.",
        "Send application/json with the inputs, or application/octet-stream with a .wtns.",
    )


def parsed(body: bytes, limit: int) -> Request:
    """The request of a JSON body, in its canonical form. Raises RequestError."""
    try:
        value = parse_json(body, "The body", limit=limit, floats=True, number=Decimal)
    except FormatError as error:
        raise RequestError(400, error.problem, error.fix) from None
    except RecursionError:
        raise RequestError(400, "The body is nested too deep.", "Send a flatter one.") from None
    if not isinstance(value, dict) or set(value) != NAMES:
        raise RequestError(
            400,
            "The body is not an object of `circuit` and `inputs`.",
            'Send {"circuit": NAME, "inputs": {"x": 3}}.',
        )
    circuit, inputs = value["circuit"], value["inputs"]
    if not isinstance(circuit, str) or not isinstance(inputs, dict):
        raise RequestError(
            400,
            "The body's `circuit` is not a name, or its `inputs` are not an object.",
            'Send {"circuit": NAME, "inputs": {"x": 3}}.',
        )
    return Request(circuit, Form.INPUTS, canonical(inputs))


def witness_of(request: HttpRequest, body: bytes) -> Request:
    """The request of a .wtns. Raises RequestError."""
    if not body:
        raise RequestError(400, "The body is empty.", "Send a .wtns.")
    return Request(named_in_query(request), Form.WITNESS, body)


def named_in_query(request: HttpRequest) -> str:
    """The circuit that the query names. Raises RequestError."""
    given = request.query_params.multi_items()
    if len(given) != 1 or given[0][0] != "circuit":
        raise RequestError(
            400,
            "The query does not name one circuit.",
            "Send a .wtns to /prove?circuit=NAME.",
        )
    return given[0][1]
