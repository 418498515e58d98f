"""A type of numpy's."""

import numpy as np

from zkpipe import Private, check, circuit


@circuit
def example(a: Private[np.uint8]):
    check(a == 1)


example.compile()
