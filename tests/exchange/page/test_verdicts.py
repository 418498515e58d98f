"""Proofs are verified again while a page is made; what is shown is what was found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.evidence.witnessed import key_of, keys
from tests.exchange.page.asking import ask
from tests.exchange.page.conftest import page_of
from tests.exchange.page.storied import Storied
from zkpipe.exchange.evidence import Verdict, accepted_proofs
from zkpipe.exchange.index.index import Index
from zkpipe.exchange.page.checking import Check, Checker, Judge, statement
from zkpipe.exchange.page.snapshot import Snapshot


@pytest.fixture(scope="module")
def proofs(world: Storied, read: Path) -> Any:
    with Index.of(read, world.client, world.manifest) as index:
        return list(accepted_proofs(index.events()))


def test_every_proof_is_verified_with_its_key(page: Any, world: Storied) -> None:
    answer = ask(page, "/proofs")
    rows = [row for row in answer.rows() if "Proof" in row]
    assert len(rows) == len(world.said) == 8
    assert all("verified with the key · at " in row["Proof"] for row in rows)
    assert "8 proofs were verified for this view" in answer.words
    assert "8 of 8 proofs hold." in ask(page, "/").words


def test_a_proofs_page_has_the_values_that_it_was_made_for(page: Any, world: Storied) -> None:
    links = [link for link in ask(page, "/proofs").links() if link.startswith("/proofs/")]
    told = []
    for link in dict.fromkeys(links):
        answer = ask(page, link)
        lists = list(answer.tree.iter("dl"))
        values = ["".join(dd.itertext()).strip() for dd in lists[1].iter("dd")]
        told.append([int(value.replace(",", ""), 0) for value in values])
        assert "verified" in answer.words
        assert "This program verified the proof just now" in answer.words
    assert sorted(told) == sorted(words for _, words in world.said)


def test_without_a_key_the_chains_registry_is_asked_and_named(world: Storied, place: Path) -> None:
    with page_of(world, place, with_keys=[key_of(4)]) as made:
        assert made.checked(60) == {"proofs": 8, "hold": 8, "fail": 0, "not_verified": 0}
        rows = [row for row in ask(made.app, "/proofs").rows() if "Proof" in row]
        by_key = [row for row in rows if "with the key" in row["Proof"]]
        by_chain = [
            row for row in rows if "no key here; verified by the chain's registry" in row["Proof"]
        ]
        assert [row["Kind"] for row in by_key] == ["statistics"] * 2
        assert len(by_chain) == 6
        words = ask(made.app, "/").words
        assert "8 of 8 proofs hold." in words
        assert "2 proofs were verified for this view" in words
        assert "For 6 of them the key is not here." in words
        circuit = f"/circuits/0x{world.circuits_by_kind[1].id.hex()}"
        assert "No key here." in ask(made.app, circuit).words


def test_a_retired_circuits_proofs_are_verified_by_the_verifier_itself(
    world: Storied, place: Path
) -> None:
    mark = world.chain.snapshot()
    try:
        circuit = world.circuits_by_kind[2]
        world.decide(world.circuits, "retire", ["bytes32"], circuit.id)
        with page_of(world, place, with_keys=[]) as made:
            assert made.checked(60)["hold"] == 8
            told = ask(made.app, f"/circuits/0x{circuit.id.hex()}")
            assert "verified by the registered verifier contract" in told.words
            assert "retired" in told.words
    finally:
        world.chain.restore(mark)


def test_what_does_not_hold_is_shown_so(world: Storied, proofs: Any, place: Path) -> None:
    """As if the node had told an event with another word in its proof, or in its public values."""
    with page_of(world, place) as made:
        ask(made.app, "/")
        last = made._reader._last
        wrong = replace(proofs[0], publics=(proofs[0].publics[0] + 1, *proofs[0].publics[1:]))
        mauled = replace(proofs[1], words=(*proofs[1].words[:7], proofs[1].words[7] ^ 1))
        last.contents.__dict__["proofs"] = [wrong, mauled, *proofs[2:]]
        answer = ask(made.app, "/proofs")
        rows = [row["Proof"] for row in answer.rows() if "Proof" in row]
        assert sum("does not hold" in row for row in rows) == 2
        words = ask(made.app, "/").words
        assert "6 of 8 proofs hold." in words
        assert "2 proofs do not hold." in words
        assert "does not hold" in ask(made.app, f"/data/0x{world.lineage.hex()}").words


def test_the_chain_refuses_what_does_not_hold(world: Storied, proofs: Any, place: Path) -> None:
    wrong = replace(proofs[0], publics=(proofs[0].publics[0] + 1, *proofs[0].publics[1:]))
    mauled = replace(proofs[1], words=(*proofs[1].words[:7], proofs[1].words[7] ^ 1))
    with page_of(world, place, with_keys=[]) as made:
        with Index.of(place, world.client, world.manifest) as index:
            index.follow()
            seen = Snapshot.of(index)
        follower = made._follower
        assert follower._verified(seen, proofs[0]).verdict is Verdict.HOLDS
        for one in (wrong, mauled):
            check = follower._verified(seen, one)
            assert (check.verdict, check.judge) == (Verdict.FAILS, Judge.REGISTRY)


def test_a_page_verifies_for_a_bounded_time_and_the_oldest_first(proofs: Any) -> None:
    checker = Checker(keys(), dict, budget=0.0)
    nothing = checker.check(proofs)
    assert nothing.fresh == 0
    assert {check.verdict for check in nothing.checks} == {Verdict.NO_KEY}
    checker = Checker(keys(), dict, budget=5.0)
    first = checker.check(proofs[:3])
    assert first.fresh == 3
    again = checker.check(proofs[:3])
    assert again.fresh == 3
    assert all(new.at > old.at for new, old in zip(again.checks, first.checks, strict=True))
    checker._budget = 0.0
    kept = checker.check(proofs)
    assert kept.fresh == 0
    assert [check.at for check in kept.checks[:3]] == [check.at for check in again.checks]
    assert kept.count(Verdict.HOLDS) == 3


def test_a_verdict_is_of_circuit_proof_and_public_values(proofs: Any) -> None:
    """Nothing that was found of one proof is told of another."""
    other_record = next(one.record for one in proofs if one.circuit != proofs[0].circuit)
    held = {statement(proofs[0]): Check(Verdict.HOLDS, Judge.REGISTRY, 1.0, 0.1)}
    checker = Checker([], lambda: held)
    for other in (
        replace(proofs[0], words=proofs[1].words),
        replace(proofs[0], publics=proofs[1].publics),
        replace(proofs[0], record=other_record),
    ):
        assert checker.check([other]).count(Verdict.NO_KEY) == 1
    assert checker.check([proofs[0]]).count(Verdict.HOLDS) == 1


def test_an_entry_that_is_not_in_its_place_breaks_its_chain(world: Storied, place: Path) -> None:
    """As if the node had told other entries than the ones that the head stands for."""
    with page_of(world, place) as made:
        assert "The chain holds" in ask(made.app, f"/ledger/{world.asset}").words
        last = made._reader._last
        rows = last.contents.tables["entries"]
        chained = [row for row in rows if row["asset"] == world.asset and row["sequence"]]
        assert len(chained) == 2
        broken = "The chain does not hold"
        for row, column, value in (
            (chained[0], "sequence", 3),
            (chained[0], "digest", chained[1]["digest"]),
            (chained[1], "author", world.stranger),
            (chained[1], "entry", chained[0]["entry"]),
        ):
            kept = row[column]
            row[column] = value
            assert broken in ask(made.app, f"/ledger/{world.asset}").words, column
            row[column] = kept
        head = last.contents.row("heads", (world.asset,))
        head["hash"] = "0x" + "12" * 32
        assert broken in ask(made.app, f"/ledger/{world.asset}").words
