"""Blocks that come by themselves, now and then a reorganisation, or a loss of what is pending."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.exchange.nodes import Anvil


@contextmanager
def mining(anvil: Anvil, seed: int, depth: int, seconds: float) -> Iterator[None]:
    chance = random.Random(seed)  # noqa: S311 # a test's
    over = threading.Event()

    def mine() -> None:
        while not over.is_set():
            deed = chance.random()
            if deed < 0.08:
                anvil.reorganise(chance.randint(1, depth))
            elif deed < 0.12:
                anvil.tell("anvil_dropAllTransactions")
            else:
                anvil.mine()
            over.wait(seconds)

    thread = threading.Thread(target=mine)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
