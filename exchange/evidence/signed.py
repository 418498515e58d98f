"""Who signed what: signatures in the calldata of transactions, held against who might sign.

    Authorised   the council's action: its members then, at its nonce
    Approved     a grant, by the list that the lineage's policy has the digest of, or its owner
    Confirmed    an entry of the ledger, by the list that it has the digest of

The contracts have checked all of it. Here it is checked again, where the bundle has the transaction
and it calls the contract itself: an account that is a contract may have made the call, and then the
signatures are somewhere in its own calldata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from zkpipe.exchange.clients.decisions.decision import COUNCIL, signed_functions
from zkpipe.exchange.deployment.manifest import Manifest
from zkpipe.exchange.errors import SignatureError
from zkpipe.exchange.evidence.chain.transactions import Call
from zkpipe.exchange.evidence.replay import Replayed, place_of
from zkpipe.exchange.ids import list_digest
from zkpipe.exchange.index.events import Event, topic_of
from zkpipe.exchange.index.folds.people import DEACTIVATED
from zkpipe.exchange.signatures import Action, what_of
from zkpipe.exchange.structs import NOBODY, ZERO, Terms
from zkpipe.exchange.words import keccak
from zkpipe.verifier_contracts.abi import decoded, type_of
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

GRANTS, LEDGER = "UsageGrants", "EvidenceLedger"
EVENTS = {COUNCIL: "Authorised", GRANTS: "Approved", LEDGER: "Confirmed"}

Broken = tuple[str, str]  # the place, and what is wrong there
Place = tuple[int, int]  # of a log: its block, and its number there


@dataclass(frozen=True, slots=True)
class Signed:
    """A decision that some accounts signed.

    action   such as CircuitRegistry.approve
    subject  the digest that was signed of: the call's, or the id of the grant or the entry
    signers  who signed, recovered from the signatures; None if the bundle does not show them
    need     how many of `list_size` had to; 0 if the bundle does not show it
    """

    block: int
    log: int
    action: str
    subject: bytes
    signers: tuple[str, ...] | None
    need: int
    list_size: int


@dataclass(slots=True)
class _State:
    """Who may sign, as the events before say."""

    council: tuple[tuple[str, ...], int] = ((), 0)
    owners: dict[str, str] = field(default_factory=dict)
    policies: dict[bytes, tuple[str, bytes]] = field(default_factory=dict)
    lineages: dict[bytes, bytes] = field(default_factory=dict)  # of grants
    signers: dict[bytes, bytes] = field(default_factory=dict)  # digests, of entries

    def take(self, event: Event) -> None:
        """Take note of what an event changes."""
        said = event.said
        match event.name:
            case "CouncilSet":
                self.council = tuple(said["members"]), said["threshold"]
            case "DIDOwnerChanged":
                gone = said["owner"] == NOBODY
                self.owners[said["identity"]] = DEACTIVATED if gone else said["owner"]
            case "LineageRegistered":
                self.policies[said["lineage"]] = said["owner"], said["policy"]["approvers"]
            case "Requested":
                self.lineages[said["grant"]] = said["terms"]["lineage"]
            case "Appended":
                self.signers[said["entry"]] = said["signers"]

    def are_approvers(self, grant: bytes, members: tuple[str, ...], need: int) -> bool:
        """Whether these may approve a grant, as UsageGrants has it."""
        lineage = self.lineages.get(grant, b"")
        if lineage not in self.policies:
            return False
        by, digest = self.policies[lineage]
        owner = self.owners.get(_checksummed("0x" + lineage[12:].hex()), by)
        if digest == ZERO or owner != by:
            return (members, need) == ((owner,), 1)
        return list_digest(members, need) == digest


def is_signed(contract: str, topics: Sequence[bytes]) -> bool:
    """Whether a log of a contract tells of something that was signed."""
    return contract in EVENTS and bool(topics) and topics[0] == _topics()[contract]


@cache
def _topics() -> dict[str, bytes]:
    return {
        contract: topic_of(entry)
        for contract, name in EVENTS.items()
        for entry in exchange_contracts()[contract].abi
        if entry["type"] == "event" and entry["name"] == name
    }


def places_signed(replayed: Replayed) -> list[Place]:
    """Where the events of decisions stand."""
    return [
        (log.block, log.number)
        for log, event in replayed.events
        if EVENTS.get(event.contract) == event.name
    ]


def signed_in(
    manifest: Manifest, replayed: Replayed, calls: Mapping[Place, Call]
) -> tuple[list[Signed], list[Broken]]:
    """All that was signed, in the chain's order, and what is wrong with it.

    calls  of the transactions in which the events stand, as far as the bundle has them
    """
    state, found, broken = _State(), list[Signed](), list[Broken]()
    for log, event in replayed.events:
        if EVENTS.get(event.contract) == event.name:
            call = calls.get((log.block, log.number))
            signed, wrong = _signed(manifest, state, event, log.number, call)
            found.append(signed)
            broken += [(place_of(log, event), one) for one in wrong]
        state.take(event)
    return found, broken


@dataclass(frozen=True, slots=True)
class _Made:
    """A call that takes signatures, decoded: its arguments, and the signatures."""

    contract: str
    function: str
    types: tuple[str, ...]
    values: tuple[Any, ...]
    deadline: int
    signers: tuple[str, ...]
    signatures: tuple[bytes, ...]


def _signed(
    manifest: Manifest, state: _State, event: Event, log: int, call: Call | None
) -> tuple[Signed, list[str]]:
    """A decision, and what is wrong with it."""
    said, wrong = event.said, list[str]()
    what, nonce, target = _subject(event)
    names = {address: name for name, address in manifest.addresses.items()}
    action = f"{names.get(target, target)}.{_FUNCTIONS.get(event.contract, '?')}"
    if event.contract == GRANTS and not state.are_approvers(
        what, tuple(said["approvers"]), said["m"]
    ):
        wrong.append("the list that approves is not the one of the lineage's policy.")
    made = None if call is None else _made(manifest, names, call)
    if made is None or not _is_of(manifest, event, made):
        return Signed(event.block, log, action, what, None, 0, 0), wrong
    if event.contract == COUNCIL:
        members, need = state.council
    else:
        members, need = tuple(map(_checksummed, made.values[1])), max(1, int(made.values[2]))
        digest = list_digest(members, int(made.values[2]))
        if event.contract == LEDGER and digest != state.signers.get(what):
            wrong.append("the list that confirms is not the one of the entry.")
        if event.contract == LEDGER and made.signers != tuple(said["signers"]):
            wrong.append("the signers that it names are not those of the call.")
        if event.contract == GRANTS and (members, made.values[2]) != (
            tuple(said["approvers"]),
            said["m"],
        ):
            wrong.append("the list that approves is not the one of the call.")
    signed = Action(
        chain_id=manifest.chain_id,
        contract=event.address,
        target=target,
        what=what,
        nonce=nonce,
        deadline=made.deadline,
    )
    if not _hold(signed, made, members, need, event.time):
        wrong.append("the signatures in its transaction are not those of enough who may sign.")
    name = f"{made.contract}.{made.function}"
    return Signed(event.block, log, name, what, made.signers, need, len(members)), wrong


_FUNCTIONS = {GRANTS: "approve", LEDGER: "confirm"}


def _subject(event: Event) -> tuple[bytes, int, str]:
    """What was signed, with which nonce, for the function of which contract."""
    said = event.said
    if event.contract == COUNCIL:
        return said["what"], said["nonce"], said["target"]
    return said["grant" if event.contract == GRANTS else "entry"], 0, event.address


def _hold(action: Action, made: _Made, members: tuple[str, ...], need: int, time: int) -> bool:
    """Whether signatures are as the contracts take them: Signed._requireSigned."""
    ascending = [int(signer, 16) for signer in made.signers]
    if (
        time > made.deadline
        or len(made.signatures) != len(made.signers)
        or ascending != sorted(set(ascending))
        or not set(made.signers) <= set(members)
        or len(made.signers) < need
    ):
        return False
    try:
        return tuple(map(action.signer_of, made.signatures)) == made.signers
    except SignatureError:
        return False


def _made(manifest: Manifest, names: Mapping[str, str], call: Call) -> _Made | None:
    """What a call of one of the exchange's functions that take signatures says; else None."""
    contract = names.get(_checksummed("0x" + call.to.hex())) if call.to else None
    for (owner, function), entry in signed_functions().items():
        types = [type_of(one) for one in entry["inputs"]]
        if owner == contract and call.data[:4] == _selector(function, types):
            values = decoded(types, call.data[4:])
            if values is None:
                return None
            deadline, signers, signatures = values[-1]
            return _Made(
                contract=owner,
                function=function,
                types=tuple(types[:-1]),
                values=tuple(values[:-1]),
                deadline=deadline,
                signers=tuple(map(_checksummed, signers)),
                signatures=tuple(signatures),
            )
    return None


def _is_of(manifest: Manifest, event: Event, made: _Made) -> bool:
    """Whether it is this call that the event tells of."""
    if event.contract == COUNCIL:
        is_target = manifest.addresses[made.contract] == event.said["target"]
        own = what_of(made.function, made.types, *made.values)
        return is_target and own == bytes(event.said["what"])
    if event.contract != made.contract:
        return False
    if event.contract == LEDGER:
        return bool(made.values[0] == event.said["entry"])
    terms = Terms(**dict(zip(Terms.__dataclass_fields__, made.values[0], strict=True)))
    return terms.grant(manifest.chain_id, event.address) == bytes(event.said["grant"])


def _selector(function: str, types: list[str]) -> bytes:
    return keccak(f"{function}({','.join(types)})".encode("ascii"))[:4]


def _checksummed(address: str) -> str:
    from eth_utils.address import to_checksum_address

    return str(to_checksum_address(address))
