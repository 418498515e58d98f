"""Makes the pictures of the page that the documentation shows.

`python -m tests.exchange.page.pictures` needs anvil, solc and Chromium.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from tests.exchange.contracts.setting.chains import Anvil
from tests.exchange.contracts.setting.deployed import STUBS
from tests.exchange.evidence.witnessed import verifiers
from tests.exchange.page.browser import browsing
from tests.exchange.page.conftest import page_of
from tests.exchange.page.storied import Storied
from zkpipe.exchange.page.serving import listen
from zkpipe.verifier_contracts import Chain, Node, Settings, compile_sources
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

WARM = 10.0  # seconds
FOLDER = Path(__file__).parents[3] / "docs"


@dataclass(frozen=True)
class Picture:
    """What is seen first of a page, as a PNG of the documentation."""

    name: str
    path: str
    width: int
    height: int


PICTURES = (
    Picture("exchange-page.png", "/?lang=en", 1080, 640),
    Picture("exchange-page-phone.png", "/grants?lang=zh", 390, 844),
)


def main(folder: Path = FOLDER) -> None:
    """Make them all."""
    stubs = {path.name: path.read_text() for path in sorted(STUBS.glob("*.sol"))}
    code = {**exchange_contracts(), **compile_sources(stubs, Settings(1000))}
    with ExitStack() as stack:
        node = stack.enter_context(Node.start())
        anvil = stack.enter_context(closing(Anvil(node)))
        world = Storied.tidy(anvil, code, verifiers(), Chain.connect(node.url))
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        page = stack.enter_context(page_of(world, place / "index.sqlite"))
        address = listen(0)
        config = uvicorn.Config(page.app, log_config=None, lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [address.socket]})
        thread.start()
        while not server.started:
            time.sleep(0.05)
        try:
            with browsing(place) as browser:
                browser.open(address.url)  # so that the chain is read, and the keys are ready
                time.sleep(WARM)
                for picture in PICTURES:
                    browser.shape(picture.width, picture.height)
                    browser.open(address.url + picture.path)
                    browser.picture(folder / picture.name)
        finally:
            server.should_exit = True
            thread.join()
            address.socket.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
