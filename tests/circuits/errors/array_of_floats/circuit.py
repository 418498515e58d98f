"""A value is put into an array of floats."""

import numpy as np

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    totals = np.zeros(3)
    totals[0] = a
    check(totals[0] == b)


example.compile()
