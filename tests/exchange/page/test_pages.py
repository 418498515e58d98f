"""Every page says what the contracts' own views say, is whole, and leads only to what is there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_utils import to_checksum_address

from tests.exchange.page.asking import Answer, ask
from tests.exchange.page.conftest import page_of
from tests.exchange.page.storied import HOSTILE, Storied
from zkpipe.exchange.index.tables import TABLES
from zkpipe.exchange.page import forms
from zkpipe.exchange.page.app import KINDS
from zkpipe.exchange.page.following import Following
from zkpipe.exchange.page.language import languages
from zkpipe.exchange.page.rendering import Renderer
from zkpipe.exchange.page.snapshot import Contents, Snapshot
from zkpipe.exchange.page.views.look import Look

LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def crawled(page: Any) -> dict[str, Answer]:
    """All that can be reached from the first page, in both languages."""
    found: dict[str, Answer] = {}
    waiting = [f"/?lang={code}" for code in LANGUAGES]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = answer = ask(page, path)
            if "html" in answer.headers["content-type"]:
                waiting += [link for link in answer.links() if link.startswith("/")]
    return found


def test_all_links_lead_to_pages_of_ours(crawled: dict[str, Answer], world: Storied) -> None:
    assert {path: a.status for path, a in crawled.items() if a.status != 200} == {}
    for answer in crawled.values():
        if "html" in answer.headers["content-type"]:
            links = [link for link in answer.links() if link != "#main"]
            assert all(link.startswith("/") and not link.startswith("//") for link in links)
    kinds = {path.split("?")[0].split("/")[1] for path in crawled}
    assert kinds >= {
        *("", "data", "circuits", "grants", "jobs", "proofs", "ledger", "points", "identities"),
        *("council", "style.css", "icon.svg"),
    }
    count = len([path for path in crawled if path.startswith("/data/0x") and "en" in path])
    assert count == 4


def test_every_page_is_whole_and_can_be_used_without_scripts(crawled: dict[str, Answer]) -> None:
    for path, answer in crawled.items():
        if "html" not in answer.headers["content-type"]:
            continue
        tree = answer.tree  # well-formed as XML
        tags = {element.tag for element in tree.iter()}
        assert not tags & {"script", "iframe", "object", "embed", "form", "input", "style", "base"}
        for element in tree.iter():
            assert not [name for name in element.attrib if name.startswith("on")], path
            assert "style" not in element.attrib, path
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        assert len(list(tree.iter("h1"))) == 1
        assert tree.find("head/title") is not None
        assert all(image.get("alt") is not None for image in tree.iter("img"))
        assert len(tree.findall(".//*[@aria-current='page']")) <= 1
        for table in tree.iter("table"):
            labels = [cell.text for cell in table.findall("thead/tr/th")]
            for row in table.findall("tbody/tr"):
                assert [cell.get("data-label") for cell in row] == labels, path


def test_both_languages_tell_the_same(page: Any, crawled: dict[str, Answer]) -> None:
    """The ids and addresses of a page are the same in both."""
    for path in {path.split("?")[0] for path in crawled}:
        answers = [crawled.get(f"{path}?lang={code}") for code in LANGUAGES]
        if None not in answers and path.startswith("/"):
            found = [re.findall("0x[0-9a-fA-F]{40,64}", a.text) for a in answers if a]
            assert found[0] == found[1], path


def test_grants_have_the_uses_that_the_contract_has(page: Any, world: Storied) -> None:
    rows = ask(page, "/grants").rows()
    assert len(rows) == 4
    for row in rows:
        (grant,) = [key for key in grants(page) if key.startswith(row["Grant"][:8])]
        view = world.grants("grant", bytes.fromhex(grant[2:]))
        words = {31: "applied for", 32: "active", 33: "used up", 34: "revoked", 35: "closed"}
        assert row["State"].startswith(words[view["state"]])
        terms = ask(page, f"/grants/{grant}")
        assert f"{view['used']} of " in row["Used"]
        assert int(row["Open tickets"]) == view["open"]
        most = int(row["Used"].split(" of ")[1])
        left = most - view["used"] - view["open"] if view["state"] == 32 else 0
        assert int(row["Uses left"]) == left
        assert terms.facts()["Grant id"] == grant


def grants(page: Any) -> list[str]:
    links = ask(page, "/grants").links()
    return [link.removeprefix("/grants/") for link in links if link.startswith("/grants/")]


def test_budgets_and_sizes_are_the_contracts(page: Any, world: Storied) -> None:
    words = {21: "published", 22: "frozen", 23: "declared destroyed"}
    for lineage in (world.lineage, world.second):
        view = world.catalogue("lineage", lineage)
        answer = ask(page, f"/data/0x{lineage.hex()}")
        assert f"{view['spent']} spent" in answer.words
        assert f"{view['held']} held" in answer.words
        assert f"of {view['limitBits']} bits" in answer.words
        assert f"version {view['head']}:" in answer.facts()["Now"]
        assert words[view["state"]] in answer.words
        assert answer.facts()["Hash of the schema"] == f"0x{view['schemaHash'].hex()}"
        roots = [row for row in answer.rows() if "Root of the segment" in row]
        assert roots
        for row in roots:
            root = row["Root of the segment"]
            segment = world.catalogue("segment", bytes.fromhex(root[2:]))
            assert int(row["Rows"]) == segment["rows"]
            assert int(row["Units"]) == segment["units"]
            assert int(row["Added in"]) == segment["added"]
            withdrawn = row["Withdrawn in"]
            assert (0 if withdrawn == "none" else int(withdrawn)) == segment["withdrawn"]
    assert world.catalogue("lineage", world.lineage)["spent"] > 0


def test_jobs_are_in_the_states_that_the_board_has(page: Any, world: Storied) -> None:
    words = {41: "open", 43: "proved", 45: "done", 46: "void", 47: "failed"}
    links = [link for link in ask(page, "/jobs").links() if link.startswith("/jobs/")]
    assert len(links) == 5
    seen = set()
    for link in links:
        job = bytes.fromhex(link.removeprefix("/jobs/0x"))
        view = world.board("jobs", job)
        answer = ask(page, link)
        assert words[view["state"]] in answer.words
        seen.add(view["state"])
        facts = answer.facts()
        assert facts["Delivered"] == ("yes" if view["state"] == 45 else "no")
        assert facts["Proved"] == ("yes" if view["state"] in (43, 45) else "no")
        late = "the deadline for the proof is over" in answer.words
        assert late == (job == world.job(world.late_job))
    assert seen == {41, 43, 45, 46}


def test_points_are_the_contracts_and_sum_up(page: Any, world: Storied) -> None:
    answer = ask(page, "/points")
    balances = {row["Holder"]: row for row in answer.rows() if "Balance" in row}
    for who in (world.grantee, world.payee):
        told = balances[who]
        assert int(told["Balance"].replace(",", "")) == world.settlement("balance", who)
        earned = world.settlement("earned", world.board.address, who)
        assert int(told["Earned"].replace(",", "")) == earned
    issued = world.settlement("issued")
    locked = sum(int(row["Points"]) for row in answer.rows() if "For" in row)
    total = sum(int(row["Balance"].replace(",", "")) for row in balances.values())
    assert total + locked == issued
    assert f"are the {issued:,} points issued" in answer.words


def test_entries_have_the_levels_and_chains_of_the_ledger(page: Any, world: Storied) -> None:
    for asset in (world.asset, world.owner):
        answer = ask(page, f"/ledger/{asset}")
        head = world.ledger("head", asset)
        assert answer.facts()["End of the chain"] == f"0x{head['hash'].hex()}"
        assert "The chain holds" in answer.words
        rows = answer.rows()
        assert sum(row["No."] != "not chained" for row in rows) == head["seq"]
        for row in rows:
            entry = row["Entry"].split()[0]
            view = world.ledger("entries", bytes.fromhex(entry[2:]))
            assert row["Evidence level"].startswith(f"L{view['level']} ")
            assert (row["Confirmed"] == "confirmed") == view["confirmed"]
            assert row["Digest"] == f"0x{view['digest'].hex()}"
    assert {row["Evidence level"] for row in ask(page, f"/ledger/{world.asset}").rows()} == {
        "L3 proved",
        "L0 claimed",
    }


def test_identities_and_the_council_are_the_contracts(page: Any, world: Storied) -> None:
    facts = ask(page, f"/identities/{world.asset}").facts()
    owner = world.identities("identityOwner", world.asset)
    assert facts["Owner"] == to_checksum_address(owner) == world.buyer
    assert facts["DID"] == f"did:ethr:0x{world.id:x}:{world.asset}"
    assert ask(page, f"/identities/{world.asset.lower()}").facts() == facts
    council = ask(page, "/council")
    members = map(to_checksum_address, world.circuits("members"))
    assert all(member in council.text for member in members)
    assert f"{world.circuits('threshold')} of 3 members" in council.words
    assert int(council.facts()["Decisions so far"]) == world.circuits("nonce")
    key = int(council.facts()["Auditor's key now"], 16)
    assert key == world.circuits("auditorKey")
    (issuer,) = council.rows()
    assert issuer["Revoked"] == "2"
    assert issuer["Account"] == world.issuer


def test_circuits_are_the_registered_ones_with_a_warning(page: Any, world: Storied) -> None:
    links = [link for link in ask(page, "/circuits").links() if link.startswith("/circuits/")]
    states = {11: "proposed", 12: "active", 13: "retired"}
    for link in links:
        answer = ask(page, link)
        entry = world.circuits("entry", bytes.fromhex(link.removeprefix("/circuits/0x")))
        assert states[entry["state"]] in answer.words
        assert answer.facts()["Bits per use"] == f"{entry['leakBits']} bits"
        assert answer.facts()["Verifier contract"].lower() == entry["verifier"].lower()
        assert ("has a development key" in answer.words) == entry["development"]
    assert len(links) == 5


def test_what_others_wrote_is_text_and_nothing_else(
    page: Any, world: Storied, crawled: dict[str, Answer]
) -> None:
    answer = ask(page, f"/identities/{world.stranger}")
    values = [row["Value"] for row in answer.rows() if "Value" in row]
    assert HOSTILE[0] in values  # as text: the markup is escaped
    assert "{{ 7 * 7 }}{% raw %}" in values
    assert any(value.startswith("0xfffe00") for value in values)
    assert max(map(len, values)) <= 170
    assert "49" not in values
    for path, found in crawled.items():
        for sign in "\u202e\u2066\u200b\u2028\u0000\u001b\U000e0041":
            assert sign not in found.text, path
        assert "<script" not in found.text
        assert "<b>" not in found.text
        assert "<img src=x" not in found.text
    theirs = [one for one in answer.tree.iter("bdi") if one.get("class") == "theirs"]
    assert len(theirs) > len(HOSTILE)


def test_an_empty_exchange_has_its_pages_too(world: Storied, place: Path) -> None:
    """All that a page lists can be missing."""
    seen = Snapshot(-1, 0, -1, Contents((0, b""), {table.name: [] for table in TABLES}, []))
    with page_of(world, place) as made:
        look = Look(seen, made._checker, made._deployment, Following(0.0, "node"))
        for kind in KINDS:
            if kind.key is None:
                for language in languages().values():
                    renderer = Renderer(language, kind.path, chosen=True)
                    common = {"seen": seen, "following": look.following}
                    common |= {"deployment": look.deployment}
                    values = kind.view(look)
                    assert values is not None
                    text = renderer.render(kind.template, {**common, **values})
                    assert Answer(200, {}, text.encode()).words
    assert forms.share(3, 0) == "0"


def test_lists_are_parted_and_none_is_endless(world: Storied, place: Path) -> None:
    """With hundreds of rows more than there are."""
    keys = {"grants": "grant_id", "lineages": "lineage", "subjects": "subject", "jobs": "job"}
    with page_of(world, place) as made:
        ask(made.app, "/")
        reader = made._reader
        old = reader._last.contents
        tables = {name: list(rows) for name, rows in old.tables.items()}
        for table, key in keys.items():
            width = len(tables[table][0][key]) - 2
            more = [f"0x{number:0{width}x}" for number in range(1, 802)]
            tables[table] += [{**tables[table][0], key: one} for one in more]
        step = tables["steps"][0]
        tables["steps"] += [{**step, "job": row["job"]} for row in tables["jobs"][-801:]]
        reader._last = replace(reader._last, contents=Contents(old.mark, tables, old.events))
        for path, most in (("/grants", 50), ("/data", 50), ("/identities", 50), ("/jobs", 50)):
            answer = ask(made.app, path)
            assert len(answer.rows()) == most
            assert "1 of 17 (80" in answer.words
            assert f"{path}?page=2" in answer.links()
            last = ask(made.app, f"{path}?page=999")
            assert "17 of 17" in last.words
            assert 0 < len(last.rows()) <= most
        lineage = tables["grants"][0]["lineage"]
        answer = ask(made.app, f"/data/{lineage}")
        assert "The newest 20 of 80" in answer.words
        assert len(answer.rows()) < 120
        assert len(answer.body) < 400_000
