"""A record that is no dataclass."""

from typing import NamedTuple

from zkpipe import Private, UInt, check, circuit


class Order(NamedTuple):
    amount: UInt[8]


@circuit
def example(a: Private[Order]):
    check(a.amount == 1)


example.compile()
