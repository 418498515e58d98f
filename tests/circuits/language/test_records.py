"""Dataclasses as inputs, outputs, arguments and what is chosen; arrays of several dimensions."""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.circuits.oracles import rows
from tests.zoo import ClaimsDict
from zkpipe.accel.bn254 import R
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits import (
    Array,
    Bool,
    CompileError,
    Field,
    InputError,
    Int,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    check,
    circuit,
    component,
    hint,
    narrow,
    select,
)
from zkpipe.circuits.language.values.inputs import from_json

# Circuits of one operation, whose inputs nothing else uses.
pytestmark = pytest.mark.filterwarnings("ignore::zkpipe.circuits.CircuitWarning")


@dataclass(frozen=True, slots=True)
class Person:
    born: UInt[12]
    scores: Array[Int[8], 2]


@dataclass
class Team:
    lead: Person
    members: Array[Person, 2, 2]
    active: Bool = True

    def points(self) -> Any:
        """Methods of a record serve in circuits too."""
        return sum(sum(person.scores) for row in self.members for person in row)


@component
def better(p: Person, q: Person) -> Person:
    return select(sum(p.scores) >= sum(q.scores), p, q)


@circuit
def teams(
    team: Private[Team], newest: Public[Person]
) -> tuple[Public[Person], Public[Array[Int[12], 2]], Public[Array[Person, 2]]]:
    check(newest.born >= team.lead.born, "newer than the lead")
    best = better(better(team.lead, team.members[1][0]), newest)
    swapped = select(team.active, [newest, team.lead], [team.lead, newest])
    return best, [team.points(), team.members[0][1].scores[1]], swapped


PERSON = st.builds(
    Person,
    st.integers(0, 4095),
    st.lists(st.sampled_from([-128, -1, 0, 127]) | st.integers(-128, 127), min_size=2, max_size=2),
)
TEAMS = teams.trace()


def as_dict(team: Team) -> dict[str, Any]:
    def person(p: Person) -> dict[str, Any]:
        return {"scores": p.scores, "born": p.born}  # in another order

    members = [[person(p) for p in row] for row in team.members]
    return {"lead": person(team.lead), "members": members, "active": team.active}


def flat(value: Any) -> list[int]:
    if isinstance(value, Person):
        return [value.born, *value.scores]
    if isinstance(value, list | tuple):
        return [x for part in value for x in flat(part)]
    return [value]


@given(st.lists(PERSON, min_size=6, max_size=6), st.booleans())
def test_records_arrive_are_chosen_and_return(people: list[Person], active: bool) -> None:
    lead, a, b, c, d, newest = people
    team = Team(lead, [[a, b], [c, d]], active)
    if newest.born < lead.born:
        with pytest.raises(UnsatisfiedError, match="newer than the lead"):
            teams(team, newest)
        return
    best = lead if sum(lead.scores) >= sum(c.scores) else c
    best = best if sum(best.scores) >= sum(newest.scores) else newest
    points = sum(sum(p.scores) for p in (a, b, c, d))
    want = (best, [points, b.scores[1]], [newest, lead] if active else [lead, newest])
    assert teams(team, newest) == want
    assert teams(as_dict(team), newest) == want
    witness = TEAMS.solve(team=as_dict(team), newest=newest)
    assert witness.public == [x % R for x in flat(want) + flat(newest)]
    given_values = [*flat([lead, a, b, c, d]), int(active), *flat(newest)]
    values = ints_from_words(witness.values)
    assert values == rows.solve(TEAMS, given_values)
    assert rows.failing_rows(TEAMS, values) == []


def test_wires_are_called_by_their_fields() -> None:
    names = list(TEAMS.symbols or ())
    for path in ("team.lead.born", "team.members[1][0].scores[1]", "newest.scores[0]",
                 "out[0].scores[1]", "out[1][0]", "out[2][1].born"):  # fmt: skip
        assert f"teams.{path}" in names


ADA = {"born": 1815, "scores": [1, 2]}
FINE: dict[str, Any] = {"lead": ADA, "members": [[ADA, ADA], [ADA, ADA]], "active": True}
SECRET = 987654321987
REFUSED: list[tuple[Any, str]] = [
    (FINE | {"leed": ADA}, r"`team` has no field `leed`.*`lead`"),
    ({"lead": ADA, "active": True}, r"`team` is missing the field `members`"),
    (FINE | {"lead": ADA | {"born": SECRET}}, r"`team\.lead\.born` takes a UInt\[12\]"),
    (FINE | {"lead": 5}, r"`team\.lead` takes the record Person, and was given an int"),
    (FINE | {"lead": [1815, [1, 2]]}, r"`team\.lead` takes the record Person.*a list"),
    (FINE | {"lead": {}}, r"`team\.lead` is missing the fields `born`, `scores`"),
    (FINE | {"lead": {1: 2}}, r"`team\.lead` has no field `an int`"),
    (FINE | {"members": [[ADA, ADA], [ADA]]}, r"`team\.members\[1\]` takes Array\[Person, 2\]"),
    (FINE | {"members": [[ADA, ADA], [ADA, Team]]}, r"`team\.members\[1\]\[1\]` takes the record"),
    (Person(1, [2, 3]), r"`team` takes the record Team, and was given a Person"),
    (FINE | {"lead": ClaimsDict()}, r"`team\.lead` takes the record Person.*a ClaimsDict"),
    (Team(Person(1, [2, SECRET]), [], True), r"`team\.lead\.scores\[1\]`"),
]


@pytest.mark.parametrize(("team", "message"), REFUSED)
def test_what_is_no_such_record_is_refused_by_its_path(team: Any, message: str) -> None:
    for run in (TEAMS.solve, teams):
        with pytest.raises(InputError) as caught:
            run(team=team, newest=ADA)
        assert caught.match(f"(?s){message}")
        assert str(SECRET) not in str(caught.value)


def test_json_holds_records_as_objects_with_digits_as_text(tmp_path: Path) -> None:
    ada = {"born": "1815", "scores": ["-1", 2]}
    path = tmp_path / "input.json"
    path.write_text(json.dumps({"team": FINE | {"lead": ada, "active": "1"}, "newest": ada}))
    arguments = from_json(teams.parameters, json.loads(path.read_text()))
    assert TEAMS.solve(**arguments).public[:3] == [1815, 1, 2]
    with pytest.raises(InputError, match=r"`team\.lead\.scores\[0\]` is a text that is no"):
        from_json(teams.parameters, {"team": {"lead": {"scores": ["1.0", 2]}}})


def test_a_hint_takes_and_returns_records() -> None:
    def older(person: Person, years: list[int]) -> dict[str, Any]:
        assert isinstance(person, Person)
        return {"born": person.born - years[0], "scores": person.scores[::-1]}

    @circuit
    def hinted(p: Private[Person]) -> Public[Person]:
        q = hint(older, p, [10], returns=Person)
        check(q.born == p.born - 10)
        check(q.scores[0] == p.scores[1])
        check(q.scores[1] == p.scores[0])
        return q

    assert hinted(ADA) == Person(1805, [2, 1])
    assert hinted.compile().solve(p=ADA).public == [1805, 2, 1]

    @circuit
    def lying(p: Private[Person]) -> Public[Person]:
        return hint(lambda p: p.born, p, returns=Person, waive="only a test")

    for run in (lying, lying.compile().solve):
        with pytest.raises(UnsatisfiedError, match="returns an int for the record Person"):
            run(p=ADA)


def test_records_are_narrowed_field_by_field() -> None:
    @dataclass
    class Wide:
        a: Field
        b: UInt[20]

    @dataclass
    class Narrow:
        a: UInt[8]
        b: UInt[4]

    @circuit
    def narrowed(w: Private[Wide]) -> Public[Narrow]:
        return narrow(Narrow(w.a, w.b), Narrow)

    assert narrowed(Wide(255, 15)) == Narrow(255, 15)
    assert narrowed.compile().solve(w={"a": 255, "b": 15}).public == [255, 15]
    for run in (narrowed, narrowed.compile().solve):
        with pytest.raises(UnsatisfiedError, match=r"does not fit UInt\[4\]"):
            run(w=Wide(0, 16))


def test_a_component_has_a_shape_for_each_record(traces: list[str]) -> None:
    @component
    def total(p: Person) -> Int[10]:
        return sum(p.scores)

    @circuit
    def totals(p: Private[Person], q: Private[Person]) -> Public[Int[12]]:
        return total(p) + total(q) + total(Person(3, [q.born * 0, 1])) * 0

    assert totals.compile().solve(p=ADA, q=ADA).public == [6]
    assert len(traces) == 2
    assert total(Person(1, [4, 5])) == 9

    @circuit
    def other(p: Private[Team]) -> Public[Int[12]]:
        return total(p)

    with pytest.raises(CompileError, match=r"gives a Team for `p` of the component total"):
        other.compile()


def test_a_frozen_record_of_a_subclass_holds_the_fields_of_its_base() -> None:
    @dataclass(frozen=True)
    class Base:
        x: UInt[3]

    @dataclass(frozen=True)
    class Derived(Base):
        y: UInt[5]

    @circuit
    def both(d: Private[Derived]) -> Public[Derived]:
        return d

    assert both({"x": 7, "y": 31}) == Derived(7, 31)
    assert both.compile().solve(d=Derived(7, 31)).public == [7, 31]


def test_dataclasses_that_a_circuit_cannot_make_are_refused() -> None:
    @dataclass
    class Computing:
        x: UInt[3]

        def __post_init__(self) -> None:
            check(self.x > 2)

    @dataclass
    class Late:
        x: UInt[3]
        y: UInt[3] = field(init=False)

    @dataclass(eq=False)
    class Identical:
        x: UInt[3]

    @dataclass
    class Texts:
        x: str

    @dataclass
    class Shown:
        x: Public[UInt[3]]

    @dataclass
    class Misspelt:
        x: Uint[3]  # noqa: F821 - the very case

    @dataclass
    class Node:
        x: UInt[3]
        next: Node

    for class_, words in [
        (Computing, "computes when it is made"), (Late, "computes when it is made"),
        (Identical, "compares by identity"), (Texts, r"`x` of Texts has str"),
        (Shown, r"Public\[UInt\[3\]\] stands inside `x` of Shown"),
        (Misspelt, "annotation of the record Misspelt has the name"),
        (Node, "Node holds itself"),
    ]:  # fmt: skip
        with pytest.raises(CompileError, match=words):
            Public[class_]


def test_a_record_that_holds_itself_is_told_at_the_second_sight_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fixed fault: it was told when the stack was full, six minutes later with a deep one."""

    @dataclass
    class Tree:
        branches: Array[Tree, 2]

    @dataclass
    class Egg:
        hen: Hen

    @dataclass
    class Hen:
        age: UInt[3]
        egg: Egg

    @dataclass
    class Twice:
        first: Leaf
        second: Leaf

    @dataclass
    class Leaf:
        x: UInt[3]

    read: list[type] = []
    annotations = inspect.get_annotations

    def counted(class_: type, **options: Any) -> dict[str, object]:
        if class_ is not object:
            read.append(class_)
        return annotations(class_, **options)

    monkeypatch.setattr(inspect, "get_annotations", counted)
    for class_, name, classes in [(Tree, "Tree", 1), (Egg, "Egg", 2), (Hen, "Hen", 2)]:
        read.clear()
        with pytest.raises(CompileError, match=f"The record {name} holds itself"):
            Private[class_]
        assert len(read) == classes
    assert str(Private[Twice])  # the same record beside itself is none that holds itself


def test_two_records_are_not_compared_as_wholes() -> None:
    @circuit
    def same(p: Private[Person], q: Private[Person]) -> None:
        check(p == q)

    with pytest.raises(CompileError, match=r"`p == q` asks Python to compare") as caught:
        same.compile()
    assert caught.value.source is not None
    assert caught.value.source.file == "test_records.py"


def test_a_record_returned_must_be_of_its_class() -> None:
    @circuit
    def loose(p: Private[Person]) -> Public[Person]:
        return {"born": p.born, "scores": p.scores}

    with pytest.raises(CompileError, match="does not return Person for `out`"):
        loose.compile()


@circuit
def grid(m: Private[Array[UInt[4], 2, 3, 2]]) -> Public[Array[UInt[8], 3, 2]]:
    return [[m[0][j][k] + m[1][j][k] * 10 for k in range(2)] for j in range(3)]


@pytest.mark.parametrize("kind", [np.array, lambda a: np.array(a).tolist(), lambda a: tuple(a)])
def test_arrays_have_any_number_of_dimensions(kind: Any) -> None:
    m = np.arange(12).reshape(2, 3, 2)
    want = (m[0] + m[1] * 10).tolist()
    assert grid(kind(m)) == want
    system = grid.compile()
    assert system.solve(m=kind(m)).public == [x for row in want for x in row]
    assert "grid.m[1][2][0]" in list(system.symbols or ())
    with pytest.raises(InputError, match=r"`m\[1\]` takes Array\[UInt\[4\], 3, 2\]"):
        system.solve(m=[m[0].tolist(), m[1].tolist()[:2]])
