"""Hashes over bytes: of a circuit's UInt[8] values, or of Python's bytes and integers.

sha256         SHA-256, and sha256_compress, one block of it
sha256_rows    that block in rows of a circuit
sha256_plain   the same on integers
messages       what hashes over bytes take
"""

from zkpipe.circuits.gadgets.byte_hashes.sha256 import sha256, sha256_compress

__all__ = ["sha256", "sha256_compress"]
