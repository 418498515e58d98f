"""A hint's function raises what is no Exception."""

from zkpipe import Private, UInt, check, circuit, hint


def halved(x):
    raise GeneratorExit


@circuit
def example(a: Private[UInt[8]]):
    q = hint(halved, a, returns=UInt[8])
    check(q * 2 == a)


example(6)
