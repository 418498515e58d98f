"""Nodes that lose answers, refuse, lie once, go away, or are behind: each task is done once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.exchange.nodes import Anvil
from tests.exchange.sender.conftest import Counter, subject
from tests.long_form import IS_LONG
from tests.verifier_contracts.between import Between, between, error
from zkpipe.exchange.sender import advancing
from zkpipe.exchange.sender import sender as sending
from zkpipe.exchange.sender.attempts import AttemptState, Outcome
from zkpipe.exchange.sender.sender import Sender
from zkpipe.verifier_contracts import Chain
from zkpipe.verifier_contracts.errors import NodeMissingError, TransactionError

DEPTH, TASKS = 2, 3
SEEDS = range(20 if IS_LONG else 1)
RAW = "eth_sendRawTransaction"
WRONG: dict[str, list[Any]] = {  # of their form, and not true
    "eth_blockNumber": ["0x0", "0xffff"],
    "eth_getTransactionCount": ["0x0", "0x1", "0xff"],
    "eth_getTransactionByHash": [None],
    "eth_getTransactionReceipt": [None],
    "eth_getBlockByNumber": [None],
    RAW: ["0x" + "ab" * 32],
    "eth_call": ["0x" + "00" * 32, "0x" + "00" * 31 + "01"],
    "eth_estimateGas": ["0x7a120"],
    "eth_gasPrice": ["0x77359400"],
}


@pytest.fixture
def net(anvil: Anvil) -> Iterator[Between]:
    with between(anvil.url) as rules:
        yield rules


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advancing, "AGAIN", 0.0)


class Faults:
    """Spoils some of the answers, by chance, as long as it is on."""

    def __init__(self, net: Between, anvil: Anvil, seed: int, how: float = 0.3) -> None:
        self.net, self.anvil = net, anvil
        self.chance = random.Random(seed)  # noqa: S311 # a test's
        self.how = how
        self.count = 0
        self.is_sure = False  # that the first answer of its kind is spoiled

    def hits(self) -> bool:
        hit = self.chance.random() < self.how or (self.is_sure and not self.count)
        self.count += hit
        return hit

    def each(self, methods: list[str], spoil: Callable[[str, Any], Any]) -> None:
        for method in methods:
            self.net.after[method] = lambda m, answer: spoil(m, answer) if self.hits() else answer

    def lost_after_broadcast(self) -> None:
        """The node takes it, and its answer never comes."""
        self.how, self.is_sure = 0.6, True
        self.each([RAW], lambda method, answer: None)

    def known_already(self) -> None:
        """It says so after it has taken it, and before."""
        self.how, self.is_sure = 0.6, True
        known = error(-32000, "already known")
        self.net.before[RAW] = lambda _: known(RAW, {"id": 0}) if self.hits() else None
        self.each([RAW], known)

    def wrong(self) -> None:
        """Answers of their form that are not true; the next of the method is."""
        lied: set[str] = set()

        def lie(method: str, answer: Any) -> Any:
            if method in lied:
                lied.remove(method)
                return answer
            lied.add(method)
            return {**answer, "result": self.chance.choice(WRONG[method])}

        self.each(list(WRONG), lie)

    def foreign(self) -> None:
        """Receipts and blocks of others."""

        lied = False

        def receipt(method: str, answer: Any) -> Any:
            nonlocal lied
            lied = not lied
            if not answer.get("result") or not lied:
                return answer
            kind = self.chance.choice(["transactionHash", "blockHash", "status", "from"])
            false = {"status": "0x0", "from": "0x" + "11" * 20}.get(kind, "0x" + "cd" * 32)
            return {**answer, "result": {**answer["result"], kind: false}}

        self.each(["eth_getTransactionReceipt"], receipt)

    def gone(self) -> None:
        """The connection is closed before the node is asked."""
        for method in [*WRONG, "eth_maxPriorityFeePerGas", "eth_getBalance"]:
            self.net.before[method] = lambda _: 503 if self.hits() else None

    def behind(self) -> None:
        """Another node answers, some blocks behind: it does not know what is new."""
        back = 3

        def number(method: str, answer: Any) -> Any:
            return {**answer, "result": hex(max(0, int(answer["result"], 16) - back))}

        def older(method: str) -> Callable[[list[Any]], Any]:
            def ask(parameters: list[Any]) -> Any:
                if not self.hits() or "latest" not in parameters:
                    return None
                head = int(self.net.node("eth_blockNumber"), 16)
                at = hex(max(0, head - back))
                given = [at if one == "latest" else one for one in parameters]
                result = self.net.node(method, *given)
                return {"jsonrpc": "2.0", "id": 0, "result": result}

            return ask

        self.each(["eth_blockNumber"], number)
        for method in ("eth_getBlockByNumber", "eth_getTransactionCount", "eth_call"):
            self.net.before[method] = older(method)
        self.each(
            ["eth_getTransactionReceipt", "eth_getTransactionByHash"],
            lambda method, answer: {**answer, "result": None},
        )


FAULTS = ["lost_after_broadcast", "known_already", "wrong", "foreign", "gone", "behind"]


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("seed", SEEDS)
def test_each_task_is_done_once_whatever_the_node_says(
    anvil: Anvil,
    there: Counter,
    net: Between,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    seed: int,
) -> None:
    monkeypatch.setattr("zkpipe.verifier_contracts.rpc.transport.PAUSES", ())
    home = anvil.party(tmp_path / "home")
    chain = Chain.connect(net.url)
    through = Counter(chain.at(there.contract.address, there.contract.abi))
    faults = Faults(net, anvil, seed)
    with Sender(home, chain, DEPTH) as sender:
        getattr(faults, kind)()
        for _ in range(25):
            for i in range(TASKS):
                sender.plan(**through.wish(subject(1), i))
            with suppress(NodeMissingError, TransactionError):  # a loop tries again
                sender.step()
            anvil.mine()
        net.before.clear()
        net.after.clear()
        for _ in range(20):
            for i in range(TASKS):
                sender.plan(**through.wish(subject(1), i))
            sender.step()
            if not sender.pending():
                break
            anvil.mine()
        assert sender.pending() == []
        outcomes = [sender.plan(**through.wish(subject(1), i)).outcome for i in range(TASKS)]
    assert [there.times(subject(1), i) for i in range(TASKS)] == [1] * TASKS
    assert outcomes == [Outcome.SUCCEEDED] * TASKS
    assert faults.count > 0


def test_a_node_that_is_silent_for_a_while_is_borne_by_who_waits(
    anvil: Anvil, there: Counter, net: Between, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zkpipe.verifier_contracts.rpc.transport.PAUSES", ())
    home = anvil.party(tmp_path / "home")
    chain = Chain.connect(net.url)
    through = Counter(chain.at(there.contract.address, there.contract.abi))
    silent = iter(range(4))
    with Sender(home, chain, 0) as sender:
        net.before["eth_getBlockByNumber"] = lambda _: 503 if next(silent, None) else None
        assert sender.send(**through.wish(subject(1)), timeout=30) is not None
        net.before["eth_getBlockByNumber"] = lambda _: 503
        monkeypatch.setattr(sending, "BEARABLE", 0.2)
        with pytest.raises(NodeMissingError):
            sender.send(**through.wish(subject(2)), timeout=30)
        net.before.clear()
        assert sender.send(**through.wish(subject(2)), timeout=30) is not None
    assert there.times(subject(2)) == 1


def test_a_wrong_head_makes_nothing_final_too_soon(
    anvil: Anvil, there: Counter, net: Between, tmp_path: Any
) -> None:
    home = anvil.party(tmp_path / "home")
    chain = Chain.connect(net.url)
    through = Counter(chain.at(there.contract.address, there.contract.abi))

    def higher(method: str, answer: Any) -> Any:
        if answer.get("result"):
            answer["result"]["number"] = hex(int(answer["result"]["number"], 16) + 100)
        return answer

    with Sender(home, chain, DEPTH) as sender:
        sender.plan(**through.wish(subject(1)))
        sender.step()
        sender.step()
        net.after["eth_getBlockByNumber"] = higher
        for _ in range(3):
            with suppress(NodeMissingError, TransactionError):
                sender.step()
            assert len(sender.pending()) == 1


@pytest.mark.parametrize("lie", [{"status": "0x0"}, {"transactionHash": "0x" + "cd" * 32}])
def test_one_lie_at_the_end_ends_nothing(
    anvil: Anvil, there: Counter, net: Between, tmp_path: Any, lie: dict[str, str]
) -> None:
    """The receipt says once, when the transaction is deep enough, that it failed."""
    home = anvil.party(tmp_path / "home")
    chain = Chain.connect(net.url)
    through = Counter(chain.at(there.contract.address, there.contract.abi))
    lies = iter([lie])

    def receipt(method: str, answer: Any) -> Any:
        return {**answer, "result": answer["result"] | next(lies, {})}

    with Sender(home, chain, DEPTH) as sender:
        sender.plan(**through.wish(subject(1)))
        sender.step()
        anvil.mine(DEPTH)
        net.after["eth_getTransactionReceipt"] = receipt
        sender.step()
        assert len(sender.pending()) == 1
        sender.step()
        assert sender.pending() == []
        assert sender.plan(**through.wish(subject(1))).outcome is Outcome.SUCCEEDED


def test_one_lie_about_the_effect_ends_nothing(
    anvil: Anvil, there: Counter, net: Between, tmp_path: Any
) -> None:
    home = anvil.party(tmp_path / "home")
    chain = Chain.connect(net.url)
    through = Counter(chain.at(there.contract.address, there.contract.abi))
    lies = iter(["0x" + "00" * 31 + "01"])

    def effect(method: str, answer: Any) -> Any:
        return {**answer, "result": next(lies, answer["result"])}

    with Sender(home, chain, 0) as sender:
        sender.plan(**through.wish(subject(1)))
        net.after["eth_call"] = effect
        sender.step()
        assert [one.state for one in sender.pending()] == [AttemptState.PLANNED]
        assert sender.send(**through.wish(subject(1))) is not None
    assert there.times(subject(1)) == 1
