"""The sender and the index on an exchange that was deployed with its manifest, embedded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from tests.exchange.nodes import Party, embedded_party, need_solc
from zkpipe.exchange.deployment import Council, Manifest, deploy, opening_action
from zkpipe.exchange.index.index import Index
from zkpipe.exchange.sender.sender import Sender
from zkpipe.exchange.signatures import gathered
from zkpipe.exchange.structs import Policy
from zkpipe.verifier_contracts import Chain
from zkpipe.verifier_contracts.errors import RevertError

FAR = 1 << 40
MEMBERS = [Account.from_key(bytes([3] * 31 + [i])) for i in (1, 2)]


@pytest.fixture(scope="module")
def deployed() -> tuple[Chain, Manifest]:
    need_solc()
    chain = Chain.embedded()
    council = Council(tuple(one.address for one in MEMBERS), 2, 7001)
    return chain, deploy(chain, council)


@pytest.fixture
def party(deployed: tuple[Chain, Manifest], tmp_path: Path) -> Party:
    return embedded_party(deployed[0], tmp_path / "home")


def test_what_is_sent_once_is_in_the_tables_once(
    deployed: tuple[Chain, Manifest], party: Party, tmp_path: Path
) -> None:
    chain, manifest = deployed
    catalogue = manifest.contract(chain, "DataCatalogue")
    policy = Policy(schema_hash=b"\1" * 32, limit_bits=512, floor=20, keyed=True)
    owner = party.account.address
    lineage = policy.lineage(chain.chain_id, catalogue.address, owner, 5)

    def is_registered(block: int) -> bool:
        return bool(catalogue.call("lineage", lineage, block=block)[9])

    with (
        Sender(party, chain, manifest.depth) as sender,
        Index.of(tmp_path / "index.sqlite", chain, manifest) as index,
    ):
        wish: dict[str, Any] = {"subject": lineage, "effect": is_registered}
        for _ in range(2):
            sent = sender.send(catalogue, "register", [policy.as_tuple, 5], **wish)
            assert sent is not None
        assert index.follow() == sent.block_number
        (row,) = index.rows("lineages")
        assert row["lineage"] == f"0x{lineage.hex()}"
        assert (row["set_by"], row["limit_bits"], row["floor"]) == (owner, 512, 20)
        assert row["block"] == sent.block_number
        assert index.final.row("lineages", lineage) == row
        asset = index.row("subjects", _asset(lineage))
        assert asset is not None
        assert (asset["owner"], asset["is_asset"]) == (owner, 1)
        (council,) = index.rows("council")
        assert council["members"] == str(sorted(m.address for m in MEMBERS)).replace("'", '"')


def _asset(lineage: bytes) -> str:
    from eth_utils.address import to_checksum_address

    return str(to_checksum_address(lineage[12:]))


def test_the_council_lists_the_board_once_and_the_index_says_so(
    deployed: tuple[Chain, Manifest], party: Party, tmp_path: Path
) -> None:
    chain, manifest = deployed
    grants, board = manifest.contract(chain, "UsageGrants"), manifest.addresses["JobBoard"]
    action = opening_action(manifest, 0, FAR)
    sigs = gathered(action, [action.signed_by(one) for one in MEMBERS])

    def is_listed(block: int) -> bool:
        return bool(grants.call("isBoard", board, block=block))

    with Sender(party, chain, manifest.depth) as sender:
        few = gathered(action, [action.signed_by(MEMBERS[0])])
        args = [board, True, few.as_tuple]
        with pytest.raises(RevertError) as caught:  # one signature of two
            sender.send(grants, "setBoard", args, subject=b"board", effect=is_listed)
        assert caught.value.name == "TooFewSignatures"
        args = [board, True, sigs.as_tuple]
        sender.send(grants, "setBoard", args, subject=b"board", effect=is_listed)
        assert sender.send(grants, "setBoard", args, subject=b"other", effect=is_listed) is None
    with Index.of(tmp_path / "index.sqlite", chain, manifest) as index:
        index.follow()
        (row,) = index.rows("boards")
        assert (row["listed_board"], row["is_on"], row["was_on"]) == (board, 1, 1)
        assert index.rows("council")[0]["nonce"] == 1
        assert index.rebuild() == index.digest()
