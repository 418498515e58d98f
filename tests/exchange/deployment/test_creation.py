"""A manifest's block is the one in which its contracts were created, in zkpipe's own way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.exchange.home.own import created
from tests.exchange.nodes import Anvil
from tests.verifier_contracts.between import between, error
from zkpipe.exchange.clients.view import join
from zkpipe.exchange.deployment import Council, Manifest, deploy, deploying
from zkpipe.exchange.deployment.creation import check_creation
from zkpipe.exchange.deployment.layout import creation_code
from zkpipe.exchange.deployment.manifest import expected_codes
from zkpipe.exchange.errors import NotDeployedError, OtherCodeError
from zkpipe.verifier_contracts import Chain


def test_a_true_manifest_is_borne_out_and_another_block_is_not(
    chain: Chain, council: Council
) -> None:
    chain.ask("eth_sendTransaction", {"from": chain.account, "to": chain.account, "value": "0x1"})
    manifest = deploy(chain, council)
    check_creation(chain, manifest)
    for block in (0, manifest.block - 1, manifest.block + 1, manifest.block + 9, 1 << 40):
        with pytest.raises(NotDeployedError, match="which the manifest names"):
            check_creation(chain, replace(manifest, block=block))


def _with_a_gift(runtime: bytes) -> bytes:
    """Creation code that writes 1 to storage slot 0, and leaves this code."""
    size = len(runtime).to_bytes(2, "big")
    head = bytes.fromhex("6001600055") + b"\x61" + size
    head += b"\x80\x61" + (len(head) + 10).to_bytes(2, "big") + bytes.fromhex("6000396000f3")
    return head + runtime


def test_a_contract_whose_constructor_did_something_else_is_told(
    council: Council, node: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its code is zkpipe's to the last byte: points for somebody lie in its storage."""

    def with_gift(contract: Any, addresses: Any, council: Any) -> bytes:
        if contract.name != "Settlement":
            return creation_code(contract, addresses, council)
        (deployer,) = made
        return _with_a_gift(expected_codes(deployer, node.chain_id)["Settlement"])

    made: list[str] = []
    real = deploying.addresses_from

    def noted(deployer: str) -> dict[str, str]:
        made[:] = [deployer]
        return real(deployer)

    monkeypatch.setattr(deploying, "addresses_from", noted)
    monkeypatch.setattr(deploying, "creation_code", with_gift)
    manifest = deploy(node, council)
    manifest.check(node)  # all that lies there is right
    slot = node.ask("eth_getStorageAt", manifest.addresses["Settlement"], "0x0", "latest")
    assert int(slot, 16) == 1
    with pytest.raises(OtherCodeError, match="Settlement was created in another way"):
        check_creation(node, manifest)


@pytest.fixture
def manifest(anvil: Anvil, council: Council) -> Manifest:
    return deploy(anvil.chain, council)


def changed(change: Callable[[Any], Any]) -> Callable[[str, Any], Any]:
    return lambda _, answer: {**answer, "result": change(answer["result"])}


@pytest.mark.parametrize(
    ("method", "change", "expected"),
    [
        ("eth_getLogs", lambda logs: logs[:-1], NotDeployedError),
        ("eth_getLogs", lambda logs: [], NotDeployedError),
        ("eth_getLogs", lambda logs: [logs[0], *logs], OtherCodeError),
        ("eth_getLogs", lambda logs: [{**logs[0], "topics": []}], OtherCodeError),
        ("eth_getTransactionByHash", lambda one: None, OtherCodeError),
        ("eth_getTransactionByHash", lambda one: {**one, "input": "0x"}, OtherCodeError),
        (
            "eth_getTransactionByHash",
            lambda one: {**one, "input": one["input"] + "00" * 32},
            OtherCodeError,
        ),
        ("eth_getTransactionByHash", lambda one: {**one, "to": "0x" + "7" * 40}, OtherCodeError),
        ("eth_getBlockByNumber", lambda block: None, NotDeployedError),
        (
            "eth_getBlockByNumber",
            lambda block: {
                **block,
                "transactions": [{**one, "input": "0x00"} for one in block["transactions"]],
            },
            OtherCodeError,
        ),
    ],
)
def test_what_a_node_leaves_out_or_changes_is_told(
    anvil: Anvil, manifest: Manifest, method: str, change: Any, expected: type[Exception]
) -> None:
    with between(anvil.url) as net:
        other = Chain.connect(net.url)
        net.after[method] = changed(change)
        with pytest.raises(expected):
            check_creation(other, manifest)


def test_ranges_that_a_node_refuses_are_halved(anvil: Anvil, manifest: Manifest) -> None:
    anvil.mine(100)
    with between(anvil.url) as net:
        other = Chain.connect(net.url)
        refusal = error(-32005, "more than 4 blocks")

        def few(parameters: list[Any]) -> Any:
            asked = parameters[0]
            span = int(asked["toBlock"], 16) - int(asked["fromBlock"], 16)
            return refusal("eth_getLogs", {"id": 0}) if span > 3 else None

        net.before["eth_getLogs"] = few
        check_creation(other, manifest)


def test_a_home_joins_no_exchange_whose_manifest_names_a_later_block(
    deployed: SimpleNamespace, tmp_path: Any
) -> None:
    with created(tmp_path / "home") as home:
        late = replace(deployed.manifest, block=deployed.manifest.block + 3)
        with pytest.raises(NotDeployedError, match="would be hidden"):
            join(home.documents, late, deployed.chain, home.path)
        assert home.documents.names("manifest") == []
        join(home.documents, deployed.manifest, deployed.chain, home.path)
