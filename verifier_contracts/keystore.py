"""Accounts from encrypted keystore files, to sign transactions with here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import read_file
from zkpipe.ground.files.strict_json import Json, parse_json
from zkpipe.ground.kinds import require_path, require_text
from zkpipe.verifier_contracts.errors import AccountError

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

LARGEST = 1 << 16  # bytes; keystore files have about 500
KINDS = (("aes-128-ctr", "pbkdf2"), ("aes-128-ctr", "scrypt"))
MOST_ITERATIONS = 1 << 24  # c of PBKDF2; wallets take 2^18
MOST_SCRYPT = 1 << 23  # n r p; wallets take 2^21


def keystore_account(path: str | Path, password: str) -> LocalAccount:
    """The account in an encrypted keystore file (Web3 Secret Storage), to sign transactions with.

    Raises AccountError if the file is none, the password does not open it, or the key in it is not
    of the account that it names.

    Cost: about a second, on purpose: the format's key derivation. At most some ten.
    """
    from eth_account import Account

    path = require_path("keystore_account", "path", path)
    require_text("keystore_account", "password", password)
    data = read_file(path, LARGEST)
    try:
        content = parse_json(data, str(path))
        fields, named = _fields(content), _named_account(content)
        account: LocalAccount = Account.from_key(Account.decrypt(fields, password))
    except (ValueError, LookupError, TypeError, FormatError) as error:
        raise _refusal(path) from error
    if named not in (None, account.address.lower()):
        raise AccountError(
            f"{path} names account {named}; the key in it is of {account.address}.",
            "Give the file as the wallet wrote it.",
        )
    return account


def _named_account(content: Json) -> str | None:
    """The account that a keystore names, if it does. Raises ValueError if it is no version 3.

    eth_account opens the keys of validators (EIP-2335, version 4) too, which are of another curve,
    and takes any number as the amount of work.
    """
    fields = _fields(content)
    crypto = _fields(fields.get("crypto"))
    kinds = crypto.get("cipher"), crypto.get("kdf")
    if fields.get("version") != 3 or kinds not in KINDS:
        raise ValueError("no keystore of version 3")
    parameters = _fields(crypto.get("kdfparams"))

    def number(name: str, most: int) -> int:
        value = parameters.get(name)
        if type(value) is not int or not 0 < value <= most:
            raise ValueError(f"{name} is not one that a wallet accepts")
        return value

    number("dklen", 32)
    if crypto["kdf"] == "pbkdf2":
        if parameters.get("prf") != "hmac-sha256":
            raise ValueError("another hash")
        number("c", MOST_ITERATIONS)
    elif number("n", MOST_SCRYPT) * number("r", 32) * number("p", 32) > MOST_SCRYPT:
        raise ValueError("more work than any wallet asks for")
    address = fields.get("address")
    if not isinstance(address, str) or not address:
        return None
    return "0x" + address.lower().removeprefix("0x")


def _fields(value: Json) -> dict[str, Json]:
    """Those of an object, their names in small letters: wallets differ."""
    if not isinstance(value, dict):
        raise ValueError("no object")
    return {name.lower(): inner for name, inner in value.items()}


def _refusal(path: Path) -> AccountError:
    return AccountError(
        f"{path} cannot be unlocked.",
        "Check that it is a keystore file (Web3 Secret Storage, version 3), and the password.",
    )
