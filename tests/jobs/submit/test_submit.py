"""Proven rows go to a batch verifier in groups, each once, whatever happens on the way."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from tests.cli.workshop import done
from tests.jobs.batch import shop
from tests.jobs.submit.conftest import GROUP, PASSWORD, ROWS, Market, expected, statements

VALUES = shop.values(ROWS)
GROUPS = -(-ROWS // GROUP)
SEND, RECEIPT = "eth_sendRawTransaction", "eth_getTransactionReceipt"
ESTIMATE = "eth_estimateGas"


def kinds() -> list[str]:
    """What the journal says of groups, in its order; several hashes of one are one."""
    group = ("submitting", "submitted", "reverted", "unsent")
    found = [line.kind for line in shop.journal() if line.kind in group]
    return [kind for i, kind in enumerate(found) if i == 0 or found[i - 1] != kind]


def status() -> dict[str, Any]:
    result = shop.raw(verb="status")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_proven_rows_are_accepted_in_groups_and_sent_once(market: Market) -> None:
    facts = market.run()["submitted"]
    assert (facts["rows"], facts["groups_now"]) == (ROWS, GROUPS)
    assert [group["state"] for group in facts["groups"]] == ["submitted"] * GROUPS
    assert market.events() == expected(VALUES)
    assert market.nonce() == GROUPS
    assert market.run()["submitted"]["groups_now"] == 0
    assert market.nonce() == GROUPS


def test_status_shows_groups_and_transactions(market: Market) -> None:
    assert (status()["not_sent"], status()["groups"]) == (ROWS, [])
    market.run()
    told = status()
    assert (told["state"], told["not_sent"]) == ("finished", 0)
    for group, (digest, count) in zip(told["groups"], expected(VALUES), strict=True):
        receipt = market.net.node(RECEIPT, group["transaction"])
        assert (receipt["status"], int(receipt["blockNumber"], 16)) == ("0x1", group["block"])
        assert (group["statements"], group["rows"]) == (digest, count)
        assert group["transactions"] == [group["transaction"]]


def test_a_dry_run_says_what_would_be_sent_and_asks_no_node(market: Market) -> None:
    facts = shop.run("--dry-run")["to_submit"]
    assert (facts["rows"], facts["groups"]) == (ROWS, GROUPS)
    assert facts["address"] == json.loads(Path("deployment.json").read_text())["address"]
    assert market.net.asked == []
    assert kinds() == []


def test_rows_that_fail_are_not_sent_and_the_others_are(market: Market) -> None:
    rows = [*VALUES, ("A-9", 1, shop.LIMIT + 1, 5), *shop.values(1, first=20)]
    shop.table(rows)
    market.run(status=1)
    assert market.events() == expected([*VALUES, rows[-1]])


def test_a_row_with_other_inputs_is_another_statement_and_alone_is_sent(market: Market) -> None:
    market.run()
    (changed,) = shop.values(1, first=30)
    shop.table([*VALUES[:2], changed, *VALUES[3:]])
    market.run()
    assert market.events() == [*expected(VALUES), (statements([changed]), 1)]
    shop.table(VALUES)  # as it was: this was sent
    market.run()
    assert len(market.events()) == GROUPS + 1


def test_a_proof_that_was_made_again_is_no_new_statement(market: Market) -> None:
    market.run()
    Path("proofs/0/proof.json").write_text("{}")
    assert market.run()["proved_now"] == 1
    assert len(market.events()) == GROUPS


def test_a_batch_of_parquet_is_sent_too(market: Market) -> None:
    pytest.importorskip("pyarrow")
    text = market.job().read_text().replace('out = "proofs"', 'out = "proofs.parquet"')
    Path("job.toml").write_text(text)
    market.run()
    assert market.events() == expected(VALUES)


# Kills: the transaction is in the journal before a node sees it, and is finished by the next run.


def killed_at(market: Market, method: str, *, answered: bool, nth: int = 1) -> None:
    """Run in a process that is killed at its nth question of a kind, or when the node answered it.

    The node sees the question only in the second case, and its answer is lost.
    """
    process = shop.started("run", "job.toml", "--password-file", "password")
    asked = [0]

    def is_last() -> bool:
        asked[0] += 1
        if asked[0] == nth:
            os.kill(process.pid, signal.SIGKILL)
        return asked[0] >= nth

    if answered:
        market.net.after[method] = lambda _, answer: None if is_last() else answer
    else:
        market.net.before[method] = lambda _: 500 if is_last() else None
    _, said = process.communicate(timeout=120)
    market.net.after.clear()
    market.net.before.clear()
    assert process.returncode == -signal.SIGKILL, said


@pytest.mark.parametrize(
    ("method", "answered", "nth", "journal", "mined"),
    [
        (ESTIMATE, True, 1, [], 0),  # before it is begun
        (SEND, False, 1, ["submitting"], 0),  # begun, and no node has seen it
        (SEND, True, 1, ["submitting"], 1),  # sent, and nobody was told
        (RECEIPT, True, 1, ["submitting"], 1),  # mined, and the journal does not know
        (SEND, False, 2, ["submitting", "submitted", "submitting"], 1),
    ],
)
def test_a_kill_at_any_step_sends_nothing_twice(
    market: Market, method: str, answered: bool, nth: int, journal: list[str], mined: int
) -> None:
    killed_at(market, method, answered=answered, nth=nth)
    assert kinds() == journal
    assert market.nonce() == mined
    facts = market.run()["submitted"]
    assert market.events() == expected(VALUES)
    assert market.nonce() == GROUPS
    assert facts["rows"] == ROWS
    assert kinds() == ["submitting", "submitted"] * GROUPS


def test_a_nonce_that_another_program_took_meanwhile_is_not_waited_for(market: Market) -> None:
    killed_at(market, SEND, answered=False)
    key = Account.decrypt(json.loads(Path("account.json").read_text()), PASSWORD)
    other = {"to": market.account, "value": 1, "nonce": 0, "gas": 30000, "gasPrice": 10**10}
    signed = Account.sign_transaction({**other, "chainId": 1337}, key)
    market.net.node(SEND, signed.raw_transaction.to_0x_hex())
    facts = market.run()["submitted"]
    assert [group["state"] for group in facts["groups"]][:2] == ["unsent", "submitted"]
    assert market.events() == expected(VALUES)
    assert market.nonce() == GROUPS + 1


# Nodes.


def test_an_answer_that_is_lost_does_not_make_a_second_transaction(market: Market) -> None:
    lost = [0]

    def lose(_: str, answer: dict) -> Any:
        lost[0] += 1
        return None if lost[0] == 1 else answer

    market.net.after[SEND] = lose
    market.run()
    assert lost[0] >= GROUPS
    assert market.events() == expected(VALUES)
    assert market.nonce() == GROUPS


def test_a_node_that_answers_late_is_waited_for(market: Market) -> None:
    """HTTP 429 for the first receipts."""
    asked = [0]

    def busy(_: list) -> int | None:
        asked[0] += 1
        return 429 if asked[0] < 4 else None

    market.net.before[RECEIPT] = busy
    market.run()
    assert market.events() == expected(VALUES)
    assert market.nonce() == GROUPS


def test_a_group_that_was_mined_and_failed_is_told_and_sent_again_by_the_next_run(
    market: Market,
) -> None:
    market.net.after[ESTIMATE] = lambda _, answer: {**answer, "result": hex(150_000)}
    told = market.run(status=1)
    assert "PrecompileFailed(8)" in told["problem"]
    assert "It was mined and failed: its gas is paid for." in told["evidence"]
    assert kinds() == ["submitting", "reverted"]
    assert status()["not_sent"] == ROWS
    market.net.after.clear()
    market.run()
    assert market.events() == expected(VALUES)
    assert market.nonce() == GROUPS + 1


def test_a_node_that_is_down_leaves_the_proofs_and_the_next_run_sends_them(market: Market) -> None:
    good = market.net.url
    text = Path("job.toml").read_text()
    Path("job.toml").write_text(text.replace(good, "http://127.0.0.1:9"))
    shop.table([*VALUES, *shop.values(1, first=40)])
    market.run(status=3)
    assert status()["proved"] == ROWS + 1
    Path("job.toml").write_text(text)
    market.run()
    assert market.nonce() == GROUPS


@pytest.mark.parametrize("kept", [0, 1])
def test_a_receipt_without_the_event_is_no_acceptance(market: Market, kept: int) -> None:
    """No event, or one for other statements."""

    def other_logs(_: str, answer: dict) -> dict:
        receipt = answer["result"] or {}
        for log in receipt.get("logs", []):
            log["topics"] = [log["topics"][0], "0x" + "00" * 32]
        return {
            **answer,
            "result": (receipt and {**receipt, "logs": receipt["logs"][:kept]}) or None,
        }

    market.net.after[RECEIPT] = other_logs
    assert "no event of the batch verifier" in market.run(status=2)["problem"]
    assert kinds() == ["submitting"]
    market.net.after.clear()
    market.run()
    assert market.events() == expected(VALUES)
    assert market.nonce() == GROUPS


def test_cancel_stops_between_two_groups(market: Market) -> None:
    def cancel(_: str, answer: dict) -> dict:
        Path("proofs.batch/cancel").touch(mode=0o600)
        return answer

    market.net.after[SEND] = cancel
    assert market.run(status=1)["cancelled"] is True
    assert market.nonce() == 1
    assert status()["state"] == "cancelled"
    market.net.after.clear()
    assert "was cancelled" in market.run(status=2)["problem"]
    market.run(verb="resume")
    assert market.events() == expected(VALUES)


# What is refused, before anything is proved or sent.


@pytest.mark.parametrize(
    ("deployed", "says"),
    [
        ("other.sol", "another key than the batch's"),
        ("single.sol", "not the record of a batch verifier"),
    ],
)
def test_another_contract_is_refused(market: Market, deployed: str, says: str) -> None:
    done("deploy", deployed, "another.json", "--rpc", market.net.target)
    market.job(deployment="another.json")
    assert says in market.run(status=2)["problem"]
    assert market.nonce() == 0


def test_a_contract_that_zkpipe_did_not_write_is_refused(market: Market) -> None:
    """It could record every proof: here, one that is wrong."""
    source = Path("batch.sol").read_text()
    changed = source.replace("if (!areRight(proofs)) revert WrongProofs();", "areRight(proofs);")
    assert changed != source
    Path("changed.sol").write_text(changed)
    done("deploy", "changed.sol", "another.json", "--rpc", market.net.target)
    market.job(deployment="another.json")
    assert "not the text that zkpipe generates" in market.run(status=2)["problem"]
    assert market.nonce() == 0


def test_a_batch_stays_with_its_contract(market: Market) -> None:
    market.run()
    done("deploy", "batch.sol", "another.json", "--rpc", market.net.target)
    market.job(deployment="another.json")
    shop.table([*VALUES, *shop.values(1, first=50)])
    assert "went to the contract" in market.run(status=2)["problem"]
    assert market.nonce() == GROUPS


def test_a_group_that_may_cost_too_much_is_not_sent(market: Market) -> None:
    market.job(more='max_fee = "1gwei"\n')
    assert "maximum fee" in market.run(status=2)["problem"]
    assert (market.nonce(), kinds()) == (0, [])


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("group = 0\n", "not a number of proofs"),
        ("group = 251\n", "not a number of proofs"),
        ('max_fee = "much"\n', "not an amount"),
        ('keystor = "a"\n', "is not known"),
    ],
)
def test_odd_words_of_submit_are_refused(market: Market, more: str, says: str) -> None:
    market.job()
    text = Path("job.toml").read_text().replace(f"group = {GROUP}\n", "")
    Path("job.toml").write_text(text + more)
    assert says in market.run(status=2)["problem"]
