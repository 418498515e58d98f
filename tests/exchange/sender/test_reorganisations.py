"""Chains that are reorganised, transactions that are dropped, nonces that others take."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.exchange.nodes import Anvil, Party
from tests.exchange.sender.conftest import Counter, subject
from tests.long_form import IS_LONG
from zkpipe.exchange.errors import DeadlineError, NotFinalError
from zkpipe.exchange.sender import advancing
from zkpipe.exchange.sender.attempts import AttemptState, Outcome
from zkpipe.exchange.sender.sender import Sender
from zkpipe.verifier_contracts.errors import RevertError

DEPTH = 12
Stepped = Callable[[Sender], None]


@pytest.fixture
def home(anvil: Anvil, tmp_path) -> Party:
    return anvil.party(tmp_path / "home")


@pytest.fixture
def sender(anvil: Anvil, there: Counter, home: Party):
    with Sender(home, anvil.chain, DEPTH) as found:
        yield found


def sent_bytes(sender: Sender) -> list[bytes]:
    return [one.raw for one in sender.pending()]


@pytest.mark.parametrize("depth", range(1, DEPTH + 1))
def test_what_a_reorganisation_takes_out_is_sent_again_with_the_same_bytes(
    anvil: Anvil, there: Counter, home: Party, sender: Sender, stepped: Stepped, depth: int
) -> None:
    sender.plan(**there.wish(subject(1)))
    sender.step()
    anvil.mine(depth - 1)
    sender.step()
    (mined,) = sender.pending()
    assert mined.state is AttemptState.MINED
    raw = mined.raw
    anvil.reorganise(depth)
    assert there.times(subject(1)) == 0
    sender.step()
    assert sent_bytes(sender) == [raw]
    stepped(sender)
    last = sender.plan(**there.wish(subject(1)))
    assert (last.number, last.outcome, last.raw) == (0, Outcome.SUCCEEDED, raw)
    assert there.times(subject(1)) == 1
    assert anvil.count(home.account.address) == 1


def test_final_is_what_lies_as_deep_as_was_said_and_not_a_block_before(
    anvil: Anvil, there: Counter, sender: Sender
) -> None:
    sender.plan(**there.wish(subject(1)))
    sender.step()
    for deep in range(DEPTH):
        sender.step()
        (one,) = sender.pending()
        assert one.state is AttemptState.MINED, deep
        assert one.mined is not None
        assert one.mined.block == anvil.head - deep
        anvil.mine()
    assert [one.state for one in sender.step()] == [AttemptState.FINAL]


def test_several_reorganisations_of_any_depth_lose_nothing(
    anvil: Anvil,
    there: Counter,
    home: Party,
    sender: Sender,
    stepped: Stepped,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(advancing, "AGAIN", 0.0)
    for i in range(4):
        sender.plan(**there.wish(subject(1), i))
        sender.step()
    for depth in (3, 12, 1, 7, 12):
        anvil.reorganise(depth)
        sender.step()
        anvil.mine(2)
    stepped(sender)
    assert [there.times(subject(1), i) for i in range(4)] == [1, 1, 1, 1]
    assert anvil.count(home.account.address) == 4


def test_a_reorganisation_that_turns_success_into_failure_ends_as_a_failure(
    anvil: Anvil, there: Counter, sender: Sender, stepped: Stepped
) -> None:
    wish = there.wish(subject(1))
    sender.plan(**wish)
    sender.step()
    sender.step()
    (one,) = sender.pending()
    assert one.outcome is Outcome.SUCCEEDED
    anvil.automine(False)
    anvil.reorganise(1)
    there.contract.chain.ask(  # mined before ours, this time
        "eth_sendTransaction",
        {
            "from": anvil.chain.account,
            "to": there.contract.address,
            "data": there.contract.calldata("close", subject(1), True),
        },
    )
    anvil.mine()
    sender.step()
    stepped(sender)
    with pytest.raises(RevertError, match="Closed"):
        sender.result(sender._outbox.attempt(one.key))
    assert there.times(subject(1)) == 0
    anvil.automine(True)
    there.contract.transact("close", subject(1), False)
    sender.plan(**wish)
    stepped(sender)
    assert sender.plan(**wish).number == 1
    assert there.times(subject(1)) == 1


def test_no_second_attempt_is_planned_before_the_first_is_final(
    anvil: Anvil, there: Counter, home: Party, sender: Sender
) -> None:
    wish = there.wish(subject(1), gas=25_000)
    sender.plan(**wish)
    sender.step()
    for _ in range(DEPTH):
        sender.step()
        one = sender.plan(**there.wish(subject(1), gas=100_000))
        assert (one.number, one.outcome) == (0, Outcome.REVERTED)
        anvil.mine()
    sender.step()
    assert sender.plan(**wish).number == 1
    assert anvil.count(home.account.address) == 1


def test_what_others_did_and_a_reorganisation_took_back_is_done(
    anvil: Anvil, there: Counter, sender: Sender, stepped: Stepped
) -> None:
    there.contract.transact("act", subject(1), 0)
    sender.plan(**there.wish(subject(1)))
    for _ in range(3):
        sender.step()
        assert [one.state for one in sender.pending()] == [AttemptState.PLANNED]
        anvil.mine()
    anvil.reorganise(4)
    stepped(sender)
    assert sender.plan(**there.wish(subject(1))).outcome is Outcome.SUCCEEDED
    assert there.times(subject(1)) == 1


def test_what_others_did_is_believed_when_it_is_final(
    anvil: Anvil, there: Counter, home: Party, sender: Sender, stepped: Stepped
) -> None:
    there.contract.transact("act", subject(1), 0)
    sender.plan(**there.wish(subject(1)))
    stepped(sender)
    assert sender.plan(**there.wish(subject(1))).outcome is Outcome.FOUND
    assert anvil.count(home.account.address) == 0


def test_what_every_node_dropped_is_sent_again_with_the_same_bytes(
    anvil: Anvil,
    there: Counter,
    home: Party,
    sender: Sender,
    stepped: Stepped,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(advancing, "AGAIN", 0.0)
    anvil.automine(False)
    for i in range(3):
        sender.plan(**there.wish(subject(1), i))
    sender.step()
    raw = sent_bytes(sender)
    for _ in range(3):
        anvil.tell("anvil_dropAllTransactions")
        sender.step()
    assert sent_bytes(sender) == raw
    stepped(sender)
    assert [there.times(subject(1), i) for i in range(3)] == [1, 1, 1]
    assert anvil.count(home.account.address) == 3


def test_a_nonce_that_another_program_takes_is_followed_by_another_attempt(
    anvil: Anvil, there: Counter, home: Party, sender: Sender, stepped: Stepped
) -> None:
    anvil.automine(False)
    wish = there.wish(subject(1))
    sender.plan(**wish)
    sender.step()
    (one,) = sender.pending()
    assert one.begun is not None
    anvil.tell("anvil_dropAllTransactions")
    taken = {
        "chainId": one.task.chain_id,
        "nonce": one.begun.nonce,
        "to": home.account.address,
        "value": 1,
        "gas": 21_000,
        "maxFeePerGas": 10**11,
        "maxPriorityFeePerGas": 10**10,
    }
    raw = home.account.sign_transaction(taken).raw_transaction
    anvil.ask("eth_sendRawTransaction", f"0x{raw.hex()}")
    anvil.mine()
    for deep in range(DEPTH):
        sender.step()
        assert sender.plan(**wish).number == 0, deep
        anvil.mine()
    sender.step()
    assert sender.plan(**wish).number == 1
    stepped(sender)
    assert there.times(subject(1)) == 1
    assert anvil.count(home.account.address) == 2


def test_after_the_deadline_an_empty_transfer_takes_the_nonce(
    anvil: Anvil, there: Counter, home: Party, sender: Sender, stepped: Stepped
) -> None:
    anvil.automine(False)
    now = int(anvil.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    wish = there.wish(subject(1), deadline=now + 100)
    sender.plan(**wish)
    sender.step()
    anvil.tell("anvil_dropAllTransactions")
    anvil.tell("evm_increaseTime", 200)
    anvil.mine()
    sender.step()
    (one,) = sender.pending()
    assert one.empty
    stepped(sender)
    attempt = sender._outbox.attempt(one.key)
    assert attempt is not None
    assert attempt.outcome is Outcome.CANCELLED
    with pytest.raises(DeadlineError):
        sender.result(attempt)
    assert there.times(subject(1)) == 0
    assert anvil.count(home.account.address) == 1
    sender.plan(**there.wish(subject(1)))
    stepped(sender)
    assert there.times(subject(1)) == 1
    assert anvil.count(home.account.address) == 2


def test_what_was_mined_before_the_empty_transfer_counts(
    anvil: Anvil, there: Counter, home: Party, sender: Sender, stepped: Stepped
) -> None:
    """The call is pending when its empty transfer is refused, and is mined after all."""
    anvil.automine(False)
    now = int(anvil.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    wish = there.wish(subject(1), deadline=now + 100)
    sender.plan(**wish)
    sender.step()
    (one,) = sender.pending()
    anvil.tell("anvil_dropAllTransactions")
    anvil.tell("evm_increaseTime", 200)
    anvil.mine()
    sender.step()
    anvil.tell("anvil_dropAllTransactions")
    anvil.ask("eth_sendRawTransaction", f"0x{one.raw.hex()}")  # a node had it
    stepped(sender)
    assert sender.plan(**wish).outcome is Outcome.SUCCEEDED
    assert there.times(subject(1)) == 1
    assert anvil.count(home.account.address) == 1


def test_what_others_sent_with_the_account_is_waited_for_until_it_is_final(
    anvil: Anvil, there: Counter, home: Party, sender: Sender, stepped: Stepped
) -> None:
    anvil.automine(False)
    foreign = {
        "chainId": anvil.chain.chain_id,
        "nonce": 0,
        "to": home.account.address,
        "gas": 21_000,
        "maxFeePerGas": 10**11,
        "maxPriorityFeePerGas": 10**10,
    }
    raw = home.account.sign_transaction(foreign).raw_transaction
    anvil.ask("eth_sendRawTransaction", f"0x{raw.hex()}")
    sender.plan(**there.wish(subject(1)))
    for _ in range(DEPTH + 1):
        sender.step()
        assert [one.state for one in sender.pending()] == [AttemptState.PLANNED]
        anvil.mine()
    sender.step()
    (one,) = sender.pending()
    assert one.begun is not None
    assert one.begun.nonce == 1
    stepped(sender)
    assert there.times(subject(1)) == 1


def test_no_more_is_signed_than_a_fence_can_fill(
    anvil: Anvil, there: Counter, sender: Sender, stepped: Stepped
) -> None:
    anvil.automine(False)
    many = advancing.WINDOW + 3
    for i in range(many):
        sender.plan(**there.wish(subject(1), i))
    sender.step()
    states = [one.state for one in sender.pending()]
    assert states == [AttemptState.SENT] * advancing.WINDOW + [AttemptState.PLANNED] * 3
    stepped(sender)
    assert all(there.times(subject(1), i) == 1 for i in range(many))


def test_waiting_ends_with_the_facts_and_goes_on_when_it_is_asked_again(
    anvil: Anvil, there: Counter, home: Party, sender: Sender
) -> None:
    anvil.automine(False)
    wish = there.wish(subject(1))
    with pytest.raises(NotFinalError, match="act is sent, and not final") as caught:
        sender.send(**wish, timeout=0.3)
    (one,) = sender.pending()
    assert one.begun is not None
    assert one.begun.hashes[0] in str(caught.value)
    anvil.mine(DEPTH + 1)
    receipt = sender.send(**wish, timeout=30)
    assert receipt is not None
    assert receipt.transaction_hash == one.begun.hashes[0]
    assert anvil.count(home.account.address) == 1


@pytest.mark.parametrize("seed", range(20 if IS_LONG else 2))
def test_a_random_history_does_each_task_once(
    anvil: Anvil, there: Counter, home: Party, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Mining, reorganisations, drops and restarts in any order."""
    monkeypatch.setattr(advancing, "AGAIN", 0.0)
    chance, tasks = random.Random(seed), 8  # noqa: S311 # a test's
    anvil.automine(chance.random() < 0.5)
    anvil.mine(DEPTH)
    sender = Sender(home, anvil.chain, DEPTH)
    try:
        for _ in range(60):
            deed = chance.choice(["mine", "mine", "step", "step", "drop", "reorg", "restart"])
            if deed == "mine":
                anvil.mine(chance.randint(1, 4))
            elif deed == "drop":
                anvil.tell("anvil_dropAllTransactions")
            elif deed == "reorg":
                anvil.reorganise(chance.randint(1, DEPTH))
            elif deed == "restart":
                sender.close()
                sender = Sender(home, anvil.chain, DEPTH)
            sender.plan(**there.wish(subject(1), chance.randrange(tasks)))
            sender.step()
        for i in range(tasks):
            sender.plan(**there.wish(subject(1), i))
        for _ in range(100):
            sender.step()
            anvil.mine()
            if not sender.pending():
                break
        assert sender.pending() == []
        assert [there.times(subject(1), i) for i in range(tasks)] == [1] * tasks
    finally:
        sender.close()
