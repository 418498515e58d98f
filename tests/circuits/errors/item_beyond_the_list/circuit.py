"""An index beyond the list's end."""

from zkpipe import Array, Private, UInt, check, circuit


@circuit
def example(a: Private[Array[UInt[8], 3]]):
    check(a[3] == 1)


example.compile()
