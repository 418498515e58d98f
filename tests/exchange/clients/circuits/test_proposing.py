"""A circuit is proposed once, with the verifier that its key makes, and others see if it is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from eth_abi import decode
from eth_utils import keccak

from tests.exchange.clients.circuits.some_circuits import key_of, own_words
from tests.exchange.clients.parties import Parties
from tests.exchange.nodes import need_solc
from zkpipe.exchange.clients.circuits import Circuits, proposing, source_of
from zkpipe.exchange.clients.circuits.checking import Checked, check
from zkpipe.exchange.clients.circuits.comparing import NOT_VERIFIED, SAME_PRICE, compare, without
from zkpipe.exchange.clients.circuits.proposing import propose
from zkpipe.exchange.clients.facts import record_of, row_of
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.errors import CircuitError
from zkpipe.exchange.states import CircuitState
from zkpipe.exchange.structs import Record
from zkpipe.prover import DEVELOPMENT, Provenance, setup, setup_to_file
from zkpipe.prover.ceremony import contribute_key, contribute_ptau, new_ptau, prepare_ptau
from zkpipe.verifier_contracts.errors import RevertError
from zkpipe.verifier_contracts.solidity.standing import Standing


@pytest.fixture(scope="module")
def checked(parties: Parties) -> Checked:
    need_solc()
    words = own_words(parties.folder, "register")
    return check(source_of(words), key_of(words, parties.folder / "register.zkey"))


@pytest.fixture(scope="module")
def initial(checked: Checked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key that a ceremony for the circuit begins with."""
    folder = tmp_path_factory.mktemp("ceremony")
    new_ptau(13, folder / "0.ptau")
    contribute_ptau(folder / "0.ptau", folder / "1.ptau")
    prepare_ptau(folder / "1.ptau", folder / "2.ptau")
    setup_to_file(checked.system, folder / "2.ptau", folder / "0.zkey")
    return folder / "0.zkey"


def contributed(checked: Checked, initial: Path, path: Path) -> Checked:
    """The circuit with a key by one person, of whose origin this user knows nothing."""
    contribute_key(initial, path)
    found = check(checked.source, path)
    assert found.objections == ()
    assert found.key.provenance is Provenance.UNVERIFIED
    return found


def sent(session: Session) -> int:
    """How many transactions a party has sent."""
    return session.chain.web3.eth.get_transaction_count(session.me)


@pytest.fixture
def real_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chain of the parties counts as none for development."""
    monkeypatch.setattr(proposing, "DEVELOPMENT_CHAINS", (31337,))


@pytest.fixture(scope="module")
def proposed(parties: Parties, checked: Checked) -> Record:
    session = parties.session("developer")
    return propose(session, Circuits(session.home), checked)


REASON = "Kept by two houses: see “minutes”."


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


def proposal(parties: Parties, record: Record) -> Record:
    """What others see of it."""
    return record_of(
        row_of(parties.session("member").latest, "circuits", "circuit", record.circuit)
    )


@pytest.mark.parametrize("reason", [None, REASON])
def test_an_unverified_key_is_proposed_as_one_with_the_reason_if_there_is_one(
    parties: Parties, checked: Checked, initial: Path, tmp_path: Path, reason: str | None
) -> None:
    session, view = parties.session("developer"), parties.session("member")
    found = contributed(checked, initial, tmp_path / "1.zkey")
    record = propose(session, Circuits(session.home), found, accept_unverified=reason)
    known = proposal(parties, record)
    assert (known.provenance, known.development) == (Provenance.UNVERIFIED, False)
    assert compare(view, known, found.source, found.key) == []
    call = {"to": known.verifier, "data": "0x" + keccak(text="UNVERIFIED_REASON()")[:4].hex()}
    if reason is None:
        with pytest.raises(RevertError):
            view.chain.call(call)
    else:
        [said] = decode(["string"], view.chain.call(call))
        assert said == reason


@pytest.mark.usefixtures("real_chain")
def test_an_unverified_key_needs_a_reason_on_a_real_chain(
    parties: Parties, checked: Checked, initial: Path, tmp_path: Path
) -> None:
    session, view = parties.session("developer"), parties.session("member")
    found = contributed(checked, initial, tmp_path / "1.zkey")
    before = sent(session)
    with pytest.raises(CircuitError, match="You have not verified that the key of"):
        propose(session, Circuits(session.home), found)
    assert sent(session) == before
    record = propose(session, Circuits(session.home), found, accept_unverified=REASON)
    assert sent(session) == before + 2
    assert compare(view, proposal(parties, record), found.source, found.key) == []


@pytest.mark.usefixtures("real_chain")
def test_a_key_from_a_ceremony_needs_no_reason_and_others_see_if_they_verified_it(
    parties: Parties,
    checked: Checked,
    initial: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, view = parties.session("developer"), parties.session("member")
    found = contributed(checked, initial, tmp_path / "1.zkey")
    (tmp_path / "zkpipe").mkdir(mode=0o700)
    (tmp_path / "zkpipe" / "trusted.txt").write_text(f"vkey {found.key_digest.hex()} ours\n")
    with monkeypatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        record = propose(session, Circuits(session.home), found)
        known = proposal(parties, record)
        assert known.provenance == Provenance.CEREMONY
        assert compare(view, known, found.source, found.key) == []
    assert compare(view, known, found.source, found.key) == [NOT_VERIFIED]


@pytest.mark.usefixtures("real_chain")
@pytest.mark.parametrize("reason", [None, REASON])
def test_no_reason_makes_a_development_key_one_for_a_real_chain(
    parties: Parties, checked: Checked, reason: str | None
) -> None:
    session = parties.session("developer")
    before = sent(session)
    with pytest.raises(CircuitError, match="is a development key, and chain 1337 is none for"):
        propose(session, Circuits(session.home), checked, accept_unverified=reason)
    assert sent(session) == before


def test_a_circuit_with_an_objection_is_not_proposed(parties: Parties, checked: Checked) -> None:
    session = parties.session("developer")
    before = sent(session)
    wrong = replace(checked, objections=("it tells too much.",))
    with pytest.raises(CircuitError, match="it tells too much"):
        propose(session, Circuits(session.home), wrong)
    assert sent(session) == before
