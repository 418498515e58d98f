"""Hashes over bytes: of a circuit's UInt[8] values, or of Python's bytes and integers.

sha256   SHA-256
"""

from zkpipe.circuits.gadgets.byte_hashes.sha256 import sha256

__all__ = ["sha256"]
