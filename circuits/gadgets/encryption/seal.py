"""The data exchange's seal: field elements under a key, which is wrapped for each recipient.

With a nonce r and a key c, both random and for one message only, and B = Point.BASE,

    E = r B,    wrap_X = c + P[WRAP](y of 8 r X),    ct_i = m_i + P[SEAL](c, i)  for i = 0, 1, ..

where P[TAG](x..) is Poseidon with the ASCII bytes of "zkpipe.v1.TAG" in its capacity, as a
big-endian integer. The recipient X = x B has 8 r X = 8 x E (`ecdh`), the key, and the messages.

y alone is hashed, so that a key is one word: X and -X share the same y, and E may be known by its
y. One nonce may serve several recipients of the same key, and no second key.

Nothing of it is authenticated by itself: who adds d to ct_i changes m_i by d. A proof that the
ciphertext was made by these rules authenticates it, or use `poseidon_encrypt`. What a key covers
twice tells the difference of the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import element, elements
from zkpipe.circuits.gadgets.author import linear_combination
from zkpipe.circuits.gadgets.curve.point import Point
from zkpipe.circuits.gadgets.encryption.ecdh import shared
from zkpipe.circuits.gadgets.poseidon import poseidon_ex

WRAP = int.from_bytes(b"zkpipe.v1.WRAP", "big")
SEAL = int.from_bytes(b"zkpipe.v1.SEAL", "big")


def wrap_key(key: Any, public_key: Any, nonce: Any) -> Any:
    """A key that only the owner of a public key gets out again, with the point Point.BASE * nonce.

    key         a field element, random, for one message
    public_key  a Point, not of low order
    nonce       a UInt[n], or an integer from 1 to 2^253 - 1, random, secret, and for this key
                alone; it may wrap the key for several recipients

    Raises InputError, or in a circuit CompileError, for other things. A circuit has no witness for
    a public key of low order.

    Cost: 213 rows beside those of `ecdh`: 1,747 for UInt[250].
    """
    gadget = "wrap_key()"
    wrapped = element(gadget, "key", key)
    pad = _pad(shared(gadget, "nonce", nonce, "public_key", public_key))
    return linear_combination([1, 1], [wrapped, pad])


def unwrap_key(wrapped: Any, ephemeral: Any, secret: Any) -> Any:
    """The key in a wrap, for the one who has the secret.

    wrapped    a field element, what `wrap_key` gave
    ephemeral  Point.BASE * nonce, a Point; -1 times that serves as well
    secret     a UInt[n], or an integer from 1 to 2^253 - 1: PrivateKey.scalar

    With another secret it is another number. A circuit that says whose the wrap is checks
    Point.BASE * secret == public_key as well.

    Raises InputError, or in a circuit CompileError, for other things. A circuit has no witness for
    an ephemeral point of low order.

    Cost: as `wrap_key`: 2,262 for UInt[252].
    """
    gadget = "unwrap_key()"
    given = element(gadget, "wrapped", wrapped)
    pad = _pad(shared(gadget, "secret", secret, "ephemeral", ephemeral))
    return linear_combination([1, -1], [given, pad])


def _pad(point: Point) -> Any:
    return poseidon_ex([point.y], WRAP, 1)[0]


def stream_encrypt(message: Sequence[Any], key: Any) -> list[Any]:
    """Field elements under a key: as many others.

    message  a list or an array
    key      a field element, random, secret, and for this message alone

    Raises InputError, or in a circuit CompileError, for other things.

    Cost: 237 rows an element. `poseidon_encrypt` takes 88 and 258 in all, and authenticates.
    """
    return _streamed("stream_encrypt()", "message", message, key, 1)


def stream_decrypt(ciphertext: Sequence[Any], key: Any) -> list[Any]:
    """What `stream_encrypt` was given. With another key it is other elements.

    Raises InputError, or in a circuit CompileError, for what are no field elements.

    Cost: 237 rows an element.
    """
    return _streamed("stream_decrypt()", "ciphertext", ciphertext, key, -1)


def _streamed(gadget: str, name: str, values: Sequence[Any], key: Any, sign: int) -> list[Any]:
    given, under = elements(gadget, name, values), element(gadget, "key", key)
    return [
        linear_combination([1, sign], [value, poseidon_ex([under, i], SEAL, 1)[0]])
        for i, value in enumerate(given)
    ]
