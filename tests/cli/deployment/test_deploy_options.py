"""What `deploy` signs for, what it refuses, and the file that it keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.place import RAW, RECEIPT, Place, opened
from tests.cli.workshop import done, invoke, refused


@pytest.fixture
def place(shop: Path) -> Iterator[Place]:
    with opened() as place:
        yield place


def begun(place: Place) -> dict[str, Any]:
    """A deployment that was begun and is pending; its record."""
    place.net.node("evm_setAutomine", False)
    result = invoke(*place.words("--timeout", "1", "--debug"))
    assert result.exit_code == 2, result.stderr
    record: dict[str, Any] = json.loads(Path("deployment.json").read_text())
    assert record["state"] == "begun"
    return record


def test_a_keystore_signs_only_for_a_chain_that_is_named(place: Place) -> None:
    words = [word for word in place.words() if word not in ("--chain-id", "1337")]
    message = refused(*words, says="serves chain 1337; a signature is for the chain that you name")
    assert "Give --chain-id 1337" in message
    refused(*words, "--chain-id", "1", says="serves chain 1337; chain 1 is meant")
    assert RAW not in place.net.asked
    begun(place)
    place.net.node("evm_setAutomine", True)
    refused(*words, "--chain-id", "1", says="on chain 1337; --chain-id is 1")
    done(*words)  # what was begun names it
    done(*words, "--force")  # so does what is finished
    assert place.paid() == 2


def test_chain_and_cost_are_told_before_anything_is_signed(place: Place) -> None:
    place.net.before[RAW] = lambda _: 503
    result = invoke(*place.words("--timeout", "1"))
    told = result.stderr.splitlines()
    assert told[0] == f"signing for chain 1337 as {place.address}, nonce 0"
    assert told[1].startswith("cost: at most 0.00")
    assert told[1].endswith("gas at up to 3 gwei)")
    place.net.before.clear()
    facts = json.loads(done(*place.words("--json")))
    assert (facts["chain_id"], facts["account"], facts["nonce"]) == (1337, place.address, 0)
    assert int(facts["max_fee"]) == int(facts["max_fee"]) // (3 * 10**9) * 3 * 10**9


def test_with_json_standard_error_stays_one_value(place: Place) -> None:
    place.net.after[RECEIPT] = lambda _, answer: {**answer, "result": None}
    place.net.after["eth_getTransactionCount"] = lambda _, answer: {**answer, "result": "0x0"}
    result = invoke(*place.words("--json", "--timeout", "1"))
    told = json.loads(result.stderr)["error"]
    assert any(place.net.sent[0] in line for line in told["evidence"])


@pytest.mark.parametrize("limit", ["1", "0.0001ether", "1000gwei"])
def test_more_than_the_maximum_fee_is_not_spent(place: Place, limit: str) -> None:
    refused(*place.words("--max-fee", limit), says="that the maximum fee allows")
    assert not place.net.sent
    assert place.paid() == 0


def test_options_of_the_transaction_are_taken(place: Place) -> None:
    words = place.words("--gas-price", "5gwei", "--priority-fee", "2000000000", "--nonce", "0")
    done(*words, "--max-fee", "0.01ether", "--evm-version", "paris")
    sent = place.net.node("eth_getTransactionByHash", place.finished()["transactionHash"])
    assert (sent["maxFeePerGas"], sent["maxPriorityFeePerGas"]) == (hex(5 * 10**9), hex(2 * 10**9))
    assert "5f" not in _opcodes(json.loads(Path("deployment.json").read_text())["bytecode"])


def _opcodes(bytecode: str) -> set[str]:
    """Opcodes that the code begins with, up to its first jump; 5f is PUSH0."""
    code, found, at = bytes.fromhex(bytecode[2:]), set(), 0
    while code[at] not in (0x56, 0x57, 0xFD, 0xF3):
        found.add(f"{code[at]:02x}")
        at += 1 + max(0, code[at] - 0x5F if code[at] <= 0x7F else 0)
    return found


@pytest.mark.parametrize(
    "option",
    [
        ("--max-fee", "x"),
        ("--gas-price", "-1"),
        ("--priority-fee", "1.5"),
        ("--nonce", "-1"),
        ("--nonce", "18446744073709551616"),
        ("--timeout", "0"),
        ("--timeout", "nan"),
        ("--chain-id", "0"),
        ("--evm-version", "homestead"),
    ],
)
def test_a_wrong_option_is_wrong_usage(shop: Path, option: tuple[str, str]) -> None:
    words = ("deploy", "verifier.sol", "new.json", "--rpc", "http://127.0.0.1:1")
    refused(*words, *option, says=option[0])


def test_a_file_of_another_kind_is_never_replaced(place: Place) -> None:
    for text in ("my notes", "{}", '{"format": "zkpipe deployment 9"}'):
        Path("deployment.json").write_text(text)
        for force in ([], ["--force"]):
            refused(*place.words(*force), says="deployment.json")
    Path("deployment.json").write_text("")  # nothing is lost of an empty one
    done(*place.words())


def test_what_was_begun_is_not_given_up_for_another_contract(place: Place) -> None:
    record = begun(place)
    for option in ([], ["--force"]):
        words = place.words("--evm-version", "paris", *option)
        refused(*words, says="began the deployment of another contract")
    assert json.loads(Path("deployment.json").read_text()) == record
    refused("verify-onchain", "deployment.json", "public.json", "proof.json", says="not finished")


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": 7},
        {"account": "0x" + "11" * 20},
        {"address": "0x" + "11" * 20},
        {"bytecode": "0x00"},
        {"gas": "1"},
        {"gas": True},
        {"maxFeePerGas": -1},
        {"maxFeePerGas": 1 << 200},
        {"transactions": ["x"]},
        {"transactions": None},
        {"chainId": 5},
        {"state": "finished", "format": "zkpipe deployment 1"},
    ],
    ids=str,
)
def test_a_begun_record_that_was_changed_gets_nothing_signed(
    place: Place, change: dict[str, Any]
) -> None:
    record = begun(place)
    place.net.node("anvil_dropAllTransactions")
    Path("deployment.json").write_text(json.dumps(record | change))
    before = place.net.asked.count(RAW)
    refused(*place.words(), says="")
    assert place.net.asked.count(RAW) == before


def test_another_transaction_in_its_place_is_told_and_force_begins_anew(place: Place) -> None:
    record = begun(place)
    place.net.node("anvil_dropAllTransactions")
    place.net.node("evm_setAutomine", True)
    Path("deployment.json").rename("first.json")
    done(*place.words())
    Path("first.json").rename("deployment.json")
    message = refused(*place.words(), says="Another transaction")
    assert "--force" in message
    done(*place.words("--force"))
    assert json.loads(Path("deployment.json").read_text())["address"] != record["address"]
    assert place.paid() == 2


def test_a_deployment_that_failed_is_recorded_as_failed(place: Place) -> None:
    place.net.after["eth_estimateGas"] = lambda _, answer: {**answer, "result": hex(200_000)}
    result = invoke(*place.words())
    assert result.exit_code in (1, 2)
    record = json.loads(Path("deployment.json").read_text())
    assert record["state"] == "failed"
    assert record["failed"] == place.net.sent[0]
    assert record["failed"] in result.stderr
    place.net.after.clear()
    refused(*place.words(), says="failed")
    done(*place.words("--force"))
    assert place.paid() == 2


def test_two_programs_with_one_file_pay_once(place: Place) -> None:
    processes = [place.run(*place.words()) for _ in range(2)]
    ends = [process.communicate(timeout=90) for process in processes]
    statuses = sorted(process.returncode for process in processes)
    assert statuses in ([0, 0], [0, 2]), ends
    place.finished()
    assert place.paid() == 1


def test_a_higher_price_takes_the_place_of_what_is_pending(place: Place) -> None:
    begun(place)
    dear = ("--gas-price", "9gwei", "--priority-fee", "9gwei")
    assert invoke(*place.words("--timeout", "1", *dear)).exit_code == 2
    place.net.node("evm_mine")
    place.net.node("evm_setAutomine", True)
    done(*place.words())
    assert place.finished()["transactionHash"] == place.net.sent[-1]
    assert place.paid() == 1


def test_a_node_that_refuses_it_for_good_leaves_no_record(place: Place) -> None:
    def refuse(parameters: Any) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "error": {"code": -32000, "message": "intrinsic gas too low"}}

    place.net.before[RAW] = refuse
    refused(*place.words(), says="intrinsic gas too low")
    place.net.before.clear()
    done(*place.words())
    first = Path("deployment.json").read_bytes()
    place.net.before[RAW] = refuse
    refused(*place.words("--force"), says="intrinsic gas too low")
    assert Path("deployment.json").read_bytes() == first
