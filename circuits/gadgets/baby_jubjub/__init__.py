"""Baby Jubjub in plain Python, for applications: keys, signatures, packed points, Pedersen's hash.

All is as in circomlibjs, so that its wallets and this package read one another's keys and
signatures. Where circomlibjs takes what is forged or has two encodings, this package does not.

    points    pack_point, unpack_point
    keys      PrivateKey: 32 bytes, the public key, the shared point of two keys
    eddsa     sign, verify: EdDSA over Poseidon; Signature
    pedersen  pedersen_hash
    blake     BLAKE-256 and BLAKE-512, which the others need

The curve itself is accel.curves.baby_jubjub. A point is a pair (x, y) of canonical integers.

Python's integers take a time that depends on their values, so nothing here runs in constant time.
Do not sign or share points where others can measure how long it takes.
"""

from zkpipe.circuits.gadgets.baby_jubjub.eddsa import Signature, sign, verify
from zkpipe.circuits.gadgets.baby_jubjub.keys import PrivateKey
from zkpipe.circuits.gadgets.baby_jubjub.pedersen import pedersen_hash
from zkpipe.circuits.gadgets.baby_jubjub.points import pack_point, unpack_point

__all__ = [
    "PrivateKey",
    "Signature",
    "pack_point",
    "pedersen_hash",
    "sign",
    "unpack_point",
    "verify",
]
