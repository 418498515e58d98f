"""Encryption with AES-256-GCM, and keys from passwords with scrypt.

Each encryption draws a nonce of 96 bits, so one key serves for 2^32 of them. What an encryption is
bound to (its associated data) must be the same when it is opened.

Source: NIST SP 800-38D; RFC 7914. The work of scrypt, 2^17 times 8, is what OWASP asks for.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

KEY_SIZE, NONCE_SIZE, TAG_SIZE, SALT_SIZE = 32, 12, 16, 32  # bytes
STANDARD_WORK = 1 << 17
LEAST_WORK, MOST_WORK = 1 << 10, 1 << 20  # 1 MiB and 1 GiB of memory
BLOCK, PARALLEL = 8, 1  # r and p of scrypt


@dataclass(frozen=True, slots=True)
class Box:
    """What was encrypted.

    nonce  12 bytes
    data   the ciphertext and the tag of 16 bytes
    """

    nonce: bytes
    data: bytes


def encrypt(key: bytes, plain: bytes, bound: bytes) -> Box:
    """Encrypt bytes under a key of 32 bytes; `bound` is authenticated with them."""
    from Crypto.Cipher import AES

    nonce = secrets.token_bytes(NONCE_SIZE)
    cipher = AES.new(key, AES.MODE_GCM, nonce=nonce, mac_len=TAG_SIZE)
    cipher.update(bound)
    data, tag = cipher.encrypt_and_digest(plain)
    return Box(nonce, data + tag)


def decrypt(key: bytes, box: Box, bound: bytes) -> bytes | None:
    """What was encrypted; None if the key, what it is bound to, or any byte is another."""
    from Crypto.Cipher import AES

    if len(box.nonce) != NONCE_SIZE or len(box.data) < TAG_SIZE:
        return None
    cipher = AES.new(key, AES.MODE_GCM, nonce=box.nonce, mac_len=TAG_SIZE)
    cipher.update(bound)
    try:
        return cipher.decrypt_and_verify(box.data[:-TAG_SIZE], box.data[-TAG_SIZE:])
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Scrypt:
    """How a key follows from a password.

    work  n of scrypt, a power of two: the key takes 1024 n bytes of memory
    salt  32 random bytes
    """

    work: int = STANDARD_WORK
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(SALT_SIZE))

    def key(self, password: bytes) -> bytes:
        """The key of 32 bytes. Cost: 0.5 s and 128 MiB at the standard work, on purpose."""
        return hashlib.scrypt(
            password,
            salt=self.salt,
            n=self.work,
            r=BLOCK,
            p=PARALLEL,
            maxmem=2 * 128 * BLOCK * self.work,
            dklen=KEY_SIZE,
        )
