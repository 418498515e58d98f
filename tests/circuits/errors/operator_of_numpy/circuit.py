"""An operator as a function of numpy."""

import numpy as np

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(np.add(a, b) == 3)


example.compile()
