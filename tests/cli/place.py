"""A node behind a proxy, and an account to deploy with: for tests of `deploy`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from tests.cli.workshop import as_on_a_terminal, done
from tests.verifier_contracts.between import Between, between
from zkpipe.verifier_contracts import Node, find_solc
from zkpipe.verifier_contracts.errors import MissingError

PASSWORD = "correct horse"  # noqa: S105 # of a key made here for these tests
ZKPIPE = Path(sys.executable).with_name("zkpipe")
RECEIPT, RAW, UNLOCKED = (
    "eth_getTransactionReceipt",
    "eth_sendRawTransaction",
    "eth_sendTransaction",
)


@dataclass
class Place:
    """A node behind a proxy, and an account with ether."""

    net: Between
    address: str

    def words(self, *more: str, keystore: bool = True) -> list[str]:
        words = ["deploy", "verifier.sol", "deployment.json", "--rpc", self.net.url]
        if keystore:
            words += ["--keystore", "key.json", "--password-file", "password", "--chain-id", "1337"]
        return [*words, *more]

    def paid(self, account: str = "") -> int:
        """Transactions of the account that were mined."""
        return int(self.net.node("eth_getTransactionCount", account or self.address, "latest"), 16)

    def contracts(self) -> int:
        """Contracts among the blocks' transactions, counted from the receipts."""
        last = int(self.net.node("eth_blockNumber"), 16)
        hashes = [
            digest
            for number in range(last + 1)
            for digest in self.net.node("eth_getBlockByNumber", hex(number), False)["transactions"]
        ]
        receipts = [self.net.node(RECEIPT, digest) for digest in hashes]
        return sum(bool(r["contractAddress"]) and r["status"] == "0x1" for r in receipts)

    def run(self, *words: str) -> subprocess.Popen[str]:
        """Start the command in a process of its own."""
        command = [str(ZKPIPE), *words]
        return subprocess.Popen(  # noqa: S603 # ours
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=as_on_a_terminal,
        )

    def finished(self) -> dict[str, Any]:
        """The record, which must be finished, of the only contract that was paid for."""
        record: dict[str, Any] = json.loads(Path("deployment.json").read_text())
        assert record["format"] == "zkpipe deployment 1"
        assert self.contracts() == 1
        receipt = self.net.node(RECEIPT, record["transactionHash"])
        assert receipt["contractAddress"] == record["address"].lower()
        assert receipt["blockNumber"] == hex(record["blockNumber"])
        words = ("verify-onchain", "deployment.json", "public.json", "proof.json")
        done(*words, "--rpc", self.net.target)
        return record


@contextmanager
def opened() -> Iterator[Place]:
    """A place for the current folder, which gets a keystore and its password."""
    try:
        find_solc()
        node = Node.start()
    except MissingError as missing:
        pytest.skip(str(missing))
    with node, between(node.url) as net:
        account = Account.create()
        encrypted = Account.encrypt(account.key, PASSWORD, kdf="pbkdf2", iterations=1000)
        Path("key.json").write_text(json.dumps(encrypted))
        Path("password").write_text(PASSWORD)
        net.node("anvil_setBalance", account.address, hex(10**18))
        yield Place(net, str(account.address))
