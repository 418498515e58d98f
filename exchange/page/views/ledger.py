"""The evidence ledger: chains of entries, an asset each."""

from __future__ import annotations

import json
from typing import Any

from zkpipe.exchange.ids import chained_entry, head_after, loose_entry
from zkpipe.exchange.index.rows import Row
from zkpipe.exchange.page.views.look import Look, key_of, raw
from zkpipe.exchange.states import Level, Stage
from zkpipe.exchange.structs import ZERO


def ledger(look: Look) -> dict[str, Any]:
    """All assets that have entries, each with how many of which level."""
    counts: dict[str, dict[int, int]] = {}
    for row in look.seen.rows("entries"):
        levels = counts.setdefault(row["asset"], {level.value: 0 for level in Level})
        levels[row["level"]] += 1
    assets = []
    for asset, levels in sorted(counts.items()):
        head = look.seen.row("heads", asset)
        lineage = look.seen.lineage_of(asset)
        assets.append(
            {
                "asset": asset,
                "lineage": lineage,
                "title": look.title(lineage) if lineage else "",
                "levels": levels,
                "head": head,
                "stage_key": None
                if not head or not head["stage"]
                else key_of(Stage, head["stage"]),
            }
        )
    part = look.part(assets)
    return {"part": part, "assets": part.items, "levels": [key_of(Level, n) for n in Level]}


def asset(look: Look, address: str) -> dict[str, Any] | None:
    """The entries of one asset, and whether they make the chain that the contract has."""
    entries = entries_of(look, address)
    if not entries:
        return None
    head = look.seen.row("heads", address)
    lineage = look.seen.lineage_of(address)
    return {
        "asset": address,
        "lineage": lineage,
        "title": look.title(lineage) if lineage else "",
        "head": head,
        "is_whole": _is_whole(look, head, entries),
        "part": look.part(entries),
        "levels": [key_of(Level, number) for number in Level],
    }


def entries_of(look: Look, address: str) -> list[dict[str, Any]]:
    """The entries of an asset, those outside the chain last."""
    rows = look.seen.rows("entries", asset=address)
    rows.sort(key=lambda row: (row["sequence"] == 0, row["sequence"], row["block"]))
    return [
        {
            **row,
            "level_key": key_of(Level, row["level"]),
            "stage_key": key_of(Stage, row["stage"]) if row["stage"] else None,
            "parents": json.loads(row["parents"]),
            "has_signers": raw(row["signers"]) != ZERO,
            "time": look.when(row["block"]),
            "is_right": _is_right(look, row),
        }
        for row in rows
    ]


def _is_right(look: Look, row: Row) -> bool:
    """Whether an entry's id is the digest of what it says."""
    place = look.deployment.chain_id, look.deployment.addresses["EvidenceLedger"], row["asset"]
    digest, author = raw(row["digest"]), row["author"]
    if row["sequence"]:
        made = chained_entry(*place, row["sequence"], digest, author)
    else:
        made = loose_entry(*place, [raw(one) for one in json.loads(row["parents"])], digest, author)
    return made == raw(row["entry"])


def _is_whole(look: Look, head: Row | None, entries: list[dict[str, Any]]) -> bool:
    """Whether the chained entries, hashed again one after the other, end in the asset's head."""
    chained = [one for one in entries if one["sequence"]]
    running = ZERO
    for number, one in enumerate(chained, 1):
        if one["sequence"] != number or not one["is_right"]:
            return False
        running = head_after(running, raw(one["entry"]))
    if head is None:
        return not chained
    return bool(head["sequence"] == len(chained) and raw(head["hash"]) == running)
