"""The lie that one row asks for: the value of a wire for which a row that fails would hold.

Where a row is affine in the wire, two tries tell which value that is. It is how a prover finds what
no list of lies has: the last factor of a product, the digest that is looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accel.bn254 import R
from circuits.solve.advice import Advice, forged
from circuits.testing.falsehoods import Falsehood
from circuits.testing.subject import Subject

ROWS = 3  # that fail, of which each is tried


def fitting(
    tested: Subject, residues: Sequence[int], advice: Advice, gone: int | None = None
) -> Iterator[Falsehood]:
    """Answers of advice of one wire that make a failing row hold.

    residues  inputs for which rows fail
    gone      a row that is not looked at
    """
    if len(advice.wires) != 1:
        return
    at = [forged(tested.system, residues, {advice: (value,)}) for value in (0, 1)]
    honest = forged(tested.system, residues, {})
    for row in tested.failing_rows(honest, ROWS):
        if row != gone:
            at_0, at_1 = (tested.residual(values, row) for values in at)
            if at_0 != at_1:
                value = at_0 * pow(at_0 - at_1, -1, R) % R
                yield Falsehood("what a failing row asks for", (value,))
