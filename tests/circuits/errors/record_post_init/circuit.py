"""A dataclass that checks itself when it is made."""

from dataclasses import dataclass

from zkpipe import Private, UInt, check, circuit


@dataclass
class Interval:
    low: UInt[8]
    high: UInt[8]

    def __post_init__(self) -> None:
        check(self.low <= self.high)


@circuit
def example(interval: Private[Interval]) -> None:
    check(interval.low > 3)
