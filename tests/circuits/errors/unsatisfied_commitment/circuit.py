"""A commitment or a salt: either may be wrong."""

from zkpipe import Field, Private, Public, UInt, check, circuit
from zkpipe.circuits.gadgets import poseidon


@circuit
def example(commitment: Public[Field], age: Private[UInt[8]], salt: Private[Field]):
    check(poseidon([age, salt]) == commitment, "this is not the committed age")


example.compile().solve(commitment=5, age=44, salt=1)
