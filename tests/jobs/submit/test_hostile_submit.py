"""What else may happen between a batch and its contract: nodes that lie, two runs, other files."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.batch import shop
from tests.jobs.submit.conftest import ROWS, Market, expected, statements
from tests.jobs.submit.test_submit import GROUPS, RECEIPT, SEND, VALUES, killed_at, kinds, status

Change = Callable[[dict[str, Any]], Any]


def with_log(**fields: Any) -> Change:
    """A receipt whose logs have other fields."""
    return lambda receipt: {**receipt, "logs": [{**log, **fields} for log in receipt["logs"]]}


@pytest.mark.parametrize(
    "change",
    [
        with_log(data="0x"),
        with_log(data="0x" + "00" * 31 + "02" + "00" * 32),
        with_log(topics=[]),
        with_log(address="0x" + "11" * 20),
        with_log(removed=True),
    ],
)
def test_a_log_that_is_not_the_event_is_no_acceptance(market: Market, change: Change) -> None:
    def lie(_: str, answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "result": answer["result"] and change(answer["result"])}

    market.net.after[RECEIPT] = lie
    told = market.run(status=2)
    assert "no event of the batch verifier" in told["problem"]
    assert kinds() == ["submitting"]
    market.net.after.clear()
    market.run()
    assert market.events() == expected(VALUES)
    assert market.nonce() == GROUPS


def test_two_runs_at_once_send_each_group_once(market: Market) -> None:
    """The first waits for a receipt until the second has ended."""
    second: list[subprocess.Popen[str]] = []

    def busy(_: list[Any]) -> int | None:
        if not second:
            second.append(shop.started("run", "job.toml", "--password-file", "password"))
        return 429 if second[0].poll() is None else None

    market.net.before[RECEIPT] = busy
    market.run()
    _, said = second[0].communicate(timeout=60)
    assert second[0].returncode == 2, said
    assert market.events() == expected(VALUES)
    assert market.nonce() == GROUPS


def test_rows_that_change_while_a_group_is_on_its_way_are_sent_as_others(market: Market) -> None:
    """What is on its way stays what it was."""
    killed_at(market, SEND, answered=False)
    (changed,) = shop.values(1, first=30)
    shop.table([changed, *VALUES[1:]])
    market.run()
    events = market.events()
    assert events[0] == (statements(VALUES[:2]), 2)
    assert sum(count for _, count in events) == ROWS + 1
    assert status()["not_sent"] == 0


def test_rows_that_the_table_no_longer_has_are_not_sent(market: Market) -> None:
    shop.table(VALUES[:3])
    result = shop.raw("--password-file", "password", "--drop-rows")
    assert result.exit_code == 0, result.output
    assert market.events() == expected(VALUES[:3])


def test_a_row_that_does_not_fit_any_more_is_not_sent(market: Market) -> None:
    shop.table([*VALUES[:2], ("A-2", 1, shop.LIMIT + 1, 5), *VALUES[3:]])
    market.run(status=1)
    assert market.events() == expected([*VALUES[:2], *VALUES[3:]])


def test_a_dry_run_counts_rows_and_not_what_was_sent_of_them(market: Market) -> None:
    """A row that was sent twice, with other inputs, is one row."""
    market.run()
    assert shop.run("--dry-run")["to_submit"]["rows"] == 0
    (changed, new) = shop.values(2, first=30)
    rows = [*VALUES[:2], changed, *VALUES[3:]]
    shop.table(rows)
    market.run()
    shop.table([*rows, new])
    assert shop.run("--dry-run")["to_submit"]["rows"] == 1


def test_another_chain_is_asked_for_nothing(market: Market) -> None:
    market.net.after["eth_chainId"] = lambda _, answer: {**answer, "result": "0x1"}
    assert "serves chain 1" in market.run(status=2)["problem"]
    assert SEND not in market.net.asked
    assert kinds() == []


def test_a_wrong_password_is_told_before_anything_is_proved(market: Market) -> None:
    Path("password").write_text("another\n")
    shop.table([*VALUES, *shop.values(1, first=40)])
    assert "password" in json.dumps(market.run(status=2))
    assert status()["proved"] == ROWS
    assert market.net.asked == []


@pytest.mark.parametrize("answered", [False, True])
def test_a_node_that_signs_is_sent_nothing_twice(market: Market, answered: bool) -> None:
    text = Path("job.toml").read_text().replace('keystore = "account.json"\n', "")
    Path("job.toml").write_text(text)
    killed_at(market, "eth_sendTransaction", answered=answered)
    assert kinds() == ["submitting"]
    market.run()
    assert market.events() == expected(VALUES)


def test_a_price_that_rises_while_a_group_waits_is_paid_in_its_own_place(market: Market) -> None:
    market.net.node("evm_setAutomine", False)
    try:
        killed_at(market, SEND, answered=True)
        market.net.node("anvil_setNextBlockBaseFeePerGas", hex(10**11))
        market.net.node("anvil_dropTransaction", market.net.sent[-1])
        market.net.node("evm_mine")
        market.net.node("anvil_setNextBlockBaseFeePerGas", hex(10**11))
    finally:
        market.net.node("evm_setAutomine", True)
    facts = market.run()["submitted"]
    assert len(facts["groups"][0]["transactions"]) == 2
    assert market.events() == expected(VALUES)
    assert market.nonce() == GROUPS
