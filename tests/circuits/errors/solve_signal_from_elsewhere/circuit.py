"""A signal kept from another circuit."""

from zkpipe import Field, Private, check, circuit

kept = []


@circuit
def first(a: Private[Field]):
    kept.append(a)


@circuit
def second(a: Private[Field]):
    check(a == kept[0])


first.compile()
second.compile()
