"""What the contracts' own views say of all that an index has rows of."""

from __future__ import annotations

from typing import Any

from eth_utils.address import to_checksum_address

from tests.exchange.contracts.setting.world import World
from zkpipe.exchange.index.index import State


def unlike_views(world: World, state: State) -> list[tuple[Any, ...]]:
    """Where a row and a view differ: (table, key, column, of the row, of the view)."""
    wrong: list[tuple[Any, ...]] = []

    def same(table: str, row: dict[str, Any], view: dict[str, Any]) -> None:
        for column, value in view.items():
            value = f"0x{value.hex()}" if isinstance(value, bytes) else value
            if isinstance(value, str) and len(value) == 42:
                value = to_checksum_address(value)
            value = int(value) if isinstance(value, bool) else value
            if str(row[column]) != str(value):
                wrong.append((table, next(iter(row.values())), column, row[column], value))

    def raw(text: str) -> bytes:
        return bytes.fromhex(text[2:])

    for row in state.rows("subjects"):
        who = row["subject"]
        view = {name: world.identities(name, who) for name in ("changed",)}
        view |= {"owner": world.identities("identityOwner", who)}
        same("subjects", row, view | {"is_asset": world.identities("isAsset", who)})
    for row in state.rows("delegates"):
        key = row["subject"], raw(row["kind"]), row["delegate"]
        same("delegates", row, {"valid_to": world.identities("delegates", *key)})
    for row in state.rows("templates"):
        same("templates", row, world.credentials("templates", int(row["template"])))
    for row in state.rows("issuers"):
        key = int(row["template"]), int(row["issuer"])
        same("issuers", row, world.credentials("issuers", *key))
    for row in state.rows("enrolments"):
        view = world.credentials("enrolled", int(row["template"]), row["account"])
        same("enrolments", row, {{"validTo": "valid_to"}.get(n, n): view[n] for n in view})
    for row in state.rows("nullifiers"):
        key = int(row["template"]), int(row["nullifier"])
        same("nullifiers", row, world.credentials("nullifiers", *key))
    for row in state.rows("lineages"):
        view = world.catalogue("lineage", raw(row["lineage"]))
        names = {"schemaHash": "schema_hash", "setBy": "set_by", "limitBits": "limit_bits"}
        budget = {"held": view.pop("held"), "spent": view.pop("spent")}
        same("lineages", row, {names.get(name, name): value for name, value in view.items()})
        found = state.row("budgets", row["lineage"])
        assert found is not None
        same("budgets", found, budget | {"limit_bits": view["limitBits"]})
    for row in state.rows("segments"):
        same("segments", row, world.catalogue("segment", raw(row["root"])))
    for row in state.rows("allowed"):
        view = world.catalogue("allowed", raw(row["lineage"]), raw(row["circuit"]))
        same("allowed", row, {"is_on": view})
    for row in state.rows("circuits"):
        view = world.circuits("entry", raw(row["circuit"]))
        view.pop("selector")
        names = {"leakBits": "leak_bits", "floorSafe": "floor_safe", "schemaHash": "schema_hash"}
        same("circuits", row, {names.get(name, name): value for name, value in view.items()})
    for row in state.rows("council"):
        view = {"threshold": world.circuits("threshold"), "nonce": world.circuits("nonce")}
        view |= {"auditor_key": world.circuits("auditorKey")}
        same("council", row, view)
        members = [to_checksum_address(one) for one in world.circuits("members")]
        assert row["members"] == str(members).replace("'", '"')
    for row in state.rows("boards"):
        view = {"is_on": world.grants("isBoard", row["listed_board"])}
        same("boards", row, view | {"was_on": world.grants("wasBoard", row["listed_board"])})
    for row in state.rows("grants"):
        view = world.grants("grant", raw(row["grant_id"]))
        names = {"nextTicket": "next_ticket", "leakBits": "leak_bits"}
        same("grants", row, {names.get(name, name): value for name, value in view.items()})
    for row in state.rows("jobs"):
        view = world.board("jobs", raw(row["job"]))
        ticket = view.pop("ticket")
        same("jobs", row, view)
        (step,) = state.rows("steps", job=row["job"])
        view = {"result_hash": world.board("resultHash", raw(row["job"])), "ticket": ticket}
        same("steps", step, view)
    for row in state.rows("entries"):
        view = world.ledger("entries", raw(row["entry"]))
        names = {"seq": "sequence", "confirmed": "is_confirmed"}
        same("entries", row, {names.get(name, name): value for name, value in view.items()})
    for row in state.rows("heads"):
        view = world.ledger("head", row["asset"])
        same("heads", row, {{"seq": "sequence"}.get(name, name): view[name] for name in view})
    for row in state.rows("balances"):
        same("balances", row, {"points": world.settlement("balance", row["holder"])})
    for row in state.rows("allowances"):
        view = world.settlement("allowance", row["holder"], row["board"])
        same("allowances", row, {"points": view})
    for row in state.rows("escrows"):
        view = world.settlement("escrow", row["board"], raw(row["key"]))
        same("escrows", row, {"payer": view["payer"], "points": view["left"]})
    for row in state.rows("earnings"):
        view = world.settlement("earned", row["board"], row["holder"])
        same("earnings", row, {"points": view})
    for row in state.rows("issues"):
        same("issues", row, {"points": world.settlement("issued")})
    return wrong


def counts(state: State) -> dict[str, int]:
    """Rows by table."""
    from zkpipe.exchange.index.tables import TABLES

    return {table.name: len(state.rows(table.name)) for table in TABLES}
