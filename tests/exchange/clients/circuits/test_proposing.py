"""A circuit is proposed once, with the verifier that its key makes, and others see if it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.exchange.clients.circuits.some_circuits import key_of, own_words
from tests.exchange.clients.parties import Parties
from tests.exchange.nodes import need_solc
from zkpipe.exchange.clients.circuits import Circuits, proposing, source_of
from zkpipe.exchange.clients.circuits.checking import Checked, check
from zkpipe.exchange.clients.circuits.comparing import SAME_PRICE, compare, without
from zkpipe.exchange.clients.circuits.proposing import propose
from zkpipe.exchange.clients.facts import record_of, row_of
from zkpipe.exchange.errors import CircuitError
from zkpipe.exchange.states import CircuitState
from zkpipe.exchange.structs import Record
from zkpipe.prover import DEVELOPMENT, Provenance, setup
from zkpipe.verifier_contracts.solidity.standing import Standing


@pytest.fixture(scope="module")
def checked(parties: Parties) -> Checked:
    need_solc()
    words = own_words(parties.folder, "register")
    return check(source_of(words), key_of(words, parties.folder / "register.zkey"))


@pytest.fixture(scope="module")
def proposed(parties: Parties, checked: Checked) -> Record:
    session = parties.session("developer")
    return propose(session, Circuits(session.home), checked)


class Stopped(BaseException):
    pass


def test_a_stop_at_any_step_costs_no_second_verifier(
    parties: Parties, checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = parties.session("another developer")
    circuits = Circuits(session.home)
    count = session.chain.web3.eth.get_transaction_count

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    for owner, name in (
        (proposing.Deployment, "of"),  # sent and mined, and nobody has the record
        (proposing, "_wait_until_final"),
        (Circuits, "bind"),
        (session.sender, "send"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, stop)
            with pytest.raises(Stopped):
                propose(session, circuits, checked)
            assert count(session.me) == 1
    record = propose(session, circuits, checked)
    assert count(session.me) == 2
    assert propose(session, circuits, checked) == record
    assert count(session.me) == 2
    state = row_of(session.latest, "circuits", "circuit", record.circuit)["state"]
    assert state == CircuitState.PROPOSED
    assert circuits.record(record.circuit) == record


def test_what_is_proposed_is_what_the_chain_and_the_source_have(
    parties: Parties, checked: Checked, proposed: Record
) -> None:
    view = parties.session("member")
    known = record_of(row_of(view.latest, "circuits", "circuit", proposed.circuit))
    assert known == proposed
    assert known.provenance == Provenance.DEVELOPMENT
    key = checked.key
    assert compare(view, known, checked.source, key) == []
    other = setup(checked.system, DEVELOPMENT)
    said = compare(view, known, checked.source, other)
    assert any("not what zkpipe generates" in one for one in said)
    assert any("keyDigest" in one for one in said)
    said = compare(view, known, source_of("register@2"), key)
    assert any("r1csHash" in one for one in said)
    assert any("another circuit's" in one for one in said)
    for change, expected in (
        ({"r1cs_hash": b"r" * 32}, "r1csHash"),
        ({"codehash": b"c" * 32}, "codehash"),
        ({"source_hash": b"s" * 32}, "sourceHash"),
        ({"development": False}, "development"),
        ({"leak_bits": 1}, "leak_bits"),
        ({"provenance": 3}, "you have not verified that"),
        ({"provenance": 2}, "provenance is none"),
        ({"provenance": 9}, "provenance is none"),
        ({"verifier": view.manifest.addresses["JobBoard"]}, "not what zkpipe generates"),
    ):
        found = compare(view, replace(known, **change), checked.source, key)
        assert any(expected in one for one in found), change


def test_a_verifier_with_another_price_is_told(
    parties: Parties, checked: Checked, proposed: Record
) -> None:
    """Its code differs in one place, which only the price of a pairing may fill."""
    view = parties.session("member")
    chain = view.chain
    compiled = proposing.compiled_verifier(
        checked.key.verifying_key, Standing(Provenance.DEVELOPMENT)
    )
    assert compiled.immutables
    code = bytearray(chain.code(proposed.verifier))
    first, count = compiled.immutables[0]
    code[first + count - 1] ^= 1
    place = "0x" + "77" * 20
    answer = chain.web3.provider.make_request("anvil_setCode", [place, "0x" + code.hex()])
    assert "error" not in answer
    found = compare(view, replace(proposed, verifier=place), checked.source, checked.key)
    assert SAME_PRICE in found
    assert not any("not what zkpipe generates" in one for one in found)
    code[0] ^= 1
    chain.web3.provider.make_request("anvil_setCode", [place, "0x" + code.hex()])
    found = compare(view, replace(proposed, verifier=place), checked.source, checked.key)
    assert any("not what zkpipe generates" in one for one in found)


def test_zeros_stand_in_the_places_of_immutables_alone() -> None:
    assert without(b"abcdef", [(1, 2), (4, 1)]) == b"a\0\0d\0f"
    assert without(b"abc", []) == b"abc"
    assert without(b"abc", [(2, 5)]) == b"ab\0"


def test_a_circuit_with_an_objection_is_not_proposed(
    parties: Parties, checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = parties.session("developer")
    before = session.chain.web3.eth.get_transaction_count(session.me)
    monkeypatch.setattr(proposing, "DEVELOPMENT_CHAINS", (31337,))
    with pytest.raises(CircuitError, match="chain 1337 is none for development"):
        propose(session, Circuits(session.home), checked)
    monkeypatch.undo()
    wrong = replace(checked, objections=("it tells too much.",))
    with pytest.raises(CircuitError, match="it tells too much"):
        propose(session, Circuits(session.home), wrong)
    assert session.chain.web3.eth.get_transaction_count(session.me) == before
