"""Answers in JSON, and requests that are refused: a problem and a fix, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from zkpipe.ground.errors import ZkpipeError

SAFE = {  # a browser that gets an answer makes nothing of it, and keeps nothing
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def answer(
    value: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A value as JSON."""
    body = json.dumps(value).encode() + b"\n"
    return Response(body, status, {**SAFE, **(headers or {})}, "application/json")


def refusal(error: ZkpipeError, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """What is wrong with a request, and what to do."""
    return answer({"problem": error.problem, "fix": error.fix}, status, headers)
