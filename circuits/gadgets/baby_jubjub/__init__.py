"""Baby Jubjub in plain Python, for applications: keys, signatures, packed points.

All is as in circomlibjs, so that its wallets and this package read one another's keys and
signatures. Where circomlibjs takes what is forged or has two encodings, this package does not.

    points      pack_point, unpack_point
    keys        PrivateKey: 32 bytes, the public key, the shared point of two keys
    eddsa       sign, pack_signature, unpack_signature: EdDSA over Poseidon; sign_mimc and
                sign_mimc_sponge: over MiMC; schnorr_sign
    encryption  encrypt, decrypt: messages for a public key

Points are `Point`s and signatures `gadgets.Signature`s, as circuits take them; gadgets such as
eddsa_verify verify them. The curve itself is accel.curves.baby_jubjub.

Python's integers take a time that depends on their values, so nothing here runs in constant time.
Do not sign or share points where others can measure how long it takes.
"""

from zkpipe.circuits.gadgets.baby_jubjub.eddsa import (
    pack_signature,
    schnorr_sign,
    sign,
    sign_mimc,
    sign_mimc_sponge,
    unpack_signature,
)
from zkpipe.circuits.gadgets.baby_jubjub.encryption import Encrypted, decrypt, encrypt
from zkpipe.circuits.gadgets.baby_jubjub.keys import PrivateKey
from zkpipe.circuits.gadgets.baby_jubjub.points import pack_point, unpack_point

__all__ = [
    "Encrypted",
    "PrivateKey",
    "decrypt",
    "encrypt",
    "pack_point",
    "pack_signature",
    "schnorr_sign",
    "sign",
    "sign_mimc",
    "sign_mimc_sponge",
    "unpack_point",
    "unpack_signature",
]
