"""A contract on a chain: its functions by name, with checked arguments and decoded answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from zkpipe.ground.kinds import require, require_text, require_whole, shown_text
from zkpipe.verifier_contracts.abi import Abi, decoded, encoded, selector, signature, type_of
from zkpipe.verifier_contracts.errors import ArgumentError, NoCodeError
from zkpipe.verifier_contracts.transactions.checks import checked_abi, checked_address
from zkpipe.verifier_contracts.transactions.signing import Signer
from zkpipe.verifier_contracts.transactions.transaction import MOST, Receipt, Transaction


class Caller(Signer, ABC):
    """A chain that contracts are called on (verifier_contracts.chain)."""

    @abstractmethod
    def call(self, transaction: Transaction, abi: Abi = (), block: int | str = "latest") -> bytes:
        """What a transaction would return, after a block. Raises RevertError if it reverts."""

    @abstractmethod
    def transact(self, transaction: Transaction, abi: Abi = (), gas: int | None = None) -> Receipt:
        """Send a transaction, and wait until it is mined."""

    @abstractmethod
    def gas(self, transaction: Transaction, abi: Abi = (), most: int | None = None) -> int:
        """Gas of a transaction."""


class Contract:
    """A contract on a chain.

    address                checksummed
    abi                    as solc gives it
    receipt                of the transaction that deployed it; None if it was attached to
    constructor_arguments  that it was deployed with, encoded: 0x and hexadecimal
    """

    def __init__(
        self,
        chain: Caller,
        address: str,
        abi: Abi,
        receipt: Receipt | None = None,
        constructor_arguments: str = "0x",
    ) -> None:
        fix = "Give what Chain.connect gives."
        self.chain = require("Contract", "chain", chain, Caller, fix)  # type: ignore[type-abstract] # only asked for
        self.address = checked_address(address)
        self.abi = checked_abi("Contract", abi)
        self.receipt = receipt
        self.constructor_arguments = constructor_arguments

    def call(
        self, name: str, *arguments: Any, gas: int | None = None, block: int | str = "latest"
    ) -> Any:
        """What the function answers, without a transaction: a value, or a tuple of several.

        block  after which it is asked: a number, or a name as `Chain.call` takes it

        Raises ArgumentError if the contract has no such function, RevertError if it reverts,
        NoCodeError if it answers what the function cannot.
        """
        entry, calldata = self._call(name, arguments)
        transaction: Transaction = {"to": self.address, "data": calldata}
        if gas is not None:
            transaction["gas"] = require_whole("Contract.call", "gas", gas, most=MOST)
        data = self.chain.call(transaction, self.abi, block)
        types = [type_of(output) for output in entry["outputs"]]
        if types and not data:
            raise NoCodeError(
                f"{self.address} answers {name} with nothing: no such contract lies there.",
                "Check the address and the chain.",
            )
        values = decoded(types, data)
        if values is None:
            raise self.chain.odd_answer(
                f"{name} answers {len(data)} bytes that are not its {', '.join(types)}"
            )
        return values[0] if len(values) == 1 else values

    def transact(
        self, name: str, *arguments: Any, gas: int | None = None, value: int = 0
    ) -> Receipt:
        """Send a transaction that calls the function; wait until it is mined.

        value is in wei. Raises ArgumentError, RevertError, AccountError, TransactionError.
        """
        value = require_whole("Contract.transact", "value", value, most=MOST)
        transaction = {"to": self.address, "data": self.calldata(name, *arguments), "value": value}
        return self.chain.transact(transaction, self.abi, gas)

    def gas(self, name: str, *arguments: Any, most: int | None = None) -> int:
        """Gas of a transaction that calls the function, its base and calldata included.

        Exact on the embedded chain, where it may take `most`; the node's estimate elsewhere.
        """
        transaction = {"to": self.address, "data": self.calldata(name, *arguments)}
        return self.chain.gas(transaction, self.abi, most)

    def calldata(self, name: str, *arguments: Any) -> str:
        """The bytes of a call, 0x and hexadecimal. Raises ArgumentError if they do not fit."""
        return self._call(name, arguments)[1]

    def _call(self, name: str, arguments: Sequence[Any]) -> tuple[Mapping[str, Any], str]:
        """The function, and the bytes of its call; of several of a name the first that fits."""
        refusal: ArgumentError | None = None
        for entry in self._functions(name, len(arguments)):
            try:
                data = selector(entry) + encoded(signature(entry), entry["inputs"], arguments)
            except ArgumentError as error:
                refusal = refusal or error
            else:
                return entry, f"0x{data.hex()}"
        assert refusal is not None  # noqa: S101 # there is a function, and it does not fit
        raise refusal

    def _functions(self, name: object, count: int) -> Sequence[Mapping[str, Any]]:
        """Those of a name that take so many arguments. Raises ArgumentError if there are none."""
        text = require_text("Contract", "name", name)
        functions = [entry for entry in self.abi if entry["type"] == "function"]
        named = [entry for entry in functions if entry["name"] == text]
        if not named:
            names = [entry["name"] for entry in functions]
            near = get_close_matches(text, names, 1)
            raise ArgumentError(
                f"The contract has no function {shown_text(text)}.",
                f"Did you mean {near[0]}?" if near else f"It has: {', '.join(names)}.",
            )
        found = [entry for entry in named if len(entry["inputs"]) == count]
        if not found:
            raise ArgumentError(
                f"{text} takes {len(named[0]['inputs'])} arguments; {count} are given.",
                f"Call {signature(named[0])}.",
            )
        return found
