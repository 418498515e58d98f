"""Which circuit something belongs to: a constraint system, a witness, a key.

The digest tells it: that of a constraint system, `ConstraintSystem.digest`. The name is for people,
and binds nothing. Files carry both from one person to another, so a name is held to the rules of
the names that keys carry (public_names), and a digest to one form.
"""

from __future__ import annotations

import re
from dataclasses import field

from zkpipe.circuits.r1cs.public_names import is_name
from zkpipe.ground.errors import ShapeError
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.ground.remade import Remade

SHOWN = 16  # digits of a digest in a message
_DIGEST = "[0-9a-f]{64}"
_FIX = "Take it from a constraint system: system.identity."


@dataclass(frozen=True, slots=True)
class CircuitId(Remade):
    """A circuit by its digest.

    digest  64 hexadecimal digits: ConstraintSystem.digest
    name    one that is_name takes, or None; it makes no circuit another one

    Raises ShapeError for others.
    """

    digest: str
    name: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if type(self.digest) is not str or not re.fullmatch(_DIGEST, self.digest):
            raise ShapeError("The digest of a circuit is not 64 hexadecimal digits.", _FIX)
        if self.name is not None and not is_name(self.name):
            raise ShapeError("The name of a circuit is none that is carried.", _FIX)

    def __str__(self) -> str:
        digits = f"{self.digest[:SHOWN]}..."
        return f"circuit {digits}" if self.name is None else f"circuit {self.name} ({digits})"


def identity_of(owner: object) -> CircuitId | None:
    """The circuit of a constraint system, or that a key or a witness says it is of; else None.

    Cost: of a system, once, that of its digest.
    """
    if isinstance(owner, CircuitId):
        return owner
    known = getattr(owner, "circuit", None)
    found = getattr(owner if known is None else known, "identity", known)
    return found if isinstance(found, CircuitId) else None
