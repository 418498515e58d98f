"""A witness: a value for every wire of a system, and how it is read and written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from zkpipe.accel.fields.limbs import Words, ints_from_words
from zkpipe.circuits.errors import InputError
from zkpipe.circuits.r1cs.identity import CircuitId, identity_of
from zkpipe.circuits.r1cs.public_names import other_names
from zkpipe.ground.kinds import describe, require_path, shown_number
from zkpipe.ground.quick_dataclass import dataclass
from zkpipe.ground.remade import Remade

if TYPE_CHECKING:
    from zkpipe.circuits.r1cs.r1cs import R1CS

_SOLVE = "Take the witness as solve() or Witness.load gave it."
_BELONGING = "Give the system or the key that belongs to this witness."


class HasPublicCount(Protocol):
    """Anything that knows how many public values it has: a constraint system, a key."""

    @property
    def public_count(self) -> int:
        """The number of public values, outputs and public inputs."""
        ...


class HasPublicNames(HasPublicCount, Protocol):
    """Anything that may know the names of its public values: a constraint system, a key."""

    @property
    def public_names(self) -> tuple[str, ...] | None:
        """A name for each public value, or None."""
        ...


def another_circuit(what: str, mine: CircuitId, whole: CircuitId, whose: str = "key") -> str:
    """What is said of something of one circuit and a key, or a system, of another."""
    return f"{what} is of {mine}, the {whose} of {whole}."


def _word(owner: object) -> str:
    return "system" if hasattr(owner, "solve") else "key"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Witness(Remade):
    """A value for every wire of a system.

    values        (n, 4) uint64   canonical, below r; values[0] is one
    public_count  outputs and public inputs; None if read from a .wtns, which does not say
    circuit       the system that was solved, or its identity: of a copy, or of one that was sent to
                  another process; None if read from a .wtns

    What these are is checked where they are used.
    """

    values: Words
    public_count: int | None
    circuit: R1CS | CircuitId | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """A system has functions of its author's, which cannot be sent."""
        return Witness, (self.values, self.public_count, identity_of(self.circuit))

    def __repr__(self) -> str:
        return f"<witness of {self._count()} values>"  # which are private

    @property
    def public(self) -> list[int]:
        """The public values: outputs, then public inputs.

        Raises InputError for a witness that was read from a file: use `public_for`.
        """
        if self.public_count is None:
            raise InputError(
                "This witness comes from a .wtns file, which does not say how many values are "
                "public.",
                "Ask with the system or the key it belongs to: witness.public_for(system).",
            )
        return self._first(self.public_count)

    def public_for(self, owner: HasPublicCount) -> list[int]:
        """The public values, as many as `owner` (a system or a key) has.

        Raises InputError if the witness is too short for it, or is known to be of another circuit:
        of a .wtns the number of values tells, of a witness that was solved the circuit's digest.
        """
        count = getattr(owner, "public_count", None)
        if count is None:
            raise InputError(
                f"public_for() takes a system or a key, and was given {describe(owner)}.",
                _BELONGING,
            )
        self._refuse_another_circuit(owner)
        found = self._first(count)
        wires = getattr(owner, "wire_count", self._count())
        if wires != self._count():
            raise InputError(
                f"This witness has {self._count()} values; the {_word(owner)}'s circuit has "
                f"{shown_number(wires)} wires.",
                _BELONGING,
            )
        return found

    def _refuse_another_circuit(self, owner: object) -> None:
        """Raises InputError if a system or a key is known to be of another circuit."""
        if self.circuit is None or self.circuit is owner:
            return
        whole = identity_of(owner)
        mine = None if whole is None else identity_of(self.circuit)
        if whole is not None and mine is not None and mine != whole:
            said = another_circuit("This witness", mine, whole, _word(owner))
            raise InputError(said, _BELONGING)

    def named_public_for(self, owner: HasPublicNames) -> dict[str, int]:
        """The public values by the names that `owner` (a system or a key) has for them.

        Raises InputError if it has none, or others than the system that was solved, and what
        `public_for` raises.
        """
        names = getattr(owner, "public_names", None)
        if names is None:
            raise InputError(
                "The names of the public values are not known here.",
                "Ask with the system that the circuit was compiled to, or with a key that was set "
                "up from it.",
            )
        values = self.public_for(owner)
        mine = getattr(self.circuit, "public_names", None)
        problem = None if mine is None else other_names(names, mine)
        if problem is not None:
            raise InputError(
                f"The names that travel with the key are not those of the circuit: {problem}.",
                "Ask with the system that was solved: witness.named_public_for(system). If its "
                "names were changed after the setup, the key's are of the older version.",
            )
        return dict(zip(names, values, strict=True))

    def _count(self) -> int:
        """The number of values; 0 if there is no array of them."""
        return len(self.values) if isinstance(self.values, np.ndarray) and self.values.ndim else 0

    def _first(self, count: int) -> list[int]:
        """The values behind the constant one."""
        if type(count) is not int or count < 0:
            raise InputError("A witness cannot have that number of public values.", _SOLVE)
        if self._count() < 1 + count:
            raise InputError(
                f"This witness has {self._count()} values, too few for "
                f"{shown_number(count)} public ones.",
                _BELONGING,
            )
        return ints_from_words(self.values[1 : 1 + count])

    def save(self, path: str | Path) -> None:
        """Write a .wtns file."""
        from zkpipe.circuits.formats.wtns import write_wtns

        write_wtns(require_path("Witness.save", "path", path), self.values)

    @staticmethod
    def load(path: str | Path) -> Witness:
        """Read a .wtns file; its public count is not known. Raises FormatError."""
        from zkpipe.circuits.formats.wtns import read_wtns

        return Witness(read_wtns(require_path("Witness.load", "path", path)), None)
