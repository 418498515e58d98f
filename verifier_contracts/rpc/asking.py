"""Ask a chain, and make of what it answers a value or an error of ours.

A node's JSON-RPC is not formatted by web3 here: it knows Ethereum's own blocks only. What web3
itself says of an answer is never told as the node's word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from zkpipe.verifier_contracts.abi import Abi
from zkpipe.verifier_contracts.errors import NoCodeError, NodeMissingError, TransactionError
from zkpipe.verifier_contracts.rpc.refusals import Refusal, cause_of, one_line
from zkpipe.verifier_contracts.rpc.reverts import revert_error

if TYPE_CHECKING:  # web3 takes a second to import
    from eth_tester import EthereumTester
    from web3 import Web3

T = TypeVar("T")

QUANTITY = re.compile("0x0*[0-9a-fA-F]{1,30}")  # below 2^120: wei, gas, blocks, transactions


class Asker:
    """Who is asked: a node, or the chain in this process.

    place  what errors call it
    """

    web3: Web3
    place: str
    _tester: EthereumTester | None

    @property
    def is_embedded(self) -> bool:
        """Whether it is a chain in this process, which mines each transaction at once."""
        return self._tester is not None

    def ask(self, method: str, *parameters: object) -> Any:
        """What the chain answers, as JSON. Raises Refusal if it is an error."""
        if self._tester is not None:
            from zkpipe.verifier_contracts.rpc import embedded

            return embedded.answer(self.web3, method, parameters)
        from web3.exceptions import Web3RPCError

        with self._node():
            try:
                answer: Any = self.web3.provider.make_request(method, list(parameters))  # type: ignore[arg-type]
            except Web3RPCError as error:
                raise Refusal(getattr(error, "code", None), _reason(error)) from error
            told = answer.get("error")
            if answer.get("jsonrpc") != "2.0" or None not in (told, answer.get("result")):
                raise ValueError("no answer of JSON-RPC 2.0")
            if told is not None:
                raise Refusal(told["code"], str(told["message"]))
            return answer["result"]

    def quantity(self, method: str, *parameters: object) -> int:
        """What a node answers, if it is a number. Raises Refusal."""
        return self.number(self.ask(method, *parameters))

    def number(self, quantity: object) -> int:
        """A number as a node's JSON has it, 0x and hexadecimal digits."""
        with self._node():
            if not QUANTITY.fullmatch(of_kind(str, quantity)):
                raise ValueError("no quantity")
            return int(str(quantity), 16)

    def as_error(self, refusal: Refusal) -> TransactionError:
        """The error that tells people of a refusal."""
        return TransactionError(f"{self.place} refuses: {refusal.said}.", refusal.cause.value)

    @contextmanager
    def _as_errors(self) -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            raise self.as_error(refusal) from refusal

    def _no_node(self, why: str) -> NodeMissingError:
        return NodeMissingError(
            f"What answers is not an Ethereum node: {self.place} ({why}).",
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
        """What web3 raises on answers of no form that it knows becomes NodeMissingError."""
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
        ) as error:
            raise self._no_node(type(error).__name__) from error

    @contextmanager
    def _answers(self, abi: Abi) -> Iterator[None]:
        """A node's refusals become RevertError and TransactionError."""
        from web3.exceptions import Web3Exception, Web3RPCError

        failures: tuple[type[Exception], ...] = (Web3Exception,)
        if self._tester is not None:
            from eth.exceptions import PyEVMError
            from eth_tester.exceptions import BlockNotFound, TransactionFailed, ValidationError
            from eth_utils.exceptions import ValidationError as VmValidationError

            from zkpipe.verifier_contracts.rpc.embedded import CallFailed

            failures += (CallFailed, TransactionFailed, ValidationError, VmValidationError)
            failures += (PyEVMError, BlockNotFound)
        try:
            yield
        except failures as error:
            reverted = revert_error(error, abi)
            if reverted is not None:
                raise reverted from error
            if self._tester is None and not isinstance(error, Web3RPCError):
                raise self._no_node(type(error).__name__) from error  # web3's words, not the node's
            cause = cause_of(_reason(error), getattr(error, "code", None))
            raise TransactionError(
                f"{self.place} refuses: {_reason(error)}.", cause.value
            ) from error


def of_kind(kind: type[T], answer: object) -> T:
    """A node's answer, if it is of the kind that the question has. Raises TypeError."""
    if not isinstance(answer, kind) or isinstance(answer, bool):
        raise TypeError(type(answer).__name__)
    return answer


def _reason(error: Exception) -> str:
    """What the node says, on one line."""
    response = getattr(error, "rpc_response", None) or {}
    said = response.get("error", {})
    text = said.get("message") if isinstance(said, dict) else getattr(error, "said", None)
    return one_line(str(text or error))
