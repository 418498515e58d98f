"""A record holds itself."""

from dataclasses import dataclass

from zkpipe import Private, UInt, check, circuit


@dataclass
class Order:
    amount: UInt[8]
    next: "Order"


@circuit
def example(a: Private[Order]):
    check(a.amount == 1)


example.compile()
