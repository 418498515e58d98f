"""A closure over a signal."""

from zkpipe import Field, Private, circuit, component


@circuit
def example(a: Private[Field], b: Private[Field]):
    @component
    def times_b(x: Field) -> Field:
        return x * b

    times_b(a)


example.compile()
