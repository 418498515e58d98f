"""The whole case, in the long form: in one process, and on a node with a process for each party."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.exchange.canaries import Canaries
from tests.exchange.cases.test_data import rows
from tests.exchange.cases.test_region_score import expected
from tests.exchange.nodes import need_anvil, need_solc
from tests.long_form import IS_LONG
from zkpipe.exchange.cases.open_data.places import ROLES
from zkpipe.exchange.cases.open_data.running import BUNDLE, RECORD, REPORT, run
from zkpipe.exchange.cases.open_data.story import DATA, QUESTIONS, Told
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.errors import CaseError
from zkpipe.exchange.home import Home
from zkpipe.verifier_contracts import Node

long = pytest.mark.skipif(not IS_LONG, reason="takes a minute")


@contextmanager
def quiet(title: str) -> Iterator[None]:
    yield


def check(told: Told, folder: Path) -> None:
    """That the answers are those of the rows, and that the files tell them."""
    visits, *scores = told.uses
    table, groups = rows("visits"), {}
    for cell in visits["answer"]["cells"]:
        deductible, health = cell["cell"]["deductible"], cell["cell"]["health"]
        mine = [
            row
            for row in table
            if (row["deductible"] == "true", row["health"]) == (deductible, health)
        ]
        persons = len({row["person"] for row in mine})
        is_told = persons >= 20
        assert cell["rows"] == (len(mine) if is_told else 0)
        if is_told:
            assert int(cell["sum"]) == sum(int(row["visits"]) for row in mine)
        groups[deductible, health] = persons
    assert sorted(groups.values()) == [12, 17, 30, 39, 70, 128]
    counties = {int(row["county"]): row for row in rows("counties")}
    for use, county in zip(scores, QUESTIONS, strict=True):
        assert use["answer"] == {"values": expected(counties[county])}
    assert [one["name"] for one in told.refusals] == [
        "AnswerError", "LeakageBudgetExceeded", "LeakageBudgetExceeded", "TermsError",
        "GrantExhausted", "NotAllowed",
    ]  # fmt: skip
    budgets = {name: one["budget"] for name, one in told.tables.items()}
    assert budgets["visits"]["spent"] + budgets["visits"]["held"] == 3 * 168
    assert budgets["counties"]["spent"] + budgets["counties"]["held"] == 60
    assert told.audit["proofs"] == 2 + 3  # a segment a table, three uses
    assert json.loads((folder / RECORD).read_text()) == json.loads(json.dumps(asdict(told)))
    assert told.audit["anchor"] in (folder / REPORT).read_text()
    assert {path.name for path in folder.iterdir()} == {*ROLES, REPORT, RECORD, BUNDLE}


@long
def test_the_case_goes_in_one_process(tmp_path: Path) -> None:
    check(run(tmp_path / "case", quiet), tmp_path / "case")


@long
def test_the_case_goes_with_a_process_for_each_party_and_nothing_private_gets_out(
    tmp_path: Path,
) -> None:
    need_anvil()
    need_solc()
    folder = tmp_path / "case"
    with Node.start() as node:
        check(run(folder, quiet, node.url), folder)
    for name in ROLES:
        canaries = private(folder / name, with_rows=name == "owner")
        assert canaries.in_folder(folder, but=[folder / name / "password"]) == [], name
        assert canaries.in_bytes((folder / name / "password").read_bytes(), "its file")
    homes = {path.relative_to(folder).parts for path in folder.rglob("home.json")}
    assert homes == {(name, "home", "home.json") for name in ROLES}


def private(folder: Path, *, with_rows: bool) -> Canaries:
    """What nobody else may know of a party, and no file but the password's may hold in clear."""
    canaries = Canaries()
    password = (folder / "password").read_text()
    canaries.plant("password", password)
    with Home.read(folder / "home", password) as home:
        canaries.plant("master", home.keys.master)
        canaries.plant("account", bytes(home.account.key))
        for name in ("holder", "issuer", "seal"):
            canaries.plant(name, getattr(home.keys, name).scalar)
        if with_rows:
            holdings = Holdings(home)
            roots = holdings.roots()
            assert len(roots) == 2
            for root in roots:
                kept = holdings.segment(root)
                canaries.plant(f"key of {root.hex()}", kept.key)
                for j, column in enumerate(kept.table.columns):
                    some = column[0][:64]
                    if len(set(some.tolist())) > 8:  # fewer are found by chance
                        canaries.plant(f"column {j} of {root.hex()}", some.tobytes())
    if with_rows:
        for name in ("visits", "counties"):
            for line in (DATA / f"{name}.csv").read_text().splitlines()[1::40]:
                canaries.plant(f"a row of {name}: {line}", line)
    return canaries


def test_a_place_where_something_is_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(CaseError, match="is not empty"):
        run(tmp_path, quiet)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
