"""A function of numpy that needs plain numbers."""

import numpy as np

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(np.sqrt(a) == b)


example.compile()
