"""A record given with a misspelt field."""

from dataclasses import dataclass

from zkpipe import Array, Private, UInt, check, circuit


@dataclass
class Person:
    born: UInt[12]
    height: UInt[8]


@circuit
def example(people: Private[Array[Person, 2]]) -> None:
    check(people[0].born > people[1].born)


example.compile().solve(people=[{"born": 1984, "height": 180}, {"born": 1980, "hieght": 170}])
