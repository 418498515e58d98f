"""A contract that counts how often a thing was done, on both chains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.nodes import Anvil, Party, embedded_party, need_anvil, need_solc
from zkpipe.exchange.sender.sender import Sender
from zkpipe.verifier_contracts import Chain, Contract, Node, compile_solidity

HERE = Path(__file__).parent


@dataclass
class Counter:
    """The contract Tally, and how it is asked for things."""

    contract: Contract

    def times(self, subject: bytes, i: int = 0, block: int | str = "latest") -> int:
        return int(self.contract.call("count", subject, i, block=block))

    def wish(
        self, subject: bytes, i: int = 0, function: str = "act", **more: Any
    ) -> dict[str, Any]:
        """Arguments of Sender.plan and Sender.send."""
        return {
            "contract": self.contract,
            "function": function,
            "args": [subject, i] if function == "act" else [subject],
            "subject": subject,
            "i": i,
            "effect": lambda block: self.times(subject, i, block) > 0,
            **more,
        }


def subject(number: int) -> bytes:
    return number.to_bytes(32, "big")


@pytest.fixture(scope="session")
def tally() -> Any:
    need_solc()
    return compile_solidity((HERE / "contracts" / "Tally.sol").read_text())


@pytest.fixture(scope="session")
def embedded() -> Chain:
    need_solc()
    return Chain.embedded()


@pytest.fixture
def here(embedded: Chain, tally: Any) -> Counter:
    return Counter(embedded.deploy(tally, "Tally"))


@pytest.fixture
def party(embedded: Chain, tmp_path: Path) -> Party:
    return embedded_party(embedded, tmp_path / "home")


@pytest.fixture
def anvil() -> Iterator[Anvil]:
    """A node of its own, which mines at once: after 500 blocks it reorganises wrongly."""
    need_anvil()
    with Node.start() as node:
        yield Anvil(node)


@pytest.fixture
def there(anvil: Anvil, tally: Any) -> Counter:
    counter = Counter(anvil.chain.deploy(tally, "Tally"))
    anvil.mine(12)
    return counter


@pytest.fixture
def stepped(anvil: Anvil) -> Callable[[Sender, int], None]:
    """Mine block after block, and let a sender step after each, until nothing is open."""

    def step(sender: Sender, most: int = 60) -> None:
        for _ in range(most):
            sender.step()
            if not sender.pending():
                return
            anvil.mine()
        raise AssertionError([(one.state, one.outcome, one.note) for one in sender.pending()])

    return step
