"""A tuple where a record is declared."""

from dataclasses import dataclass

from zkpipe import Private, Public, UInt, circuit


@dataclass
class Span:
    low: UInt[8]
    high: UInt[8]


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]) -> Public[Span]:
    return a, b


example.compile()
