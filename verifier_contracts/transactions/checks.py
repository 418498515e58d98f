"""What the methods of a chain are given: each of its kind, or a sentence (ground.kinds)."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from zkpipe.ground.errors import KindError
from zkpipe.ground.kinds import is_of, require, require_text, require_whole, shown_text, wrong_kind
from zkpipe.verifier_contracts.abi import Abi, address_of, bytes_of, is_abi
from zkpipe.verifier_contracts.compilers.compiled import CompiledContract
from zkpipe.verifier_contracts.errors import AccountError, ArgumentError
from zkpipe.verifier_contracts.transactions.terms import Terms
from zkpipe.verifier_contracts.transactions.transaction import MOST, Transaction

SENT = ("to", "data", "value")  # fields of one that is sent; the others are arguments of their own
CALLED = (*SENT, "from", "gas")


def checked(function: str, transaction: object, names: Sequence[str]) -> Transaction:
    """A copy of a transaction's fields, each of its kind.

    function  that they are given to, for messages
    names     of the fields that it takes

    Raises KindError; AccountError for what is no address.
    """
    fix = f"Give its fields by name: {', '.join(names)}."
    given = require(function, "transaction", transaction, dict, fix)
    fields: Transaction = {}
    for name, value in given.items():
        if type(name) is not str or name not in names:
            raise KindError(f"{function} takes no {shown_text(name)} in a transaction.", fix)
        if name in ("value", "gas"):
            fields[name] = require_whole(function, name, value, most=MOST)
        elif name == "data":
            fields[name] = _digits(function, value)
        else:
            fields[name] = checked_address(value)
    return fields


def _digits(function: str, data: object) -> str:
    found = bytes_of(data)
    if found is None:
        fix = "Give bytes, or 0x and their hexadecimal digits."
        raise wrong_kind(function, "data", data, "bytes", fix)
    return f"0x{found.hex()}"


def checked_abi(function: str, abi: object) -> Abi:
    """A contract's ABI. Raises KindError for anything else."""
    if not is_abi(abi):
        wanted, fix = "the ABI of a contract", "Give compiled[name].abi, a list of dicts."
        raise wrong_kind(function, "abi", abi, wanted, fix)
    return abi  # type: ignore[return-value] # it is one


def checked_address(value: object) -> str:
    """An address with its checksum. Raises AccountError for what is none."""
    address = address_of(value)
    if address is None:
        fix = "An address is 0x and 40 hexadecimal digits; capitals are its checksum."
        raise AccountError(f"{shown_text(value)} is not an address.", fix)
    return address


def contract_named(compiled: object, name: object) -> CompiledContract:
    """One of the contracts that `compile_solidity` gave. Raises KindError, ArgumentError."""
    fix = "Give what compile_solidity gives."
    contracts = require("Chain.deploy", "compiled", compiled, dict, fix)
    text = require_text("Chain.deploy", "name", name)
    if text not in contracts:
        names = [other for other in contracts if is_of(other, str)]
        near = get_close_matches(text, names, 1)
        raise ArgumentError(
            f"There is no contract {shown_text(text)} among those compiled: {', '.join(names)}.",
            f"Did you mean {near[0]}?" if near else "Give one of these names.",
        )
    return require("Chain.deploy", text, contracts[text], CompiledContract, fix)


def check_ways(function: str, terms: object, keeper: object) -> None:
    """Raise KindError for terms that are none, and for what keeps nothing."""
    if terms is not None:
        require(function, "terms", terms, Terms, "Give Terms(...), or None.")
    if keeper is not None and not callable(getattr(keeper, "keep", None)):
        fix = "Give an object with the methods keep, fail and withdraw, or None."
        raise wrong_kind(function, "keeper", keeper, "a Keeper", fix)


def check_begun(function: str, begun: object) -> None:
    """Raise KindError for what is no transaction that was begun."""
    from zkpipe.verifier_contracts.transactions.begun import Begun

    require(function, "begun", begun, Begun, "An error of a transaction carries it: error.begun.")


def check_account(account: object) -> None:
    """Raise KindError for what is no text, and does not sign as an account of eth_account does."""
    if account is None or isinstance(account, str):
        return
    if not callable(getattr(type(account), "sign_transaction", None)):
        wanted, fix = "an account", "Give an address, or what keystore_account gives."
        raise wrong_kind("Chain.connect", "account", account, wanted, fix)
