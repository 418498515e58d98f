"""Which status an error has, and what of it is told.

What is wrong with the service itself is for its log: clients get no path, and no line of a circuit.
"""

from __future__ import annotations

import errno

from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.files.reading import FileError
from zkpipe.jobs.errors import DamagedError, FullError, RequestError, StoppingError, UnservedError
from zkpipe.jobs.service.web.answers import refusal

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def unknown() -> RequestError:
    """For a job that is not there."""
    return RequestError(
        404,
        "There is no such job: it was never accepted, was deleted, or its time is over.",
        "Send the request again.",
    )


def refused(error: ZkpipeError) -> RequestError:
    """An error as clients get it."""
    if isinstance(error, RequestError):
        return error
    if isinstance(error, FullError):
        return RequestError(429, error.problem, error.fix, {"Retry-After": str(error.seconds)})
    if isinstance(error, StoppingError):
        return RequestError(503, error.problem, error.fix, {"Retry-After": "10"})
    if isinstance(error, UnservedError):
        return RequestError(503 if error.is_there else 404, error.problem, error.fix)
    if isinstance(error, DamagedError):
        return RequestError(500, error.problem, error.fix)
    if isinstance(error, FileError):
        cause = error.__cause__
        if isinstance(cause, OSError) and cause.errno in NO_ROOM:
            return RequestError(
                507, "The disk of the service is full.", "Send it again when it has room."
            )
        reason = cause.strerror if isinstance(cause, OSError) else None
        return RequestError(
            503,
            f"The folder of the service cannot be used: {reason or 'see its log'}.",
            "Send it again later.",
            {"Retry-After": "10"},
        )
    return RequestError(500, "The service failed, a fault of zkpipe.", "Please report it.")


async def _http_error(request: HttpRequest, error: Exception) -> Response:
    """What Starlette itself refuses: a path or a method."""
    assert isinstance(error, HTTPException)  # noqa: S101 # as it is registered
    if error.status_code == 405:
        told = ZkpipeError("This path does not take that method.", "Allow says which it takes.")
    else:
        told = ZkpipeError(
            "There is nothing at this path.",
            "Ask /prove, /jobs/ID, /health or /metrics.",
        )
    return refusal(told, error.status_code, error.headers)


async def _request_error(request: HttpRequest, error: Exception) -> Response:
    assert isinstance(error, RequestError)  # noqa: S101 # as it is registered
    return refusal(error, error.status, error.headers)


async def _fault(request: HttpRequest, error: Exception) -> Response:
    """The answer to a fault of ours, which goes on to the guard: it says so in the log."""
    fault = ZkpipeError("The service failed, a fault of zkpipe.", "Please report it.")
    return refusal(fault, 500)


HANDLERS = {HTTPException: _http_error, RequestError: _request_error, Exception: _fault}
