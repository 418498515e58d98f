"""Circuits and the council, lineages and their segments: CircuitRegistry and DataCatalogue."""

from __future__ import annotations

from typing import Any

from zkpipe.exchange.index.events import Event
from zkpipe.exchange.index.folds.names import snake
from zkpipe.exchange.index.rows import Rows
from zkpipe.exchange.states import CircuitState, LineageState
from zkpipe.exchange.structs import ZERO


def proposed(rows: Rows, event: Event) -> None:
    """A circuit is proposed."""
    record = snake(event.said["record"])
    row = {"circuit": event.said["id"], "state": CircuitState.PROPOSED, **record}
    rows.put("circuits", event.block, row)


def approved(rows: Rows, event: Event) -> None:
    """The council lists a circuit."""
    rows.change("circuits", event.block, event.said["id"], state=CircuitState.ACTIVE)


def retired(rows: Rows, event: Event) -> None:
    """The council takes a circuit off the list."""
    rows.change("circuits", event.block, event.said["id"], state=CircuitState.RETIRED)


def _council(rows: Rows, event: Event, **values: Any) -> None:
    fresh = {"members": [], "threshold": 0, "nonce": 0, "auditor_key": "0"}
    row = rows.find("council", event.address) or {"registry": event.address, **fresh}
    rows.put("council", event.block, {**row, **values})


def council_set(rows: Rows, event: Event) -> None:
    """There is another council."""
    _council(rows, event, members=event.said["members"], threshold=event.said["threshold"])


def authorised(rows: Rows, event: Event) -> None:
    """The council decided something: its nonce is used."""
    _council(rows, event, nonce=event.said["nonce"] + 1)


def auditor_key_set(rows: Rows, event: Event) -> None:
    """There is another key of the auditor's."""
    _council(rows, event, auditor_key=event.said["y"])


def registered(rows: Rows, event: Event) -> None:
    """A lineage is registered; its asset belongs to who registered it."""
    lineage, owner, policy = event.said["lineage"], event.said["owner"], event.said["policy"]
    row = {"lineage": lineage, "set_by": owner, "salt": event.said["salt"], **snake(policy)}
    row |= {"state": LineageState.PUBLISHED, "head": 0, "version_doc": ZERO}
    rows.put("lineages", event.block, row)
    budget = {"lineage": lineage, "limit_bits": policy["limitBits"], "held": 0, "spent": 0}
    rows.put("budgets", event.block, budget)
    rows.change("subjects", event.block, _asset(lineage), is_asset=1)


def _asset(lineage: bytes) -> str:
    from eth_utils.address import to_checksum_address

    return str(to_checksum_address(lineage[12:]))


def published(rows: Rows, event: Event) -> None:
    """A version: segments come, and leave by an update or by being withdrawn."""
    said, block = event.said, event.block
    lineage, version = said["lineage"], said["version"]
    for segment in said["added"]:
        if segment["replaces"] != ZERO:
            rows.change("segments", block, segment["replaces"], withdrawn=version)
        row = {"root": segment["root"], "lineage": lineage, "added": version, "withdrawn": 0}
        names = ("rows", "units", "circuit", "replaces")
        rows.put("segments", block, row | {name: segment[name] for name in names})
    for root in said["withdrawn"]:
        rows.change("segments", block, root, withdrawn=version)
    rows.change("lineages", block, lineage, head=version, version_doc=said["docHash"])
    row = {"lineage": lineage, "version": version, "doc": said["docHash"], "time": event.time}
    rows.put("versions", block, row)


def circuit_allowed(rows: Rows, event: Event) -> None:
    """An owner lets a circuit be granted, or does not any more."""
    row = {"lineage": event.said["lineage"], "circuit": event.said["circuit"]}
    rows.put("allowed", event.block, row | {"is_on": event.said["on"]})


def state_set(rows: Rows, event: Event) -> None:
    """An owner freezes a lineage, or says that it is destroyed."""
    rows.change("lineages", event.block, event.said["lineage"], state=event.said["state"])


def _moved(rows: Rows, event: Event, held: int, spent: int) -> None:
    budget = rows.get("budgets", event.said["lineage"])
    values = {"held": budget["held"] + held, "spent": budget["spent"] + spent}
    rows.change("budgets", event.block, event.said["lineage"], **values)


def bits_held(rows: Rows, event: Event) -> None:
    """A grant holds bits of a budget."""
    _moved(rows, event, event.said["bits"], 0)


def bits_spent(rows: Rows, event: Event) -> None:
    """A use spends bits that were held."""
    _moved(rows, event, -event.said["bits"], event.said["bits"])


def bits_released(rows: Rows, event: Event) -> None:
    """Bits that were held are free again."""
    _moved(rows, event, -event.said["bits"], 0)
