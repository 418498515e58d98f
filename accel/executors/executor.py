"""What a proof is computed on must offer: it keeps arrays in its own form, and computes on them.

The processor is one (processor); a card is another. What an executor makes of points, records and
scalars is its own; whoever has it hands it back, and looks at nothing in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.msm.bases import Index


class Executor(Protocol):
    """Where the arrays of proofs lie and their kernels run.

    Points are affine, (n, 8) or (n, 16) uint64, Montgomery, zeros for infinity; scalars are
    (n, 4) uint64, canonical; results of both are new arrays of the same form.
    """

    @property
    def name(self) -> str:
        """Names the form of what it keeps: two of one name may use what either has made."""
        ...

    def records(self, records: NDArray[Any]) -> Any:
        """The coefficients of A and B, as `quotient` wants them.

        records  as accel.linear.constraint_products has them, in any order
        """
        ...

    def quotient(self, records: Any, domain_size: int, values: Words) -> Words:
        """a(x) b(x) - c(x) on the odd coset: the scalars of H, in `quotient_order`.

        values  of the witness
        """
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

    def scalars(self, points: Any, *values: Words) -> Any:
        """Scalars for sums over these points, several arrays one behind the other.

        They serve for sums over other points too, as many, with or without multiples as these.
        """
        ...

    def msms(self, pairs: Sequence[tuple[Any, Any]]) -> list[Words]:
        """The sum of scalars[i] * points[i] for each pair of points and scalars, side by side."""
        ...
