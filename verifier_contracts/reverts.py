"""What a contract meant by reverting: its error by name, decoded with the contract's ABI.

A revert carries four bytes that select an error (of the contract, or Solidity's own Error(string)
and Panic(uint256)) and its arguments. Each node, and each version of web3, hands these bytes over
in another way; `revert_data` knows them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

from verifier_contracts.errors import RevertError

PANICS = {  # https://docs.soliditylang.org, "Panic via assert and Error via require"
    0x01: "an assertion failed",
    0x11: "arithmetic overflowed",
    0x12: "division by zero",
    0x21: "a value is not of its enum",
    0x31: "pop of an empty array",
    0x32: "an index is out of bounds",
    0x41: "too much memory",
    0x51: "an empty function was called",
}
ERROR_SELECTOR = bytes.fromhex("08c379a0")  # of Error(string)
SOLIDITYS_OWN: tuple[dict[str, Any], ...] = (
    {"type": "error", "name": "Error", "inputs": [{"name": "reason", "type": "string"}]},
    {"type": "error", "name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]},
)


def revert_error(error: Exception, abi: Sequence[Mapping[str, Any]]) -> RevertError | None:
    """The RevertError that an exception of web3 or eth-tester stands for; None if it is another."""
    data = revert_data(error)
    if data is None:
        if ran_out_of_gas(error):
            return RevertError("The call ran out of gas.", "Give the call more gas.")
        return None
    if not data:
        return RevertError(
            "The contract reverted and gave no reason.",
            "Gas may have run out, or the calldata do not fit the function.",
        )
    found = _decode(data, abi)
    if found is None:
        return RevertError(
            f"The contract reverted with 0x{data[:68].hex()}, an error that its ABI does not name.",
            "It may come from a contract that this one calls.",
        )
    name, arguments = found
    shown = f"{name}({', '.join(map(str, arguments))})"
    if name == "Panic":
        shown += f": {PANICS.get(arguments[0], 'see the Solidity manual')}"
    return RevertError(
        f"The contract reverted: {shown}.",
        _mend(name, arguments),
        name,
        arguments,
    )


def _mend(name: str, arguments: Sequence[Any]) -> str:
    if name == "PrecompileFailed" and list(arguments) == [8]:
        return "Point B of the proof is not in its group, or the call was given too little gas."
    if name == "PrecompileFailed":
        return "Give the call more gas."
    if name == "CalldataLength":
        return "Send exactly the arguments of verifyProof, with nothing after them."
    return "The contract's source says when it reverts so."


def _decode(data: bytes, abi: Sequence[Mapping[str, Any]]) -> tuple[str, tuple[Any, ...]] | None:
    from eth_abi.abi import decode
    from eth_abi.exceptions import DecodingError
    from eth_utils.abi import function_abi_to_4byte_selector, get_abi_input_types

    for entry in (*abi, *SOLIDITYS_OWN):
        if entry.get("type") != "error":
            continue
        if function_abi_to_4byte_selector(entry) == data[:4]:  # type: ignore[arg-type]
            try:
                return str(entry["name"]), decode(get_abi_input_types(entry), data[4:])  # type: ignore[arg-type]
            except DecodingError:
                return None
    return None


def revert_data(error: Exception) -> bytes | None:
    """The bytes that a revert gave back; None if the exception is no revert."""
    from web3.exceptions import ContractLogicError

    if isinstance(error, ContractLogicError):
        data = error.data if isinstance(error.data, str) else "0x"
        return _bytes_of(data.removeprefix("0x").removeprefix("Reverted 0x"))
    if type(error).__name__ == "TransactionFailed" and not ran_out_of_gas(error):
        return _from_eth_tester(str(error).removeprefix("execution reverted: "))
    return None


def _from_eth_tester(said: str) -> bytes:
    """eth-tester gives the bytes in Python's spelling, or the reason of an Error(string)."""
    if re.fullmatch(r"b(['\"]).*\1", said, re.DOTALL):
        return bytes(ast.literal_eval(said))
    from eth_abi.abi import encode

    return ERROR_SELECTOR + encode(["string"], [said])


def _bytes_of(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b""


def ran_out_of_gas(error: Exception) -> bool:
    """Whether the exception says that gas did not suffice, in one of the nodes' ways."""
    said = str(error).lower().replace(" ", "")
    return "outofgas" in said or "intrinsicgas" in said or "gasfloor" in said
