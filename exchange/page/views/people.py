"""Identities, points, and the council."""

from __future__ import annotations

import json
from typing import Any

from zkpipe.exchange.page.plain import shown_name
from zkpipe.exchange.page.views.look import Look, key_of, raw
from zkpipe.exchange.states import TemplateState

MOST = 100  # rows of the lists below the first one
DEACTIVATED = "0x0000000000000000000000000000000000000001"
NOBODY = "0x0000000000000000000000000000000000000000"


def identities(look: Look) -> dict[str, Any]:
    """All subjects that something was ever said of."""
    part = look.part(look.seen.rows("subjects"))
    return {"part": part, "subjects": [_subject(look, row["subject"]) for row in part.items]}


def identity(look: Look, address: str) -> dict[str, Any]:
    """One subject: its owner, its delegates, its attributes. Every address is one."""
    now = look.seen.time
    delegates = [
        {**row, "kind": shown_name(raw(row["kind"])), "is_valid": int(row["valid_to"]) > now}
        for row in look.seen.rows("delegates", subject=address)
    ]
    owned = [row for row in look.seen.rows("subjects", owner=address) if row["subject"] != address]
    return {
        "subject": _subject(look, address),
        "delegates": delegates[:MOST],
        "attributes": look.attributes(address)[:MOST],
        "owned": [_subject(look, row["subject"]) for row in owned[:MOST]],
        "balance": (look.seen.row("balances", address) or {"points": 0})["points"],
    }


def _subject(look: Look, address: str) -> dict[str, Any]:
    row = look.seen.row("subjects", address)
    lineage = look.seen.lineage_of(address)
    owner = address if row is None else row["owner"]
    return {
        "address": address,
        "owner": owner,
        "is_deactivated": owner == DEACTIVATED,
        "lineage": lineage,
        "title": look.title(lineage) if lineage else "",
        "attributes": len(look.seen.rows("attributes", subject=address)),
        "delegates": len(look.seen.rows("delegates", subject=address)),
    }


def points(look: Look) -> dict[str, Any]:
    """Balances, what is locked, what was earned; and whether nothing was lost or made."""
    seen = look.seen
    holders = {
        row["holder"]: {"holder": row["holder"], "balance": int(row["points"]), "earned": 0}
        for row in seen.rows("balances")
    }
    for row in seen.rows("earnings"):
        own = {"holder": row["holder"], "balance": 0, "earned": 0}
        holders.setdefault(row["holder"], own)["earned"] += int(row["points"])
    escrows = [
        {**row, "is_job": seen.row("jobs", row["key"]) is not None}
        for row in seen.rows("escrows")
        if int(row["points"])
    ]
    issued = sum(int(row["points"]) for row in seen.rows("issues"))
    balances = sum(int(row["points"]) for row in seen.rows("balances"))
    locked = sum(int(row["points"]) for row in escrows)
    return {
        "part": look.part([holders[name] for name in sorted(holders)]),
        "escrows": escrows[:MOST],
        "allowances": [row for row in seen.rows("allowances") if int(row["points"])][:MOST],
        "issued": issued,
        "balances": balances,
        "locked": locked,
        "is_whole": issued == balances + locked,
    }


def council(look: Look) -> dict[str, Any]:
    """Who decides, and what was decided: boards, templates of credentials, their issuers."""
    seen = look.seen
    address = look.deployment.addresses["CircuitRegistry"]
    row = seen.row("council", address)
    issuers = [
        {**one, "is_on": one["account"] != NOBODY, "revoked": len(json.loads(one["revoked"]))}
        for one in seen.rows("issuers")
    ]
    enrolled: dict[str, int] = {}
    for one in seen.rows("enrolments"):
        if int(one["valid_to"]) >= seen.time:
            enrolled[one["template"]] = enrolled.get(one["template"], 0) + 1
    templates = [
        {
            **one,
            "state_key": key_of(TemplateState, one["state"]),
            "issuers": [issuer for issuer in issuers if issuer["template"] == one["template"]],
            "enrolled": enrolled.get(one["template"], 0),
        }
        for one in seen.rows("templates")
    ]
    return {
        "council": row,
        "members": [] if row is None else json.loads(row["members"]),
        "boards": seen.rows("boards"),
        "templates": templates,
    }
