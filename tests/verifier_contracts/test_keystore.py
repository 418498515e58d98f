"""Keystore files: those of wallets are opened, all others are refused in time."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_keyfile import create_keyfile_json

from zkpipe.verifier_contracts import keystore_account
from zkpipe.verifier_contracts.errors import AccountError

KEY, PASSWORD = b"\x11" * 32, "correct horse"
ADDRESS = Account.from_key(KEY).address
FILE = Account.encrypt(KEY, PASSWORD, kdf="pbkdf2", iterations=1000)
SCRYPT = {"dklen": 32, "n": 2, "r": 8, "p": 1, "salt": "00" * 32}


def changed(**fields: Any) -> dict[str, Any]:
    """The file with other fields; the names of inner ones are joined by __."""
    content: dict[str, Any] = deepcopy(FILE)
    for name, value in fields.items():
        *folders, last = name.split("__")
        place = content
        for folder in folders:
            place = place[folder]
        place[last] = value
    return content


def opened(folder: Path, content: object) -> str:
    path = folder / "key.json"
    path.write_text(json.dumps(content))
    return str(keystore_account(path, PASSWORD).address)


@pytest.mark.parametrize(
    "content",
    [
        FILE,
        Account.encrypt(KEY, PASSWORD, kdf="scrypt", iterations=1 << 12),
        {("Crypto" if name == "crypto" else name): value for name, value in FILE.items()},
        {name: value for name, value in FILE.items() if name != "address"},
        changed(address=""),
        changed(address=ADDRESS),
        changed(address=ADDRESS[2:].upper()),
    ],
    ids=["pbkdf2", "scrypt", "capital", "nameless", "empty", "prefixed", "capitals"],
)
def test_what_wallets_write_is_opened(tmp_path, content):
    assert opened(tmp_path, content) == ADDRESS


@pytest.mark.parametrize(
    "content",
    [
        KEY.hex(),
        [FILE],
        create_keyfile_json(KEY, PASSWORD.encode(), version=4, kdf="pbkdf2", iterations=1000),
        changed(version=1),
        changed(version="3"),
        changed(crypto=None),
        changed(crypto__cipher="aes-256-gcm"),
        changed(crypto__kdf="argon2"),
        changed(crypto__kdf=["pbkdf2"]),
        changed(crypto__kdfparams=[]),
        changed(crypto__kdfparams__prf="hmac-sha1"),
        changed(crypto__kdfparams__salt=5),
        changed(crypto__kdfparams__dklen=1 << 40),
        changed(crypto__kdfparams__dklen=-1),
        changed(crypto__kdfparams__c=10**12),
        changed(crypto__kdfparams__c=(1 << 24) + 1),
        changed(crypto__kdfparams__c=0),
        changed(crypto__kdfparams__c=True),
        changed(crypto__mac=5),
        *(
            changed(crypto__kdf="scrypt", crypto__kdfparams={**SCRYPT, **odd})
            for odd in (
                {"n": 1 << 40},
                {"n": 1 << 21},
                {"n": 3},
                {"n": "2"},
                {"r": 0},
                {"r": 1 << 22},
                {"p": 1 << 29},
                {"p": None},
            )
        ),
    ],
)
def test_what_is_no_keystore_of_a_wallet_is_refused(tmp_path, content):
    with pytest.raises(AccountError, match="cannot be unlocked"):
        opened(tmp_path, content)


def test_a_key_of_another_account_than_the_file_names_is_refused(tmp_path):
    with pytest.raises(AccountError, match="names account 0x2222"):
        opened(tmp_path, changed(address="22" * 20))
