"""Kernels out of a shared object do what numba does with them."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.accel.compiled.objects import texts
from tests.accel.compiled.objects.collected import bound, collected, opened
from zkpipe.accel.compiled.objects.calling import result_type
from zkpipe.accel.compiled.objects.opened import Opened
from zkpipe.accel.compiled.objects.own_loader import load_in_memory

I64, U64 = np.int64, np.uint64


def ints(n: int) -> Any:
    return np.arange(n, dtype=I64)


def frozen(values: Any) -> Any:
    values.flags.writeable = False
    return values


CALLS: list[Callable[[], tuple[Any, tuple[Any, ...]]]] = [
    lambda: (texts.total, (ints(9), 3, False)),
    lambda: (texts.total, (ints(9), 3, True)),
    lambda: (texts.total, (frozen(ints(9)), -(1 << 62), np.True_)),
    lambda: (texts.total, (np.arange(40, dtype=np.uint8)[::3], 3, False)),
    lambda: (texts.total, (ints(0), 3, False)),
    lambda: (texts.total, (ints(9), np.int32(-3), False)),
    lambda: (texts.total, (ints(9), np.uint8(200), False)),
    lambda: (texts.fill, (ints(100), -1)),
    lambda: (texts.clear, (ints(1000),)),
    lambda: (texts.transpose, (ints(12).reshape(3, 4), ints(12).reshape(4, 3))),
    lambda: (texts.transpose, (ints(12).reshape(3, 4).T, ints(12).reshape(3, 4)[:, ::-1])),
    lambda: (texts.parts, ((ints(3) + 5, (7, 1 << 62)), 2)),
    lambda: (texts.parts, ((ints(3) + 5, (7, -(1 << 63))), 4)),
    lambda: (texts.largest, (U64(5),)),
    lambda: (texts.largest, (U64((1 << 64) - 1),)),
    lambda: (texts.is_odd, (5,)),
    lambda: (texts.is_odd, (np.uint16(4),)),
    *((lambda i=i: (texts.choose, (i, 1000))) for i in range(-1, 7)),
]


@pytest.fixture(scope="module", params=["the system's loader", "our own"])
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    calls = [call() for call in CALLS]
    if request.param == "our own":
        index, code = collected(*calls)
        return Opened(index, load_in_memory(code))
    return opened(tmp_path_factory.mktemp("objects"), *calls)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call()[0].__name__)
def test_a_call_gives_what_numba_gives(call: Any, here: Opened) -> None:
    (text, ours), (_, numbas) = call(), call()
    found, expected = bound(here, text, ours)(ours), text(*numbas)
    assert found == expected
    assert type(found) is type(expected)
    for x, y in zip(ours, numbas, strict=True):
        assert np.array_equal(x, y) or not isinstance(x, np.ndarray)


def test_integers_wrap_as_numba_s_do(here: Opened) -> None:
    arguments = (ints(3), (1 << 63) - 1, False)
    assert bound(here, texts.total, arguments)(arguments) == texts.total(*arguments)


def test_what_a_kernel_raises_is_raised(tmp_path: Path) -> None:
    """With numba's class and words, and without unpickling."""
    arguments = (ints(3), ints(4))
    kernel = bound(opened(tmp_path, (texts.copy_to, arguments)), texts.copy_to, arguments)
    with pytest.raises(ValueError) as numbas:  # noqa: PT011 # whatever its words
        texts.copy_to(*arguments)
    with pytest.raises(ValueError) as ours:  # noqa: PT011
        kernel(arguments)
    assert ours.value.args == numbas.value.args
    same = (np.zeros(3, I64), ints(3))
    kernel(same)
    assert np.array_equal(*same)


def test_a_status_that_nobody_knows_is_an_error(tmp_path: Path) -> None:
    arguments = (ints(3), ints(4))
    here = opened(tmp_path, (texts.copy_to, arguments))
    blind = Opened(here.index._replace(exceptions={}), here._begin)
    with pytest.raises(SystemError, match="unknown status 1"):
        bound(blind, texts.copy_to, arguments)(arguments)


@pytest.mark.parametrize(
    ("text", "arguments", "why"),
    [
        (texts.scaled, (0.5,), "float64"),
        (texts.fresh, (5,), "NRT_"),
        (texts.refuse, (5,), "FormatError"),
    ],
)
def test_what_only_numba_can_do_is_left_to_it(text: Any, arguments: Any, why: str) -> None:
    index, _ = collected((text, arguments), (texts.is_odd, (5,)))
    assert len(index.kernels) == 1
    [(name, reason)] = index.left.items()
    assert text.__name__ in name
    assert why in reason


def test_another_thread_goes_on_while_a_kernel_runs(tmp_path: Path) -> None:
    """The GIL is released: Python counts while the kernel takes its time."""
    arguments = (np.arange(1000, dtype=U64), 1)
    kernel = bound(opened(tmp_path, (texts.spin, arguments)), texts.spin, arguments)
    begin = time.thread_time()
    kernel((arguments[0], 20))
    rounds = int(20 * 0.5 / max(time.thread_time() - begin, 1e-6))  # half a second
    thread = threading.Thread(target=kernel, args=((arguments[0], rounds),))
    count = 0
    thread.start()
    while thread.is_alive():
        count += 1
    assert count > 1000


def test_a_forked_child_calls_what_its_parent_opened(tmp_path: Path) -> None:
    arguments = (ints(9), 3, False)
    kernel = bound(opened(tmp_path, (texts.total, arguments)), texts.total, arguments)
    child = os.fork()
    if child == 0:
        os._exit(0 if kernel(arguments) == 108 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_file_that_is_removed_stays_in_place_where_it_is_open(tmp_path: Path) -> None:
    arguments = (ints(9), 3, False)
    here = opened(tmp_path, (texts.total, arguments))
    for path in tmp_path.iterdir():
        path.unlink()
    assert bound(here, texts.total, arguments)(arguments) == 108


def test_no_page_can_be_written_to_and_executed(here: Opened) -> None:
    """Where the kernels are, by what the system says."""
    begin, end = here._begin, here._begin + here.index.size
    rights = []
    for line in Path("/proc/self/maps").read_text().splitlines():
        low, high = (int(x, 16) for x in line.split()[0].split("-"))
        if low < end and begin < high:
            rights.append(line.split()[1])
    assert len(rights) >= 3
    assert all("w" not in each for each in rights), rights
    assert sum("x" in each for each in rights) == 1


@pytest.mark.parametrize("letters", ["P", "x", "(", "(q", "q)", "qq", "()q", ")"])
def test_what_is_no_type_of_a_result_is_refused(letters: str) -> None:
    with pytest.raises(ValueError, match="type of a result"):
        result_type(letters)


def test_results_have_the_size_of_what_numba_writes() -> None:
    assert ctypes.sizeof(result_type("(q(qqqq))")) == 40
    assert ctypes.sizeof(result_type("(q(qq)?)")) == 32
