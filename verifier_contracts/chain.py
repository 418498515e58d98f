"""A chain to deploy contracts on and to call them: one in this process, or a node by URL.

The embedded chain is py-evm behind eth-tester; its precompiles are py_ecc's, so it judges proofs
independently of `accel` (0.6 s a verification). A node is whatever speaks Ethereum's JSON-RPC over
HTTP; transactions are signed by the node, for an account that it has unlocked, or here. How they
are sent to a node, and found again after anything that may go wrong, is in `sending`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from zkpipe.ground.kinds import require_text, require_whole
from zkpipe.verifier_contracts.abi import Abi, encoded
from zkpipe.verifier_contracts.compilers.compiled import CompiledContract
from zkpipe.verifier_contracts.contract import Caller, Contract
from zkpipe.verifier_contracts.errors import (
    AccountError,
    ArgumentError,
    ContractError,
    HaltError,
    NoCodeError,
    NodeMissingError,
    TransactionError,
    WrongChainError,
)
from zkpipe.verifier_contracts.rpc.asking import of_kind
from zkpipe.verifier_contracts.transactions.checks import (
    CALLED,
    SENT,
    check_account,
    check_begun,
    check_ways,
    checked,
    checked_abi,
    checked_address,
    contract_named,
)
from zkpipe.verifier_contracts.transactions.receipts import Outcome
from zkpipe.verifier_contracts.transactions.sending import Keeper, name, send, settle
from zkpipe.verifier_contracts.transactions.terms import LARGEST_CHAIN_ID, Terms
from zkpipe.verifier_contracts.transactions.transaction import MOST, Receipt, Transaction

if TYPE_CHECKING:  # web3 takes a second to import
    from eth_account.signers.local import LocalAccount
    from eth_tester import EthereumTester
    from web3 import Web3

    from zkpipe.verifier_contracts.transactions.begun import Begun

BLOCKS = ("latest", "earliest", "pending", "safe", "finalized")
MOST_BLOCKS = 1 << 63
EMBEDDED_GAS = 12_000_000  # estimation takes 5.6 s there, and gas is free


class Chain(Caller):
    """A chain; see `embedded` and `connect`.

    Every method raises NodeMissingError if the node does not answer.
    """

    def __init__(
        self,
        web3: Web3,
        place: str,
        account: LocalAccount | str | None = None,
        tester: EthereumTester | None = None,
    ) -> None:
        """For `embedded` and `connect`; place is what errors call the chain."""
        self.web3 = web3
        self.place = place
        self._account = account
        self._tester = tester
        self._meant: int | None = None  # the chain to sign for

    @classmethod
    def embedded(cls) -> Chain:
        """A new chain in this process, with accounts that have ether; gone when it is dropped."""
        from web3 import EthereumTesterProvider, Web3

        from zkpipe.verifier_contracts.rpc.embedded import embedded_tester

        tester = embedded_tester()
        web3 = Web3(EthereumTesterProvider(tester))
        web3.provider.global_ccip_read_enabled = False  # EIP-3668: nothing on the net is asked
        return cls(web3, "the embedded chain", tester=tester)

    @classmethod
    def connect(
        cls, url: str, account: LocalAccount | str | None = None, *, chain_id: int | None = None
    ) -> Chain:
        """The chain that the node at an http or https URL serves.

        account   signs transactions: one unlocked by `keystore_account`, or the address of one that
                  the node has unlocked; without it the node's first. Calls need none.
        chain_id  the chain that is meant, if only that one will do

        Raises NodeMissingError if no node answers, WrongChainError if it serves another chain,
        AccountError if the account is no address.
        """
        from web3 import Web3

        from zkpipe.verifier_contracts.rpc.transport import BoundedProvider, public_url

        url = require_text("Chain.connect", "url", url)
        if chain_id is not None:
            chain_id = require_whole("Chain.connect", "chain_id", chain_id, 1, LARGEST_CHAIN_ID)
        check_account(account)
        shown = public_url(url)
        if not shown.startswith(("http://", "https://")):
            raise ContractError(
                f"{shown} is not the URL of a node.",
                "Give one that begins with http:// or https://, such as http://127.0.0.1:8545.",
            )
        place = f"the node at {shown}"
        web3 = Web3(BoundedProvider(url, place))
        chain = cls(web3, place, account)
        if isinstance(account, str):
            chain._account = checked_address(account)
        chain._meant = chain_id
        chain._meant = chain.chain_id  # transactions are signed for no other chain from now on
        return chain

    def signing_as(self, account: LocalAccount | str) -> Chain:
        """The same chain with another account to sign with; nothing is asked.

        Raises AccountError if the account is no address, KindError if it does not sign.
        """
        check_account(account)
        named = checked_address(account) if isinstance(account, str) else account
        chain = Chain(self.web3, self.place, named, self._tester)
        chain._meant = self._meant
        return chain

    def deploy(
        self,
        compiled: Mapping[str, CompiledContract],
        name: str,
        *arguments: Any,
        gas: int | None = None,
        terms: Terms | None = None,
        keeper: Keeper | None = None,
    ) -> Contract:
        """Deploy one of the compiled contracts; wait until it is mined.

        terms   fees, nonce and time, on a node
        keeper  keeps what is begun before it is sent; see `sending`

        An error after it was sent names it, and carries it as `begun` for `finish`.

        Raises ArgumentError if there is no such contract or its constructor takes other arguments,
        RevertError if the constructor reverts, AccountError, TransactionError.
        """
        contract = contract_named(compiled, name)
        abi = contract.abi
        wanted: Sequence[Mapping[str, Any]] = next(
            (entry["inputs"] for entry in abi if entry["type"] == "constructor"), ()
        )
        if len(wanted) != len(arguments):
            raise ArgumentError(
                f"The constructor of {name} takes {len(wanted)} arguments; {len(arguments)} are "
                "given.",
                "Give one for each parameter of the constructor.",
            )
        given = encoded(f"the constructor of {name}", wanted, arguments).hex()
        data = contract.bytecode + given
        receipt = self.transact({"data": data}, abi, gas, terms, keeper)
        if receipt.contract_address is None:
            raise TransactionError(
                f"{self.place} mined the deployment of {name} and names no address.",
                "Look the transaction up: " + receipt.transaction_hash,
            )
        return Contract(self, receipt.contract_address, abi, receipt, f"0x{given}")

    def at(self, address: str, abi: Abi) -> Contract:
        """A contract that was deployed before.

        Raises NoCodeError if none lies at the address, AccountError if it is no address.
        """
        address = checked_address(address)
        if not self.code(address):
            raise NoCodeError(
                f"No contract lies at {address} on chain {self.chain_id}.",
                "Check the address, and that the node serves the chain it was deployed on.",
            )
        return Contract(self, address, abi)

    def transact(
        self,
        transaction: Transaction,
        abi: Abi = (),
        gas: int | None = None,
        terms: Terms | None = None,
        keeper: Keeper | None = None,
    ) -> Receipt:
        """Send a transaction, `from`, nonce, gas and fees filled in, and wait until it is mined.

        abi   of the contract, to name the error if it reverts
        gas   the most it may take; without it the embedded chain's default or the node's estimate

        An error after it was sent names it, and carries it as `begun` for `finish`.

        Raises RevertError if it reverts, TransactionError if the node does not take it or it is not
        mined in time.
        """
        transaction = checked("Chain.transact", transaction, SENT)
        abi = checked_abi("Chain.transact", abi)
        if gas is not None:
            gas = require_whole("Chain.transact", "gas", gas, 1, MOST)
        check_ways("Chain.transact", terms, keeper)
        transaction = {"from": self.account, **transaction}
        if self._tester is not None:
            return self._transact_here(transaction, abi, gas)
        terms = terms or Terms()
        if gas is not None:
            terms = replace(terms, gas=gas)
        estimate = 0
        if terms.gas is None:
            with self._node(), self._answers(abi):
                estimate = self._estimate(transaction)
        with self._as_errors():
            return self._receipt(send(self, transaction, terms, estimate, keeper), abi)

    def finish(
        self,
        begun: Begun,
        abi: Abi = (),
        terms: Terms | None = None,
        keeper: Keeper | None = None,
    ) -> Receipt:
        """Go on with a transaction that was begun: find it, or send it again in the same place.

        However often this is called, at most one transaction is mined. Its `terms` may name other
        fees; then it takes the place of the one that is pending.

        Raises NonceTakenError if another transaction has its nonce, and what `transact` raises.
        """
        check_begun("Chain.finish", begun)
        abi = checked_abi("Chain.finish", abi)
        check_ways("Chain.finish", terms, keeper)
        if self.chain_id != begun.chain_id:
            raise WrongChainError(
                f"The transaction was begun on chain {begun.chain_id}; {self.place} serves chain "
                f"{self.chain_id}.",
                f"Give the URL of a node of chain {begun.chain_id}.",
            )
        with self._as_errors():
            outcome = settle(self, begun, terms or Terms(), keeper, fresh=False)
            return self._receipt(outcome, abi)

    def _receipt(self, outcome: Outcome, abi: Abi) -> Receipt:
        """The receipt of a transaction that succeeded; else an error says what it meant."""
        begun, receipt = outcome.begun, outcome.receipt
        if outcome.succeeded:
            return receipt
        transaction = {"from": begun.account, "data": begun.data, "gas": begun.gas}
        transaction |= {"value": begun.value} | ({"to": begun.to} if begun.to else {})
        try:
            with suppress(TransactionError, NodeMissingError):
                self.call(transaction, abi, receipt.block_number)  # raises what the contract meant
            raise TransactionError(
                f"Transaction {receipt.transaction_hash} failed, most likely because it ran out of "
                "gas: "
                f"{receipt.gas_used} of {begun.gas} used.",
                "Allow it more gas.",
            )
        except ContractError as error:
            name(error, begun, "It was mined and failed: its gas is paid for.")
            raise

    def _transact_here(self, transaction: Transaction, abi: Abi, gas: int | None) -> Receipt:
        """On the embedded chain, which mines each transaction by itself."""
        with self._answers(abi):
            transaction["gas"] = gas or EMBEDDED_GAS
            digest = self.web3.eth.send_transaction(transaction)  # type: ignore[arg-type]
            mined = self.web3.eth.wait_for_transaction_receipt(digest)
        if mined["status"] != 1 and mined["gasUsed"] >= transaction["gas"]:  # no revert takes all
            raise HaltError(
                "The EVM stopped the contract's code after all its gas, "
                f"{transaction['gas']:,}: it does not end, takes more, or is not a program.",
                "Check that it is the code of the contract that is meant.",
            )
        if mined["status"] != 1:
            self.call(transaction, abi, mined["blockNumber"])  # raises what the contract meant
            raise TransactionError(
                f"Transaction {digest.to_0x_hex()} failed, most likely because it ran out of gas: "
                f"{mined['gasUsed']} of {transaction['gas']} used.",
                "Allow it more gas.",
            )
        return Receipt(
            digest.to_0x_hex(),
            mined["blockNumber"],
            mined["gasUsed"],
            mined["contractAddress"],
            tuple(mined["logs"]),
        )

    def call(self, transaction: Transaction, abi: Abi = (), block: int | str = "latest") -> bytes:
        """What a transaction would return; nothing on the chain changes.

        Raises RevertError if it reverts.
        """
        transaction = checked("Chain.call", transaction, CALLED)
        abi = checked_abi("Chain.call", abi)
        if type(block) is not str or block not in BLOCKS:
            block = require_whole("Chain.call", "block", block, most=MOST_BLOCKS)
        with self._node(), self._answers(abi):
            answer = self.web3.eth.call(transaction, block)  # type: ignore[arg-type]
            return bytes(of_kind(bytes, answer))

    def gas(self, transaction: Transaction, abi: Abi = (), most: int | None = None) -> int:
        """Gas of a transaction, from the chain's account if it has one.

        On the embedded chain what it used, exactly (it is sent, with `most`, and the chain put
        back); from a node its estimate, a few per cent more than is used.

        Raises RevertError if it reverts.
        """
        transaction = checked("Chain.gas", transaction, SENT)
        abi = checked_abi("Chain.gas", abi)
        if self._tester is None:
            with suppress(AccountError):  # a view function costs anyone the same
                transaction = {"from": self.account, **transaction}
            with self._node(), self._answers(abi):
                return self._estimate(transaction)
        snapshot = self._tester.take_snapshot()
        try:
            return self.transact(transaction, abi, most).gas_used
        finally:
            self._tester.revert_to_snapshot(snapshot)

    def _estimate(self, transaction: Transaction) -> int:
        return of_kind(int, self.web3.eth.estimate_gas(transaction))  # type: ignore[arg-type]
