"""Two records compared as wholes."""

from dataclasses import dataclass

from zkpipe import Private, UInt, check, circuit


@dataclass
class Span:
    low: UInt[8]
    high: UInt[8]


@circuit
def example(a: Private[Span], b: Private[Span]) -> None:
    check(a == b, "not the same span")


example.compile()
