"""A record with a field that is no type of the language."""

from dataclasses import dataclass

from zkpipe import Private, UInt, check, circuit


@dataclass
class Person:
    name: str
    born: UInt[12]


@circuit
def example(person: Private[Person]) -> None:
    check(person.born > 1900)
