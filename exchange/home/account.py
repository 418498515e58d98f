"""account.json: the Ethereum account of a home, as wallets keep one (Web3 Secret Storage).

It sends transactions and signs EIP-712 messages. `zkpipe deploy --keystore` and other wallets read
the file, with the home's password.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from zkpipe.verifier_contracts.keystore import keystore_account

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

FILE = "account.json"
NEXT = "account.json.next"  # while the password changes: see Home.change_password
LIMIT = 1 << 14  # bytes


def new_account() -> LocalAccount:
    """A new account, of the operating system's randomness."""
    from eth_account import Account

    account: LocalAccount = Account.create()
    return account


def account_of(key: bytes) -> LocalAccount | None:
    """The account of a private key of 32 bytes; None if no account has it."""
    from eth_account import Account

    with suppress(ValueError):
        account: LocalAccount = Account.from_key(key)
        return account
    return None


def keystore_bytes(account: LocalAccount, password: bytes, work: int) -> bytes:
    """The file for an account. Cost: 4 us for each unit of scrypt's work, on purpose."""
    from eth_account import Account

    fields = Account.encrypt(account.key, password.decode("utf-8"), kdf="scrypt", iterations=work)
    return (json.dumps(fields) + "\n").encode("ascii")


def keystore_digest(data: bytes) -> str:
    """What home.json says of the file."""
    return hashlib.sha256(data).hexdigest()


def open_account(path: Path, password: bytes) -> LocalAccount:
    """The account in the file. Raises AccountError."""
    return keystore_account(path, password.decode("utf-8"))
