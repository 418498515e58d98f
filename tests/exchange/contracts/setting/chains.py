"""Two chains to try contracts on, with times that the test sets.

Both send a transaction whatever it will end in, and say what the EVM made of it: an Outcome.
"""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from zkpipe.verifier_contracts import Chain, Node
from zkpipe.verifier_contracts.rpc.embedded import CallFailed

GAS = 8_000_000


@dataclass(frozen=True)
class Outcome:
    """succeeded, logs (address, topics, data), gas; `data` is what a revert gave back."""

    succeeded: bool
    logs: tuple[tuple[str, tuple[bytes, ...], bytes], ...] = ()
    gas: int = 0
    data: bytes = b""
    created: str | None = None


class NodeError(Exception):
    """What the node refuses; `data` is what a reverted call gave back."""

    def __init__(self, method: str, error: dict[str, Any]) -> None:
        super().__init__(f"{method}: {error}")
        self.data = bytes.fromhex(str(error.get("data") or "0x")[2:])


class Anvil:
    """A real node, each of whose blocks holds one transaction and comes a second after the last."""

    def __init__(self, node: Node) -> None:
        self.url = node.url
        place = urlsplit(self.url)
        self.connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
        self.accounts: list[str] = self.ask("eth_accounts")
        self.chain_id = int(self.ask("eth_chainId"), 16)
        self.time = int(self.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def close(self) -> None:
        self.connection.close()

    def ask(self, method: str, *parameters: Any) -> Any:
        question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        self.connection.request(
            "POST", "/", json.dumps(question), {"content-type": "application/json"}
        )
        answer = json.loads(self.connection.getresponse().read())
        if "error" in answer:
            raise NodeError(method, answer["error"])
        return answer["result"]

    def send(self, sender: str, to: str | None, data: str) -> Outcome:
        self.time += 1
        self.ask("evm_setNextBlockTimestamp", self.time)
        transaction = {"from": sender, "data": data, "gas": hex(GAS)} | ({"to": to} if to else {})
        digest = self.ask("eth_sendTransaction", transaction)
        while (receipt := self.ask("eth_getTransactionReceipt", digest)) is None:
            time.sleep(0.001)  # it is mined in a moment
        gas = int(receipt["gasUsed"], 16)
        if receipt["status"] != "0x1":
            trace = self.ask("debug_traceTransaction", digest, {"tracer": "callTracer"})
            return Outcome(False, gas=gas, data=bytes.fromhex(trace.get("output", "0x")[2:]))
        logs = tuple(
            (
                log["address"],
                tuple(bytes.fromhex(topic[2:]) for topic in log["topics"]),
                bytes.fromhex(log["data"][2:]),
            )
            for log in receipt["logs"]
        )
        return Outcome(True, logs, gas, created=receipt["contractAddress"])

    def call(self, to: str, data: str) -> bytes:
        """At the time of the last block."""
        return bytes.fromhex(self.ask("eth_call", {"to": to, "data": data}, "latest")[2:])

    def code(self, address: str) -> bytes:
        return bytes.fromhex(self.ask("eth_getCode", address, "latest")[2:])

    def storage_root(self, address: str) -> str:
        return str(self.ask("eth_getProof", address, [], "latest")["storageHash"])

    def snapshot(self) -> tuple[Any, int]:
        return self.ask("evm_snapshot"), self.time

    def restore(self, mark: tuple[Any, int]) -> None:
        assert self.ask("evm_revert", mark[0])
        self.time = mark[1]


class Embedded:
    """The chain in this process; it takes 10 to 100 times as long."""

    def __init__(self) -> None:
        self.chain = Chain.embedded()
        self.tester: Any = self.chain._tester
        self.accounts = [str(account) for account in self.chain.web3.eth.accounts]
        self.chain_id = self.chain.chain_id
        self.time = self._now()

    def _now(self) -> int:
        return int(self.chain.web3.eth.get_block("latest")["timestamp"])

    def send(self, sender: str, to: str | None, data: str) -> Outcome:
        if self.time > self._now():
            self.tester.time_travel(self.time)
        transaction: Any = {"from": sender, "data": data, "gas": GAS} | ({"to": to} if to else {})
        eth = self.chain.web3.eth
        receipt = eth.wait_for_transaction_receipt(eth.send_transaction(transaction))
        self.time = self._now()
        if receipt["status"] != 1:
            with pytest.raises(CallFailed) as failed:
                eth.call(transaction)
            return Outcome(False, gas=receipt["gasUsed"], data=bytes(failed.value.error.args[0]))
        logs = tuple(
            (log["address"], tuple(map(bytes, log["topics"])), bytes(log["data"]))
            for log in receipt["logs"]
        )
        return Outcome(True, logs, receipt["gasUsed"], created=receipt["contractAddress"])

    def call(self, to: str, data: str) -> bytes:
        return self.chain.call({"to": to, "data": data})

    def code(self, address: str) -> bytes:
        return self.chain.code(address)
