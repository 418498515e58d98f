"""A field that a record does not have."""

from dataclasses import dataclass

from zkpipe import Private, UInt, check, circuit


@dataclass
class Order:
    amount: UInt[8]


@circuit
def example(a: Private[Order]):
    check(a.amuont == 3)


example.compile()
