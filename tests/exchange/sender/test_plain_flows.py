"""Sending on a chain that mines at once."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.exchange.nodes import Party, embedded_party
from tests.exchange.sender.conftest import Counter, subject
from zkpipe.exchange.errors import DeadlineError, OutboxError
from zkpipe.exchange.sender.attempts import AttemptState, Outcome, Task
from zkpipe.exchange.sender.outbox import FILE
from zkpipe.exchange.sender.sender import Sender
from zkpipe.ground.errors import KindError
from zkpipe.verifier_contracts import Chain
from zkpipe.verifier_contracts.errors import (
    AccountError,
    ArgumentError,
    HaltError,
    RevertError,
    TransactionError,
)


def test_a_task_is_done_once_however_often_it_is_asked_for(
    embedded: Chain, here: Counter, party: Party
) -> None:
    for _ in range(3):
        with Sender(party, embedded, 0) as sender:
            first = sender.send(**here.wish(subject(1)))
            again = sender.send(**here.wish(subject(1)))
            assert first is not None
            assert again == first
            assert sender.pending() == []
    assert here.times(subject(1)) == 1
    assert embedded.web3.eth.get_transaction_count(party.account.address) == 1


def test_other_numbers_and_subjects_are_other_tasks(
    embedded: Chain, here: Counter, party: Party
) -> None:
    with Sender(party, embedded, 0) as sender:
        for wish in (here.wish(subject(1)), here.wish(subject(1), 1), here.wish(subject(2))):
            sender.plan(**wish)
        while sender.pending():
            sender.step()
    assert [here.times(subject(1)), here.times(subject(1), 1), here.times(subject(2))] == [1, 1, 1]


def test_keys_are_digests_of_what_the_design_names() -> None:
    task = Task(1337, "0x" + "ab" * 20, "submit", b"job and more", 3)
    types = ["uint256", "address", "string", "bytes", "uint256"]
    digest = keccak(encode(types, [1337, "0x" + "ab" * 20, "submit", b"job and more", 3]))
    assert task.id == digest
    assert task.key(2) == keccak(digest + (2).to_bytes(32, "big"))


def test_what_others_have_done_is_not_done_again(
    embedded: Chain, here: Counter, party: Party
) -> None:
    here.contract.transact("act", subject(1), 0)
    with Sender(party, embedded, 0) as sender:
        assert sender.send(**here.wish(subject(1))) is None
        assert sender.send(**here.wish(subject(1))) is None
    assert here.times(subject(1)) == 1
    assert embedded.web3.eth.get_transaction_count(party.account.address) == 0


def test_what_the_contract_refuses_is_not_signed_and_may_be_asked_for_again(
    embedded: Chain, here: Counter, party: Party
) -> None:
    here.contract.transact("close", subject(1), True)
    with Sender(party, embedded, 0) as sender:
        for _ in range(2):
            with pytest.raises(RevertError) as caught:
                sender.send(**here.wish(subject(1)))
            assert caught.value.name == "Closed"
        assert embedded.web3.eth.get_transaction_count(party.account.address) == 0
        here.contract.transact("close", subject(1), False)
        assert sender.send(**here.wish(subject(1))) is not None
        last = sender.plan(**here.wish(subject(1)))
        assert (last.number, last.outcome) == (0, Outcome.SUCCEEDED)


def test_a_new_attempt_follows_one_that_failed_on_the_chain(
    embedded: Chain, here: Counter, party: Party
) -> None:
    with Sender(party, embedded, 0) as sender:
        with pytest.raises(HaltError, match="ran out of gas"):
            sender.send(**here.wish(subject(1), gas=25_000))
        assert here.times(subject(1)) == 0
        assert sender.send(**here.wish(subject(1), gas=100_000)) is not None
        last = sender.plan(**here.wish(subject(1)))
        assert (last.number, last.outcome) == (1, Outcome.SUCCEEDED)
    assert here.times(subject(1)) == 1


def test_a_failure_whose_effect_came_from_others_is_no_failure(
    embedded: Chain, here: Counter, party: Party
) -> None:
    with Sender(party, embedded, 0) as sender:
        sender.plan(**here.wish(subject(1), gas=25_000))
        sender.step()
        here.contract.transact("act", subject(1), 0)
        assert sender.send(**here.wish(subject(1), gas=25_000)) is None
    assert here.times(subject(1)) == 1


def test_nothing_is_signed_after_the_deadline(embedded: Chain, here: Counter, party: Party) -> None:
    now = embedded.web3.eth.get_block("latest")["timestamp"]
    with Sender(party, embedded, 0) as sender:
        with pytest.raises(DeadlineError, match="act was not mined before its deadline"):
            sender.send(**here.wish(subject(1), deadline=now - 1))
        assert sender.send(**here.wish(subject(1), deadline=now + 1000)) is not None


def test_an_account_that_cannot_pay_is_told_so(
    embedded: Chain, here: Counter, party: Party, tmp_path: Path
) -> None:
    from eth_account import Account

    poor = Party(Account.create(), tmp_path)
    with Sender(poor, embedded, 0) as sender:
        with pytest.raises(TransactionError, match="cannot afford"):
            sender.send(**here.wish(subject(1)))
        assert sender.pending() == []


def test_arguments_that_do_not_fit_are_refused_before_anything_is_kept(
    embedded: Chain, here: Counter, party: Party
) -> None:
    with Sender(party, embedded, 0) as sender:
        with pytest.raises(ArgumentError):
            sender.plan(**{**here.wish(subject(1)), "args": [1]})
        with pytest.raises(ArgumentError, match="no function 'acts'"):
            sender.plan(**{**here.wish(subject(1)), "function": "acts"})
        assert sender.pending() == []


def test_two_programs_do_not_send_with_one_outbox(embedded: Chain, party: Party) -> None:
    with (
        Sender(party, embedded, 0),
        pytest.raises(OutboxError, match="Another program sends"),
    ):
        Sender(party, embedded, 0)
    Sender(party, embedded, 0).close()


def test_an_outbox_is_not_used_on_another_chain_of_the_same_number(
    embedded: Chain, party: Party
) -> None:
    Sender(party, embedded, 0).close()
    time.sleep(1.1)  # the first block's time tells them apart
    other = Chain.embedded()
    with pytest.raises(OutboxError, match="another chain with the number"):
        Sender(party, other, 0)


def test_the_database_itself_refuses_what_must_never_happen(
    embedded: Chain, here: Counter, party: Party
) -> None:
    with Sender(party, embedded, 0) as sender:
        sender.send(**here.wish(subject(1)))
        sender.plan(**here.wish(subject(3)))
        sender.step()
        sender.plan(**here.wish(subject(2)))
        assert [one.state for one in sender.pending()] == [AttemptState.SENT, AttemptState.PLANNED]
    with sqlite3.connect(party.folder / FILE) as database:
        for statement in (
            "UPDATE outbox SET raw = x'00' WHERE state = 'sent'",
            "UPDATE outbox SET nonce = 7 WHERE state = 'sent'",
            "UPDATE outbox SET state = 'planned' WHERE state = 'sent'",
            "DELETE FROM outbox WHERE state = 'sent'",
            "UPDATE outbox SET raw = x'00' WHERE nonce IS NOT NULL",
            "UPDATE outbox SET nonce = 7 WHERE nonce IS NOT NULL",
            "UPDATE outbox SET state = 'sent' WHERE nonce IS NOT NULL",
            "DELETE FROM outbox WHERE nonce IS NOT NULL",
            "DELETE FROM outbox",
            "INSERT INTO outbox SELECT x'01', task, 9, chain_id, contract, function, subject, i,"
            " account, data, asked_gas, deadline, NULL, gas, most_fee, priority_fee, begun_block,"
            " raw, hash, empty, state, block, block_hash, mined_hash, outcome, note FROM outbox"
            " WHERE state = 'planned'",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                database.execute(statement)


@pytest.mark.parametrize("change", ["raw = x'0102'", "attempt = 7", "state = 'odd'"])
def test_a_row_that_was_changed_is_not_believed(
    embedded: Chain, here: Counter, party: Party, change: str
) -> None:
    with Sender(party, embedded, 0) as sender:
        sender.send(**here.wish(subject(1)))
    with sqlite3.connect(party.folder / FILE) as database:
        for name in ("signed_bytes_stay", "final_stays"):
            database.execute(f"DROP TRIGGER {name}")
        database.execute(f"UPDATE outbox SET {change}")  # noqa: S608 # a test's
    with (
        Sender(party, embedded, 0) as sender,
        pytest.raises(OutboxError, match="a row is none of ours"),
    ):
        sender.plan(**here.wish(subject(1)))


def test_a_file_that_is_no_database_is_told_as_damaged(embedded: Chain, party: Party) -> None:
    (party.folder / FILE).write_bytes(b"not a database at all" * 100)
    with pytest.raises(OutboxError, match="damaged"):
        Sender(party, embedded, 0)


def test_what_is_planned_waits_for_its_effect_after_a_restart(
    embedded: Chain, here: Counter, party: Party
) -> None:
    with Sender(party, embedded, 0) as sender:
        sender.plan(**here.wish(subject(1)))
    with Sender(party, embedded, 0) as sender:
        sender.step()
        assert [one.state for one in sender.pending()] == [AttemptState.PLANNED]
        sender.plan(**here.wish(subject(1)))
        sender.step()
        sender.step()
        assert sender.pending() == []
    assert here.times(subject(1)) == 1


def test_the_account_of_the_home_signs_and_no_other(
    embedded: Chain, here: Counter, party: Party, tmp_path: Path
) -> None:
    other = embedded_party(embedded, tmp_path / "other")
    with Sender(party, embedded, 0) as one, Sender(other, embedded, 0) as two:
        one.send(**here.wish(subject(1)))
        two.send(**here.wish(subject(2)))
    for who in (party, other):
        assert embedded.web3.eth.get_transaction_count(who.account.address) == 1
    with pytest.raises(AccountError):
        embedded.signing_as("0x12")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("contract", "0x" + "11" * 20),
        ("subject", "a text"),
        ("i", -1),
        ("i", 1 << 63),
        ("effect", True),
        ("deadline", 1.5),
        ("deadline", 1 << 63),
        ("gas", 0),
    ],
)
def test_what_is_of_another_kind_is_refused(
    embedded: Chain, here: Counter, party: Party, name: str, value: object
) -> None:
    with Sender(party, embedded, 0) as sender:
        with pytest.raises(KindError):
            sender.plan(**{**here.wish(subject(1)), name: value})
        assert sender.pending() == []
