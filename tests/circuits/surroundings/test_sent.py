"""Circuits, systems and errors on their way to workers in other processes, started by spawn."""

from __future__ import annotations

import copy
import inspect
import math
import pickle
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import zkpipe.ground.files.reading
import zkpipe.verifier_contracts.errors  # noqa: F401 - for theirs
from zkpipe.circuits import (
    Array,
    CompileError,
    ConstraintSystem,
    Field,
    Fixed,
    InputError,
    Private,
    Public,
    UInt,
    UnderconstrainedError,
    UnsatisfiedError,
    check,
    circuit,
    component,
    hint,
)
from zkpipe.circuits.errors import InexactError
from zkpipe.ground.errors import ZkpipeError, ZkpipeWarning


def root_of(n: int) -> int:
    return math.isqrt(n)


@cache
def root_times(n: int, factor: int) -> int:
    return math.isqrt(n) * factor


@dataclass
class Pair:
    a: UInt[8]
    b: UInt[8]


@component
def product(x: UInt[8], y: UInt[8]) -> UInt[16]:
    return x * y


@circuit
def plot(area: Public[UInt[16]], pair: Private[Pair], rate: Private[Fixed[8, 4]]) -> Public[Field]:
    side = hint(root_of, area, returns=UInt[8])
    check(side * side == area, "not a square")
    same = hint(partial(root_times, factor=1), area, returns=UInt[8])
    check(same == side)
    return product(pair.a, pair.b) + rate.units


@circuit
def open_side(area: Public[UInt[16]]) -> Public[Field]:
    side = hint(root_of, area, returns=Field)
    check(side * side == area)
    return side


class Stubborn(Exception):  # what users write, and no pickle makes again
    def __init__(self, one: int, two: int) -> None:
        super().__init__("a message")
        self.lock = threading.Lock()


def stubborn(_n: int) -> int:
    raise Stubborn(1, 2)


@circuit
def unlucky(n: Public[UInt[8]]) -> Public[UInt[8]]:
    m = hint(stubborn, n, returns=UInt[8])
    check(m == n)
    return m


FINE: dict[str, Any] = {"area": 144, "pair": {"a": 3, "b": 5}, "rate": 1.5}


def solved(system: ConstraintSystem, inputs: dict[str, Any]) -> list[int]:
    """In a worker."""
    return system.solve(**inputs).public


def compiled(which: Any) -> int:
    """In a worker: of a circuit that came by its name."""
    return int(which.compile().constraint_count)


@pytest.fixture(scope="module")
def workers() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


def test_a_spawned_worker_solves_what_was_compiled_here(workers: ProcessPoolExecutor) -> None:
    system = plot.compile()
    assert workers.submit(solved, system, FINE).result() == system.solve(**FINE).public == [39, 144]


def test_a_circuit_goes_to_a_worker_by_its_name(workers: ProcessPoolExecutor) -> None:
    assert workers.submit(compiled, plot).result() == plot.compile().constraint_count


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"area": 143}, UnsatisfiedError),
        ({"area": 70000}, InputError),
        ({"are": 144}, InputError),
        ({"rate": 0.1}, InexactError),
        ({"rate": object()}, InputError),
        ({"pair": {"a": 3, "b": 500}}, InputError),
    ],
)
def test_an_error_comes_back_from_a_worker_whole(
    workers: ProcessPoolExecutor, change: dict[str, Any], kind: type[ZkpipeError]
) -> None:
    system = plot.compile()
    with pytest.raises(kind) as here:
        system.solve(**(FINE | change))
    with pytest.raises(kind) as there:
        workers.submit(solved, system, FINE | change).result()
    for name, value in vars(here.value).items():
        if not isinstance(change.get("rate"), type(object())) or name != "value":
            assert repr(getattr(there.value, name)) == repr(value), name
    assert str(there.value) == str(here.value)
    if "rate" not in change:
        assert there.value.explain() == here.value.explain()


def test_an_underconstrained_circuit_is_told_by_a_worker(workers: ProcessPoolExecutor) -> None:
    with pytest.raises(UnderconstrainedError) as there:
        workers.submit(compiled, open_side).result()
    assert "side" in there.value.problem
    assert there.value.report.undetermined


def test_what_a_hint_raised_is_told_where_it_cannot_be_sent(workers: ProcessPoolExecutor) -> None:
    with pytest.raises(UnsatisfiedError) as there:
        workers.submit(solved, unlucky.compile(), {"n": 3}).result()
    assert "raises an exception" in there.value.problem
    assert "Stubborn('a message')" in there.value.explain()
    assert "a message" not in str(there.value)


def classes(base: type) -> Iterator[type]:
    for one in base.__subclasses__():
        if not one.__module__.startswith("tests."):
            yield one
            yield from classes(one)


@pytest.mark.parametrize(
    "class_", [ZkpipeError, *classes(ZkpipeError), ZkpipeWarning, *classes(ZkpipeWarning)]
)
def test_errors_and_warnings_are_pickled_with_all_they_say(class_: type[Any]) -> None:
    words = {"evidence": ("line 1",), "values": (("x", 5),), "arguments": (7,), "names": ("a",)}
    words |= {"nearest": ("0", "0.5"), "source": None, "cause": ValueError("why"), "value": 9}
    words |= {"status": 400, "headers": {"Retry-After": "1"}, "seconds": 1}
    taken = inspect.signature(class_).parameters
    given = {name: words.get(name, f"the {name}") for name in taken}
    error = class_(**given)
    error.add_note("a note")
    error.more = [1, 2]
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert type(again) is class_
    assert str(again) == str(error)
    assert vars(again).keys() == vars(error).keys()
    assert again.problem.endswith("the problem")  # an error of a bundle begins with its place
    assert (again.fix, again.more) == ("the fix", [1, 2])
    assert again.__notes__ == ["a note"]
    assert again.args == error.args


def test_a_refusal_that_is_unpickled_in_a_body_is_not_the_bodys() -> None:
    stored = pickle.dumps(CompileError("Wrong.", "Correct it."))

    @circuit
    def reader(x: Public[Field]) -> Public[Field]:
        assert isinstance(pickle.loads(stored), CompileError)  # noqa: S301 - our own
        return x * x

    reader.compile()


def local_hint() -> ConstraintSystem:
    @circuit
    def local(area: Public[UInt[16]]) -> Public[UInt[8]]:
        side = hint(lambda n: math.isqrt(n), area, returns=UInt[8])
        check(side * side == area)
        return side

    return local.compile()


def bound_hint() -> ConstraintSystem:
    times = 1

    def root(n: int) -> int:
        return math.isqrt(n) * times

    @circuit
    def local(area: Public[UInt[16]]) -> Public[UInt[8]]:
        side = hint(root, area, returns=UInt[8])
        check(side * side == area)
        return side

    return local.compile()


class Locked:
    def __init__(self) -> None:
        self.lock = threading.Lock()

    def root(self, n: int) -> int:
        return math.isqrt(n)


def hint_with_a_lock() -> ConstraintSystem:
    locked = Locked()

    @circuit
    def local(area: Public[UInt[16]]) -> Public[UInt[8]]:
        side = hint(locked.root, area, returns=UInt[8])
        check(side * side == area)
        return side

    return local.compile()


def local_record() -> ConstraintSystem:
    @dataclass
    class Inner:
        x: Field

    @circuit
    def local(items: Private[Array[Inner, 2]]) -> Public[Field]:
        return items[0].x * items[1].x

    return local.compile()


@pytest.mark.parametrize("make", [local_hint, bound_hint, hint_with_a_lock, local_record])
def test_what_no_worker_could_import_is_refused_here(make: Any) -> None:
    system = make()
    for again in (copy.copy(system), copy.deepcopy(system)):
        assert again.constraint_count == system.constraint_count
    with pytest.raises(CompileError, match="cannot be sent to another process") as caught:
        pickle.dumps(system)
    assert "module" in caught.value.fix
    assert ".r1cs" in caught.value.fix


def test_a_circuit_of_no_module_is_refused_and_copied_as_a_function() -> None:
    @circuit
    def inner(x: Public[Field]) -> Public[Field]:
        return x * x

    with pytest.raises(CompileError, match="cannot be sent"):
        pickle.dumps(inner)
    assert copy.copy(inner) is copy.deepcopy(inner) is inner
    assert pickle.loads(pickle.dumps(product)) is product  # noqa: S301 - our own


def test_a_hint_typed_into_a_notebook_is_refused_here(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = type(sys)("__main__")  # without a __file__
    code = """
from zkpipe.circuits import Public, UInt, check, circuit, hint
def same(n): return n
@circuit
def echo(n: Public[UInt[8]]) -> Public[UInt[8]]:
    m = hint(same, n, returns=UInt[8])
    check(m == n)
    return m
"""
    monkeypatch.setitem(sys.modules, "__main__", notebook)
    exec(code, vars(notebook))  # noqa: S102 - as a notebook does
    system = vars(notebook)["echo"].compile()
    for thing in (system, vars(notebook)["echo"]):
        with pytest.raises(CompileError, match="cannot be sent"):
            pickle.dumps(thing)


def test_a_system_that_was_loaded_can_always_be_sent(tmp_path: Path) -> None:
    local_hint().save(tmp_path / "c.r1cs")
    loaded = ConstraintSystem.load(tmp_path / "c.r1cs")
    again = pickle.loads(pickle.dumps(loaded))  # noqa: S301 - our own
    again.save(tmp_path / "again.r1cs")
    assert (tmp_path / "again.r1cs").read_bytes() == (tmp_path / "c.r1cs").read_bytes()


def test_what_is_told_of_a_row_is_the_same_on_the_other_side() -> None:
    system = plot.compile()
    again = pickle.loads(pickle.dumps(system))  # noqa: S301 - our own
    assert list(again.symbols) == list(system.symbols or ())
    with pytest.raises(UnsatisfiedError) as here:
        system.solve(**(FINE | {"area": 143}))
    with pytest.raises(UnsatisfiedError) as there:
        again.solve(**(FINE | {"area": 143}))
    assert str(there.value) == str(here.value)
    assert "test_sent.py:" in str(there.value)
