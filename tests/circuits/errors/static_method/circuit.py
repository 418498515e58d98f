"""The decorator stands above @staticmethod."""

from zkpipe import Private, UInt, check, circuit


class Orders:
    @circuit
    @staticmethod
    def example(a: Private[UInt[8]]):
        check(a < 3)
