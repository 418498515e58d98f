"""What a component and a hint see beside their arguments: the two runs of a circuit agree."""

from __future__ import annotations

import itertools
import operator
import random
import sys
from array import array
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from functools import cache, partial, reduce
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import zkpipe.circuits as zk
from tests.circuits.surroundings import parameters
from zkpipe.circuits import (
    Array,
    CompileError,
    Field,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    check,
    circuit,
    component,
    hint,
)
from zkpipe.circuits.define.component import Component
from zkpipe.circuits.gadgets import poseidon
from zkpipe.circuits.language.values.signal import Signal

# A package of one module. By the name of `tests` code that reads all that it can reach would read
# all modules of tests, of which the suite has loaded hundreds.
sys.modules["elsewhere"] = ModuleType("elsewhere")
sys.modules["elsewhere.parameters"] = parameters

Byte = UInt[8]
LIMIT = 255
MORE = 7


@dataclass
class Mutable:
    limit: int


@dataclass(frozen=True)
class Pair:
    a: Byte
    b: Byte

    most = 255

    def check_it(self) -> Any:
        return within(self.a, self.most)

    @property
    def checked(self) -> Any:
        return within(self.a, self.most)


class Slotted:
    __slots__ = ("limit",)

    def __init__(self) -> None:
        self.limit = 255


class Settings:
    limit = 255

    @staticmethod
    def static() -> int:
        return Settings.limit

    @classmethod
    def of_class(cls) -> int:
        return cls.limit

    def bound(self) -> int:
        return self.limit


class Numbers(list[int]):
    """A list of a class of its own."""


class Level(IntEnum):
    LOW = 100
    HIGH = 255


def global_limit() -> int:
    return LIMIT


def within(a: Any, limit: Any) -> Any:
    """The limit; of a circuit's value it is checked."""
    if isinstance(a, Signal):
        check(a <= limit, "over the limit")
    return limit


def set_global(value: int) -> None:
    global LIMIT
    LIMIT = value


Change = Callable[[], None]
Body = Callable[[Any], object]


# Each gives a body that checks a limit of 255, and what makes 100 of the limit.


def by_cell() -> tuple[Body, Change]:
    limit = 255

    def change() -> None:
        nonlocal limit
        limit = 100

    return lambda a: within(a, limit), change


def by_helper() -> tuple[Body, Change]:
    limit = 255

    def bound() -> int:
        return limit

    def change() -> None:
        nonlocal limit
        limit = 100

    return lambda a: within(a, bound()), change


def by_inner_component() -> tuple[Body, Change]:
    limit = 255

    @component
    def inner(a: Byte) -> None:
        within(a, limit)

    def change() -> None:
        nonlocal limit
        limit = 100

    return lambda a: inner(a), change


def by_inner_component_of_another_cell() -> tuple[Body, Change]:
    cells = [255]

    def made(limit: list[int]) -> Component:
        @component
        def inner(a: Byte) -> None:
            check(a <= limit[0], "over the limit")

        return inner

    inner = made(cells)
    return lambda a: inner(a), lambda: cells.__setitem__(0, 100)


def by_list() -> tuple[Body, Change]:
    limits = [3, [255]]
    return lambda a: within(a, limits[1][0]), lambda: limits[1].__setitem__(0, 100)


def by_length() -> tuple[Body, Change]:
    marks = ["x"] * 255
    return lambda a: within(a, len(marks)), lambda: marks.__delitem__(slice(100, None))


def by_dict() -> tuple[Body, Change]:
    table = {"limit": 255}
    return lambda a: within(a, table["limit"]), lambda: table.update(limit=100)


def by_order_of_a_dict() -> tuple[Body, Change]:
    table = {255: None, 100: None}

    def change() -> None:
        table[255] = table.pop(255)

    return lambda a: within(a, next(iter(table))), change


def by_key_of_a_dict() -> tuple[Body, Change]:
    table = {255: 0}

    def change() -> None:
        table.clear()
        table[100] = 0

    return lambda a: within(a, max(table)), change


def by_set() -> tuple[Body, Change]:
    numbers = {255}

    def change() -> None:
        numbers.add(100)

    return lambda a: within(a, min(numbers)), change


def by_object() -> tuple[Body, Change]:
    thing = SimpleNamespace(part=Mutable(255))
    return lambda a: within(a, thing.part.limit), lambda: setattr(thing.part, "limit", 100)


def by_slot() -> tuple[Body, Change]:
    thing = Slotted()
    return lambda a: within(a, thing.limit), lambda: setattr(thing, "limit", 100)


def by_another_dict_of_an_object() -> tuple[Body, Change]:
    thing = Mutable(255)
    return lambda a: within(a, thing.limit), lambda: setattr(thing, "__dict__", {"limit": 100})


def by_another_class_of_an_object() -> tuple[Body, Change]:
    class Strict:
        limit = 100

    class Loose:
        limit = 255

    thing = Loose()
    return lambda a: within(a, thing.limit), lambda: setattr(thing, "__class__", Strict)


def by_base_class() -> tuple[Body, Change]:
    class Strict:
        limit = 100

    class Loose:
        limit = 255

    class Chosen(Loose):
        pass

    return lambda a: within(a, Chosen.limit), lambda: setattr(Chosen, "__bases__", (Strict,))


def by_subclass_of_list() -> tuple[Body, Change]:
    numbers = Numbers([255])
    return lambda a: within(a, numbers[0]), lambda: numbers.__setitem__(0, 100)


def by_array() -> tuple[Body, Change]:
    limits = np.array([255])
    return lambda a: within(a, int(limits[0])), lambda: limits.__setitem__(0, 100)


def by_view_of_an_array() -> tuple[Body, Change]:
    whole = np.array([[1, 255], [2, 3]])
    column = whole[:, 1]
    return lambda a: within(a, int(column[0])), lambda: whole.__setitem__((0, 1), 100)


def by_array_of_objects() -> tuple[Body, Change]:
    limits = np.array([Mutable(255)], dtype=object)
    return lambda a: within(a, limits[0].limit), lambda: setattr(limits[0], "limit", 100)


def by_bytearray() -> tuple[Body, Change]:
    limits = bytearray([255])
    return lambda a: within(a, limits[0]), lambda: limits.__setitem__(0, 100)


def by_default_dict() -> tuple[Body, Change]:
    table = defaultdict(int, limit=255)
    return lambda a: within(a, table["limit"]), lambda: table.update(limit=100)


def by_deque() -> tuple[Body, Change]:
    limits = deque([255])
    return lambda a: within(a, limits[0]), lambda: limits.__setitem__(0, 100)


def by_array_of_the_library() -> tuple[Body, Change]:
    limits = array("i", [255])
    return lambda a: within(a, limits[0]), lambda: limits.__setitem__(0, 100)


def by_iterator() -> tuple[Body, Change]:
    limits = iter([255, 100])
    return lambda a: within(a, next(limits)), lambda: None


def by_generator() -> tuple[Body, Change]:
    limits = (limit for limit in (255, 100))
    return lambda a: within(a, next(limits)), lambda: None


def by_counter() -> tuple[Body, Change]:
    numbers = itertools.count(255, -155)
    return lambda a: within(a, next(numbers)), lambda: None


def by_random() -> tuple[Body, Change]:
    numbers = random.Random(5)  # noqa: S311
    return lambda a: within(a, 255 if numbers.random() > 0.7 else 100), lambda: numbers.random()


def by_nonlocal() -> tuple[Body, Change]:
    calls = 0

    def body(a: Any) -> Any:
        nonlocal calls
        calls += 1
        return within(a, 255 if calls < 2 else 100)

    return body, lambda: None


def by_toggle() -> tuple[Body, Change]:
    """After each trace it sees what it saw two traces before."""
    state = [0]

    def body(a: Any) -> Any:
        state[0] = (state[0] + 1) % 3
        return within(a, 100 if state[0] == 0 else 255)

    return lambda a: min(body(a), body(a)), lambda: None


def by_append() -> tuple[Body, Change]:
    calls: list[int] = []

    def body(a: Any) -> Any:
        calls.append(0)
        return within(a, 255 if len(calls) < 2 else 100)

    return body, lambda: None


def by_attribute_of_a_function() -> tuple[Body, Change]:
    def helper() -> int:
        return helper.limit  # type: ignore[attr-defined, no-any-return]

    helper.limit = 255  # type: ignore[attr-defined]
    return lambda a: within(a, helper()), lambda: setattr(helper, "limit", 100)


def by_code_of_a_function() -> tuple[Body, Change]:
    def helper() -> int:
        return 255

    def other() -> int:
        return 100

    return lambda a: within(a, helper()), lambda: setattr(helper, "__code__", other.__code__)


def by_default() -> tuple[Body, Change]:
    def helper(limit: int = 255) -> int:
        return limit

    return lambda a: within(a, helper()), lambda: setattr(helper, "__defaults__", (100,))


def by_list_as_default() -> tuple[Body, Change]:
    limits = [255]

    def helper(limits: list[int] = limits) -> int:
        return limits[0]

    return lambda a: within(a, helper()), lambda: limits.__setitem__(0, 100)


def by_keyword_default() -> tuple[Body, Change]:
    def helper(*, limit: int = 255) -> int:
        return limit

    return lambda a: within(a, helper()), lambda: helper.__kwdefaults__.update(limit=100)


def by_partial() -> tuple[Body, Change]:
    limits = [255]
    helper = partial(operator.getitem, limits)
    return lambda a: within(a, helper(0)), lambda: limits.__setitem__(0, 100)


def by_method() -> tuple[Body, Change]:
    settings = Settings()
    helper = settings.bound
    return lambda a: within(a, helper()), lambda: setattr(settings, "limit", 100)


def by_method_of_a_builtin() -> tuple[Body, Change]:
    table = {"limit": 255}
    helper = table.get
    return lambda a: within(a, helper("limit")), lambda: table.update(limit=100)


def by_functions_in_a_list() -> tuple[Body, Change]:
    limits = [255]
    helpers = [lambda: limits[0]]
    return lambda a: within(a, helpers[0]()), lambda: limits.__setitem__(0, 100)


def by_reduce() -> tuple[Body, Change]:
    limits = [200, 55]
    return lambda a: within(a, reduce(operator.add, limits)), lambda: limits.__setitem__(0, 45)


def by_getattr() -> tuple[Body, Change]:
    name = "LI" + "MIT"
    return lambda a: within(a, getattr(parameters, name)), lambda: change_parameters()


def by_attrgetter() -> tuple[Body, Change]:
    get = operator.attrgetter("LIMIT")
    return lambda a: within(a, get(parameters)), lambda: change_parameters()


def by_dict_of_a_module() -> tuple[Body, Change]:
    return lambda a: within(a, parameters.__dict__["LI" + "MIT"]), lambda: change_parameters()


def by_globals() -> tuple[Body, Change]:
    return lambda a: within(a, globals()["LI" + "MIT"]), lambda: set_global(100)


def by_eval() -> tuple[Body, Change]:
    return lambda a: within(a, eval("LIM" + "IT")), lambda: set_global(100)  # noqa: S307


def by_match() -> tuple[Body, Change]:
    def limit() -> int:
        match parameters:
            case SimpleNamespace():
                return 0
            case object(LIMIT=found):
                return found  # type: ignore[no-any-return]
        return 0

    return lambda a: within(a, limit()), lambda: change_parameters()


def by_module() -> tuple[Body, Change]:
    return lambda a: within(a, parameters.LIMIT), lambda: change_parameters()


def by_module_given_to_a_helper() -> tuple[Body, Change]:
    def limit_of(module: Any) -> int:
        return module.LIMIT  # type: ignore[no-any-return]

    return lambda a: within(a, limit_of(parameters)), lambda: change_parameters()


def by_list_of_a_module() -> tuple[Body, Change]:
    return lambda a: within(a, parameters.LIMITS[0]), lambda: change_parameters()


def by_function_of_a_module() -> tuple[Body, Change]:
    return lambda a: within(a, parameters.limit()), lambda: change_parameters()


def by_import() -> tuple[Body, Change]:
    def limit() -> int:
        from elsewhere.parameters import LIMIT  # type: ignore[import-not-found]

        return LIMIT  # type: ignore[no-any-return]

    return lambda a: within(a, limit()), lambda: change_parameters()


def by_relative_import() -> tuple[Body, Change]:
    def limit() -> int:
        from . import parameters

        return parameters.LIMIT

    return lambda a: within(a, limit()), lambda: change_parameters()


def by_global() -> tuple[Body, Change]:
    return lambda a: within(a, LIMIT), lambda: set_global(100)


def by_global_of_a_function() -> tuple[Body, Change]:
    return lambda a: within(a, global_limit()), lambda: set_global(100)


def by_global_in_a_comprehension() -> tuple[Body, Change]:
    return lambda a: min(within(a, b) for b in [LIMIT] if b <= LIMIT), lambda: set_global(100)


def by_global_in_a_class() -> tuple[Body, Change]:
    def limit() -> int:
        class Local:
            found = LIMIT

        return Local.found

    return lambda a: within(a, limit()), lambda: set_global(100)


def by_global_of_builtins() -> tuple[Body, Change]:
    def change() -> None:
        globals()["len"] = lambda _: 100

    return lambda a: within(a, len("x" * 255)), change


def by_class() -> tuple[Body, Change]:
    return lambda a: within(a, Settings.limit), lambda: setattr(Settings, "limit", 100)


def by_static_method() -> tuple[Body, Change]:
    return lambda a: within(a, Settings.static()), lambda: setattr(Settings, "limit", 100)


def by_class_method() -> tuple[Body, Change]:
    return lambda a: within(a, Settings.of_class()), lambda: setattr(Settings, "limit", 100)


def by_class_of_a_record() -> tuple[Body, Change]:
    return lambda a: Pair(a, a).check_it(), lambda: setattr(Pair, "most", 100)


def by_property_of_a_record() -> tuple[Body, Change]:
    return lambda a: Pair(a, a).checked, lambda: setattr(Pair, "most", 100)


def by_member_of_an_enumeration() -> tuple[Body, Change]:
    chosen = [Level.HIGH]
    return lambda a: within(a, int(chosen[0])), lambda: chosen.__setitem__(0, Level.LOW)


def by_cached_function() -> tuple[Body, Change]:
    limit = 255

    @cache
    def helper() -> int:
        return limit

    def change() -> None:
        nonlocal limit
        limit = 100
        helper.cache_clear()

    return lambda a: within(a, helper()), change


def by_type_of_a_number() -> tuple[Body, Change]:
    """1 and True are equal, and mean different things here."""
    kind: list[Any] = [1]
    return (
        lambda a: within(a, 100 if isinstance(kind[0], bool) else 255),
        lambda: kind.__setitem__(0, True),
    )


def by_zero_of_another_sign() -> tuple[Body, Change]:
    zero = [0.0]
    return (
        lambda a: within(a, 100 if str(zero[0]) == "-0.0" else 255),
        lambda: zero.__setitem__(0, -0.0),
    )


def by_identity() -> tuple[Body, Change]:
    """Two lists of one content: which of them is the third one is changed."""
    a_list, b_list = [1], [1]
    chosen = [a_list]

    def body(a: Any) -> Any:
        return within(a, 255 if chosen[0] is a_list else 100)

    return lambda a: (body(a), b_list)[0], lambda: chosen.__setitem__(0, b_list)


def by_a_loop_of_objects() -> tuple[Body, Change]:
    node: list[Any] = [255]
    node.append(node)
    return lambda a: within(a, node[1][1][0]), lambda: node.__setitem__(0, 100)


def by_fractions() -> tuple[Body, Change]:
    limits = [Fraction(255)]
    return lambda a: within(a, int(limits[0])), lambda: limits.__setitem__(0, Fraction(100))


def change_parameters() -> None:
    parameters.LIMIT = 100
    parameters.LIMITS[0] = 100
    parameters.TABLE["limit"] = 100


WAYS: list[Callable[[], tuple[Body, Change]]] = [
    value for name, value in list(globals().items()) if name.startswith("by_")
]


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    restore()


def restore() -> None:
    set_global(255)
    globals().pop("len", None)
    parameters.LIMIT = 255
    parameters.LIMITS[0] = 255
    parameters.TABLE["limit"] = 255
    Settings.limit = 255
    Pair.most = 255


def outcome(run: Callable[[], Any]) -> object:
    """What a run gives, or that it refuses, in surroundings as they were."""
    restore()
    try:
        found = run()
    except UnsatisfiedError:
        return "refused"
    return [found] if isinstance(found, int) else list(found.public)


def agree(build: Callable[[], Any], x: int) -> object:
    """The outcome of both runs of a circuit, which must be one."""
    plain = outcome(lambda: build()(x))
    assert outcome(lambda: build().trace().solve(x=x)) == plain
    return plain


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_component_sees_what_its_body_would_see_at_each_call(way: Any) -> None:
    def build() -> Any:
        body, change = way()

        @component
        def checked(a: Byte) -> None:
            body(a)

        @circuit
        def calls(x: Private[Byte]) -> Public[Byte]:
            checked(x)
            change()
            checked(x)
            return x

        return calls

    assert agree(build, 200) == "refused"
    assert agree(build, 50) == [50]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_so_does_a_component_in_a_component(way: Any) -> None:
    def build() -> Any:
        body, change = way()

        @component
        def checked(a: Byte) -> None:
            body(a)

        @component
        def outer(a: Byte) -> Byte:
            checked(a)
            return a

        @circuit
        def calls(x: Private[Byte]) -> Public[Byte]:
            outer(x)
            change()
            return outer(x)

        return calls

    assert agree(build, 200) == "refused"
    assert agree(build, 50) == [50]


def test_a_record_that_is_an_argument_brings_its_methods() -> None:
    def build() -> Any:
        @component
        def checked(p: Pair) -> None:
            p.check_it()

        @circuit
        def calls(x: Private[Byte]) -> Public[Byte]:
            checked(Pair(x, x))
            Pair.most = 100
            checked(Pair(x, x))
            return x

        return calls

    assert agree(build, 200) == "refused"
    assert agree(build, 50) == [50]


def test_effects_of_a_body_happen_at_each_call() -> None:
    def build() -> Any:
        kept: list[int] = []

        @component
        def counted(a: Byte) -> Byte:
            kept.append(1)
            return a

        @circuit
        def calls(x: Private[Byte]) -> Public[UInt[12]]:
            for _ in range(5):
                counted(x)
            return x * len(kept)

        return calls

    assert agree(build, 3) == [15]


def test_so_they_do_where_they_undo_themselves() -> None:
    """After two calls the surroundings are what they were before the first."""

    def build() -> Any:
        state = [0]

        @component
        def flips(a: Byte) -> Byte:
            state[0] ^= 1
            return a

        @circuit
        def calls(x: Private[Byte]) -> Public[UInt[14]]:
            total = 0
            for k in range(5):
                flips(x)
                total += state[0] << k
            return x * total

        return calls

    assert agree(build, 3) == [3 * 0b10101]


def test_what_a_component_returns_is_its_callers_own() -> None:
    """A dict made in the body is another one at each call; a list from around it is a copy."""

    def build() -> Any:
        around = [1, 2]

        @component
        def given(a: Byte):
            return {"calls": 0}, around, a

        @circuit
        def calls(x: Private[Byte]) -> Public[UInt[20]]:
            total = 0
            for _ in range(3):
                made, numbers, a = given(x)
                made["calls"] += 1
                numbers.append(5)
                total += made["calls"] + len(numbers) + len(around) + a
            return x * 0 + total

        return calls

    assert agree(build, 3) == [3 * (1 + 3 + 2 + 3)]


def test_arguments_and_results_are_other_objects_in_both_runs() -> None:
    def build() -> Any:
        @component
        def twins(a: Byte, b: Byte):
            return (a, a) if a is b else (a, b)

        @circuit
        def calls(x: Private[Byte]) -> Public[UInt[12]]:
            first, second = twins(x, x)
            same = first is second or first is x
            return x + 1 if same else x + 2

        return calls

    assert agree(build, 3) == [5]


PURE = 3
TABLE = (1, 2, (3, 4))
NUMBERS = [5, 6]


def helped(a: Any, *, k: int = 2) -> Any:
    return sum(a * n for n in NUMBERS) + TABLE[2][0] * k + PURE


def test_what_stays_is_traced_once(traces: list[str]) -> None:
    """Globals, tables, helpers, methods of records, other components, modules."""
    offset = 9

    @component
    def inner(a: Field) -> Field:
        return poseidon([a, zk.select(a == 3, 1, offset)])

    @component
    def outer(p: Pair) -> Field:
        p.check_it()
        scaled = Settings().bound() + parameters.limit() + int(np.array([1, 2]).sum())
        return inner(helped(p.a) + max(map(abs, [scaled, -1]))) + reduce(operator.add, NUMBERS)

    @circuit
    def many(x: Private[Array[Byte, 6]]) -> Public[Field]:
        total = 0
        for item in x:
            total = total + outer(Pair(item, item))
        return total

    given = [1, 2, 3, 4, 5, 6]
    assert many(given) == many.trace().solve(x=given).public[0]
    assert [traces.count(name) for name in ("outer", "inner")] == [1, 1]


def test_a_component_is_traced_again_only_while_its_surroundings_are_new(
    traces: list[str],
) -> None:
    limits = [255]

    @component
    def checked(a: Byte) -> None:
        check(a <= limits[0])

    @circuit
    def calls(x: Private[Byte]) -> None:
        for limit in (255, 100, 255, 100, 255):
            limits[0] = limit
            checked(x)

    calls.trace()
    assert traces == ["checked"] * 2


def test_signals_around_a_component_are_refused_at_each_call() -> None:
    @circuit
    def leaking(xs: Private[Array[Byte, 2]]) -> None:
        kept: dict[str, Any] = {}

        @component
        def inner(a: Byte) -> Byte:
            return a + kept["x"] if kept else a

        for x in xs:
            inner(x)
            kept["x"] = x

    for run in (lambda: leaking([1, 2]), leaking.trace):
        with pytest.raises(CompileError):
            run()


# --- hints


UNHELD = {by_iterator, by_generator, by_counter, by_random}  # they change as they are read
COMPONENTS = {by_inner_component, by_inner_component_of_another_cell}  # they return no limit


HELD = [way for way in WAYS if way not in UNHELD | COMPONENTS]


@pytest.mark.parametrize("way", HELD, ids=lambda way: way.__name__)
def test_a_hint_sees_what_it_saw_at_its_call_or_is_refused(way: Any) -> None:
    """Its run comes when the body is over."""

    def build() -> Any:
        body, change = way()

        @circuit
        def calls(x: Private[Byte]) -> Public[UInt[12]]:
            found = hint(body, x, returns=UInt[9], waive="any limit")
            change()
            return found + x

        return calls

    differ_not_in_silence(build, 258)


@pytest.mark.parametrize("way", HELD, ids=lambda way: way.__name__)
def test_so_does_a_hint_in_a_lambda_with_others(way: Any) -> None:
    def build() -> Any:
        body, change = way()
        bodies = {"first": [lambda v: 1, body]}

        @circuit
        def calls(x: Private[Byte]) -> Public[UInt[12]]:
            found = hint(
                lambda v, k: bodies["first"][k](v), x, 1, returns=UInt[9], waive="any limit"
            )
            change()
            return found + x

        return calls

    differ_not_in_silence(build, 258)


def differ_not_in_silence(build: Callable[[], Any], expected: int) -> None:
    restore()
    try:
        assert build()(3) == expected
    except CompileError as error:
        assert "changes `" in str(error)  # noqa: PT017
    restore()
    try:
        assert build().trace().solve(x=3).public == [expected]
    except CompileError as error:
        assert "sees another `" in str(error) or "changes `" in str(error)  # noqa: PT017


def test_a_lambda_in_a_loop_keeps_the_loops_value() -> None:
    @circuit
    def pinned(x: Private[Byte]) -> Public[UInt[14]]:
        total = 0
        for k in range(3):
            offset = k * 10
            h = hint(lambda v: v + k + offset, x, returns=UInt[9])  # noqa: B023
            check(h == x + k + offset)
            total = total + h

            def twice(v: int, depth: int = 0) -> int:
                return v + k if depth == 2 else twice(v, depth + 1)  # noqa: B023

            total = total + hint(lambda v: twice(v), x, returns=UInt[9], waive="any")
            bound = partial(lambda v, w: v + k * w, w=1)  # noqa: B023
            total = total + hint(bound, x, returns=UInt[9], waive="any")
        return total

    assert pinned(5) == pinned.trace().solve(x=5).public[0] == 18 + 30 + 18 + 18


def test_a_hint_in_a_component_keeps_the_call_it_was_traced_for() -> None:
    def build() -> Any:
        k = 1

        @component
        def moved(a: Byte) -> UInt[9]:
            return hint(lambda v: v + k, a, returns=UInt[9], waive="any")

        @circuit
        def calls(x: Private[Byte]) -> Public[UInt[12]]:
            nonlocal k
            total = moved(x) + moved(x)
            k = 7
            return total + moved(x)

        return calls

    assert agree(build, 5) == [6 + 6 + 12]


def test_a_hint_whose_globals_changed_after_compiling_is_refused_by_name() -> None:
    @circuit
    def limited(x: Private[Byte]) -> Public[UInt[9]]:
        return hint(lambda v: min(v, LIMIT), x, returns=UInt[9], waive="any")

    system = limited.trace()
    assert system.solve(x=200).public == [200]
    set_global(100)
    with pytest.raises(CompileError, match="sees another `LIMIT` than at its call") as caught:
        system.solve(x=200)
    assert "hint(lambda v: min(v, LIMIT)" in str(caught.value)
    set_global(255)
    assert system.solve(x=200).public == [200]


def test_what_a_hint_changes_the_body_cannot_read() -> None:
    """A check for each value that a hint has met: the trace has met none."""

    def build() -> Any:
        met: list[int] = []

        @circuit
        def calls(x: Private[Byte]) -> Public[Byte]:
            hint(lambda v: met.append(v) or v, x, returns=Byte, waive="any")
            for value in met:
                check(value < 100, "over the limit")
            return x

        return calls

    for run in (lambda: build()(200), lambda: build().trace().solve(x=200)):
        with pytest.raises(CompileError, match="changes `met`"):
            run()


def test_a_hint_that_remembers_by_functools_is_no_trouble() -> None:
    @cache
    def slow(value: int) -> int:
        return value + 1

    @circuit
    def calls(x: Private[Byte]) -> Public[UInt[9]]:
        h = hint(slow, x, returns=UInt[9])
        check(h == x + 1)
        return hint(lambda v: slow(v), x, returns=UInt[9], waive="any")

    system = calls.trace()
    for x in (3, 4, 3):
        assert calls(x) == system.solve(x=x).public[0] == x + 1
