"""A contract on a chain: its functions by name, with checked arguments and decoded answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from verifier_contracts.compiler import Abi
from verifier_contracts.errors import ArgumentError, NoCodeError

if TYPE_CHECKING:
    from verifier_contracts.chain import Chain

Transaction = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mined transaction. `logs` are the node's, undecoded."""

    transaction_hash: str
    block_number: int
    gas_used: int
    contract_address: str | None
    logs: tuple[Mapping[str, Any], ...]


class Contract:
    """A contract on a chain.

    address                checksummed
    abi                    as solc gives it
    receipt                of the transaction that deployed it; None if it was attached to
    constructor_arguments  that it was deployed with, encoded: 0x and hexadecimal
    """

    def __init__(
        self,
        chain: Chain,
        address: str,
        abi: Abi,
        receipt: Receipt | None = None,
        constructor_arguments: str = "0x",
    ) -> None:
        self.chain, self.address, self.abi, self.receipt = chain, address, abi, receipt
        self.constructor_arguments = constructor_arguments
        self._interface = chain.web3.eth.contract(abi=abi)

    def call(self, name: str, *arguments: Any, gas: int | None = None) -> Any:
        """What the function answers, without a transaction: a value, or a tuple of several.

        Raises ArgumentError if the contract has no such function, RevertError if it reverts,
        NoCodeError if it answers what the function cannot.
        """
        transaction: Transaction = {"to": self.address, "data": self.calldata(name, *arguments)}
        if gas is not None:
            transaction["gas"] = gas
        data = self.chain.call(transaction, self.abi)
        types = [_abi_type(output) for output in self._function(name, len(arguments))["outputs"]]
        if types and not data:
            raise NoCodeError(
                f"{self.address} answers {name} with nothing: no such contract lies there.",
                "Check the address and the chain.",
            )
        values = _decoded(types, data)
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
        transaction = {"to": self.address, "data": self.calldata(name, *arguments), "value": value}
        return self.chain.transact(transaction, self.abi, gas)

    def gas(self, name: str, *arguments: Any, most: int | None = None) -> int:
        """Gas of a transaction that calls the function, its base and calldata included.

        Exact on the embedded chain, where it may take `most`; the node's estimate elsewhere.
        """
        transaction = {"to": self.address, "data": self.calldata(name, *arguments)}
        return self.chain.gas(transaction, self.abi, most)

    def _function(self, name: str, count: int) -> Mapping[str, Any]:
        functions = [entry for entry in self.abi if entry["type"] == "function"]
        named = [entry for entry in functions if entry["name"] == name]
        if not named:
            names = [entry["name"] for entry in functions]
            near = get_close_matches(name, names, 1)
            raise ArgumentError(
                f"The contract has no function {name!r}.",
                f"Did you mean {near[0]}?" if near else f"It has: {', '.join(names)}.",
            )
        for entry in named:
            if len(entry["inputs"]) == count:
                return entry
        wanted = ", ".join(_abi_type(entry) for entry in named[0]["inputs"])
        raise ArgumentError(
            f"{name} takes {len(named[0]['inputs'])} arguments; {count} are given.",
            f"Call {name}({wanted}).",
        )

    def calldata(self, name: str, *arguments: Any) -> str:
        """The bytes of a call, 0x and hexadecimal. Raises ArgumentError if they do not fit."""
        entry = self._function(name, len(arguments))
        wanted = ", ".join(_abi_type(argument) for argument in entry["inputs"])
        with checked_arguments(f"{name}({wanted})"):
            return str(self._interface.encode_abi(name, args=list(arguments)))


def _decoded(types: Sequence[str], data: bytes) -> tuple[Any, ...] | None:
    """The values that the bytes hold, if they hold these and nothing else; else None."""
    from eth_abi.abi import decode, encode
    from eth_abi.exceptions import DecodingError

    try:
        values = decode(types, data)
    except (DecodingError, ValueError, OverflowError):  # no text, a length past all memory
        return None
    return values if len(encode(types, values)) == len(data) else None


@contextmanager
def checked_arguments(call: str) -> Iterator[None]:
    """Arguments that do not fit become ArgumentError; call is what they should fit."""
    from web3.exceptions import Web3Exception

    try:
        yield
    except (Web3Exception, TypeError, ValueError) as error:
        raise ArgumentError(
            f"The arguments do not fit {call}.",
            "Check how many values there are, and that each fits its type.",
        ) from error


def _abi_type(entry: Mapping[str, Any]) -> str:
    """The type of an ABI entry; a struct's members are written out."""
    if not entry["type"].startswith("tuple"):
        return str(entry["type"])
    members = ",".join(_abi_type(member) for member in entry["components"])
    return f"({members}){entry['type'].removeprefix('tuple')}"
