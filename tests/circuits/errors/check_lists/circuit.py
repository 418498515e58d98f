"""Lists of two lengths differ whatever they hold."""

from zkpipe import Array, Private, UInt, check, circuit


@circuit
def example(xs: Private[Array[UInt[8], 3]], ys: Private[Array[UInt[8], 2]]):
    check(xs != ys, "the lists must differ")


example.compile()
