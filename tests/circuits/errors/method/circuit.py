"""A circuit in a class."""

from zkpipe import Private, UInt, check, circuit


class Orders:
    limit = 3

    @circuit
    def example(self, a: Private[UInt[8]]):
        check(a < self.limit)
