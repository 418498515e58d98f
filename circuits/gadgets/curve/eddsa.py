"""EdDSA over Baby Jubjub with Poseidon, circomlib's.

A signature (R, s) of a message m is by the key A if

    s B = R + 8 h A,    h = poseidon([R.x, R.y, A.x, A.y, m]),

for B = Point.BASE and s below the order L of the subgroup. Who knows a with A = a B takes a random
r, R = r B and s = r + 8 h a mod L.

A key of low order has no signatures: with it 8 h A is the identity, and anybody knows s and R. Nor
is R the identity, whose r is known: s / h then tells the key. A + T, where T has low order, is
another key, for which A's owner signs as well, and nobody else.

Source: circomlib's eddsaposeidon.circom; what to refuse beside it: eprint 2020/1244.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zkpipe.accel.curves.baby_jubjub import COFACTOR, L
from zkpipe.circuits.gadgets.arguments import element, whole
from zkpipe.circuits.gadgets.bits import to_bits
from zkpipe.circuits.gadgets.curve.point import Point, record_of
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.language.values.bounds import FIELD_BITS
from zkpipe.circuits.language.values.choices import select
from zkpipe.circuits.language.values.functions import all_of, check, narrow
from zkpipe.circuits.language.values.signal import Signal
from zkpipe.circuits.language.values.structure import SelfChecking
from zkpipe.circuits.language.values.types import UInt

_SECOND = "Refuse it: who has one signature can make such a second one of it."
ABOVE = "has an s that is not below the order of the subgroup"


@dataclass(frozen=True, init=False)
class Signature(SelfChecking):
    """An EdDSA signature: a Point r, and a number s below the order of the subgroup.

    One that enters a circuit is proved to be such, so that nobody makes a second signature of a
    first.

    Raises InputError, or in a circuit CompileError, for other things.
    """

    r: Point
    s: UInt[251]

    def __init__(self, r: Any, s: Any) -> None:
        number = s if isinstance(s, Signal) else whole("Signature()", "s", s, 0, L - 1, _SECOND)
        object.__setattr__(self, "r", record_of("Signature()", "r", Point, r))
        object.__setattr__(self, "s", narrow(s, UInt[251]) if isinstance(s, Signal) else number)
        if isinstance(s, Signal):
            self._check_s()

    def check_entry(self) -> None:
        """Constrain the point to the curve, and s to be below L."""
        self.r.check_entry()
        self._check_s()

    def _check_s(self) -> None:
        check(self.s < L, f"a signature {ABOVE}")

    @classmethod
    def _fault(cls, *integers: int) -> tuple[str, str] | None:
        """As SelfChecking has it."""
        if integers[-1] < L:
            return None
        return ABOVE, _SECOND


Challenge = Callable[[Point, Point, Any], Any]  # of a signature's point, a key and a message


def challenge(r: Point, public_key: Point, message: Any) -> Any:
    """h, which binds a signature's point to a key and a message: 321 rows."""
    return poseidon([r.x, r.y, public_key.x, public_key.y, message])


def eddsa_verify(public_key: Any, signature: Any, message: Any) -> Any:
    """Whether a signature of a message is by a key: a Bool, or of plain values a bool.

    public_key  a Point; False for one of low order
    signature   a Signature
    message     a Field

    Raises InputError, or in a circuit CompileError, for other things.

    Cost: 2,655 rows beside those of the key and the signature, which take 3 and 314 where they
    enter. circomlib has 4,217 in all, with free slopes.
    """
    return verified("eddsa_verify()", public_key, signature, message, challenge)


def verified(gadget: str, public_key: Any, signature: Any, message: Any, bind: Challenge) -> Any:
    """As eddsa_verify, for the signatures whose h `bind` gives: 2,333 rows and its own."""
    key = record_of(gadget, "public_key", Point, public_key)
    given = record_of(gadget, "signature", Signature, signature)
    m = element(gadget, "message", message)
    r, s = given.r, given.s
    eightfold = key * COFACTOR
    is_key = eightfold != Point.IDENTITY
    point = select(is_key, eightfold, Point.BASE)
    right = r + point.times(to_bits(bind(r, key, m), FIELD_BITS))
    left = Point.BASE.times(to_bits(s, 251))
    holds = all_of([left == right, is_key, r != Point.IDENTITY])
    return holds if isinstance(holds, Signal) else bool(holds)
