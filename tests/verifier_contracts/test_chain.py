"""Chains and contracts: deploy, call, send, what an error says, and records of deployments."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from eth_account import Account

from zkpipe.ground.errors import FormatError, MissingError
from zkpipe.verifier_contracts import Chain, Deployment, Node, keystore_account
from zkpipe.verifier_contracts.errors import (
    AccountError,
    ArgumentError,
    ContractError,
    NoCodeError,
    NodeMissingError,
    RevertError,
    TransactionError,
    WrongChainError,
)

NOBODY = "0x" + "11" * 20


@pytest.fixture(scope="module")
def reverter(chain, contracts):
    return chain.deploy(contracts, "Reverter")


def test_a_transaction_changes_the_chain_and_a_call_does_not(chain, contracts):
    contract = chain.deploy(contracts, "Reverter")
    assert contract.call("count") == 0
    assert contract.call("pay") == (0, True)
    assert contract.call("count") == 0
    receipt = contract.transact("pay", value=5)
    assert contract.call("count") == 1
    assert len(receipt.logs) == 1
    assert receipt.block_number > contract.receipt.block_number
    assert 21_000 < receipt.gas_used < 100_000
    assert chain.web3.eth.get_balance(contract.address) == 5


def test_gas_of_a_transaction_is_told_and_the_chain_left_as_it_was(chain, contracts):
    contract = chain.deploy(contracts, "Reverter")
    told = contract.gas("pay")
    assert contract.call("count") == 0
    used = contract.transact("pay").gas_used
    assert used <= told <= used * 1.1
    if chain.place == "the embedded chain":
        assert told == used


def test_an_error_of_the_contract_is_told_by_name_with_its_arguments(reverter):
    for attempt in (reverter.call, reverter.gas, reverter.transact):
        with pytest.raises(RevertError, match=r"Refused\(7, 0x") as caught:
            attempt("named", 7)
        assert (caught.value.name, caught.value.arguments[0]) == ("Refused", 7)
        assert caught.value.exit_status == 1
    with pytest.raises(RevertError, match=r"Refused\(7"):
        reverter.transact("named", 7, gas=100_000)  # mined, and failed


def test_every_way_of_reverting_is_told(reverter):
    for name, words in {
        "reason": "Error(because)",
        "outOfBounds": "Panic(50): an index is out of bounds",
        "silent": "gave no reason",
        "foreign": "0xdeadbeef",
        "malformed": "0x08c379a0",
    }.items():
        with pytest.raises(RevertError) as caught:
            reverter.call(name)
        assert words in str(caught.value)


def test_a_call_without_enough_gas_is_told(reverter):
    with pytest.raises(RevertError, match="out of gas"):
        reverter.call("endless", gas=100_000)
    with pytest.raises((RevertError, TransactionError), match="gas"):
        reverter.transact("endless", gas=100_000)


def test_ether_for_a_function_that_takes_none_reverts(reverter):
    with pytest.raises(RevertError):
        reverter.transact("named", 1, value=1, gas=100_000)


def test_a_misspelt_name_gets_the_nearest_one(reverter, chain, contracts):
    with pytest.raises(ArgumentError, match="Did you mean reason"):
        reverter.call("raeson")
    with pytest.raises(ArgumentError, match="It has: "):
        reverter.call("zzz")
    with pytest.raises(ArgumentError, match="Did you mean Reverter"):
        chain.deploy(contracts, "Revertor")


def test_arguments_that_do_not_fit_are_told(reverter, chain, contracts):
    with pytest.raises(ArgumentError, match=r"takes 1 arguments; 2 are given"):
        reverter.call("named", 1, 2)
    for value in (-1, 2**256, "text", 1.5, [1], None):
        with pytest.raises(ArgumentError, match=r"do not fit named\(uint256\)"):
            reverter.call("named", value)
    with pytest.raises(ArgumentError, match="constructor of Reverter takes 0 arguments"):
        chain.deploy(contracts, "Reverter", 1)
    with pytest.raises(ArgumentError, match="do not fit the constructor of Twin"):
        chain.deploy(contracts, "Twin", 1, 2, 3, 4, 5)


def test_a_deployment_without_enough_gas_fails(chain, contracts):
    with pytest.raises((RevertError, TransactionError)):
        chain.deploy(contracts, "Reverter", gas=100_000)


def test_no_contract_at_an_address_is_told(chain, reverter):
    with pytest.raises(NoCodeError, match="No contract lies at"):
        chain.at(NOBODY, reverter.abi)
    with pytest.raises(AccountError, match="is not an address"):
        chain.at("0x12", reverter.abi)


def test_a_contract_deployed_before_is_attached_to_in_any_spelling(chain, reverter):
    for address in (reverter.address, reverter.address.lower()):
        attached = chain.at(address, reverter.abi)
        assert attached.address == reverter.address
        assert attached.call("pay") == (0, True)
        assert attached.receipt is None


def test_more_ether_than_there_is_is_told(chain, reverter):
    with pytest.raises(TransactionError, match=r"(?i)balance|funds"):
        reverter.transact("pay", value=10**40)


# Nodes.


def test_a_node_that_does_not_answer_is_told_and_how_to_start_one():
    with pytest.raises(NodeMissingError) as caught:
        Chain.connect("http://someone:secret@127.0.0.1:9/v3/secret?key=secret", chain_id=1)
    assert "secret" not in str(caught.value)
    assert "http://127.0.0.1:9" in str(caught.value)
    assert "anvil" in str(caught.value)
    assert caught.value.exit_status == 3
    assert isinstance(caught.value, MissingError)


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8545", "ftp://h", "http://", "file:///x", "http://h:99999", "http://[h"]
)
def test_what_is_no_url_of_a_node_is_told(url):
    with pytest.raises(ContractError, match="is not the URL of a node"):
        Chain.connect(url)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>hello</html>"),
        (200, b""),
        (200, b"[]"),
        (200, b'{"jsonrpc": "2.0", "id": 0}'),
        (404, b""),
        (429, b"slow down"),
    ],
)
def test_a_server_that_is_no_node_is_told(status, body):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with pytest.raises(NodeMissingError, match=r"No node answers|is not an Ethereum node"):
                Chain.connect(f"http://127.0.0.1:{server.server_port}", chain_id=1)
        finally:
            server.shutdown()


def test_a_node_of_another_chain_is_told(node):
    with pytest.raises(WrongChainError, match="serves chain 1337; chain 1 is meant"):
        Chain.connect(node.url, chain_id=1)
    assert Chain.connect(node.url, chain_id=1337).chain_id == 1337


def test_the_first_unlocked_account_signs_if_none_is_given(node, contracts):
    chain = Chain.connect(node.url)
    assert chain.account == chain.web3.eth.accounts[0]
    other = Chain.connect(node.url, chain.web3.eth.accounts[3].lower())
    contract = other.deploy(contracts, "Reverter")
    sent = other.web3.eth.get_transaction(contract.receipt.transaction_hash)
    assert sent["from"] == other.account == other.web3.eth.accounts[3]


def test_an_account_that_the_node_has_not_unlocked_is_told(node, contracts):
    with pytest.raises(TransactionError):
        Chain.connect(node.url, NOBODY).deploy(contracts, "Reverter")
    with pytest.raises(AccountError, match="is not an address"):
        Chain.connect(node.url, "mine")


def test_a_node_without_unlocked_accounts_is_told_and_still_answers_calls(
    node, contracts, monkeypatch
):
    contract = Chain.connect(node.url).deploy(contracts, "Reverter")
    chain = Chain.connect(node.url)
    monkeypatch.setattr(type(chain.web3.eth), "accounts", property(lambda _: ()))
    with pytest.raises(AccountError, match="no unlocked account"):
        chain.deploy(contracts, "Reverter")
    attached = chain.at(contract.address, contract.abi)
    assert attached.call("count") == 0
    assert attached.gas("count") > 21_000


def test_an_account_from_a_keystore_signs_here(node, contracts, tmp_path):
    rich = Chain.connect(node.url)
    key = Account.create()
    path = tmp_path / "keystore.json"
    path.write_text(json.dumps(Account.encrypt(key.key, "a password", iterations=2)))
    for wrong in ("", "another"):
        with pytest.raises(AccountError, match="cannot be unlocked") as caught:
            keystore_account(path, wrong)
        assert wrong == "" or wrong not in str(caught.value)
    account = keystore_account(path, "a password")
    assert account.address == key.address

    chain = Chain.connect(node.url, account)
    with pytest.raises(TransactionError, match=r"(?i)funds|balance"):
        chain.deploy(contracts, "Reverter")
    rich.transact({"to": account.address, "value": 10**18})
    contract = chain.deploy(contracts, "Reverter")
    assert contract.transact("pay", value=3).gas_used > 21_000
    sent = chain.web3.eth.get_transaction(contract.receipt.transaction_hash)
    assert sent["from"] == account.address
    with pytest.raises(RevertError, match="Refused"):
        contract.transact("named", 1)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"version": 3}', '{"version": 9}', "x"])
def test_a_file_that_is_no_keystore_is_told(tmp_path, text):
    path = tmp_path / "keystore.json"
    path.write_text(text)
    with pytest.raises(AccountError, match="cannot be unlocked"):
        keystore_account(path, "password")


def test_a_node_that_stops_is_told(contracts, node):
    with Node.start() as other:
        chain = Chain.connect(other.url)
        contract = chain.deploy(contracts, "Reverter")
    for attempt in (lambda: contract.call("count"), lambda: contract.transact("pay")):
        with pytest.raises(NodeMissingError):
            attempt()
    other.stop()  # once more does no harm


def test_a_port_that_is_taken_is_told(node):
    port = int(node.url.rpartition(":")[2])
    with pytest.raises(NodeMissingError, match="port"):
        Node.start(port)
    assert Chain.connect(node.url).chain_id == 1337


def test_a_node_runs_in_the_foreground_until_it_is_interrupted(node, contracts):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    command = [sys.executable, "-m", "zkpipe.verifier_contracts"]
    with subprocess.Popen([*command, str(port)], stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 # ours
        assert process.stdout.readline().startswith(f"http://127.0.0.1:{port} serves chain 1337")
        Chain.connect(f"http://127.0.0.1:{port}").deploy(contracts, "Reverter")
        try:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()
    with pytest.raises(NodeMissingError):
        Chain.connect(f"http://127.0.0.1:{port}")
    for wrong, status in (("0", 2), ("x", 2), ("99999", 2), (node.url.rpartition(":")[2], 3)):
        said = subprocess.run([*command, wrong], capture_output=True, text=True, check=False)  # noqa: S603 # ours
        assert said.returncode == status
        assert "port" in said.stderr
        assert "Traceback" not in said.stderr


# Records of deployments.


def test_a_record_of_a_deployment_leads_back_to_the_contract(chain, reverter, contracts, tmp_path):
    record = Deployment.of(reverter, contracts["Reverter"])
    record.save(tmp_path / "deployment.json")
    loaded = Deployment.load(tmp_path / "deployment.json")
    assert loaded == record
    contract = loaded.attach(chain)
    assert contract.address == reverter.address
    assert contract.call("pay") == (0, True)
    elsewhere = Chain.embedded()
    copy = elsewhere.deploy({loaded.compiled.name: loaded.compiled}, "Reverter")
    assert copy.call("count") == 0


def test_a_record_is_of_one_chain(embedded, real, contracts):
    record = Deployment.of(embedded.deploy(contracts, "Reverter"), contracts["Reverter"])
    with pytest.raises(WrongChainError, match="was deployed on chain"):
        record.attach(real)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "zkpipe deployment 9"},
        {"address": 7},
        {"chainId": "1337"},
        {"chainId": True},
        {"bytecode": "0xabc"},
        {"bytecode": "60"},
        {"runtime": None},
        {"abi": {}},
        {"abi": [1]},
        {"abi": [{}]},
        {"abi": [{"type": "function", "name": "f"}]},
        {"abi": [{"type": "function", "name": "f", "inputs": [{}], "outputs": []}]},
    ],
    ids=str,
)
def test_a_record_with_something_else_in_it_is_refused(embedded, contracts, tmp_path, change):
    path = tmp_path / "deployment.json"
    contract = embedded.deploy(contracts, "Reverter")
    Deployment.of(contract, contracts["Reverter"]).save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(FormatError):
        Deployment.load(path)


@pytest.mark.parametrize("text", ["", "[]", "{", "{}", "null", '"zkpipe deployment 1"'])
def test_what_is_no_record_is_refused(tmp_path, text):
    path = tmp_path / "deployment.json"
    path.write_text(text)
    with pytest.raises(FormatError):
        Deployment.load(path)
