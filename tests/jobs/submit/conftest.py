"""A batch with its proofs, and its batch verifier on a node behind a proxy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from eth_account import Account
from eth_utils import keccak

from tests.cli.workshop import done
from tests.jobs.batch import shop
from tests.verifier_contracts.between import Between, between
from zkpipe.verifier_contracts import Node, find_anvil, find_solc
from zkpipe.verifier_contracts.errors import CompilerMissingError, NodeMissingError

ROWS, GROUP = 5, 2
PASSWORD = "a password"  # noqa: S105 # of accounts that live for a test
EVENT = "0x" + keccak(text="ProofsRecorded(bytes32,uint256)").hex()


@dataclass(frozen=True)
class Market:
    """A proxy before a node, and the account that pays; the current folder has the batch."""

    net: Between
    account: str

    def job(self, more: str = "", deployment: str = "deployment.json") -> Path:
        """JOB.toml with [submit]."""
        submit = f'[submit]\ndeployment = "{deployment}"\nrpc = "{self.net.url}"\n'
        return shop.job(more=submit + f'keystore = "account.json"\ngroup = {GROUP}\n{more}')

    def run(self, status: int = 0, verb: str = "run") -> dict:
        result = shop.raw("--password-file", "password", verb=verb)
        assert result.exit_code == status, result.output
        if result.stdout:
            return json.loads(result.stdout)
        return json.loads(result.stderr[result.stderr.index("{") :])["error"]

    def events(self) -> list[tuple[str, int]]:
        """Digest and number of each batch that the contract has accepted."""
        address = json.loads(Path("deployment.json").read_text())["address"]
        asked = {"address": address, "fromBlock": "0x0", "topics": [EVENT]}
        logs = self.net.node("eth_getLogs", asked)
        return [(log["topics"][1], int(log["data"], 16)) for log in logs]

    def nonce(self) -> int:
        """Transactions of the account that were mined."""
        return int(self.net.node("eth_getTransactionCount", self.account, "latest"), 16)


def statements(rows) -> str:
    """keccak256 of the rows' public values, by eth_utils and Python's integers."""
    values = [value for row in rows for value in shop.public_of(row)]
    return "0x" + keccak(b"".join(value.to_bytes(32, "big") for value in values)).hex()


def expected(rows) -> list[tuple[str, int]]:
    """The events of all rows in groups."""
    groups = [rows[i : i + GROUP] for i in range(0, len(rows), GROUP)]
    return [(statements(group), len(group)) for group in groups]


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    try:
        find_anvil()
        find_solc()
    except (NodeMissingError, CompilerMissingError) as error:
        pytest.skip(f"{error.problem} {error.fix}")
    with Node.start() as running:
        yield running


@pytest.fixture(scope="session")
def proved(node: Node, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the circuit, its keys, the verifiers' sources, and all rows proved."""
    folder = shop.make(tmp_path_factory.mktemp("submit"))
    shop.make(folder, shop.SPEND, "other")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, source, *option in (
            ("spend", "batch.sol", "--batch"),
            ("other", "other.sol", "--batch"),
            ("spend", "single.sol"),
        ):
            done("export", "verifier", f"{name}.zkey", source, *option)
        shop.table(shop.values(ROWS))
        shop.job()
        shop.run()
        Path("password").write_text(PASSWORD + "\n")
    return folder


@pytest.fixture
def market(
    proved: Path, node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Market]:
    """A copy of it as the current folder, a contract and an account of its own."""
    monkeypatch.chdir(shop.copied(proved, tmp_path / "place"))
    done("deploy", "batch.sol", "deployment.json", "--rpc", node.url)
    account = Account.create()
    light = {"kdf": "pbkdf2", "iterations": 1000}
    Path("account.json").write_text(json.dumps(Account.encrypt(account.key, PASSWORD, **light)))
    with between(node.url) as net:
        net.node("anvil_setBalance", account.address, hex(10**20))
        market = Market(net, account.address)
        market.job()
        yield market
