"""A refusal that a body catches is raised when it ends, in the plain run and the circuit."""

from __future__ import annotations

import contextlib
import contextvars
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

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
    narrow,
)
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import to_bits
from zkpipe.ground.errors import ZkpipeError

Byte = UInt[8]


@component
def below_ten(x: Byte) -> Byte:
    check(x < 10, "not below ten")
    return x


@component
def refused_inside(x: Byte) -> Byte:
    if x > 3:
        return x
    return x + 1


@component
def swallows(x: Byte) -> Byte:
    with contextlib.suppress(Exception):
        to_bits(x, 300)
    return x


def by_except(step: Callable[[], object]) -> None:
    try:  # noqa: SIM105
        step()
    except Exception:  # noqa: BLE001, S110
        pass


def by_bare_except(step: Callable[[], object]) -> None:
    try:  # noqa: SIM105
        step()
    except:  # noqa: E722, S110
        pass


def by_return_in_finally(step: Callable[[], object]) -> None:
    try:
        step()
    finally:
        return  # noqa: B012


def by_suppress(step: Callable[[], object]) -> None:
    with contextlib.suppress(ZkpipeError):
        step()


def by_pytest(step: Callable[[], object]) -> None:
    with pytest.raises(ZkpipeError):
        step()


def by_generator(step: Callable[[], object]) -> None:
    def steps() -> Iterator[object]:
        try:
            yield step()
        except Exception:  # noqa: BLE001
            yield None

    list(steps())


def by_another_error(step: Callable[[], object]) -> None:
    try:
        step()
    except Exception as error:
        raise ValueError("an error of the author's") from error


def by_unraisable(step: Callable[[], object]) -> None:
    class Dropped:
        def __del__(self) -> None:
            step()

    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        Dropped()
    finally:
        sys.unraisablehook = hook


SWALLOWING = [
    by_except,
    by_bare_except,
    by_return_in_finally,
    by_suppress,
    by_pytest,
    by_generator,
    by_another_error,
    by_unraisable,
]
REFUSED: dict[str, Callable[[Any], object]] = {
    "check(x > 300)": lambda x: check(x > 300),
    "bool": lambda x: 1 if x > 3 else 0,
    "index": lambda x: [1, 2, 3][x],
    "range": lambda x: list(range(x)),
    "in": lambda x: x in [x + 1, 2],
    "list.index": lambda x: [x + 1].index(x),
    "sorted": lambda x: sorted([x, x + 1]),
    "dict": lambda x: {x: 1},
    "hash": lambda x: {x},
    "len": lambda x: len(x),
    "loop": lambda x: [check(bit == 0) for bit in x],
    "float": lambda x: float(x),
    "numpy": lambda x: np.array([x], dtype=float),
    "numpy.item": lambda x: np.zeros(1).__setitem__(0, x),
    "narrow": lambda x: narrow(x, Array[Byte, 2]),
    "bits": lambda x: to_bits(x, 300),
    "component": lambda x: refused_inside(x),
    "argument": lambda x: refused_inside(x + 256),
    "on constants": lambda x: below_ten(12),
    "in a component": lambda x: swallows(x),
    "hint": lambda x: hint(max, x, "text", returns=Byte),
    "circuit": lambda x: identity(x),
    "a type": lambda x: narrow(x, UInt[300]),
}


@circuit
def identity(x: Private[Byte]) -> Public[Byte]:
    return x


@pytest.mark.parametrize("swallow", SWALLOWING)
@pytest.mark.parametrize("name", ["check(x > 300)", "bool", "component", "on constants"])
def test_a_refusal_is_raised_at_the_end_whoever_caught_it(
    swallow: Callable[..., None], name: str
) -> None:
    is_refused(swallow, REFUSED[name])


@pytest.mark.parametrize("name", REFUSED)
def test_every_kind_of_refusal_is_remembered(name: str) -> None:
    is_refused(by_except, REFUSED[name])


def is_refused(swallow: Callable[..., None], step: Callable[[Any], object]) -> None:
    """Both runs refuse with what the step alone is refused for."""

    def around(taken: Callable[[Callable[[], object]], object]) -> Circuit:
        @circuit
        def same(x: Private[Byte]) -> Public[Byte]:
            taken(lambda: step(x))
            return x

        return same

    bare, swallowing = around(lambda step: step()), around(swallow)
    assert refusal(swallowing.compile, CompileError) == refusal(bare.compile, CompileError)
    for x in (5, 200):
        assert refusal(lambda x=x: swallowing(x)) == refusal(lambda x=x: bare(x))


def refusal(
    run: Callable[[], object], kind: type[ZkpipeError] = ZkpipeError
) -> tuple[type[ZkpipeError], str]:
    with pytest.raises(kind) as caught:
        run()
    return type(caught.value), str(caught.value)


def in_a_thread(step: Callable[[], object]) -> None:
    thread = threading.Thread(target=step)
    hook, threading.excepthook = threading.excepthook, lambda _: None
    try:
        thread.start()
        thread.join()
    finally:
        threading.excepthook = hook


def in_a_pool(step: Callable[[], object]) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(step)


def in_an_empty_context(step: Callable[[], object]) -> None:
    with contextlib.suppress(Exception):
        contextvars.Context().run(step)


@pytest.mark.parametrize("elsewhere", [in_a_thread, in_a_pool, in_an_empty_context])
@pytest.mark.parametrize("name", ["check(x > 300)", "check", "bool", "component", "bits", "hash"])
def test_what_is_refused_in_another_thread_is_raised_in_the_body(
    elsewhere: Callable[..., None], name: str
) -> None:
    """Python prints what a thread raises, and keeps what a pool's job raises."""

    @circuit
    def threaded(x: Private[Byte]) -> Public[Byte]:
        elsewhere(lambda: {**REFUSED, **CHECKS}[name](x))
        return x

    for run in (lambda: threaded(200), threaded.compile):
        with pytest.raises(CompileError):
            run()


def test_a_signal_serves_nowhere_when_its_body_has_ended() -> None:
    kept: list[Any] = []

    @circuit
    def leaking(x: Private[Byte]) -> Public[Byte]:
        kept.append(x)
        return x

    leaking.compile()
    leaking(3)
    for x in kept:
        with pytest.raises(CompileError, match="when it has ended"):
            check(x < 10)


def test_the_first_refusal_is_the_one_that_is_raised() -> None:
    @circuit
    def thrice(x: Private[Byte]) -> Public[Byte]:
        for bits in (300, 301, 302):
            by_except(lambda bits=bits: narrow(x, UInt[bits]))
        check(x > 300, "later")
        return x

    with pytest.raises(CompileError, match="number of bits"):
        thrice.compile()


CHECKS: dict[str, Callable[[Any], object]] = {
    "check": lambda x: check(x < 10, "not below ten"),
    "narrow": lambda x: narrow(x, UInt[3]),
    "bits": lambda x: to_bits(x, 3),
    "division": lambda x: 7 // abs(x - 200),
    "lookup": lambda x: below_ten(x),
    "hint": lambda x: hint(lambda v: 1 // (v - 200), x, returns=Byte, waive="any"),
    "hint of its own": lambda x: hint(fails, x, returns=Byte, waive="any"),
}


def fails(value: int) -> int:
    raise UnsatisfiedError("The author's own refusal.", "Give another value.")


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_that_fails_in_the_plain_run_cannot_be_caught_by_the_body(name: str) -> None:
    """The circuit has its rows all the same, so both runs refuse."""

    @circuit
    def caught(x: Private[Byte]) -> Public[Byte]:
        by_except(lambda: CHECKS[name](x))
        return x

    for run in (caught, caught.trace().solve):
        with pytest.raises(UnsatisfiedError):
            run(x=200)


def test_what_fails_outside_of_the_body_is_not_the_bodys() -> None:
    """Another circuit's run on constants, its compilation, and a hint that asks for them."""

    @circuit
    def small(y: Private[Byte]) -> Public[Byte]:
        check(y < 10, "not below ten")
        return y

    @circuit
    def unsound(y: Private[Byte]) -> Public[Byte]:
        return hint(lambda v: v, y, returns=Byte)

    def accepted(value: int) -> int:
        accepting = 0
        for run in (small, lambda y: small.trace().solve(y=y), below_ten):
            with contextlib.suppress(ZkpipeError):
                run(value)
                accepting += 1
        return accepting

    @circuit
    def outer(x: Private[Byte]) -> Public[Byte]:
        for run in (small, lambda y: small.compile().solve(y=y), lambda _: unsound.compile()):
            with pytest.raises(ZkpipeError):
                run(200)
        flag = hint(accepted, x, returns=Byte)
        check(flag == 0)
        return x

    assert outer(200) == 200
    assert outer.compile().solve(x=200).public == [200]


def test_a_refusal_does_not_outlive_its_body() -> None:
    @circuit
    def wrong(x: Private[Byte]) -> Public[Byte]:
        by_except(lambda: narrow(x, UInt[300]))
        return x

    for _ in range(2):
        with pytest.raises(CompileError):
            wrong.compile()
        assert identity(7) == identity.compile().solve(x=7).public[0] == 7


def test_an_error_of_the_authors_own_passes_as_it_is() -> None:
    @circuit
    def raising(x: Private[Field]) -> None:
        with contextlib.suppress(KeyError):
            raise KeyError("caught")
        raise LookupError("the author's")

    for run in (lambda: raising(3), raising.compile):
        with pytest.raises(LookupError, match="the author's"):
            run()


def test_arrays_of_numpy_hold_signals() -> None:
    """numpy tries len() on what it does not know, and swallows the refusal."""

    @circuit
    def dotted(x: Private[Byte], y: Private[Byte]) -> Public[UInt[12]]:
        return np.array([x, y]) @ np.array([1, 2]) + np.array([[x], [y]]).sum()

    assert dotted(3, 4) == dotted.compile().solve(x=3, y=4).public[0] == 18
