"""A component that calls itself."""

from zkpipe import Field, Private, circuit, component


@component
def again(x: Field) -> Field:
    return again(x + 1)


@circuit
def example(a: Private[Field]):
    again(a)


example.compile()
