"""A text that a library makes of a signal."""

import json

from zkpipe import Private, UInt, check, circuit


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    check(json.dumps([a], default=str) == "5", "five")


example.compile()
