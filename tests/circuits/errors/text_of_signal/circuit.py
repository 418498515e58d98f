"""A text with a signal in it."""

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    texts = [f"between 0 and {limit}" for limit in (a, b)]
    check(texts[0] == texts[1])


example.compile()
