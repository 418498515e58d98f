"""Logs as a node told them, in the files of a bundle of events only: canonical JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from zkpipe.exchange.canonical import written
from zkpipe.exchange.deployment.manifest import Manifest
from zkpipe.exchange.errors import BundleError
from zkpipe.exchange.evidence.chain.encoding import AGAIN, hexadecimal
from zkpipe.exchange.evidence.folder import EVENTS, LARGEST, Folder
from zkpipe.exchange.evidence.replay import sources_of
from zkpipe.exchange.index.events import Log
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import Json, parse_json
from zkpipe.verifier_contracts.abi import address_of, bytes_of

FORMAT = "zkpipe audit events 1"
FIELDS = {"address", "block", "data", "log", "time", "topics", "transaction"}
MOST = 1 << 62


def events_bytes(logs: Sequence[tuple[Log, int]]) -> bytes:
    """The file of some logs, with the times of their blocks."""
    listed: list[Json] = [
        {
            "address": log.address,
            "block": log.block,
            "data": hexadecimal(log.data),
            "log": log.number,
            "time": time,
            "topics": [hexadecimal(topic) for topic in log.topics],
            "transaction": hexadecimal(log.transaction),
        }
        for log, time in logs
    ]
    return written({"format": FORMAT, "logs": listed})


def logs_in(folder: Folder, manifest: Manifest) -> Iterator[tuple[Log, int]]:
    """The logs of a bundle, in the chain's order, with the times of their blocks.

    Raises BundleError, with the place, for one that is not of its form, or not in its order.
    """
    ours = {source.address for source in sources_of(manifest)}
    last, time = (manifest.block, -1), 0
    for place, name in enumerate(folder.names(EVENTS)):
        if name != f"{EVENTS}/{place:08}.json":
            raise BundleError(name, f"file {place} of the events is missing before it.", AGAIN)
        for i, told in enumerate(_listed(folder.read(name), name)):
            log, own = _log(told, f"{name}, log {i}")
            is_next = last < (log.block, log.number) and log.block <= folder.listing.block
            if log.address not in ours or not is_next or own < time:
                raise BundleError(
                    f"{name}, log {i}", "it is not the exchange's, or not in its place.", AGAIN
                )
            last, time = (log.block, log.number), own
            yield log, own


def _listed(data: bytes, name: str) -> list[Any]:
    try:
        value: Any = parse_json(data, name, limit=LARGEST)
        is_ours = set(value) == {"format", "logs"} and value["format"] == FORMAT
        if is_ours and written(value) == data:
            return list(value["logs"])
    except (FormatError, LookupError, TypeError, ValueError):
        pass
    raise BundleError(name, "this is not a list of events.", AGAIN)


def _log(told: Any, place: str) -> tuple[Log, int]:
    if isinstance(told, dict) and set(told) == FIELDS and isinstance(told["topics"], list):
        address, transaction = address_of(told["address"]), bytes_of(told["transaction"])
        data, topics = bytes_of(told["data"]), [bytes_of(topic) for topic in told["topics"]]
        numbers = [told[name] for name in ("block", "log", "time")]
        are_whole = all(type(one) is int and 0 <= one < MOST for one in numbers)
        hashes = [topic for topic in topics if topic is not None and len(topic) == 32]
        if address and transaction and data is not None and are_whole and hashes == topics:
            block, number, time = numbers
            return Log(block, number, transaction, address, tuple(hashes), data), time
    raise BundleError(place, "this is not a log.", AGAIN)
