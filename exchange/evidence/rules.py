"""What must hold between the events of an exchange, besides what folding them asks.

Each rule yields what breaks it, with the place. They are rules that the contracts keep: a bundle
that breaks one was not made by these contracts, or not by all of their events.

    beginning    the first events are those of the registry's constructor: nothing was cut off, and
                 no other contracts lay at the addresses before
    identifiers  each id is the digest of what it names, on this chain and at these addresses
    openings     what was posted opens the lock that was proved, and the entry that was written
    uses         a use is counted for a proof, and paid for a proof that was delivered
    counters     uses, bits and points are never more than there are
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from zkpipe.exchange.deployment.manifest import Manifest
from zkpipe.exchange.evidence.proofs import spec_said
from zkpipe.exchange.evidence.replay import Replayed, place_of
from zkpipe.exchange.ids import (
    chained_entry,
    loose_entry,
    opening_digest,
    step_digest,
    template_id,
)
from zkpipe.exchange.index.events import Event
from zkpipe.exchange.index.folds.names import snake
from zkpipe.exchange.states import GrantState
from zkpipe.exchange.structs import Policy, Record, Terms

Broken = tuple[str, str]  # the place, and what is wrong there
Rule = Callable[[Manifest, Replayed], Iterator[Broken]]

BY_CONSTRUCTOR = ("CouncilSet", "AuditorKeySet")  # of the registry, in this order


def broken(manifest: Manifest, replayed: Replayed) -> list[Broken]:
    """What breaks a rule: places, and what is wrong there."""
    return [one for rule in RULES for one in rule(manifest, replayed)]


def _beginning(manifest: Manifest, replayed: Replayed) -> Iterator[Broken]:
    registry = [one for one in replayed.events if one[1].contract == "CircuitRegistry"]
    if [event.name for _, event in registry[:2]] != list(BY_CONSTRUCTOR):
        yield "the first events", "those of the registry's constructor are not among them."
    for (_, before), (log, event) in pairwise(registry[1:]):
        # A contract can be destroyed, and another created at its address: its constructor tells.
        if event.name in BY_CONSTRUCTOR and before.name != "Authorised":
            yield (
                place_of(log, event),
                "no council decided it: a constructor ran again.",
            )
    nonces = [(log, event) for log, event in registry if event.name == "Authorised"]
    for wanted, (log, event) in enumerate(nonces):
        if event.said["nonce"] != wanted:
            yield place_of(log, event), f"it is action {event.said['nonce']}, not {wanted}."
    councils = [
        (sorted(event.said["members"]), event.said["threshold"])
        for _, event in registry
        if event.name == "CouncilSet"
    ]
    if (sorted(manifest.members), manifest.threshold) not in councils:
        yield "manifest.json", "its council is none that the exchange ever had."


def _identifiers(manifest: Manifest, replayed: Replayed) -> Iterator[Broken]:
    for log, event in replayed.events:
        found = _identifier(manifest.chain_id, event)
        if found is not None and found[0] != found[1]:
            yield place_of(log, event), "its id is not the digest of what it names."


def _identifier(chain_id: int, event: Event) -> tuple[object, object] | None:
    """The id that an event gives, and the one that its other values have."""
    said, at = event.said, event.address
    match event.name:
        case "CircuitProposed":
            return said["id"], Record(**snake(said["record"])).circuit
        case "LineageRegistered":
            policy = Policy(**snake(said["policy"]))
            return said["lineage"], policy.lineage(chain_id, at, said["owner"], said["salt"])
        case "TemplateDefined":
            doc, circuit, predicate = said["doc"], said["circuit"], said["predicate"]
            return said["t"], template_id(chain_id, at, doc, circuit, predicate)
        case "Requested":
            return said["grant"], Terms(**snake(said["terms"])).grant(chain_id, at)
        case "JobOpened":
            return said["job"], spec_said(said["spec"]).job(chain_id, at)
        case "Appended" if said["seq"] == 0:
            asset, digest, by = said["asset"], said["digest"], said["by"]
            return said["entry"], loose_entry(chain_id, at, asset, said["parents"], digest, by)
        case "Appended" | "Recorded":
            by = said["by"] if event.name == "Appended" else said["board"]
            asset, place, digest = said["asset"], said["seq"], said["digest"]
            return said["entry"], chained_entry(chain_id, at, asset, place, digest, by)
    return None


def _openings(manifest: Manifest, replayed: Replayed) -> Iterator[Broken]:
    from zkpipe.accel.bn254 import BN254
    from zkpipe.circuits.gadgets import poseidon

    locks: dict[tuple[bytes, int], int] = {}
    digests: dict[bytes, bytes] = {}
    for log, event in replayed.events:
        said, is_right = event.said, True
        match event.name:
            case "StepProved":
                locks[said["job"], said["i"]] = next(iter(said["results"]), -1)
            case "StepDelivered":
                words = [said["w0"], said["w1"]]
                lock = locks.get((said["job"], said["i"]))
                is_right = max(words) < BN254.r and poseidon(words) == lock
            case "Appended":
                digests[said["entry"]] = said["digest"]
            case "Opened":
                is_right = opening_digest(said["salt"], said["value"]) == digests.get(said["entry"])
        if not is_right:
            yield place_of(log, event), "what it posts does not open what was committed to."


def _uses(manifest: Manifest, replayed: Replayed) -> Iterator[Broken]:
    """Of the exchange's own board; others keep their own books."""
    board = manifest.addresses["JobBoard"]
    rows = {(row["job"], row["step"]): row for row in replayed.rows["steps"]}
    used, recorded, paid = Counter[object](), Counter[object](), Counter[object]()
    proved, noted, delivered = Counter[object](), Counter[object](), Counter[object]()
    boards = {row["grant_id"]: row["board"] for row in replayed.rows["grants"]}
    prices = {row["grant_id"]: (row["payee"], int(row["price"])) for row in replayed.rows["grants"]}
    for log, event in replayed.events:
        said = event.said
        match event.name:
            case "TicketUsed" if boards.get(_hex(said["grant"])) == board:
                used[_hex(said["grant"]), said["ticket"]] += 1
            case "Recorded" if said["board"] == board:
                recorded[said["asset"], said["digest"]] += 1
            case "Paid" if said["board"] == board:
                paid[_hex(said["key"]), said["who"], said["n"]] += 1
            case "StepProved":
                row = rows[_hex(said["job"]), said["i"]]
                proved[row["grant_id"], said["ticket"]] += 1
                digest = step_digest(said["job"], said["i"], said["root"], said["results"])
                noted[_asset(said["lineage"]), digest] += 1
                if _hex(said["lineage"]) != row["lineage"]:
                    yield place_of(log, event), "it is of another lineage than its job."
            case "StepDelivered":
                row = rows[_hex(said["job"]), said["i"]]
                delivered[(row["job"], *prices.get(row["grant_id"], ()))] += 1
    if used != proved:
        yield "uses of the board's grants", "they are not as many as its proofs, or for others."
    if recorded != noted:
        yield "entries of the board", "they are not those of its proofs."
    if paid != delivered:
        yield "payments by the board", "they are not for its delivered proofs, at their price."


def _counters(manifest: Manifest, replayed: Replayed) -> Iterator[Broken]:
    rows = replayed.rows
    held, spent = Counter[str](), Counter[str]()
    for row in rows["grants"]:
        if row["used"] + row["open"] > row["max_uses"] or min(row["used"], row["open"]) < 0:
            yield f"grant {row['grant_id']}", "it is used more often than it allows."
        spent[row["lineage"]] += row["used"] * row["leak_bits"]
        if row["state"] != GrantState.CLOSED:
            held[row["lineage"]] += (row["max_uses"] - row["used"]) * row["leak_bits"]
    for row in rows["budgets"]:
        lineage = row["lineage"]
        if (row["held"], row["spent"]) != (held[lineage], spent[lineage]):
            yield f"budget of lineage {lineage}", "it is not what its grants hold and have spent."
        if row["held"] + row["spent"] > row["limit_bits"]:
            yield f"budget of lineage {lineage}", "more is held and spent than there is."
    points = [int(row["points"]) for name in ("balances", "escrows") for row in rows[name]]
    if sum(points) != sum(int(row["points"]) for row in rows["issues"]):
        yield "points", "balances and locks are not what was issued."


def _asset(lineage: bytes) -> str:
    from eth_utils.address import to_checksum_address

    return str(to_checksum_address(lineage[12:]))


def _hex(digest: bytes) -> str:
    return f"0x{digest.hex()}"


RULES: tuple[Rule, ...] = (_beginning, _identifiers, _openings, _uses, _counters)
