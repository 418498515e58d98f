"""Proofs read again from events have the words that were proved, and are judged as they should."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.exchange.evidence.witnessed import Witnessed, key_of, keys
from tests.verifier_contracts.conftest import off_group_point
from zkpipe.exchange.errors import IndexingError
from zkpipe.exchange.evidence import Verdict, accepted_proofs, by_digest, judged
from zkpipe.exchange.evidence.proofs import proof_of
from zkpipe.exchange.index.index import Index
from zkpipe.exchange.states import Kind
from zkpipe.prover import verify
from zkpipe.verifier_contracts import key_digest


def test_each_proof_has_the_public_values_that_it_was_made_for(
    world: Witnessed, index: Index
) -> None:
    found = list(accepted_proofs(index.events()))
    assert [(proof.kind, list(proof.publics)) for proof in found] == world.said
    assert {proof.kind for proof in found} == {Kind.REGISTER, Kind.UPDATE, Kind.STATS}
    assert all(len(proof.names) == len(proof.publics) for proof in found)
    for proof in found:
        assert proof.publics[proof.names.index("ctx")] == proof.context.word
        assert proof.publics[proof.names.index("root")] == int.from_bytes(proof.root, "big")
        receipt = world.client.web3.eth.get_transaction_receipt(proof.transaction)
        assert receipt["blockNumber"] == proof.block
        assert proof.log in {log["logIndex"] for log in receipt["logs"]}
    assert len({proof.title for proof in found}) == len(found)


def test_each_proof_holds_under_its_registered_key_and_no_other(index: Index) -> None:
    found = list(accepted_proofs(index.events()))
    assert judged(found, by_digest(keys())) == [Verdict.HOLDS] * len(found)
    assert judged(found, {}) == [Verdict.NO_KEY] * len(found)
    known = by_digest([key_of(4)])
    assert list(known) == [bytes.fromhex(key_digest(key_of(4)))]
    expected = [Verdict.HOLDS if p.kind is Kind.STATS else Verdict.NO_KEY for p in found]
    assert judged(found, known) == expected
    for proof in found:
        key = by_digest(keys())[proof.record.key_digest]
        assert verify(key, proof_of(proof.words), proof.publics)


def test_a_proof_for_other_words_fails_and_the_others_hold(index: Index) -> None:
    found = list(accepted_proofs(index.events()))
    known = by_digest(keys())
    x, y = off_group_point()
    for k in range(len(found[-1].publics)):
        other = list(found[-1].publics)
        other[k] += 1
        verdicts = judged([*found, replace(found[-1], publics=tuple(other))], known)
        assert verdicts == [Verdict.HOLDS] * len(found) + [Verdict.FAILS]
    one = found[0]
    mauled = [
        replace(one, words=(*one.words[:6], *found[1].words[6:])),
        replace(one, words=(0, 0, *one.words[2:])),
        replace(one, words=(*one.words[:2], x[1], x[0], y[1], y[0], *one.words[6:])),
        replace(one, publics=one.publics[:-1]),
        replace(one, publics=(*one.publics[:-1], one.publics[-1] + (1 << 255))),
    ]
    assert judged([one, *mauled], known) == [Verdict.HOLDS] + [Verdict.FAILS] * len(mauled)


def test_a_proof_of_what_no_event_made_is_refused(index: Index) -> None:
    events = index.events()
    for name in ("CircuitProposed", "LineageRegistered", "JobOpened", "DIDOwnerChanged"):
        less = [(log, event) for log, event in events if event.name != name]
        with pytest.raises(IndexingError, match="no event before it made"):
            list(accepted_proofs(less))
