"""home.json: what a home is, its public keys, and the vault's key under the password.

    account    the address of the Ethereum account
    created    when the home was made
    format     "zkpipe home 1"
    home       32 hex digits, drawn when the home was made: its files bear it
    key        the vault's key, 32 random bytes, under AES-256-GCM with the key of the password
    keystore   SHA-256 of account.json
    public     the public keys, as points
    scrypt     how the key of the password is made
    sha256     of the file without this field: tells damage from a wrong password

All fields are bound to the vault's key, so whoever opens it knows that none was changed. To change
the password, the file is replaced as one: the vault's key stays, and with it all secrets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from zkpipe.exchange.canonical import canonical, written
from zkpipe.exchange.errors import HomeError, PasswordError
from zkpipe.exchange.home.encryption import (
    KEY_SIZE,
    LEAST_WORK,
    MOST_WORK,
    NONCE_SIZE,
    SALT_SIZE,
    TAG_SIZE,
    Box,
    Scrypt,
    decrypt,
    encrypt,
)
from zkpipe.exchange.home.fields import Fields, damaged, digest, read_fields
from zkpipe.exchange.home.folder import check_folder, read_own
from zkpipe.exchange.home.keys import PublicKeys
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.files.strict_json import Json
from zkpipe.ground.files.writing import place_file

if TYPE_CHECKING:
    from zkpipe.circuits import Point

FILE = "home.json"
FORMAT = "zkpipe home 1"
LIMIT = 1 << 14  # bytes
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
EMPTY = Box(bytes(NONCE_SIZE), bytes(TAG_SIZE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What home.json says: see the module. Nothing in it is secret without the password.

    address  of the Ethereum account
    public   the public keys
    home     its number, 32 hex digits
    created  UTC, as in 2026-11-30T08:00:00Z
    """

    address: str
    public: PublicKeys
    home: str
    created: str
    keystore: str
    scrypt: Scrypt
    box: Box = EMPTY

    @classmethod
    def load(cls, path: str | Path) -> Header:
        """The header of the home in a folder; takes no password.

        Raises HomeError if there is none, or others can enter the folder; DamagedError.
        """
        folder = Path(path).absolute()
        check_folder(folder)
        file = folder / FILE
        if not file.exists():
            raise HomeError(
                f"{folder} is not the folder of a home: it has no {FILE}.",
                "Give the folder of a home; `zkpipe exchange init` makes one.",
            )
        data = read_own(file, LIMIT)
        fields = read_fields(data, str(file), FORMAT, LIMIT)
        if fields.data("sha256").hex() != digest(fields.without("sha256")):
            raise damaged(str(file))
        return _header(fields, str(file))

    def locked(self, key: bytes, password: bytes) -> Header:
        """The header with the vault's key under a password. Cost: scrypt's."""
        box = encrypt(self.scrypt.key(password), key, canonical(self._bound()))
        return replace(self, box=box)

    def unlock(self, password: bytes) -> bytes:
        """The vault's key. Raises PasswordError if the password is another. Cost: scrypt's."""
        key = decrypt(self.scrypt.key(password), self.box, canonical(self._bound()))
        if key is None or len(key) != KEY_SIZE:
            raise PasswordError(
                f"The password does not open home {self.home[:8]} of account {self.address}.",
                "Give the password of this home.",
            )
        return key

    def place(self, folder: Path) -> None:
        """Write home.json, whole or not at all. Raises FileError."""
        box = {"payload": self.box.data.hex(), "nonce": self.box.nonce.hex()}
        fields: dict[str, Json] = {**self._bound(), "key": {**box}}
        place_file(folder / FILE, written({**fields, "sha256": digest(fields)}))

    def _bound(self) -> dict[str, Json]:
        """All fields but the key and the digest."""
        return {
            "account": self.address,
            "created": self.created,
            "format": FORMAT,
            "home": self.home,
            "keystore": self.keystore,
            "public": {
                name: {"x": str(point.x), "y": str(point.y)}
                for name, point in (
                    ("holder", self.public.holder),
                    ("issuer", self.public.issuer),
                    ("seal", self.public.seal),
                )
            },
            "scrypt": {"salt": self.scrypt.salt.hex(), "work": self.scrypt.work},
        }


def _header(fields: Fields, where: str) -> Header:
    fields.names(
        "account", "created", "format", "home", "key", "keystore", "public", "scrypt", "sha256"
    )
    scrypt, key, public = (fields.inner(name) for name in ("scrypt", "key", "public"))
    scrypt.names("salt", "work")
    key.names("payload", "nonce")
    public.names("holder", "issuer", "seal")
    return Header(
        address=fields.text("account", "0x[0-9a-fA-F]{40}"),
        created=fields.text("created", TIME),
        home=fields.text("home", "[0-9a-f]{32}"),
        keystore=fields.text("keystore", "[0-9a-f]{64}"),
        public=PublicKeys(
            *(_point(public.inner(name), where) for name in ("holder", "issuer", "seal"))
        ),
        scrypt=scrypt_in(scrypt, where),
        box=Box(key.data("nonce", NONCE_SIZE), key.data("payload", KEY_SIZE + TAG_SIZE)),
    )


def scrypt_in(fields: Fields, where: str) -> Scrypt:
    """How a key is made, from the fields `salt` and `work`. Raises DamagedError."""
    work = fields.number("work", LEAST_WORK, MOST_WORK)
    if work & (work - 1):
        raise damaged(where)
    return Scrypt(work, fields.data("salt", SALT_SIZE))


def _point(fields: Fields, where: str) -> Point:
    from zkpipe.circuits import Point

    fields.names("x", "y")
    try:
        return Point(*(int(fields.text(name, "[0-9]{1,77}")) for name in ("x", "y")))
    except ZkpipeError:
        raise damaged(where) from None
