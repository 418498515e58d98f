"""Both sides of a product are shown."""

from zkpipe import Field, Private, Public, check, circuit


@circuit
def example(a: Private[Field], b: Private[Field], product: Public[Field]):
    check(a * b == product, "no such factors")


example.compile().solve(a=3, b=-5, product=15)
