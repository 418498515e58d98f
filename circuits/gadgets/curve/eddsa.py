"""EdDSA over Baby Jubjub with Poseidon, circomlib's.

A signature (R, s) by the key A of a message m holds if s B = R + 8 h A, h = poseidon([R.x, R.y, A.x,
A.y, m]), for B = Point.BASE and s below the order L of the subgroup. With A = a B that is r + h (8 a)
= s for R = r B.

Keys of low order, and the identity, hold no signature: with them s B = R would be one by anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zkpipe.circuits.gadgets.arguments import element, misuse
from zkpipe.circuits.gadgets.bits import to_bits
from zkpipe.circuits.gadgets.curve.point import Point
from zkpipe.circuits.gadgets.poseidon import poseidon
from zkpipe.circuits.language.values.baby_jubjub import COFACTOR, L
from zkpipe.circuits.language.values.bounds import FIELD_BITS
from zkpipe.circuits.language.values.choices import select
from zkpipe.circuits.language.values.functions import check
from zkpipe.circuits.language.values.self_checking import SelfChecking
from zkpipe.circuits.language.values.types import UInt
from zkpipe.ground.kinds import describe


@dataclass(frozen=True)
class Signature(SelfChecking):
    """An EdDSA signature: a point, and a number below the order of the subgroup.

    One that enters a circuit is proved to be such: its point is on the curve, and s is below L, so
    that nobody makes a second signature of a first.
    """

    r: Point
    s: UInt[251]  # type: ignore[valid-type] # a type of the language

    def check_entry(self) -> None:
        """Constrain the point to the curve, and s to be below L."""
        self.r.check_entry()
        check(self.s < L, "a signature's s is not below the order of the subgroup")

    @classmethod
    def fault(cls, *integers: int) -> tuple[str, str] | None:
        """As SelfChecking has it."""
        if integers[-1] < L:
            return None
        return (
            "has an s that is not below the order of the subgroup",
            "Refuse it: who has one signature can make such a second one of it.",
        )


def eddsa_verify(public_key: Any, signature: Any, message: Any) -> Any:
    """Whether a signature of a message is by a key: a Bool, or of plain values a bool.

    public_key  a Point; False for one of low order
    signature   a Signature
    message     a Field

    Raises InputError, or in a circuit CompileError, for other things.

    Cost: 3,250 rows beside those of the key and the signature, which take 3 and 340 where they
    enter. circomlib has 4,217 in all.
    """
    key, given = _of(Point, public_key, "public_key"), _of(Signature, signature, "signature")
    m = element("eddsa_verify()", "message", message)
    r, s = given.r, given.s
    challenge = poseidon([r.x, r.y, key.x, key.y, m])
    eightfold = key * COFACTOR
    is_low = eightfold == Point.IDENTITY
    point = select(is_low, Point.BASE, eightfold)
    right = r + point.times(to_bits(challenge, FIELD_BITS))
    left = Point.BASE.times(to_bits(s, 251))
    return (left == right) & ~is_low


def _of(class_: type, value: Any, name: str) -> Any:
    if isinstance(value, class_):
        return value
    raise misuse(
        "eddsa_verify()",
        f"has {describe(value)} for {name}.",
        f"Give a {class_.__name__}.",
        name,
        value,
    )
