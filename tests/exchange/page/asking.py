"""Requests to an application, without a socket; and pages as XML, which forgives nothing."""

from __future__ import annotations

import asyncio
import re
import xml.etree.ElementTree as Tree
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

HOST = "127.0.0.1:8471"


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def tree(self) -> Tree.Element:
        """The page as XML: every element closed, every attribute quoted, no two of a name."""
        assert self.text.startswith("<!DOCTYPE html>\n")
        return Tree.fromstring(self.text)  # noqa: S314 # what we wrote

    @property
    def words(self) -> str:
        """What is read on the page, its white space single."""
        body = self.tree.find("body")
        assert body is not None
        return read(body)

    def rows(self) -> list[dict[str, str]]:
        """The rows of the page's tables: what is read in each cell, by its label."""
        return [
            {str(cell.get("data-label")): read(cell) for cell in row.iter("td")}
            for row in self.tree.iter("tr")
            if row.find("td") is not None
        ]

    def facts(self) -> dict[str, str]:
        """What is read in the page's lists of terms; of a term that comes twice, the last."""
        found = {}
        for one in self.tree.iter("dl"):
            parts = list(one)
            pairs = zip(parts[::2], parts[1::2], strict=True)
            found |= {read(term): read(said) for term, said in pairs}
        return found

    def links(self) -> list[str]:
        return [str(one.get("href")) for one in self.tree.iter() if one.get("href") is not None]


def read(element: Tree.Element) -> str:
    """Its text, white space single."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def ask(
    app: Any, path: str, method: str = "GET", headers: Mapping[str, str] | None = None
) -> Answer:
    """One request."""
    place = urlsplit(path)
    given = {"host": HOST, **(headers or {})}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": place.path,
        "raw_path": place.path.encode(),
        "query_string": place.query.encode(),
        "root_path": "",
        "headers": [(k.lower().encode(), v.encode()) for k, v in given.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8471),
    }
    said: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    asyncio.run(app(scope, receive, send))
    start = said[0]
    body = b"".join(one.get("body", b"") for one in said[1:])
    return Answer(start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body)
