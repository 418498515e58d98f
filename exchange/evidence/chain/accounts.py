"""Which code lies at an address: proved under the state root of a block.

A node that offers EIP-1186 (`eth_getProof`) gives the nodes of the state trie on the way to an
account. The account says the digest of its code.
"""

from __future__ import annotations

from collections.abc import Sequence

from zkpipe.exchange.errors import BundleError
from zkpipe.exchange.evidence.chain.encoding import AGAIN, Item, decoded, texts
from zkpipe.exchange.words import keccak

CODE, FIELDS = 3, 4  # nonce, balance, root of the storage, digest of the code


def code_digest(state: bytes, address: bytes, nodes: Sequence[bytes], place: str) -> bytes:
    """keccak256 of the code at an address, under a state root.

    nodes  of the state trie, in any order; each counts by its digest

    Raises BundleError, with the place, if they do not lead to an account.
    """
    from trie.exceptions import MissingTrieNode
    from trie.hexary import HexaryTrie

    known = {keccak(node): node for node in nodes}
    try:
        account = bytes(HexaryTrie(known, root_hash=state)[keccak(address)])
    except MissingTrieNode as error:
        raise BundleError(
            place, "these nodes do not lead from the state root to the account.", AGAIN
        ) from error
    fields = texts(decoded(account, place), place) if account else []
    if len(fields) != FIELDS:
        raise BundleError(place, "there is no account at the address.", AGAIN)
    return fields[CODE]


def proofs_in(data: bytes, count: int, place: str) -> list[list[bytes]]:
    """The nodes for each of so many accounts, in a file. Raises BundleError."""
    item = decoded(data, place)
    if isinstance(item, bytes) or len(item) != count:
        raise BundleError(place, f"this does not hold the proofs of {count} accounts.", AGAIN)
    return [texts(one, place) for one in item]


def proofs_file(proofs: Sequence[Sequence[bytes]]) -> Item:
    """What a file of proofs encodes."""
    return [list(nodes) for nodes in proofs]
