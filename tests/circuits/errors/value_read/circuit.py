"""What zkpipe keeps of a value is read."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(3 if a.payload > 3 else b == 4)


example.compile()
