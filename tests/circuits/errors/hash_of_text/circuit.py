"""A hash of a signal's text."""

from hashlib import sha256

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(int(sha256(str(a).encode()).hexdigest(), 16) % 251 == b)


example.compile()
