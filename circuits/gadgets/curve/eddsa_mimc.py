"""EdDSA over Baby Jubjub with MiMC, circomlib's: the equation of `eddsa`, with another h.

    eddsa_mimc_verify         h = MiMC7's hash of [R.x, R.y, A.x, A.y, m]: from 0 on, each x makes
                              of h the sum h + x + mimc7(x, h)
    eddsa_mimc_sponge_verify  h = mimc_sponge([R.x, R.y, A.x, A.y, m], 0, 1)

Both are for circuits that must agree with ones in circom; `eddsa_verify` is cheaper. Never sign
with a key's wallet for two of the three: circomlibjs takes one nonce for all of them, and two
signatures of one message by one nonce tell the key. `sign_mimc` and `sign_mimc_sponge` take others.

Source: eddsamimc.circom and eddsamimcsponge.circom of circomlib 2.0.5.
"""

from __future__ import annotations

from typing import Any

from zkpipe.circuits.gadgets.author import linear_combination
from zkpipe.circuits.gadgets.curve.eddsa import verified
from zkpipe.circuits.gadgets.curve.point import Point
from zkpipe.circuits.gadgets.hashes.mimc import mimc7, mimc_sponge


def mimc_challenge(r: Point, public_key: Point, message: Any) -> Any:
    """h by MiMC7: 1,820 rows."""
    h: Any = 0
    for x in (r.x, r.y, public_key.x, public_key.y, message):
        h = linear_combination([1, 1, 1], [h, x, mimc7(x, h)])
    return h


def mimc_sponge_challenge(r: Point, public_key: Point, message: Any) -> Any:
    """h by MiMCSponge: 3,297 rows."""
    return mimc_sponge([r.x, r.y, public_key.x, public_key.y, message], 0, 1)[0]


def eddsa_mimc_verify(public_key: Any, signature: Any, message: Any) -> Any:
    """Whether a signature with MiMC7 is by a key: a Bool, or of plain values a bool.

    public_key  a Point; False for one of low order
    signature   a Signature
    message     a Field

    Raises InputError, or in a circuit CompileError, for other things.

    Cost: 4,154 rows beside those of the key and the signature; circomlib has 5,712 in all.
    """
    return verified("eddsa_mimc_verify()", public_key, signature, message, mimc_challenge)


def eddsa_mimc_sponge_verify(public_key: Any, signature: Any, message: Any) -> Any:
    """As eddsa_mimc_verify, of a signature with MiMCSponge.

    Cost: 5,631 rows beside those of the key and the signature; circomlib has 7,192 in all.
    """
    gadget = "eddsa_mimc_sponge_verify()"
    return verified(gadget, public_key, signature, message, mimc_sponge_challenge)
