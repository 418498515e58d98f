"""The report tells what happened, is well-formed, needs nothing from elsewhere, trusts no text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as Tree
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from tests.exchange.page.asking import read
from zkpipe.exchange.cases.open_data.report import report
from zkpipe.exchange.cases.open_data.story import Told

MARKUP = "</td><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7 * 7 }}&amp;]]>"
ADDRESS, ANCHOR = "0x" + "12" * 20, "0x" + "ab" * 32
GRANTS = ["0x" + f"{i}d" * 32 for i in range(4)]


def told() -> Told:
    """A case that never was."""
    circuits = {
        name: {
            "circuit": "0x" + f"{i}c" * 32,
            "constraints": 70_000 + i,
            "leak_bits": bits,
            "floor_safe": name != "region_score",
            "development": True,
        }
        for i, (name, bits) in enumerate({"register": 0, "visits": 168, "region_score": 10}.items())
    }
    tables = {
        name: {
            "lineage": "0x" + f"{i}a" * 32,
            "segments": [{"rows": rows, "units": units}],
            "columns": ["year", name],
            "floor": floor,
            "budget": {"limit": limit, "spent": spent, "held": limit - spent},
        }
        for i, (name, rows, units, floor, limit, spent) in enumerate(
            [("visits", 994, 296, 20, 512, 168), ("counties", 437, 437, 0, 64, 21)]
        )
    }
    rights = [
        {"grant": grant, "table": "visits", "circuit": "visits", "uses": 1, "price": 5, "bits": 168}
        for grant in GRANTS[:3]
    ]
    score = {"table": "counties", "circuit": "region_score"}
    rights.append({"grant": GRANTS[3], **score, "uses": 6, "price": 7, "bits": 60})
    cells = [
        {"cell": {"deductible": False, "health": "good"}, "rows": 231, "sum": "777", "mean": "3.4"},
        {"cell": {"deductible": True, "health": "poor"}, "rows": 0, "sum": "0", "mean": None},
    ]
    use = {"gas": {"total": 1_234_567}, "seconds": {"serve": 0.25}}
    uses = [
        {"job": "0x" + "01" * 32, "circuit": "visits", "question": 0, "ticket": 1,
         "grant": GRANTS[0], "answer": {"cells": cells}, **use},
        *({"job": "0x" + f"0{i}" * 32, "circuit": "region_score", "question": county, "ticket": i,
           "grant": GRANTS[3], "answer": {"values": score}, **use}
          for i, county, score in ((2, 562, 397), (3, 581, 612))),
    ]  # fmt: skip
    return Told(
        parties={
            name: {"account": ADDRESS} for name in ("council", "owner", "developer", "auditor")
        },
        exchange={"contracts": {"JobBoard": ADDRESS}, "chain_id": 31_337},
        circuits=circuits,
        tables=tables,
        rights=rights,
        uses=uses,
        refusals=[
            {"who": "the agency", "what": "tries it", "name": "No", "why": "it is", "problem": "x"}
        ],
        audit={
            "proofs": 5, "events": 71, "headers": 33, "evidence": "receipts", "block": 90,
            "anchor": ANCHOR, "seconds": {"verify": 1.5},
        },
        seconds={"the auditor checks everything": 2.5},
    )  # fmt: skip


def tree(text: str) -> Tree.Element:
    """The page as XML, which forgives nothing."""
    assert text.startswith("<!DOCTYPE html>\n")
    return Tree.fromstring(text)  # noqa: S314 # what we wrote


def changed(value: Any, change: Callable[[str], str]) -> Any:
    """With other texts; names of fields, parties, tables and circuits stay."""
    if isinstance(value, dict):
        return {name: changed(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [changed(one, change) for one in value]
    return change(value) if isinstance(value, str) else value


def shape(text: str) -> list[tuple[str, list[str]]]:
    """The elements of a page, with the names of their attributes."""
    return [(one.tag, sorted(one.keys())) for one in tree(text).iter()]


def test_it_tells_what_happened() -> None:
    page = report(told(), 61.5)
    words = read(tree(page))
    for said in (
        "1,431 rows in all",
        "5 proofs hold, 1 attempts were refused",
        "The whole case took 61.5 s",
        "development keys",
        "without a deductible, health good",
        "silent: fewer than 20 persons",
        "Alexander, Illinois scores 397",
        "1,234,567",
        "70,002",
        "The agency tries it.",
        f"zkpipe audit verify bundle --anchor {ANCHOR}",
    ):
        assert said in words, said
    rows = [
        {str(cell.get("data-label")): read(cell) for cell in row.iter("td")}
        for row in tree(page).iter("tr")
    ]
    assert {"persons": "without a deductible, health good", "years": "231", "visits": "777",
            "visits a year": "3.4"} in rows  # fmt: skip
    tiles = [read(tile) for tile in tree(page).iter("li") if tile.find("span") is not None]
    assert tiles[0].startswith("19")  # points: one use of 5, two of 7
    assert tiles[1].startswith("189")


def test_it_needs_nothing_from_elsewhere() -> None:
    page = report(told(), 61.5)
    tags, attributes = zip(*shape(page), strict=True)
    assert not {"script", "link", "iframe", "img", "object", "embed", "form", "base"} & set(tags)
    names = {name for some in attributes for name in some}
    assert not {"src", "href", "srcset", "action", "style"} & names
    assert not [name for name in names if name.startswith("on")]
    assert not re.search(r"https?:|//[a-z]|url\(|@import|javascript:", page)


def test_hostile_texts_stay_texts() -> None:
    """Wherever a text of the case stands, markup in it makes no element and no attribute."""
    mild = Told(**changed(asdict(told()), lambda text: f"a{text}"))
    hostile = Told(**changed(asdict(told()), lambda text: f"{MARKUP}{text}"))
    page = report(hostile, 61.5)
    assert shape(page) == shape(report(mild, 61.5))
    assert f"--anchor {MARKUP}{ANCHOR}" in read(tree(page))
    assert any(one.get("title") == f"{MARKUP}x" for one in tree(page).iter())
