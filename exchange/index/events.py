"""Events: a contract's logs, decoded with its ABI into Python's own values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zkpipe.exchange.errors import IndexingError
from zkpipe.exchange.words import keccak
from zkpipe.verifier_contracts.abi import Abi, decoded, type_of


@dataclass(frozen=True, slots=True)
class EventSource:
    """A contract whose events are kept: its name in the exchange, its address, its ABI."""

    name: str
    address: str
    abi: Abi


@dataclass(frozen=True, slots=True)
class Exchange:
    """Which exchange it is: its chain, and its contracts by name."""

    chain_id: int
    addresses: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Log:
    """A log as a node tells it. Hashes and topics are bytes; `number` is its place in the block."""

    block: int
    number: int
    transaction: bytes
    address: str
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """A log decoded: what it says, and where it stands.

    contract  the name of its source
    said      arguments by name: ints, bools, bytes, texts, lists; structs are dicts. Addresses
              have checksums
    time      of its block, seconds since 1970
    """

    contract: str
    address: str
    name: str
    said: Mapping[str, Any]
    block: int
    time: int
    exchange: Exchange


class Decoder:
    """Decodes the logs of the contracts of an exchange."""

    def __init__(self, chain_id: int, sources: Iterable[EventSource]) -> None:
        self._sources = {source.address: source for source in sources}
        names = {source.name: source.address for source in self._sources.values()}
        self._exchange = Exchange(chain_id, names)
        self._events = {
            (source.address, topic_of(entry)): entry
            for source in self._sources.values()
            for entry in source.abi
            if entry["type"] == "event"
        }

    def place_of(self, contract: str) -> str:
        """A contract's address, by its name in the exchange. Raises LookupError."""
        return self._exchange.addresses[contract]

    def event(self, log: Log, time: int) -> Event | None:
        """What a log says; None if its contract's ABI has no such event.

        Raises IndexingError if it does not say what its event says.
        """
        source = self._sources.get(log.address)
        entry = self._events.get((log.address, log.topics[0])) if log.topics else None
        if source is None or entry is None:
            return None
        inputs = entry["inputs"]
        named = [one for one in inputs if one["indexed"]]
        rest = [one for one in inputs if not one["indexed"]]
        values = decoded([type_of(one) for one in rest], log.data)
        heads = [
            decoded([type_of(one)], topic)
            for one, topic in zip(named, log.topics[1:], strict=False)
        ]
        if values is None or None in heads or len(named) != len(log.topics) - 1:
            raise IndexingError(
                f"A log of {source.name} in block {log.block} is not of the form that its event "
                f"{entry['name']} has.",
                "Ask another node; check that the contract is the one of the manifest.",
            )
        told = {one["name"]: _plain(one, value) for one, value in zip(rest, values, strict=True)}
        told |= {
            one["name"]: _plain(one, head[0])
            for one, head in zip(named, heads, strict=True)
            if head is not None
        }
        return Event(
            source.name, log.address, str(entry["name"]), told, log.block, time, self._exchange
        )


def topic_of(entry: Mapping[str, Any]) -> bytes:
    """The first topic of an event: the digest of its name and types."""
    types = ",".join(map(type_of, entry["inputs"]))
    return keccak(f"{entry['name']}({types})".encode())


def _plain(entry: Mapping[str, Any], value: Any, kind: str | None = None) -> Any:
    """A decoded value: structs become dicts, addresses get their checksums."""
    kind = str(entry["type"]) if kind is None else kind
    if kind.endswith("]"):
        inner = kind[: kind.rindex("[")]
        return [_plain(entry, one, inner) for one in value]
    if kind == "tuple":
        return {
            part["name"]: _plain(part, one)
            for part, one in zip(entry["components"], value, strict=True)
        }
    if kind == "address":
        from eth_utils.address import to_checksum_address

        return str(to_checksum_address(value))
    return value
