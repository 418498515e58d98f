"""Accounts from encrypted keystore files, to sign transactions with here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from accel.errors import FormatError
from circuits.formats.files import read_file
from circuits.formats.strict_json import parse_json
from verifier_contracts.errors import AccountError

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

LARGEST = 1 << 16  # bytes; keystore files have about 500


def keystore_account(path: Path, password: str) -> LocalAccount:
    """The account in an encrypted keystore file (Web3 Secret Storage), to sign transactions with.

    Raises AccountError if the file is none or the password does not open it.

    Cost: about a second, on purpose: the format's key derivation.
    """
    from eth_account import Account

    data = read_file(path, LARGEST)
    try:
        content = parse_json(data, str(path))
        if isinstance(content, dict):
            key = Account.decrypt(content, password)
            return Account.from_key(key)  # type: ignore[no-any-return] # eth_account has types in part
    except (ValueError, LookupError, TypeError, NotImplementedError, FormatError) as error:
        raise _refusal(path) from error
    raise _refusal(path)


def _refusal(path: Path) -> AccountError:
    return AccountError(
        f"{path} cannot be unlocked.",
        "Check that it is a keystore file (Web3 Secret Storage, version 3), and the password.",
    )
