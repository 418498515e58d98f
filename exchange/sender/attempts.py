"""What is to be sent: a task, and the attempts at it, one after the other.

A task is one change of a contract that must happen once: a function, what it is about, and a
number if there are several. It may take several attempts. Each is one transaction with a nonce of
its own, signed once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from zkpipe.exchange.words import keccak_of
from zkpipe.verifier_contracts.transactions.begun import Begun

_TASK = ("uint256", "address", "string", "bytes", "uint256")


class AttemptState(Enum):
    """How far an attempt is. A reorganisation takes it from mined back to sent."""

    PLANNED = "planned"  # nothing is signed
    SIGNED = "signed"  # nonce and bytes are on the disk; a node may have them
    SENT = "sent"  # a node has been given them
    MINED = "mined"  # the nonce is used in a block
    FINAL = "final"  # that block is deep enough, or nothing was ever signed and nothing will be


class Outcome(Enum):
    """What became of an attempt, known once it is mined."""

    SUCCEEDED = "succeeded"
    REVERTED = "reverted"
    TAKEN = "taken"  # another transaction of the account has the nonce
    CANCELLED = "cancelled"  # our own empty transfer has it, sent after the deadline
    EXPIRED = "expired"  # the deadline passed before anything was signed
    REFUSED = "refused"  # the contract or the node refuses it: nothing was signed
    FOUND = "found"  # the contract had the effect already: nothing was signed


@dataclass(frozen=True, slots=True)
class Task:
    """One change of a contract.

    contract  its address, checksummed
    function  its name; "" for a transfer of nothing
    subject   what it is about: the id of a job, grant, circuit or entry, or a lineage and a version
    i         the number, where a subject has several: a step of a job
    """

    chain_id: int
    contract: str
    function: str
    subject: bytes
    i: int = 0

    @property
    def id(self) -> bytes:
        """32 bytes; the same in every home."""
        return keccak_of(_TASK, self.chain_id, self.contract, self.function, self.subject, self.i)

    def key(self, number: int) -> bytes:
        """Of an attempt, 32 bytes."""
        return keccak_of(("bytes32", "uint256"), self.id, number)


@dataclass(frozen=True, slots=True)
class Mined:
    """Where the nonce of an attempt was used.

    digest  of the transaction that used it, 0x and hexadecimal
    """

    block: int
    block_hash: str
    digest: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Attempt:
    """A row of the outbox.

    number    of the attempt, from 0
    account   that sends it, checksummed
    data      of the call
    gas       the most units, if the caller named it
    deadline  seconds since 1970; mined in a later block it would be of no use
    begun     the transaction, once it is signed
    raw       its signed bytes: the only ones that are ever sent in its place
    empty     the signed bytes of the empty transfer that takes the nonce; b"" before the deadline
    mined     where the nonce was used
    outcome   known when it is mined, or when nothing will be signed
    note      a node's or a contract's last words, for people
    """

    task: Task
    number: int
    account: str
    data: bytes
    state: AttemptState
    gas: int | None = None
    deadline: int | None = None
    begun: Begun | None = None
    raw: bytes = b""
    empty: bytes = b""
    mined: Mined | None = None
    outcome: Outcome | None = None
    note: str = ""

    @property
    def key(self) -> bytes:
        """32 bytes."""
        return self.task.key(self.number)

    @property
    def is_final(self) -> bool:
        """Whether nothing will change any more."""
        return self.state is AttemptState.FINAL

    @property
    def may_be_followed(self) -> bool:
        """Whether it is certain that this attempt did not, and never will, do what it should."""
        return self.is_final and self.outcome not in (Outcome.SUCCEEDED, Outcome.FOUND)
