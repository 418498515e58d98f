"""What a contract meant by reverting: its error by name, decoded with the contract's ABI.

A revert carries four bytes that select an error (of the contract, or Solidity's own Error(string)
and Panic(uint256)) and its arguments. Nodes hand these bytes over in several ways; `revert_data`
knows them. They are the contract's and may be anything: what does not decode is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from zkpipe.verifier_contracts.errors import HaltError, RevertError

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
SHOWN = 68  # bytes of an error that is not known, or characters of an argument
HEXADECIMAL = re.compile(r"(?:Reverted )?(?:0x)?((?:[0-9a-fA-F]{2})*)")
SOLIDITYS_OWN: tuple[dict[str, Any], ...] = (
    {"type": "error", "name": "Error", "inputs": [{"name": "reason", "type": "string"}]},
    {"type": "error", "name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]},
)


def revert_error(error: Exception, abi: Sequence[Mapping[str, Any]]) -> RevertError | None:
    """What an exception of a call says of the contract; None if it says nothing of it.

    A HaltError if the EVM stopped the code, another RevertError if the contract reverted.
    """
    data = revert_data(error)
    if data is None:
        return _halt(error)
    if not data:
        return RevertError(
            "The contract reverted and gave no reason.",
            "Gas may have run out, or the calldata do not fit the function.",
        )
    found = _decode(data, abi)
    if found is None:
        return RevertError(
            f"The contract reverted with 0x{data[:SHOWN].hex()}, an error that its ABI lacks.",
            "It may come from a contract that this one calls.",
        )
    name, arguments = found
    shown = f"{name}({', '.join(map(_shown, arguments))})"
    if name == "Panic":
        shown += f": {PANICS.get(arguments[0], 'see the Solidity manual')}"
    return RevertError(
        f"The contract reverted: {shown}.",
        _fix(name, arguments),
        name,
        arguments,
    )


def _halt(error: Exception) -> HaltError | None:
    """That gas ran out, or the EVM met what is no program; None if the exception is another."""
    kind = type(getattr(error, "error", None)).__name__ if _is_call_failed(error) else ""
    if kind == "OutOfGas" or ran_out_of_gas(error):
        return HaltError("The call ran out of gas.", "Give the call more gas.")
    if kind:
        return HaltError(
            f"The EVM stopped the contract's code: {kind}.",
            "The code is not what a compiler makes of the contract: deploy it again.",
        )
    return None


def _is_call_failed(error: Exception) -> bool:
    """Whether it comes from the embedded chain; by name: its packages take a second to import."""
    return type(error).__name__ == "CallFailed"


def _shown(argument: object) -> str:
    text = f"0x{argument.hex()}" if isinstance(argument, bytes) else str(argument)
    return text if len(text) <= 4 * SHOWN else text[: 4 * SHOWN] + "..."


def _fix(name: str, arguments: Sequence[Any]) -> str:
    if name == "PrecompileFailed" and list(arguments) == [8]:
        return (
            "B of the proof is not in its group, the call was given too little gas, or the chain "
            "has raised the price of the pairing beyond the contract's PAIRING_GAS: then deploy "
            "the contract again."
        )
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
            except (DecodingError, ValueError, OverflowError):  # no text, a length past all memory
                return None
    return None


def revert_data(error: Exception) -> bytes | None:
    """The bytes that a revert gave back; None if the exception is no revert.

    Nodes answer a revert with code 3 or with words, the bytes in hexadecimal beside them, in some
    after the word "Reverted" or one object deeper.
    """
    if _is_call_failed(error):
        evm = error.error  # type: ignore[attr-defined] # a CallFailed
        return bytes(evm.args[0]) if type(evm).__name__ == "Revert" else None
    if type(error).__name__ != "NodeRefusal":
        return None
    data = error.data  # type: ignore[attr-defined]
    if isinstance(data, dict):
        data = data.get("data")
    found = HEXADECIMAL.fullmatch(data) if isinstance(data, str) else None
    given = bytes.fromhex(found[1]) if found else b""
    reverted = error.code == 3 or "revert" in error.said.lower()  # type: ignore[attr-defined]
    return given if reverted or len(given) >= 4 else None


def ran_out_of_gas(error: Exception) -> bool:
    """Whether the exception says that gas did not suffice, in one of the nodes' ways."""
    said = str(error).lower().replace(" ", "")
    return "outofgas" in said or "intrinsicgas" in said or "gasfloor" in said
