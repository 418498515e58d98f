"""A headless Chromium, told what to do over its DevTools protocol."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pytest
from websockets.sync.client import connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
VARIABLE = "CHROMIUM"  # names another one
PATIENCE = 60.0  # seconds for its start, and for a page
WHY = (
    "No browser is found: install Debian's `chromium`, or name one in the environment variable "
    f"{VARIABLE} (docs/testing.md)."
)
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # as root there is none; it sees our own pages only
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--font-render-hinting=none",
    "--remote-debugging-port=0",
)


def find_browser() -> str | None:
    """The path of a browser; None if there is none."""
    given = os.environ.get(VARIABLE)
    return given or next((path for path in map(shutil.which, NAMES) if path), None)


def need_browser() -> str:
    found = find_browser()
    if found is None:
        pytest.skip(WHY)
    return found


class Browser:
    """One tab."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._number = 0
        self.logged: list[Any] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.tell(f"{domain}.enable")

    def tell(self, method: str, **parameters: Any) -> Any:
        self._number += 1
        mine = self._number
        self._socket.send(json.dumps({"id": mine, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._socket.recv(PATIENCE))
            if told.get("id") == mine:
                assert "error" not in told, told
                return told["result"]
            self._keep(told)

    def _keep(self, told: Any) -> None:
        if told.get("method") in ("Log.entryAdded", "Runtime.consoleAPICalled"):
            self.logged.append(told["params"])

    def shape(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """The window, and what the reader likes; a narrow one is a phone."""
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.tell("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        """Go there, and wait until everything is loaded."""
        self.tell("Page.navigate", url=url)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            told = json.loads(self._socket.recv(PATIENCE))
            self._keep(told)
            if told.get("method") == "Page.loadEventFired":
                return
        raise AssertionError(f"{url} is not loaded")

    def value(self, expression: str) -> Any:
        """What an expression is on the page; the page's own scripts are off, ours are not."""
        told = self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """A PNG of the window, or of the whole page."""
        told = self.tell("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        if whole:
            size = self.tell("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
            told = self.tell(
                "Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip
            )
        path.write_bytes(base64.b64decode(told["data"]))


@contextmanager
def browsing(folder: Path) -> Iterator[Browser]:
    """A browser with a new profile in a folder; it ends with the block."""
    path = need_browser()
    profile = folder / "profile"
    words = [path, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(  # noqa: S603 # a browser of this machine
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        port = _port(process, profile / "DevToolsActivePort")
        opener = build_opener(ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE) as answer:
            tabs = json.loads(answer.read())
        url = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
        with connect(url, max_size=1 << 26, proxy=None) as socket:
            yield Browser(socket)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()


def _port(process: subprocess.Popen[bytes], file: Path) -> int:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "the browser ended at once"
        with suppress(OSError, ValueError, IndexError):
            return int(file.read_text().splitlines()[0])
        time.sleep(0.05)
    raise AssertionError("the browser does not start")
