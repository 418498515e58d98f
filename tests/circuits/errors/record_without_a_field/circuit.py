"""A record is made without one of its fields."""

from dataclasses import dataclass

from zkpipe import Private, UInt, check, circuit


@dataclass
class Order:
    amount: UInt[8]
    price: UInt[8]


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(Order(a) == Order(b))


example.compile()
