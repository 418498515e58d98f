"""Baby Jubjub in plain Python, for applications: keys, signatures, packed points, Pedersen's hash.

All is as in circomlibjs, so that its wallets and this package read one another's keys and
signatures. Where circomlibjs takes what is forged or has two encodings, this package does not.

    points    pack_point, unpack_point
    keys      PrivateKey: 32 bytes, the public key, the shared point of two keys
    eddsa     sign, pack_signature, unpack_signature: EdDSA over Poseidon
    pedersen  pedersen_hash
    blake     BLAKE-256 and BLAKE-512, which the others need

Points are `Point`s and signatures `gadgets.Signature`s, as circuits take them; eddsa_verify, of the
gadgets too, verifies. The curve itself is accel.curves.baby_jubjub.

Python's integers take a time that depends on their values, so nothing here runs in constant time.
Do not sign or share points where others can measure how long it takes.
"""

from zkpipe.circuits.gadgets.baby_jubjub.eddsa import pack_signature, sign, unpack_signature
from zkpipe.circuits.gadgets.baby_jubjub.keys import PrivateKey
from zkpipe.circuits.gadgets.baby_jubjub.pedersen import pedersen_hash
from zkpipe.circuits.gadgets.baby_jubjub.points import pack_point, unpack_point

__all__ = [
    "PrivateKey",
    "pack_point",
    "pack_signature",
    "pedersen_hash",
    "sign",
    "unpack_point",
    "unpack_signature",
]
