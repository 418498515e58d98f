"""An exchange as its chain tells it: contracts to ask, and the index of their events.

    with View.of(home_folder, chain) as view:
        view.index.follow()
        view.final.rows("grants", grantee=me)

It takes no password and sends nothing. Several processes may look at once, also while one works in
the same home.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from zkpipe.exchange.deployment import Manifest
from zkpipe.exchange.deployment.chain_identity import genesis_of
from zkpipe.exchange.deployment.creation import check_creation
from zkpipe.exchange.errors import NotJoinedError, OtherChainError
from zkpipe.exchange.home import Header
from zkpipe.exchange.home.documents import Documents
from zkpipe.exchange.home.locks import Access
from zkpipe.exchange.index import Index, State
from zkpipe.ground.closing import Closing
from zkpipe.verifier_contracts import Chain, Contract
from zkpipe.verifier_contracts.rpc.refusals import Refusal

MANIFEST = "manifest"  # the document's kind
EXCHANGE = "exchange"  # and its name
INDEX = "index.sqlite"


class View(Closing):
    """A manifest, a chain, and the index of the exchange; `with` closes the index.

    manifest   of the exchange; checked by whoever put it here. The chain's id and its first block
               are compared each time
    chain      that asks a node of it
    documents  of the home; None for a view without one
    """

    def __init__(
        self, manifest: Manifest, chain: Chain, index: Path, documents: Documents | None = None
    ) -> None:
        self.manifest, self.chain, self.documents = manifest, chain, documents
        if (chain.chain_id, genesis_of(chain)) != (manifest.chain_id, manifest.genesis):
            raise OtherChainError(
                f"{chain.place} does not serve the chain of the exchange, whose id is "
                f"{manifest.chain_id}: the id or the first block is another.",
                "Give the URL of a node of the chain that the home has joined.",
            )
        self.index = Index.of(index, chain, manifest)

    @classmethod
    def of(cls, folder: Path, chain: Chain) -> View:
        """The view of a home. Raises HomeError, NotJoinedError, OtherChainError, IndexingError."""
        Header.load(folder)
        documents = Documents(Access(folder, None))
        return cls(joined(documents, folder), chain, folder / INDEX, documents)

    def close(self) -> None:
        """Let go of the index."""
        self.index.close()

    def contract(self, name: str) -> Contract:
        """One of the contracts, by its name in Solidity."""
        found = self._contracts.get(name)
        if found is None:
            found = self._contracts[name] = self.manifest.contract(self.chain, name)
        return found

    def call(self, name: str, function: str, *arguments: Any, block: int | str = "latest") -> Any:
        """What a function of a contract answers."""
        return self.contract(name).call(function, *arguments, block=block)

    def address(
        self, name: str, function: str, *arguments: Any, block: int | str = "latest"
    ) -> str:
        """The address that a function of a contract answers, with its checksum."""
        from eth_utils.address import to_checksum_address

        answer = self.call(name, function, *arguments, block=block)
        return str(to_checksum_address(answer))

    @property
    def latest(self) -> State:
        """The tables after the last block, which is read first. It may be taken back."""
        self.index.follow()
        return self.index.state

    @contextmanager
    def moment(self) -> Iterator[State]:
        """The tables after the last block, which is read first; all that is read is of one block.

        A process that works in the same home may read on meanwhile, and changes nothing here.
        """
        self.index.follow()
        with self.index.snapshot() as state:
            yield state

    @property
    def final(self) -> State:
        """The tables after the last final block; the chain is read up to its end first."""
        self.index.follow()
        return self.index.final

    @property
    def now(self) -> int:
        """The time of the last block, in seconds since 1970: what deadlines are compared with.

        Raises NodeMissingError, TransactionError.
        """
        try:
            block = self.chain.ask("eth_getBlockByNumber", "latest", False)
        except Refusal as refusal:
            raise self.chain.as_error(refusal) from refusal
        if not isinstance(block, dict):
            raise self.chain.odd_answer("it has no latest block")
        return self.chain.number(block.get("timestamp"))

    @cached_property
    def _contracts(self) -> dict[str, Contract]:
        return {}


def joined(documents: Documents, folder: Path) -> Manifest:
    """The manifest that a home has joined with. Raises NotJoinedError."""
    if EXCHANGE not in documents.names(MANIFEST):
        raise NotJoinedError(
            f"The home in {folder} has joined no exchange.",
            "Get the manifest from whoever deployed it, and run "
            "`zkpipe exchange join MANIFEST.json`.",
        )
    return Manifest.from_bytes(documents.get(MANIFEST, EXCHANGE), "The manifest in the home")


def join(documents: Documents, manifest: Manifest, chain: Chain, folder: Path) -> None:
    """Keep a manifest in a home, once every byte of the contracts was compared with the chain.

    Raises what Manifest.check and check_creation raise; NotJoinedError if the home has joined
    another exchange.
    """
    manifest.check(chain)
    check_creation(chain, manifest)
    if EXCHANGE in documents.names(MANIFEST):
        before = joined(documents, folder)
        if _place(before) != _place(manifest):
            raise NotJoinedError(
                f"The home in {folder} has joined another exchange, on chain {before.chain_id}.",
                "Make a home for each exchange: `zkpipe exchange init`.",
            )
        if before.depth != manifest.depth:  # else a manifest could call final what is not
            raise NotJoinedError(
                f"The home in {folder} takes blocks as final {before.depth} deep; the manifest "
                f"says {manifest.depth}.",
                "Ask who gave you the manifest for one that changes the council only.",
            )
    documents.put(MANIFEST, EXCHANGE, manifest.to_bytes())


def _place(manifest: Manifest) -> tuple[int, str, str, int]:
    return manifest.chain_id, manifest.genesis, manifest.deployer, manifest.block
