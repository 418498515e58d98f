"""An exchange is deployed as its manifest says, whatever comes between."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from eth_utils import keccak

from tests.exchange.deployment.conftest import AUDITOR_KEY, told
from tests.long_form import IS_LONG
from zkpipe.exchange.deployment import Council, Manifest, deploy, deploying, is_open, opening_action
from zkpipe.exchange.deployment.layout import ORDER
from zkpipe.exchange.deployment.progress import ProgressFile
from zkpipe.exchange.errors import DeploymentError, OtherChainError, OtherCodeError
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.guarded import GuardedFile
from zkpipe.verifier_contracts import Chain

HOLDS = {  # the getters of each contract, and whose address they answer
    "Settlement": {"circuits": "CircuitRegistry"},
    "IdentityRegistry": {"catalogue": "DataCatalogue"},
    "CredentialRegistry": {"circuits": "CircuitRegistry"},
    "DataCatalogue": {
        "circuits": "CircuitRegistry",
        "identities": "IdentityRegistry",
        "grants": "UsageGrants",
        "credentials": "CredentialRegistry",
    },
    "UsageGrants": {"circuits": "CircuitRegistry", "catalogue": "DataCatalogue"},
    "EvidenceLedger": {"grants": "UsageGrants", "identities": "IdentityRegistry"},
    "JobBoard": {
        "circuits": "CircuitRegistry",
        "identities": "IdentityRegistry",
        "credentials": "CredentialRegistry",
        "catalogue": "DataCatalogue",
        "grants": "UsageGrants",
        "ledger": "EvidenceLedger",
        "settlement": "Settlement",
        "poseidon": "PoseidonT3",
    },
}
TRANSACTIONS = 10  # the Deployer's, and nine contracts'


def sent_by(chain: Chain) -> int:
    """How many transactions the account has sent."""
    return chain.web3.eth.get_transaction_count(chain.account)


def require_whole(chain: Chain, manifest: Manifest, council: Council) -> None:
    """Every contract is there, holds the addresses of the others, and has the council."""
    manifest.check(chain)
    for name, getters in HOLDS.items():
        contract = manifest.contract(chain, name)
        for getter, other in getters.items():
            assert contract.call(getter).lower() == manifest.addresses[other].lower(), name
    registry = manifest.contract(chain, "CircuitRegistry")
    assert [m.lower() for m in registry.call("members")] == [m.lower() for m in council.members]
    assert registry.call("threshold") == council.threshold
    assert registry.call("auditorKey") == council.auditor_key == AUDITOR_KEY
    for name in ORDER:
        assert keccak(chain.code(manifest.addresses[name])).hex() == manifest.codes[name]


def test_the_contracts_of_an_exchange_hold_one_another(chain: Chain, council: Council) -> None:
    manifest = deploy(chain, council)
    require_whole(chain, manifest, council)
    assert manifest.depth == (0 if chain.place == "the embedded chain" else 12)
    assert manifest.block >= 1
    logs = chain.web3.eth.get_logs({"fromBlock": 0, "toBlock": "latest"})
    assert min(log["blockNumber"] for log in logs) >= manifest.block


def test_the_council_opens_an_exchange(
    chain: Chain, council: Council, members: list[object]
) -> None:
    manifest = deploy(chain, council)
    assert not is_open(manifest, chain)
    nonce = manifest.contract(chain, "CircuitRegistry").call("nonce")
    action = opening_action(manifest, nonce, deadline=1 << 40)
    signing = sorted(members[:2], key=lambda m: int(m.address, 16))
    sigs = (1 << 40, [m.address for m in signing], [action.signed_by(m) for m in signing])
    grants = manifest.contract(chain, "UsageGrants")
    grants.transact("setBoard", manifest.addresses["JobBoard"], True, sigs)
    assert is_open(manifest, chain)
    manifest.check(chain)


def test_what_was_deployed_is_found_and_not_deployed_again(
    node: Chain, council: Council, tmp_path: Path
) -> None:
    path = tmp_path / "manifest.json"
    first = deploy(node, council, path)
    assert Manifest.load(path) == first
    sent = sent_by(node)
    assert sent == TRANSACTIONS
    assert deploy(node, council, path) == first
    assert sent_by(node) == sent
    with pytest.raises(DeploymentError, match="another council"):
        deploy(node, replace(council, threshold=3), path)


def test_another_transaction_of_the_account_in_between_changes_nothing(
    node: Chain, council: Council, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Addresses would follow from the account's nonce, had it no Deployer."""
    transact = Chain.transact

    def with_others(self: Chain, *words: object, **options: object) -> object:
        for _ in range(2):
            transact(self, {"to": self.account, "value": 1})
        return transact(self, *words, **options)

    monkeypatch.setattr(Chain, "transact", with_others)
    manifest = deploy(node, council, tmp_path / "manifest.json")
    require_whole(node, manifest, council)
    assert sent_by(node) == 3 * TRANSACTIONS


class Killed(BaseException):
    """A process that ends at once."""


def killed_at(moment: int, monkeypatch: pytest.MonkeyPatch, *, is_written: bool) -> None:
    """Let a run end at a write of its file: before it, or after."""
    write, count = GuardedFile.write, iter(range(1000))

    def ending(self: GuardedFile, data: bytes | None) -> None:
        ends = next(count) == moment
        if ends and not is_written:
            raise Killed
        write(self, data)
        if ends:
            raise Killed

    monkeypatch.setattr(GuardedFile, "write", ending)


WRITES = 32  # of one deployment
MOMENTS = range(WRITES) if IS_LONG else (0, 2, 3, 30)  # begun, sent, mined, near the end


@pytest.mark.parametrize("is_written", [False, True], ids=["before", "after"])
def test_a_run_that_ends_at_any_write_is_finished_by_the_next(
    council: Council, tmp_path: Path, node: Chain, is_written: bool
) -> None:
    """Nothing is sent twice: the account has sent ten transactions in the end."""
    for moment in MOMENTS:
        path, before = tmp_path / f"{moment}.json", sent_by(node)
        with pytest.MonkeyPatch.context() as patch:
            killed_at(moment, patch, is_written=is_written)
            with pytest.raises(Killed):
                deploy(node, council, path)
        require_whole(node, deploy(node, council, path), council)
        assert sent_by(node) - before == TRANSACTIONS, moment
    with pytest.MonkeyPatch.context() as patch:
        killed_at(WRITES, patch, is_written=True)
        deploy(node, council, tmp_path / "last.json")  # there is no such write


def test_a_reorganisation_in_the_middle_is_made_good(
    node: Chain, council: Council, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "manifest.json"
    told(node, "anvil_mine", "0x5")
    for moment in (3, 13, 22):
        with pytest.MonkeyPatch.context() as patch:
            killed_at(moment, patch, is_written=True)
            with pytest.raises(Killed):
                deploy(node, council, path)
        told(node, "anvil_reorg", 3, [])
    require_whole(node, deploy(node, council, path), council)


def test_a_contract_that_was_created_otherwise_is_told(
    chain: Chain, council: Council, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same code with one other immutable is another contract."""
    made = deploying.creation_code

    def with_another(contract: object, addresses: dict[str, str], given: Council) -> bytes:
        if contract.name == "JobBoard":
            addresses = addresses | {"PoseidonT3": addresses["Settlement"]}
        return made(contract, addresses, given)

    monkeypatch.setattr(deploying, "creation_code", with_another)
    with pytest.raises(OtherCodeError, match="JobBoard"):
        deploy(chain, council, tmp_path / "manifest.json")


def test_a_deployment_goes_on_with_its_own_chain_council_and_account(
    node: Chain, council: Council, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "manifest.json"
    with pytest.MonkeyPatch.context() as patch:
        killed_at(6, patch, is_written=True)
        with pytest.raises(Killed):
            deploy(node, council, path)
    with pytest.raises(OtherChainError, match="was begun on chain 1337"):
        deploy(Chain.embedded(), council, path)
    with pytest.raises(DeploymentError, match="another council"):
        deploy(node, replace(council, auditor_key=5), path)
    other = Chain(node.web3, node.place, node.web3.eth.accounts[1])
    with pytest.raises(DeploymentError, match="was begun by account"):
        deploy(other, council, path)
    with pytest.raises(FormatError, match="not the manifest"):
        Manifest.load(path)
    require_whole(node, deploy(node, council, path), council)


def test_a_nonce_that_another_transaction_took_is_seen(
    node: Chain, council: Council, tmp_path: Path
) -> None:
    """A run ends before its transaction is sent, and another takes its nonce."""
    path = tmp_path / "manifest.json"
    for moment in (1, 10):
        with pytest.MonkeyPatch.context() as patch:
            killed_at(moment, patch, is_written=True)
            with pytest.raises(Killed):
                deploy(node, council, path)
        if ProgressFile(path).progress.begun is not None:
            node.transact({"to": node.account, "value": 1})
    require_whole(node, deploy(node, council, path), council)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"format": "zkpipe deployment 1"}', "no JSON", "x" * (1 << 21)]
)
def test_a_file_of_another_kind_is_not_overwritten(
    council: Council, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(content)
    with pytest.raises(FormatError):
        deploy(Chain.embedded(), council, path)
    assert path.read_text() == content


DAMAGES = {
    '"nonce":': '"nonce":-1,"x":',
    '"gas":': '"gas":1.5,"x":',
    '"data":"0x': '"data":"0xz',
    '"transactions":[': '"transactions":["0x00"',
    '"threshold":2': '"threshold":9',
    '"account":"0x': '"account":"0x00',
    '"deployer":null': '"deployer":"0x0000000000000000000000000000000000000001"',
    '"genesis":"0x': '"genesis":"',
    '"begun":{': '"begun":7,"x":{',
    "}": "",
}


def test_a_damaged_file_of_a_deployment_is_told(
    node: Chain, council: Council, tmp_path: Path
) -> None:
    path = tmp_path / "manifest.json"
    with pytest.MonkeyPatch.context() as patch:
        killed_at(1, patch, is_written=True)
        with pytest.raises(Killed):
            deploy(node, council, path)
    text = path.read_text()
    for old, new in DAMAGES.items():
        assert old in text
        path.write_text(text.replace(old, new, 1))
        with pytest.raises(FormatError):
            deploy(node, council, path)
    assert sent_by(node) == 0


def test_two_runs_of_one_file_do_not_write_over_each_other(
    node: Chain, council: Council, tmp_path: Path
) -> None:
    from zkpipe.ground.files.reading import FileError

    path = tmp_path / "manifest.json"
    first = ProgressFile(path)
    deploy(node, council, path)
    whole = path.read_bytes()
    with pytest.raises(FileError, match="another program"):
        first.finish(Manifest.load(path))
    assert path.read_bytes() == whole
    assert os.listdir(tmp_path) == [path.name]  # noqa: PTH208 # names
