"""What proofs are computed on must offer: it keeps arrays in its own form, and computes on them.

The processor is one (processor); a card is another. What an executor makes of points, records and
values is its own; whoever has it hands it back, and looks at nothing in it. It computes some proofs
of one key at once: values come as a vector for each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.linear.terms import Read
from zkpipe.accel.msm.bases import Index
from zkpipe.ground.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class KeySize:
    """How large a key is.

    domain   rows
    wires    points of A, and of B in G2
    h_and_l  points of H and L
    """

    domain: int
    wires: int
    h_and_l: int


class Executor(Protocol):
    """Where the arrays of proofs lie and their kernels run.

    Points are affine, (n, 8) or (n, 16) uint64, Montgomery, zeros for infinity; scalars are
    (n, 4) uint64, canonical; results of both are new arrays of the same form.
    """

    @property
    def name(self) -> str:
        """Names the form of what it keeps: two of one name may use what either has made."""
        ...

    def records(self, read: Read, count: int, rows: int) -> Any:
        """The coefficients of A and B, as `quotient` wants them.

        read   gives the records from one number to before another, as accel.linear.terms has them,
               in any order
        count  how many there are
        rows   of the domain

        Raises RangeError for a record whose row is not there.
        """
        ...

    def keeps(self, size: KeySize) -> bool:
        """Whether it has room for all points of a key at once."""
        ...

    def chunk(self, memory: int, bytes_each: int) -> int:
        """How many points at a time keep to a bound of the host's memory, and fit."""
        ...

    def proofs_at_once(self, size: KeySize) -> int:
        """How many proofs it computes at once, and has room for beside the key."""
        ...

    def values(self, witnesses: Sequence[Words]) -> Any:
        """Some witnesses, or other scalars, as vectors of one length."""
        ...

    def behind(self, values: Any, first: int) -> Any:
        """The vectors without their first scalars."""
        ...

    def to_host(self, values: Any) -> list[Words]:
        """The vectors."""
        ...

    def quotient(self, records: Any, domain_size: int, values: Any) -> Any:
        """a(x) b(x) - c(x) on the odd coset of each witness: scalars of H, in `quotient_order`."""
        ...

    def quotient_order(self, domain_size: int) -> NDArray[np.uint32]:
        """The place in natural order of each scalar of `quotient`; it undoes itself."""
        ...

    def points(self, parts: Sequence[tuple[Words, Index | None]]) -> Any:
        """Points to sum over: several arrays one behind the other, each in an order, or in its own.

        They are copied.
        """
        ...

    def with_multiples(self, points: Any) -> Any:
        """The same points, with multiples that make every sum over them faster."""
        ...

    def has_multiples(self, points: Any) -> bool:
        """Whether they have them."""
        ...

    def multiples_size(self, count: int, degree: int) -> int:
        """The bytes that multiples of so many points take; degree 1 is G1, 2 is G2."""
        ...

    def scalars(self, points: Any, *values: Any) -> Any:
        """Scalars for sums over these points: vectors one behind the other, as `values` gives them.

        They serve for sums over other points too, as many, with or without multiples as these.
        """
        ...

    def msms(self, pairs: Sequence[tuple[Any, Any]]) -> list[list[Words]]:
        """For each pair of points and scalars, the sum of each vector times the points."""
        ...
