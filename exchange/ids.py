"""Digests that contracts make besides the ids of structs, which exchange.structs has.

list_digest     of a list and a number: who approves a lineage's grants, who confirms an entry
template_id     a template of CredentialRegistry, and its scope
opening_digest  what an entry must say to be opened later
file_digest     what an entry says of a file that it does not hide
results_hash    of a proof's results, as a board keeps it
step_digest     what a board records of a proof
chained_entry   an entry of EvidenceLedger, by its place in the chain; loose_entry by parents
head_after      the end of an asset's chain once an entry is added
"""

from __future__ import annotations

from collections.abc import Sequence

from zkpipe.exchange.words import action, keccak_of, word_of


def list_digest(members: Sequence[str], need: int) -> bytes:
    """Of addresses, in their order, and how many of them must sign."""
    return keccak_of(["address[]", "uint256"], list(members), need)


def template_id(chain_id: int, credentials: str, doc: bytes, circuit: bytes, predicate: int) -> int:
    """A template's id, a field element."""
    types = ["uint256", "address", "bytes32", "bytes32", "uint256"]
    return word_of(keccak_of(types, chain_id, credentials, doc, circuit, predicate))


def scope(chain_id: int, credentials: str, template: int) -> int:
    """What nullifiers of a template are made for, a field element."""
    return word_of(keccak_of(["uint256", "address", "uint256"], chain_id, credentials, template))


def opening_digest(salt: bytes, value: bytes) -> bytes:
    """The digest of a value under a salt of 32 bytes, drawn at random."""
    return keccak_of(["bytes32", "bytes"], salt, value)


def file_digest(keccak_of_bytes: bytes) -> bytes:
    """What an entry says of a file, by the keccak256 of the file's bytes."""
    return keccak_of(["bytes32", "bytes32"], action("file"), keccak_of_bytes)


def results_hash(results: Sequence[int]) -> bytes:
    """Of a proof's results."""
    return keccak_of(["uint256[]"], list(results))


def step_digest(job: bytes, step: int, root: bytes, results: Sequence[int]) -> bytes:
    """What a board records when a step is proved."""
    return keccak_of(["bytes32", "uint256", "bytes32", "uint256[]"], job, step, root, list(results))


def chained_entry(
    chain_id: int, ledger: str, asset: str, sequence: int, digest: bytes, sender: str
) -> bytes:
    """The id of an entry by the owner, a delegate or a board; sequence counts from 1."""
    types = ["uint256", "address", "address", "uint64", "bytes32", "address"]
    return keccak_of(types, chain_id, ledger, asset, sequence, digest, sender)


def loose_entry(
    chain_id: int, ledger: str, asset: str, parents: Sequence[bytes], digest: bytes, sender: str
) -> bytes:
    """The id of an entry by anyone else, which is not chained."""
    types = ["uint256", "address", "address", "bytes32[]", "bytes32", "address"]
    return keccak_of(types, chain_id, ledger, asset, list(parents), digest, sender)


def head_after(head: bytes, entry: bytes) -> bytes:
    """The end of a chain, which begins with 32 zeros, once an entry is added."""
    return keccak_of(["bytes32", "bytes32"], head, entry)
