"""Authenticated encryption of field elements with Poseidon's permutation of four: a duplex.

For l elements, the key (k0, k1) and a nonce N below 2^128 the state starts as

    (0, k0, k1, N + l 2^128).

For each three elements, the last with zeros behind, the state is permuted, the elements are added
to all but its first, and these three are the ciphertext's next. At the end the state is permuted
once more, and its second element is the tag.

l and N are both in the first state, so that messages of different lengths have nothing in common,
zeros behind or not; a nonce of 2^128 would be the next length's. Changing any part of a ciphertext
that one has no key for goes unnoticed with probability 2^-254 or so. Nor does anybody find two keys
for one ciphertext, as its tag is then a collision of the first element, 2^127 permutations away.

Two messages of one length under one key and nonce show the difference of their first three
elements that differ, and of what stands before. There is no associated data: bind a place and a
time by the nonce, or say them in the message. The first permutation is that of
poseidon([k0, k1, N + l 2^128]): who learns that hash knows the state after it. Never publish it.

It agrees with @zk-kit/poseidon-cipher and MACI, where decryption of one or two elements takes
others than zeros behind them.

Source: Khovratovich, "Encryption with Poseidon", 2019.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zkpipe.circuits.gadgets.arguments import element, elements, misuse, whole
from zkpipe.circuits.gadgets.author import linear_combination
from zkpipe.circuits.gadgets.curve.point import Point
from zkpipe.circuits.gadgets.poseidon import poseidon_ex
from zkpipe.circuits.language.values.functions import check
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.ground.kinds import MOST, is_of

RATE = 3
NONCE_BITS = 128
FORGED = "is not what the key and the nonce encrypt"
_UNCHANGED = "Give the ciphertext as it was made, with its key, its nonce and its count."


def poseidon_encrypt(message: Sequence[Any], key: Any, nonce: Any) -> list[Any]:
    """The ciphertext of field elements: as many, filled up to a multiple of three, and a tag.

    message  a list or an array of at least one
    key      what `ecdh` gives, a Point; or a list of two field elements
    nonce    a UInt[128], or an integer from 0 to 2^128 - 1, not used with this key before by
             anybody who has it: 0 for a key of one message, a counter else

    Raises InputError, or in a circuit CompileError, for other things.

    Cost: 264 rows for each three elements begun, and 258; one more for each that is given out, and
    three for a nonce that is no constant. So 522 to 528 for three elements.
    """
    gadget = "poseidon_encrypt()"
    plain = elements(gadget, "message", message)
    if not plain:
        raise misuse(gadget, "has an empty message.", "Give at least one element.", "message")
    state = _start(gadget, key, nonce, len(plain))
    padded = [*plain, *[0] * (-len(plain) % RATE)]
    ciphertext: list[Any] = []
    for start in range(0, len(padded), RATE):
        capacity, *rate = _permuted(state)
        block = padded[start : start + RATE]
        here = [linear_combination([1, 1], [s, m]) for s, m in zip(rate, block, strict=True)]
        ciphertext += here
        state = [capacity, *here]
    return [*ciphertext, _tag(state)]


def poseidon_decrypt(ciphertext: Sequence[Any], key: Any, nonce: Any, count: int) -> list[Any]:
    """The message in a ciphertext; proves that it was made with this key, nonce and count.

    ciphertext  what `poseidon_encrypt` gave: a multiple of three field elements, and one
    key, nonce  as there
    count       of the message's elements, known when the circuit is compiled

    Raises InputError, or in a circuit CompileError, for other things; InputError, or in a circuit
    UnsatisfiedError, for a ciphertext that was not made so.

    Cost: as `poseidon_encrypt`.
    """
    gadget = "poseidon_decrypt()"
    given = elements(gadget, "ciphertext", ciphertext)
    fix = "Give the number of the message's elements."
    count = whole(gadget, "count", count, 1, MOST, fix)
    size = body_size(count)
    if len(given) != size:
        raise misuse(
            gadget,
            f"has {len(given)} elements of ciphertext for a message of {count}, not {size}.",
            _UNCHANGED,
            "ciphertext",
        )
    state = _start(gadget, key, nonce, count)
    message: list[Any] = []
    for start in range(0, size - 1, RATE):
        capacity, *rate = _permuted(state)
        here = given[start : start + RATE]
        message += [linear_combination([1, -1], [c, s]) for c, s in zip(here, rate, strict=True)]
        state = [capacity, *here]
    _check_equal(gadget, _tag(state), given[-1])
    for padding in message[count:]:
        _check_equal(gadget, padding, 0)
    return message[:count]


def body_size(count: int) -> int:
    """How many elements the ciphertext of so many has."""
    return count + -count % RATE + 1


def _check_equal(gadget: str, found: Any, wanted: Any) -> None:
    if isinstance(found, Signal) or isinstance(wanted, Signal):
        check(found == wanted, f"a ciphertext {FORGED}")
    elif found != wanted:
        raise misuse(gadget, f"has a ciphertext that {FORGED}.", _UNCHANGED, "ciphertext")


def _start(gadget: str, key: Any, nonce: Any, count: int) -> list[Any]:
    pair = [key.x, key.y] if is_of(key, Point) else elements(gadget, "key", key)
    if len(pair) != 2:
        fix = "Give the point of ecdh(), or two field elements."
        raise misuse(gadget, f"has {len(pair)} elements for key, not two.", fix, "key")
    number = _nonce(gadget, nonce)
    return [0, *pair, linear_combination([1, 1], [number, count << NONCE_BITS])]


def _nonce(gadget: str, nonce: Any) -> Any:
    most = (1 << NONCE_BITS) - 1
    if not isinstance(nonce, Signal):
        return whole(gadget, "nonce", nonce, 0, most, "Give a whole number below 2^128.")
    value = element(gadget, "nonce", nonce)
    if nonce.low is None or nonce.high is None or nonce.low < 0 or nonce.high > most:
        raise misuse(
            gadget,
            f"has {nonce.kind()} for nonce, not a whole number from 0 to 2^128 - 1.",
            "Declare it a UInt[128].",
            "nonce",
        )
    return value


def _permuted(state: list[Any]) -> list[Any]:
    return poseidon_ex(state[1:], state[0], RATE + 1)


def _tag(state: list[Any]) -> Any:
    return poseidon_ex(state[1:], state[0], 2)[1]
