"""Transactions on nodes that misbehave, and chains that are not quite Ethereum's."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count as count_from
from unittest.mock import create_autospec

import pytest
from eth_account import Account
from eth_account.typed_transactions import TypedTransaction
from hexbytes import HexBytes

from tests.verifier_contracts.between import Between, between, error
from zkpipe.verifier_contracts import Chain, Node, find_anvil
from zkpipe.verifier_contracts.errors import (
    AccountError,
    ArgumentError,
    ContractError,
    NodeMissingError,
    NonceTakenError,
    RevertError,
    TransactionError,
    WrongChainError,
)
from zkpipe.verifier_contracts.node import _free_port
from zkpipe.verifier_contracts.rpc.refusals import Cause, cause_of
from zkpipe.verifier_contracts.transactions import sending
from zkpipe.verifier_contracts.transactions.begun import Begun
from zkpipe.verifier_contracts.transactions.terms import Fees, Terms, amount, wei

RECEIPT, RAW = "eth_getTransactionReceipt", "eth_sendRawTransaction"
BLOCK = "eth_getBlockByNumber"
GWEI = 10**9


@pytest.fixture(scope="module")
def own_node(solc) -> Iterator[Node]:
    """A node whose mining may be stopped."""
    with Node.start() as running:
        yield running


@pytest.fixture
def net(own_node: Node) -> Iterator[Between]:
    with between(own_node.url) as rules:
        yield rules
        rules.node("evm_setAutomine", True)
        rules.node("anvil_dropAllTransactions")
        rules.node("anvil_setNextBlockBaseFeePerGas", hex(GWEI))  # as it was, for the next test
        rules.node("evm_mine")


@pytest.fixture
def account(net):
    made = Account.create()
    net.node("anvil_setBalance", made.address, hex(10**20))
    return made


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(sending, "BEARABLE", 0.3)
    monkeypatch.setattr(sending, "LAG", 0.5)
    monkeypatch.setattr(sending, "AGAIN", 0.2)


def count(net: Between, address: str) -> int:
    return int(net.node("eth_getTransactionCount", address, "latest"), 16)


def unfinished(chain: Chain, contracts, seconds: float = 0.5, terms: Terms | None = None) -> Begun:
    """A deployment that was sent and is not known to be mined."""
    with pytest.raises((TransactionError, NodeMissingError)) as caught:
        chain.deploy(contracts, "Reverter", terms=terms or Terms(timeout=seconds))
    begun = caught.value.begun
    for fact in (begun.account, begun.address, f"nonce {begun.nonce}", *begun.hashes):
        assert fact in str(caught.value)
    return begun


# Chains that are not quite Ethereum's.


@pytest.mark.parametrize("signs", ["here", "node"])
@pytest.mark.parametrize(
    "change",
    [
        {"extraData": "0x" + "d7" * 97},
        {"extraData": "0x" + "00" * 600},
        {"difficulty": "0x2", "nonce": None, "mixHash": None, "sha3Uncles": None},
        {"l1BlockNumber": "0x1", "sendCount": "0x0", "sendRoot": "0x" + "00" * 32, "type": "0x7e"},
        {"baseFeePerGas": None},
        {"baseFeePerGas": None, "extraData": "0x" + "d7" * 97},
    ],
    ids=["polygon", "validators", "sparse", "rollup", "legacy", "legacy-poa"],
)
def test_chains_with_other_blocks_are_deployed_on(net, account, contracts, change, signs):
    def other(method, answer):
        answer["result"] = {k: v for k, v in (answer["result"] | change).items() if v is not None}
        return answer

    net.after[BLOCK] = other
    chain = Chain.connect(net.url, account if signs == "here" else None)
    contract = chain.deploy(contracts, "Reverter")
    assert contract.call("count") == 0
    sent = net.node("eth_getTransactionByHash", contract.receipt.transaction_hash)
    legacy = "baseFeePerGas" in change
    assert sent["type"] == ("0x0" if legacy else "0x2")
    assert contract.transact("pay", value=5).gas_used > 21_000


def test_a_node_that_advises_no_priority_fee_is_deployed_on(net, account, contracts):
    net.after["eth_maxPriorityFeePerGas"] = error(-32601, "Method not found")
    net.after["eth_getTransactionCount"] = lambda method, answer: answer
    Chain.connect(net.url, account).deploy(contracts, "Reverter")


def test_a_node_that_knows_no_pending_block_is_deployed_on(net, account, contracts):
    def refuse(parameters):
        return (
            error(-32000, "pending block is not available")("", {"id": 0})
            if parameters[1] == "pending"
            else None
        )

    net.before["eth_getTransactionCount"] = refuse
    Chain.connect(net.url, account).deploy(contracts, "Reverter")


def test_fields_of_a_rollups_receipt_do_no_harm(net, account, contracts):
    def other(method, answer):
        if answer["result"]:
            more = {"l1Fee": "0x1", "l1FeeScalar": "0.684", "type": "0x7e", "depositNonce": "0x1"}
            answer["result"] |= more
        return answer

    net.after[RECEIPT] = other
    Chain.connect(net.url, account).deploy(contracts, "Reverter")


def test_an_opcode_that_the_chain_lacks_is_told_as_such(contracts):
    port = _free_port(0)
    command = [str(find_anvil()), "--port", str(port), "--hardfork", "paris", "--silent"]
    with subprocess.Popen(command) as process:  # noqa: S603 # anvil
        try:
            chain = None
            while chain is None:
                try:
                    chain = Chain.connect(f"http://127.0.0.1:{port}")
                except NodeMissingError:
                    assert process.poll() is None
            with pytest.raises(ContractError) as caught:
                chain.deploy(contracts, "Reverter")
            assert "--evm-version paris" in str(caught.value)
            assert "balance" not in str(caught.value)
        finally:
            process.kill()


# What may go wrong after it was sent.


def test_programs_that_deploy_with_one_account_at_once_get_a_contract_each(net, account, contracts):
    def deploy(_):
        return Chain.connect(net.url, account).deploy(contracts, "Reverter").address

    with ThreadPoolExecutor(4) as pool:
        addresses = list(pool.map(deploy, range(4)))
    assert len(set(addresses)) == 4
    assert count(net, account.address) == 4


def test_programs_that_pay_at_once_pay_each(net, account, contracts):
    contract = Chain.connect(net.url, account).deploy(contracts, "Reverter")

    def pay(_):
        there = Chain.connect(net.url, account).at(contract.address, contract.abi)
        return there.transact("pay", value=3).transaction_hash

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(pay, range(3)))) == 3
    assert int(net.node("eth_getBalance", contract.address, "latest"), 16) == 9


def test_a_nonce_that_is_asked_for_and_taken_is_told(net, account, contracts):
    chain = Chain.connect(net.url, account)
    chain.deploy(contracts, "Reverter")
    with pytest.raises(TransactionError, match=r"Nonce 0 of account .* is used: its next one is 1"):
        chain.deploy(contracts, "Reverter", terms=Terms(nonce=0))
    assert count(net, account.address) == 1


def test_a_nonce_that_leaves_a_gap_is_told_and_finished_when_the_gap_is_closed(
    net, account, contracts
):
    chain = Chain.connect(net.url, account)
    with pytest.raises(TransactionError, match=r"waits for .* with nonces from 0 on") as caught:
        chain.deploy(contracts, "Reverter", terms=Terms(nonce=1, timeout=0.5))
    begun = caught.value.begun
    chain.deploy(contracts, "Reverter", terms=Terms(nonce=0))
    assert chain.finish(begun).contract_address == begun.address
    assert count(net, account.address) == 2


def test_what_is_pending_is_found_and_waited_for(net, account, contracts):
    chain = Chain.connect(net.url, account)
    net.node("evm_setAutomine", False)
    begun = unfinished(chain, contracts)
    again = unfinished_again(chain, begun)
    assert again.hashes == begun.hashes
    assert len(net.sent) == 1  # it was pending: nothing had to be sent
    net.node("evm_mine")
    receipt = chain.finish(begun)
    assert (receipt.transaction_hash, receipt.contract_address) == (begun.hashes[0], begun.address)
    assert count(net, account.address) == 1


def unfinished_again(chain, begun, **terms) -> Begun:
    with pytest.raises(TransactionError) as caught:
        chain.finish(begun, terms=Terms(timeout=0.5, **terms))
    return caught.value.begun


def test_what_was_dropped_is_sent_again_in_its_place(net, account, contracts, impatient):
    chain = Chain.connect(net.url, account)
    net.node("evm_setAutomine", False)
    begun = unfinished(chain, contracts)
    net.node("anvil_dropTransaction", begun.hashes[0])
    net.node("evm_setAutomine", True)
    receipt = chain.finish(begun)
    assert receipt.transaction_hash == begun.hashes[0]
    assert count(net, account.address) == 1


def test_what_is_dropped_while_it_is_waited_for_is_sent_again(net, account, contracts, impatient):
    chain = Chain.connect(net.url, account)
    net.node("evm_setAutomine", False)

    def drop(method, answer):
        net.after.clear()
        net.node("anvil_dropTransaction", answer["result"])
        net.node("evm_setAutomine", True)
        return answer

    net.after[RAW] = drop
    contract = chain.deploy(contracts, "Reverter")
    assert contract.call("count") == 0
    assert net.asked.count(RAW) == 2
    assert count(net, account.address) == 1


def test_higher_fees_take_the_place_of_what_is_pending(net, account, contracts):
    chain = Chain.connect(net.url, account)
    net.node("evm_setAutomine", False)
    begun = unfinished(chain, contracts)
    little = Terms(gas_price=begun.fees.most + 1, priority_fee=begun.fees.priority)
    refuse = error(-32000, "replacement transaction underpriced")  # anvil takes any
    net.before[RAW] = lambda _: refuse(RAW, {"id": 0})
    with pytest.raises(TransactionError, match="refuses: replacement") as caught:
        chain.finish(begun, terms=little)
    assert "a tenth more" in str(caught.value)
    net.before.clear()
    dearer = Terms(gas_price=3 * begun.fees.most, priority_fee=3 * begun.fees.priority, timeout=0.5)
    with pytest.raises(TransactionError, match="not mined") as caught:
        chain.finish(begun, terms=dearer)
    both = caught.value.begun
    assert len(both.hashes) == 2
    net.node("evm_mine")
    for known in (begun, both):  # who knows the first hash only finds the second
        receipt = chain.finish(known)
        assert receipt.contract_address == begun.address
        assert receipt.transaction_hash == both.hashes[1]
    assert count(net, account.address) == 1


@pytest.fixture
def strict(net):
    """A pool that asks a tenth more of both fees, as most nodes do, where anvil takes any."""
    pending: list[tuple[int, int]] = []

    def judge(parameters):
        fields = TypedTransaction.from_bytes(HexBytes(parameters[0])).as_dict()
        fees = fields["maxFeePerGas"], fields["maxPriorityFeePerGas"]
        if pending and any(10 * new < 11 * old for new, old in zip(fees, pending[-1], strict=True)):
            return error(-32000, "replacement transaction underpriced")(RAW, {"id": 0})
        pending.append(fees)
        return None

    net.node("evm_setAutomine", False)
    net.before[RAW] = judge
    return pending


def test_fees_that_are_wished_again_replace_nothing(net, strict, account, contracts):
    chain = Chain.connect(net.url, account)
    tips = count_from(GWEI)
    net.before["eth_maxPriorityFeePerGas"] = lambda _: {"jsonrpc": "2.0", "result": hex(next(tips))}
    wished = Terms(gas_price=5 * GWEI, timeout=0.5)
    begun = unfinished(chain, contracts, terms=wished)
    with pytest.raises(TransactionError, match="not mined") as caught:
        chain.finish(begun, terms=wished)
    assert caught.value.begun == begun
    assert len(strict) == 1


@pytest.mark.parametrize("why", ["a higher price", "a higher priority fee", "a higher base fee"])
def test_what_takes_a_place_pays_a_tenth_more_of_both(net, strict, account, contracts, why):
    chain = Chain.connect(net.url, account)
    begun = unfinished(chain, contracts)
    terms = {
        "a higher price": Terms(gas_price=2 * begun.fees.most, timeout=0.5),
        "a higher priority fee": Terms(priority_fee=2 * begun.fees.priority, timeout=0.5),
        "a higher base fee": Terms(timeout=0.5),
    }[why]
    if why == "a higher base fee":
        net.node("anvil_setNextBlockBaseFeePerGas", hex(2 * begun.fees.most))
        net.node("evm_mine")
    with pytest.raises(TransactionError, match="not mined") as caught:
        chain.finish(begun, terms=terms)
    assert len(caught.value.begun.hashes) == len(strict) == 2
    net.node("evm_mine")
    assert chain.finish(begun).transaction_hash == caught.value.begun.hashes[1]
    assert count(net, account.address) == 1


def test_a_replacement_that_is_refused_leaves_the_fees_of_what_is_pending(
    net, strict, account, contracts
):
    chain = Chain.connect(net.url, account)
    begun = unfinished(chain, contracts)
    little = Terms(gas_price=begun.fees.most + 1, priority_fee=begun.fees.priority)
    with pytest.raises(TransactionError, match="refuses: replacement") as caught:
        chain.finish(begun, terms=little)
    after = caught.value.begun
    assert after.fees == begun.fees
    assert after.hashes[0] == begun.hashes[0]
    net.node("anvil_setNextBlockBaseFeePerGas", hex(2 * begun.fees.most))
    net.node("evm_mine")
    with pytest.raises(TransactionError, match="not mined"):
        chain.finish(after, terms=Terms(timeout=0.5))
    assert len(strict) == 2


@pytest.mark.parametrize("fails", [False, True])
def test_a_hash_of_another_transaction_is_not_believed(net, account, contracts, fails):
    chain = Chain.connect(net.url, account)
    reverter = chain.deploy(contracts, "Reverter")
    net.node("evm_setAutomine", False)
    begun = unfinished(chain, contracts)
    net.node("evm_mine")
    sender = net.node("eth_accounts")[0]
    data = "0xffffffff" if fails else "0x06661abd"  # no function; count()
    call = {"from": sender, "to": reverter.address, "gas": "0x30d40", "data": data}
    other = net.node("eth_sendTransaction", call)
    net.node("evm_mine")
    receipt = net.node(RECEIPT, other)
    assert (receipt["status"], receipt["contractAddress"]) == ("0x0" if fails else "0x1", None)
    keeper = create_autospec(sending.InMemory, instance=True, fix="")
    with pytest.raises(TransactionError, match="is not the one that was begun") as caught:
        chain.finish(replace(begun, hashes=(other,)), keeper=keeper)
    assert other in str(caught.value)
    keeper.fail.assert_not_called()


def test_what_was_mined_before_the_block_it_was_begun_at_is_found(net, contracts, impatient):
    for _ in range(8):
        net.node("evm_mine")
    chain = Chain.connect(net.url)

    def shorten(_):
        net.before.clear()
        net.node("anvil_rollback", 6)

    def lose(*_):
        net.node("evm_mine")
        net.node("evm_mine")

    net.before["eth_sendTransaction"] = shorten  # the chain is reorganised
    net.after["eth_sendTransaction"] = lose  # and the answer lost
    contract = chain.deploy(contracts, "Reverter")
    assert contract.call("count") == 0
    assert net.asked.count("eth_sendTransaction") == 1


@pytest.mark.parametrize("pruned", [False, True])
def test_another_transaction_with_its_nonce_is_told(net, account, contracts, pruned):
    chain = Chain.connect(net.url, account)
    net.node("evm_setAutomine", False)
    begun = unfinished(chain, contracts)
    net.node("anvil_dropTransaction", begun.hashes[0])
    net.node("evm_setAutomine", True)
    other = chain.transact({"to": account.address, "value": 1})
    for _ in range(5):
        net.node("evm_mine")
    if pruned:

        def forgotten(parameters):
            old = parameters[1] not in ("latest", "pending")
            return error(-32000, "missing trie node")("", {"id": 0}) if old else None

        net.before["eth_getTransactionCount"] = forgotten
    sent = len(net.sent)
    with pytest.raises(NonceTakenError, match=other.transaction_hash):
        chain.finish(begun)
    assert len(net.sent) == sent
    assert count(net, account.address) == 1


def test_a_contract_of_the_same_bytes_by_another_program_is_not_taken_for_ours(
    net, account, contracts
):
    chain = Chain.connect(net.url, account)
    net.node("evm_setAutomine", False)
    begun = unfinished(chain, contracts)
    net.node("anvil_dropTransaction", begun.hashes[0])
    net.node("evm_setAutomine", True)
    gas = begun.gas + 1
    chain.deploy(contracts, "Reverter", terms=Terms(nonce=begun.nonce, gas=gas))
    with pytest.raises(NonceTakenError):
        chain.finish(begun)


def test_a_node_that_cannot_tell_the_transaction_is_told(net, account, contracts, impatient):
    chain = Chain.connect(net.url, account)
    net.after[RECEIPT] = lambda _, answer: {**answer, "result": None}
    net.after[BLOCK] = lambda _, answer: {
        **answer,
        "result": answer["result"] | {"transactions": []},
    }
    with pytest.raises(TransactionError, match="is used and a contract lies at") as caught:
        chain.deploy(contracts, "Reverter")
    net.after.clear()
    assert chain.finish(caught.value.begun).contract_address == caught.value.begun.address
    assert count(net, account.address) == 1


def test_who_answers_with_another_contracts_address_is_not_believed(net, account, contracts):
    def other(method, answer):
        if answer["result"]:
            answer["result"]["contractAddress"] = "0x" + "11" * 20
        return answer

    net.after[RECEIPT] = other
    with pytest.raises(TransactionError, match="from its account and nonce follows"):
        Chain.connect(net.url, account).deploy(contracts, "Reverter")


def test_a_transaction_that_failed_names_its_hash(net, account, contracts):
    chain = Chain.connect(net.url, account)
    contract = chain.deploy(contracts, "Reverter")
    with pytest.raises(RevertError, match="Refused") as caught:
        contract.transact("named", 7, gas=100_000)
    assert caught.value.begun.hashes[0] in str(caught.value)
    with pytest.raises((RevertError, TransactionError)) as caught:
        chain.deploy(contracts, "Reverter", gas=100_000)
    assert caught.value.begun.hashes[0] in str(caught.value)
    assert "mined and failed" in str(caught.value)


def test_an_error_of_any_kind_names_what_was_sent(net, account, contracts, monkeypatch):
    class Strange(BaseException):
        pass

    def strange(*_):
        raise Strange

    chain = Chain.connect(net.url, account)
    monkeypatch.setattr(Chain, "send", strange)
    with pytest.raises(Strange) as caught:
        chain.deploy(contracts, "Reverter")
    assert caught.value.begun.hashes[0] in "\n".join(caught.value.__notes__)
    monkeypatch.undo()
    assert chain.finish(caught.value.begun).contract_address == caught.value.begun.address


@pytest.mark.parametrize("who", ["other", "node"])
def test_only_the_account_that_began_it_goes_on(net, account, contracts, who):
    chain = Chain.connect(net.url, account)
    net.node("evm_setAutomine", False)
    begun = unfinished(chain, contracts)
    net.node("anvil_dropTransaction", begun.hashes[0])
    net.node("evm_setAutomine", True)
    other = Chain.connect(net.url, Account.create() if who == "other" else None)
    with pytest.raises((AccountError, TransactionError), match=account.address):
        other.finish(begun)
    assert count(net, account.address) == 0


def test_it_goes_on_only_on_its_chain(net, account, contracts):
    chain = Chain.connect(net.url, account)
    net.node("evm_setAutomine", False)
    begun = unfinished(chain, contracts)
    with pytest.raises(WrongChainError, match="begun on chain 5"):
        chain.finish(replace(begun, chain_id=5))


# Fees, and the chain that is signed for.


def test_a_node_that_changes_its_chain_after_it_was_asked_gets_no_signature(
    net, account, contracts
):
    chain = Chain.connect(net.url, account)
    net.after["eth_chainId"] = lambda _, answer: {**answer, "result": "0x1"}
    with pytest.raises(WrongChainError, match="serves chain 1; chain 1337 is meant"):
        chain.deploy(contracts, "Reverter")
    assert not net.sent


@pytest.mark.parametrize("named", ["gasPrice", "priority", "base", "estimate"])
def test_a_node_that_names_a_cost_above_the_limit_gets_nothing_signed(
    net, account, contracts, named
):
    high = {"result": hex(10**15)}
    limit = Terms(max_fee=10**16)
    if named == "gasPrice":
        net.after[BLOCK] = lambda _, answer: {**answer, "result": {"number": "0x1"}}
        net.after["eth_gasPrice"] = lambda _, answer: {**answer, **high}
    elif named == "priority":
        net.after["eth_maxPriorityFeePerGas"] = lambda _, answer: {**answer, **high}
    elif named == "base":
        net.after[BLOCK] = lambda _, a: {**a, "result": {"baseFeePerGas": hex(10**15)}}
    else:
        net.after["eth_estimateGas"] = lambda _, answer: {**answer, "result": hex(10**8)}
    chain = Chain.connect(net.url, account)
    with pytest.raises(TransactionError, match=r"more than the 0.01 ether that the maximum fee"):
        chain.deploy(contracts, "Reverter", terms=limit)
    assert RAW not in net.asked
    net.after.clear()
    chain.deploy(contracts, "Reverter", terms=limit)


def test_fees_that_are_asked_for_are_those_that_are_signed(net, account, contracts):
    chain = Chain.connect(net.url, account)
    terms = Terms(gas_price=7 * GWEI, priority_fee=2 * GWEI, gas=1_000_000, max_fee=7 * 10**15)
    contract = chain.deploy(contracts, "Reverter", terms=terms)
    sent = net.node("eth_getTransactionByHash", contract.receipt.transaction_hash)
    fields = ("maxFeePerGas", "maxPriorityFeePerGas", "gas", "nonce")
    assert [int(sent[name], 16) for name in fields] == [7 * GWEI, 2 * GWEI, 10**6, 0]
    with pytest.raises(TransactionError, match="may cost at most"):
        chain.deploy(contracts, "Reverter", terms=replace(terms, max_fee=7 * 10**15 - 1))
    for wrong, says in (
        (Terms(gas_price=1), "below the chain's base fee"),
        (Terms(gas_price=7 * GWEI, priority_fee=8 * GWEI), "is above the gas price"),
    ):
        with pytest.raises(TransactionError, match=says):
            chain.deploy(contracts, "Reverter", terms=wrong)
    assert count(net, account.address) == 1


def test_an_account_without_ether_is_told_its_balance_and_what_is_needed(net, contracts):
    chain = Chain.connect(net.url, Account.create())
    with pytest.raises(TransactionError, match="has a balance of 0 wei; the transaction may cost"):
        chain.deploy(contracts, "Reverter")
    assert RAW not in net.asked


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("nonce too low: next nonce 5, tx nonce 3", Cause.NONCE_USED),
        ("nonce too high", Cause.NONCE_AHEAD),
        ("already known", Cause.KNOWN),
        ("transaction already imported", Cause.KNOWN),
        ("ALREADY_EXISTS: already known", Cause.KNOWN),
        ("replacement transaction underpriced", Cause.REPLACEMENT),
        ("could not replace existing tx", Cause.REPLACEMENT),
        ("insufficient funds for gas * price + value: balance 0", Cause.BALANCE),
        ("Insufficient funds for gas * price + value", Cause.BALANCE),
        ("max fee per gas less than block base fee: maxFeePerGas: 1", Cause.LOW_FEES),
        ("transaction underpriced: tip needed 1000", Cause.LOW_FEES),
        ("FeeTooLow, EffectivePriorityFeePerGas too low", Cause.LOW_FEES),
        ("tx fee (1.20 ether) exceeds the configured cap (1.00 ether)", Cause.FEES),
        ("max priority fee per gas higher than max fee per gas", Cause.FEES),
        ("exceeds block gas limit", Cause.GAS),
        ("intrinsic gas too low: have 1, want 2", Cause.GAS),
        ("gas required exceeds allowance (8000000)", Cause.GAS),
        ("max code size exceeded", Cause.SIZE),
        ("max initcode size exceeded: code size 50000 limit 49152", Cause.SIZE),
        ("create: contract size limit", Cause.SIZE),
        ("invalid opcode: PUSH0", Cause.OPCODE),
        ("EVM error NotActivated", Cause.OPCODE),
        ("invalid chain id for signer: have 5 want 1", Cause.CHAIN),
        ("invalid sender", Cause.CHAIN),
        ("only replay-protected (EIP-155) transactions allowed over RPC", Cause.CHAIN),
        ("transaction type not supported", Cause.KIND),
        ("unknown account", Cause.ACCOUNT),
        ("authentication needed: password or unlock", Cause.ACCOUNT),
        ("No Signer available", Cause.ACCOUNT),
        ("the method eth_sendTransaction does not exist/is not available", Cause.METHOD),
        ("Method eth_getCode not found", Cause.METHOD),
        ("Unsupported method: eth_getBalance", Cause.METHOD),
        ("project ID request rate exceeded", Cause.BUSY),
        ("Too Many Requests", Cause.BUSY),
        ("transaction indexing is in progress", Cause.BUSY),
        ("daily request count exceeded, request rate limited", Cause.BUSY),
        ("Your app has exceeded its compute units per second capacity", Cause.BUSY),
        ("header not found", Cause.BUSY),
        ("context deadline exceeded", Cause.BUSY),
        ("computer says no", Cause.OTHER),
    ],
)
def test_what_nodes_say_has_one_cause(said, cause):
    assert cause_of(said) is cause


def test_a_method_that_the_node_lacks_is_told_as_such(net, account, contracts):
    chain = Chain.connect(net.url, account)
    for method in ("eth_blockNumber", "eth_estimateGas", "eth_getBlockByNumber", RAW):
        net.before = {method: lambda _: error(-32601, "the gas station is closed")("", {"id": 0})}
        with pytest.raises(TransactionError, match="refuses: the gas station is closed") as caught:
            chain.deploy(contracts, "Reverter")
        assert caught.value.fix == Cause.METHOD.value
    net.before = {"eth_getCode": lambda _: error(-32005, "limit exceeded")("", {"id": 0})}
    with pytest.raises(TransactionError, match="refuses: limit exceeded") as caught:
        chain.code(account.address)
    assert caught.value.fix == Cause.BUSY.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("7", 7),
        ("7wei", 7),
        ("2gwei", 2 * GWEI),
        ("1.5 gwei", 15 * 10**8),
        ("0.01ether", 10**16),
        ("0.000000000000000001ether", 1),
        ("123456789012345678901234567890", 123456789012345678901234567890),
    ],
)
def test_an_amount_is_read_exactly(text, value):
    assert wei(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "x", "-1", "1.5", "0.1wei", "1e9", "1eth", "0x10", "1.0000000001gwei", "١", "1 2", "inf"],
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ArgumentError, match="is not an amount"):
        wei(text)


def test_amounts_are_told_in_the_unit_that_fits():
    told = {0: "0 wei", 999_999: "999999 wei", 3 * GWEI: "3 gwei", 15 * 10**14: "0.0015 ether"}
    assert {value: amount(value) for value in told} == told
    assert amount(10**6) == "0.001 gwei"


def test_an_address_follows_from_account_and_nonce():
    """Vectors: the first contracts of the well-known first test account of anvil and Hardhat."""
    known = {
        0: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
        1: "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512",
        2: "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0",
    }
    first = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
    for nonce, address in known.items():
        begun = Begun(1, first, nonce, None, "0x", 0, 21_000, Fees(1, None), 0)
        assert begun.address == address
