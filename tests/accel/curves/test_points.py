"""Points between canonical form and Montgomery's."""

from __future__ import annotations

import numpy as np

from tests.accel.edge_values import generator
from zkpipe.accel.bn254 import P
from zkpipe.accel.curves.points import points_from_canonical
from zkpipe.accel.fields.limbs import to_montgomery, words_from_ints


def test_points_from_canonical_are_in_montgomery_form() -> None:
    draw = generator(5)
    values = [0, 1, P - 1, 2, (P - 1) // 2, *(draw.randrange(P) for _ in range(27))]
    for width in (8, 16, 32):
        words = words_from_ints(values).reshape(-1, width)
        before = words.copy()
        assert (points_from_canonical(words) == to_montgomery(values, P).reshape(-1, width)).all()
        assert (words == before).all()
    assert points_from_canonical(np.zeros((0, 8), np.uint64)).shape == (0, 8)
