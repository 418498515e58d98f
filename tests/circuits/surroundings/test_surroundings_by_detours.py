"""What a component sees by detours: attributes of functions, formats, files, types of numpy, C."""

from __future__ import annotations

import ctypes
import itertools
import time
from collections import OrderedDict, defaultdict, namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, getcontext, setcontext
from fractions import Fraction
from functools import partial
from operator import attrgetter, methodcaller
from pathlib import Path
from reprlib import recursive_repr
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.circuits.surroundings import parameters
from tests.circuits.surroundings.test_surroundings import Body, Change, agree, restore, within
from zkpipe.circuits import (
    Array,
    CompileError,
    InputError,
    Private,
    Public,
    UInt,
    check,
    circuit,
    component,
)

Byte = UInt[8]
PART = "LIM"
FORMAT = "{0.LIMIT}"
FACTOR = Decimal(3)
Rate = namedtuple("Rate", "percent base")
RATE = Rate(3, 100)


def change_parameters() -> None:
    parameters.LIMIT = 100


def named(attribute: str) -> tuple[Body, Change]:
    """By an attribute of a function that holds a text."""

    def helper() -> None:
        """Say nothing."""

    setattr(helper, attribute, "255")

    def body(a: Any) -> Any:
        text = {"__name__": helper.__name__, "__qualname__": helper.__qualname__}
        return within(a, int(text.get(attribute, helper.__doc__)))

    return body, lambda: setattr(helper, attribute, "100")


def by_name_of_a_function() -> tuple[Body, Change]:
    return named("__name__")


def by_qualified_name_of_a_function() -> tuple[Body, Change]:
    return named("__qualname__")


def by_docstring_of_a_function() -> tuple[Body, Change]:
    return named("__doc__")


def by_annotation_of_a_function() -> tuple[Body, Change]:
    def helper(limit: Any) -> None:
        """Say nothing."""

    helper.__annotations__["limit"] = 255
    return (
        lambda a: within(a, helper.__annotations__["limit"]),
        lambda: helper.__annotations__.__setitem__("limit", 100),
    )


def by_type_parameters_of_a_function() -> tuple[Body, Change]:
    """As Python 3.12 has them."""

    def helper() -> None:
        """Say nothing."""

    helper.__type_params__ = (255,)  # type: ignore[attr-defined]
    return (
        lambda a: within(a, helper.__type_params__[0]),  # type: ignore[attr-defined]
        lambda: setattr(helper, "__type_params__", (100,)),
    )


def by_name_of_a_class() -> tuple[Body, Change]:
    class Helper:
        pass

    Helper.__name__ = "255"
    return lambda a: within(a, int(Helper.__name__)), lambda: setattr(Helper, "__name__", "100")


def by_metaclass() -> tuple[Body, Change]:
    class High(type):
        limit = 255

    class Low(type):
        limit = 100

    class Helper(metaclass=High):
        pass

    return lambda a: within(a, Helper.limit), lambda: setattr(Helper, "__class__", Low)


def by_attribute_of_a_component() -> tuple[Body, Change]:
    @component
    def helper(a: Byte) -> None:
        check(a <= helper.limit, "over the limit")

    helper.limit = 255
    return helper, lambda: setattr(helper, "limit", 100)


def by_attribute_of_a_circuit() -> tuple[Body, Change]:
    @circuit
    def helper(a: Private[Byte]) -> Public[Byte]:
        return a

    helper.limit = 255
    return lambda a: within(a, helper.limit), lambda: setattr(helper, "limit", 100)


def by_attribute_of_a_function_of_ours() -> tuple[Body, Change]:
    check.limit = 255  # type: ignore[attr-defined]
    return lambda a: within(a, check.limit), lambda: setattr(check, "limit", 100)  # type: ignore[attr-defined]


def by_computed_attrgetter() -> tuple[Body, Change]:
    return lambda a: within(a, attrgetter(PART + "IT")(parameters)), change_parameters


def by_computed_methodcaller() -> tuple[Body, Change]:
    return lambda a: within(a, methodcaller(PART.lower() + "it")(parameters)), change_parameters


def by_format() -> tuple[Body, Change]:
    return lambda a: within(a, int(f"{parameters.LIMIT}")), change_parameters


def by_format_from_elsewhere() -> tuple[Body, Change]:
    return lambda a: within(a, int(FORMAT.format(parameters))), change_parameters


def by_format_map() -> tuple[Body, Change]:
    return lambda a: within(a, int("{p.LIMIT}".format_map({"p": parameters}))), change_parameters


def by_partial_set_anew() -> tuple[Body, Change]:
    helper = partial(max, 255)
    change = methodcaller("__setstate__", (max, (100,), {}, {}))
    return lambda a: within(a, helper(1)), lambda: change(helper)


def by_class_of_a_module() -> tuple[Body, Change]:
    class Other(ModuleType):
        limit = property(lambda _: 100)

    module = ModuleType("module")
    module.limit = 255  # type: ignore[attr-defined]
    return lambda a: within(a, module.limit), lambda: setattr(module, "__class__", Other)


def by_finder_of_a_module() -> tuple[Body, Change]:
    module = ModuleType("module")

    def body(a: Any) -> Any:
        try:
            return within(a, module.limit)
        except AttributeError:
            return within(a, 255)

    return body, lambda: setattr(module, "__getattr__", lambda _: 100)


def by_class_that_is_executed() -> tuple[Body, Change]:
    names: dict[str, Any] = {}
    exec("class Helper:\n    limit = 255", names)  # noqa: S102 - what is tested
    helper = names["Helper"]
    return lambda a: within(a, helper.limit), lambda: setattr(helper, "limit", 100)


def by_order_of_an_ordered_dict() -> tuple[Body, Change]:
    limits = OrderedDict(high=255, low=100)
    return lambda a: within(a, next(iter(limits.values()))), lambda: limits.move_to_end("high")


def by_what_makes_missing_values() -> tuple[Body, Change]:
    limits: defaultdict[str, int] = defaultdict(lambda: 255)

    def change() -> None:
        limits.clear()
        limits.default_factory = lambda: 100

    return lambda a: within(a, limits["x"]), change


def by_list_in_a_named_tuple() -> tuple[Body, Change]:
    rate = Rate([255], 1)
    return lambda a: within(a, rate.percent[0]), lambda: rate.percent.__setitem__(0, 100)


def by_context_of_decimals() -> tuple[Body, Change]:
    getcontext().prec, getcontext().rounding = 3, ROUND_DOWN
    return lambda a: within(a, int(Decimal(254) * 1) - 54), lambda: setattr(getcontext(), "prec", 1)


def by_context_of_a_decimal() -> tuple[Body, Change]:
    number = Decimal(254)
    getcontext().prec, getcontext().rounding = 3, ROUND_DOWN
    return lambda a: within(a, int(number * 1) - 54), lambda: setattr(getcontext(), "prec", 1)


def by_record_of_numpy() -> tuple[Body, Change]:
    record = np.array([(255,)], dtype=[("limit", int)])[0]
    return lambda a: within(a, int(record["limit"])), lambda: record.__setitem__("limit", 100)


def by_names_of_an_array() -> tuple[Body, Change]:
    limits = np.array([(255, 100)], dtype=[("high", int), ("low", int)])
    change = partial(setattr, limits.dtype, "names", ("low", "high"))
    return lambda a: within(a, int(limits["high"][0])), change


def by_attribute_of_a_number_of_numpy() -> tuple[Body, Change]:
    class Number(np.float64):
        limit = 0

    number = Number(1)
    number.limit = 255
    return lambda a: within(a, number.limit), lambda: setattr(number, "limit", 100)


def by_function_of_numpy_that_calls_ours() -> tuple[Body, Change]:
    limits = [255]
    helper = np.frompyfunc(lambda _: limits[0], 1, 1)
    return lambda a: within(a, helper(1)), lambda: limits.__setitem__(0, 100)


def by_options_of_numpy() -> tuple[Body, Change]:
    np.set_printoptions(precision=255)
    change = partial(np.set_printoptions, precision=100)
    return lambda a: within(a, np.get_printoptions()["precision"]), change


def drawn(base: Any, *arguments: object) -> tuple[Body, Change]:
    """By an iterator of a class of its own, whose place in its items only C sees."""

    class Limits(base):
        pass

    limits = Limits(*arguments)
    return lambda a: within(a, next(limits)), lambda: None


def by_class_of_map() -> tuple[Body, Change]:
    return drawn(map, int, ["255", "100"])


def by_class_of_filter() -> tuple[Body, Change]:
    return drawn(filter, None, [255, 100])


def by_class_of_reversed() -> tuple[Body, Change]:
    return drawn(reversed, [100, 255])


def by_class_of_chain() -> tuple[Body, Change]:
    return drawn(itertools.chain, [255, 100])


def by_class_of_compress() -> tuple[Body, Change]:
    return drawn(itertools.compress, [255, 100], [1, 1])


def by_class_of_starmap() -> tuple[Body, Change]:
    return drawn(itertools.starmap, pow, [(255, 1), (100, 1)])


def by_class_of_count() -> tuple[Body, Change]:
    return drawn(itertools.count, 255, -155)


def by_class_of_map_with_slots() -> tuple[Body, Change]:
    class Limits(map):  # type: ignore[type-arg]
        __slots__ = ("name",)

    limits = Limits(int, ["255", "100"])
    limits.name = "limits"
    return lambda a: within(a, next(limits)), lambda: None


def by_class_of_map_with_a_slot_of_several_names() -> tuple[Body, Change]:
    class Limits(map):  # type: ignore[type-arg]
        __slots__ = ("name",)

    for name in ("title", "label", "key"):  # one word, four names
        setattr(Limits, name, vars(Limits)["name"])
    limits = Limits(int, ["255", "100"])
    limits.name = "limits"
    return lambda a: within(a, next(limits)), lambda: None


def by_class_of_map_with_a_slot_named_again_below() -> tuple[Body, Change]:
    class Limits(map):  # type: ignore[type-arg]
        __slots__ = ("name",)

    again = dict.fromkeys(("title", "label", "key"), vars(Limits)["name"])
    limits = type("Named", (Limits,), {"__slots__": (), **again})(int, ["255", "100"])
    limits.name = "limits"
    return lambda a: within(a, next(limits)), lambda: None


def by_class_of_map_with_slots_of_another() -> tuple[Body, Change]:
    class Other:
        __slots__ = ("key", "name", "text")

    class Limits(map):  # type: ignore[type-arg]
        __slots__ = ()

    for name in Other.__slots__:
        setattr(Limits, name, vars(Other)[name])
    limits = Limits(int, ["255", "100"])
    return lambda a: within(a, next(limits)), lambda: None


def by_integer_of_numpy_of_its_own_class() -> tuple[Body, Change]:
    class Number(np.int64):
        pass

    numbers = [Number(255)]
    return lambda a: within(a, int(numbers[0])), lambda: numbers.__setitem__(0, Number(100))


def by_address() -> tuple[Body, Change]:
    limit = ctypes.c_int(255)
    address = ctypes.addressof(limit)
    return (
        lambda a: within(a, ctypes.c_int.from_address(address).value),
        lambda: setattr(limit, "value", 100),
    )


def by_clock_of_numpy() -> tuple[Body, Change]:
    start = np.datetime64("now")
    return (
        lambda a: within(a, 255 if np.datetime64("now") == start else 100),
        lambda: time.sleep(1.1),
    )


WAYS: list[Callable[[], tuple[Body, Change]]] = [
    value for name, value in list(globals().items()) if name.startswith("by_")
]


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    context, options = getcontext().copy(), np.get_printoptions()
    yield
    restore()
    setcontext(context)
    np.set_printoptions(**options)
    vars(check).pop("limit", None)


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


def load(file: Path) -> Any:
    return np.load(file)


def loadtxt(file: Path) -> Any:
    return np.atleast_1d(np.loadtxt(file))


def fromfile(file: Path) -> Any:
    return np.fromfile(file, dtype=int)


def memmap(file: Path) -> Any:
    return np.memmap(file, dtype=int, mode="r")


def write(file: Path, limit: int, read: Any) -> None:
    numbers = np.array([limit])
    if read is load:
        with file.open("wb") as stream:
            np.save(stream, numbers)
    elif read is loadtxt:
        file.write_text(str(limit))
    else:
        file.write_bytes(numbers.tobytes())


@pytest.mark.parametrize("read", [load, loadtxt, fromfile, memmap])
def test_it_reads_files_of_numpy_at_each_call(read: Any, tmp_path: Path) -> None:
    file = tmp_path / "limit"

    def build() -> Any:
        write(file, 255, read)
        name = str(file)

        @component
        def checked(a: Byte) -> None:
            within(a, int(read(name)[0]))

        @circuit
        def calls(x: Private[Byte]) -> Public[Byte]:
            checked(x)
            write(file, 100, read)
            checked(x)
            return x

        return calls

    assert agree(build, 200) == "refused"


def test_constants_of_the_library_and_plain_formats_keep_a_trace(traces: list[str]) -> None:
    """A component that names them is traced once."""
    table = OrderedDict(a=1)
    zeros: defaultdict[str, int] = defaultdict(int, a=2)

    @component
    def scaled(a: Byte) -> UInt[40]:
        shown = len(f"{1.5:.2f}") + len("{}: {}".format("a", FACTOR)) + len(check.__name__)
        return a * (int(FACTOR) + RATE.percent + table["a"] + zeros["a"] + int(Fraction(2)) + shown)

    @circuit
    def many(x: Private[Array[Byte, 4]]) -> Public[UInt[42]]:
        return sum(scaled(item) for item in x)

    assert many([1, 2, 3, 4]) == many.trace().solve(x=[1, 2, 3, 4]).public[0]
    assert traces.count("scaled") == 1


def test_a_class_whose_repr_knows_itself_keeps_a_trace(traces: list[str]) -> None:
    """As of Python 3.13 every dataclass has such a one, of reprlib's."""

    class Settings:
        factor = 3

        @recursive_repr()
        def __repr__(self) -> str:
            return f"Settings({self!r})"

    settings = Settings()

    @component
    def scaled(a: Byte) -> UInt[10]:
        return a * settings.factor

    @circuit
    def many(x: Private[Array[Byte, 4]]) -> Public[UInt[12]]:
        return sum(scaled(item) for item in x)

    assert many.trace().solve(x=[1, 2, 3, 4]).public == [30]
    assert traces.count("scaled") == 1


# --- records of a subclass


@dataclass
class Loan:
    amount: Byte

    def check_it(self) -> None:
        check(self.amount <= 255)


@dataclass
class Capped(Loan):
    cap: Byte = 100

    def check_it(self) -> None:
        check(self.amount <= self.cap)


class Renamed(Loan):
    pass


@pytest.mark.parametrize("loan", [Capped(200), Renamed(200)])
def test_a_record_of_a_subclass_is_refused_for_its_base(loan: Any) -> None:
    """Its further fields and its own methods would be dropped."""

    @circuit
    def granted(loan: Private[Loan]) -> None:
        loan.check_it()

    @component
    def inner(loan: Loan) -> None:
        loan.check_it()

    for run in (lambda: granted(loan), lambda: granted.trace().solve(loan=loan)):
        with pytest.raises(InputError, match=f"takes the record Loan, .* {type(loan).__name__}"):
            run()
    with pytest.raises(CompileError, match="for `loan` of the component inner, which takes Loan"):
        inner(loan)
    granted(Loan(200))
    inner(Loan(200))
