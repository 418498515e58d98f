"""narrow() to Field."""

from circuits import Field, Private, UInt, circuit, narrow


@circuit
def example(a: Private[UInt[8]], b: Private[UInt[8]]):
    narrow(a, Field)


example.compile()
