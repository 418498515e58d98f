"""A chain to deploy contracts on and to call them: one in this process, or a node by URL.

The embedded chain is py-evm behind eth-tester; its precompiles are py_ecc's, so it judges proofs
independently of `accel` (0.6 s a verification). A node is whatever speaks Ethereum's JSON-RPC over
HTTP; transactions are signed by the node, for an account that it has unlocked, or here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from verifier_contracts.compiler import Abi, CompiledContract
from verifier_contracts.contract import Contract, Receipt, Transaction, checked_arguments
from verifier_contracts.errors import (
    AccountError,
    ArgumentError,
    ContractError,
    NoCodeError,
    NodeMissingError,
    TransactionError,
    WrongChainError,
)
from verifier_contracts.reverts import revert_error

if TYPE_CHECKING:  # web3 takes a second to import
    from eth_account.signers.local import LocalAccount
    from eth_tester import EthereumTester
    from web3 import Web3

T = TypeVar("T")

EMBEDDED_GAS = 12_000_000  # estimation takes 5.6 s there, and gas is free
SPARE_GAS = 4  # on a node: the estimate and a quarter more
MINING_SECONDS = 120
LONGEST = 300  # characters of what a node says that are shown
LARGEST_CHAIN_ID = (1 << 63) - 37  # EIP-2294


class Chain:
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

    @classmethod
    def embedded(cls) -> Chain:
        """A new chain in this process, with accounts that have ether; gone when it is dropped."""
        from web3 import EthereumTesterProvider, Web3

        from verifier_contracts.embedded import embedded_tester

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
        from web3.middleware import SignAndSendRawMiddlewareBuilder

        from verifier_contracts.transport import BoundedProvider

        if not _public(url).startswith(("http://", "https://")):
            raise ContractError(
                f"{_public(url)} is not the URL of a node.",
                "Give one that begins with http:// or https://, such as http://127.0.0.1:8545.",
            )
        place = f"the node at {_public(url)}"
        web3 = Web3(BoundedProvider(url, place))
        chain = cls(web3, place, account)
        if isinstance(account, str):
            chain._account = _address(account)
        elif account is not None:
            web3.middleware_onion.inject(SignAndSendRawMiddlewareBuilder.build(account), layer=0)
        served = chain.chain_id
        if chain_id not in (None, served):
            raise WrongChainError(
                f"{chain.place} serves chain {served}; chain {chain_id} is meant.",
                f"Give the URL of a node of chain {chain_id}.",
            )
        return chain

    @property
    def chain_id(self) -> int:
        """The number of the chain, EIP-155."""
        with self._node():
            number = _a(int, self.web3.eth.chain_id)
        if not 0 < number <= LARGEST_CHAIN_ID:
            raise self._no_node("the number of its chain is none")
        return number

    @property
    def account(self) -> str:
        """The address that signs transactions. Raises AccountError if there is none."""
        if isinstance(self._account, str):
            return self._account
        if self._account is not None:
            return str(self._account.address)
        from web3.exceptions import Web3Exception

        accounts: Sequence[str] = ()
        with self._node(), suppress(Web3Exception):  # many nodes do not know the method
            accounts = self.web3.eth.accounts
        if not accounts:
            raise AccountError(
                f"{self.place} has no unlocked account to sign with.",
                "Give an account of your own: `--keystore FILE`, or account= in Python.",
            )
        return str(accounts[0])

    def deploy(
        self,
        compiled: Mapping[str, CompiledContract],
        name: str,
        *arguments: Any,
        gas: int | None = None,
    ) -> Contract:
        """Deploy one of the compiled contracts; wait until it is mined.

        Raises ArgumentError if there is no such contract or its constructor takes other arguments,
        RevertError if the constructor reverts, AccountError, TransactionError.
        """
        if name not in compiled:
            near = get_close_matches(name, compiled, 1)
            raise ArgumentError(
                f"There is no contract {name!r} among those compiled: {', '.join(compiled)}.",
                f"Did you mean {near[0]}?" if near else "Give one of these names.",
            )
        contract = compiled[name]
        wanted = [e["inputs"] for e in contract.abi if e["type"] == "constructor"] or [[]]
        if len(wanted[0]) != len(arguments):
            raise ArgumentError(
                f"The constructor of {name} takes {len(wanted[0])} arguments; {len(arguments)} are "
                "given.",
                "Give one for each parameter of the constructor.",
            )
        factory = self.web3.eth.contract(abi=contract.abi, bytecode=contract.bytecode)
        with checked_arguments(f"the constructor of {name}"):
            data = factory.constructor(*arguments).data_in_transaction
        receipt = self.transact({"data": data}, contract.abi, gas)
        if receipt.contract_address is None:
            raise TransactionError(
                f"{self.place} mined the deployment of {name} and names no address.",
                "Look the transaction up: " + receipt.transaction_hash,
            )
        return Contract(self, receipt.contract_address, contract.abi, receipt)

    def at(self, address: str, abi: Abi) -> Contract:
        """A contract that was deployed before.

        Raises NoCodeError if none lies at the address, AccountError if it is no address.
        """
        address = _address(address)
        if not self.code(address):
            raise NoCodeError(
                f"No contract lies at {address} on chain {self.chain_id}.",
                "Check the address, and that the node serves the chain it was deployed on.",
            )
        return Contract(self, address, abi)

    def code(self, address: str) -> bytes:
        """The code that lies at a checksummed address; empty if there is none."""
        with self._node():
            return bytes(_a(bytes, self.web3.eth.get_code(address)))  # type: ignore[arg-type]

    def transact(self, transaction: Transaction, abi: Abi = (), gas: int | None = None) -> Receipt:
        """Send a transaction, `from` and gas filled in, and wait until it is mined.

        abi   of the contract, to name the error if it reverts
        gas   the most it may take; without it the embedded chain's default or the node's estimate

        Raises RevertError if it reverts, TransactionError if the node does not take it.
        """
        from web3.exceptions import TimeExhausted

        transaction = {"from": self.account, **transaction}
        with self._node(), self._answers(abi):
            transaction["gas"] = gas or self._gas(transaction)
            digest = self.web3.eth.send_transaction(transaction)  # type: ignore[arg-type]
            try:
                mined = self.web3.eth.wait_for_transaction_receipt(digest, timeout=MINING_SECONDS)
            except TimeExhausted as error:
                raise TransactionError(
                    f"Transaction {digest.to_0x_hex()} was not mined in {MINING_SECONDS} seconds.",
                    "It may still be: look it up before sending it again.",
                ) from error
        if mined["status"] != 1:
            self.call(transaction, abi, mined["blockNumber"])  # raises what the contract meant
            raise TransactionError(
                f"Transaction {digest.to_0x_hex()} failed, most likely for want of gas: "
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
        with self._node(), self._answers(abi):
            answer = self.web3.eth.call(transaction, block)  # type: ignore[arg-type]
            return bytes(_a(bytes, answer))

    def gas(self, transaction: Transaction, abi: Abi = ()) -> int:
        """Gas of a transaction, from the chain's account if it has one.

        On the embedded chain what it used, exactly (it is sent, and the chain put back); from a
        node its estimate, a few per cent more than is used.

        Raises RevertError if it reverts.
        """
        if self._tester is None:
            with suppress(AccountError):  # a view function costs anyone the same
                transaction = {"from": self.account, **transaction}
            with self._node(), self._answers(abi):
                return self._estimate(transaction)
        snapshot = self._tester.take_snapshot()
        try:
            return self.transact(transaction, abi).gas_used
        finally:
            self._tester.revert_to_snapshot(snapshot)

    def _gas(self, transaction: Transaction) -> int:
        if self._tester is not None:
            return EMBEDDED_GAS
        estimate = self._estimate(transaction)
        return estimate + estimate // SPARE_GAS

    def _estimate(self, transaction: Transaction) -> int:
        return _a(int, self.web3.eth.estimate_gas(transaction))  # type: ignore[arg-type]

    def _no_node(self, why: str) -> NodeMissingError:
        return NodeMissingError(
            f"What answers is no Ethereum node: {self.place} ({why}).",
            "Give the URL of a node's JSON-RPC over HTTP.",
        )

    def odd_answer(self, what: str) -> NodeMissingError | NoCodeError:
        """The error for an answer that a contract of its ABI cannot give: the node's fault, if any.

        what  such as "verifyProof answers 3 bytes"
        """
        if self._tester is None:
            return self._no_node(what)
        return NoCodeError(
            f"The contract is not the one that its ABI describes: {what}.",
            "Compile and deploy it again.",
        )

    @contextmanager
    def _node(self) -> Iterator[None]:
        """What web3 makes of answers that it does not know becomes NodeMissingError."""
        from eth_utils.exceptions import ValidationError
        from web3.exceptions import Web3Exception

        try:
            yield
        except (
            Web3Exception,
            ValidationError,
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            ArithmeticError,
            AssertionError,
            NotImplementedError,
        ) as error:
            raise self._no_node(type(error).__name__) from error

    @contextmanager
    def _answers(self, abi: Abi) -> Iterator[None]:
        """A node's refusals become RevertError and TransactionError."""
        from web3.exceptions import Web3Exception

        failures: tuple[type[Exception], ...] = (Web3Exception,)
        if self._tester is not None:
            from eth.exceptions import PyEVMError
            from eth_tester.exceptions import TransactionFailed, ValidationError
            from eth_utils.exceptions import ValidationError as VmValidationError

            from verifier_contracts.embedded import CallFailed

            failures += (CallFailed, TransactionFailed, ValidationError, VmValidationError)
            failures += (PyEVMError,)
        try:
            yield
        except failures as error:
            reverted = revert_error(error, abi)
            if reverted is not None:
                raise reverted from error
            raise TransactionError(
                f"{self.place} refuses: {_reason(error)}.",
                "Check the account's balance, the gas and the arguments.",
            ) from error


def _a(kind: type[T], answer: object) -> T:
    """A node's answer, if it is of the kind that the question has. Raises TypeError."""
    if not isinstance(answer, kind) or isinstance(answer, bool):
        raise TypeError(type(answer).__name__)
    return answer


def _address(text: str) -> str:
    from web3 import Web3

    try:
        return str(Web3.to_checksum_address(text))
    except ValueError as error:
        raise AccountError(
            f"{text!r} is no address.", "An address is 0x and 40 hexadecimal digits."
        ) from error


def _public(url: str) -> str:
    """A URL without what may be a key in it (user, path and query); its scheme if it is none."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "what is given"
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.hostname else "what is given"


def _reason(error: Exception) -> str:
    """What the node says, on one line."""
    response = getattr(error, "rpc_response", None) or {}
    said = response.get("error", {})
    text = said.get("message") if isinstance(said, dict) else None
    words = " ".join(str(text or error)[: 4 * LONGEST].split()).rstrip(".")
    return words if len(words) <= LONGEST else words[:LONGEST] + "..."
