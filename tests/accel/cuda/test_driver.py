"""Host code over a driver that is none, and what is said where a card is missing."""

from __future__ import annotations

import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
from numba import types

from tests.oracles.ptx.card import ProcessorCard
from tests.oracles.ptx.numba_cuda import FakeCuda
from zkpipe.accel.bn254 import BN254, FP, FP2
from zkpipe.accel.cuda import driver
from zkpipe.accel.cuda.card import DeviceArray, DeviceRows, launch
from zkpipe.accel.cuda.compiled.ptx import ptx_of
from zkpipe.accel.cuda.domain import CardDomain
from zkpipe.accel.cuda.driver import open_card
from zkpipe.accel.cuda.kernels import runs
from zkpipe.accel.curve import Field
from zkpipe.accel.executors import choice
from zkpipe.accel.executors.choice import executor, processor
from zkpipe.accel.fields.arrays import RowsType
from zkpipe.accel.machines.backend import machine
from zkpipe.accel.machines.machine import CUDA
from zkpipe.ground.errors import CardError, MissingError


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch):
    """A package numba-cuda, and a card."""
    fake = FakeCuda()
    monkeypatch.setattr(metadata, "version", lambda name: "0.30.4")
    for name in ("numba.cuda", "numba.cuda.cudadrv.driver", "cuda.core"):
        monkeypatch.setitem(sys.modules, name, fake)
    _forget()
    yield fake
    _forget()


def _forget() -> None:
    """No later test finds this card, as its own process would not."""
    open_card.cache_clear()
    choice.forget_cards()


def test_a_transform_goes_through_the_driver(cuda: FakeCuda) -> None:
    card = open_card()
    assert (card.name, card.capability) == ("Imagined 4090", (8, 9))
    words = np.arange(64, dtype=np.uint64).reshape(16, 4)
    moved = []
    for on in (card, ProcessorCard()):
        rows = DeviceRows.over(DeviceArray.of(on, words), BN254.fr, 1, working=True)
        CardDomain(on, 16, BN254).move_to_coset(rows)
        moved.append(rows.array.to_host())
    assert (moved[0] == moved[1]).all()
    assert "join_layers" in cuda.card.launches


@pytest.mark.parametrize(("said", "clock"), [(2_520_000, 2_520_000_000), (None, None), (0, None)])
def test_the_clock_is_what_the_driver_says_if_it_says_one(
    cuda: FakeCuda, said: int | None, clock: int | None
) -> None:
    cuda.clock_khz = said
    assert open_card().clock() == clock


def test_memory_is_cleared_and_given_back(cuda: FakeCuda) -> None:
    card = open_card()
    array = DeviceArray.zeros(card, 5, np.uint32)
    assert not array.to_host().any()
    address = array.address
    del array
    assert DeviceArray.empty(card, 5, np.uint32).address == address


def test_a_part_is_read_from_where_it_lies(cuda: FakeCuda) -> None:
    array = DeviceArray.of(open_card(), np.arange(100, dtype=np.uint32))
    assert array.part(30, 20).part(5, 3).to_host().tolist() == [35, 36, 37]


def test_a_card_without_room_says_how_much_there_is(cuda: FakeCuda) -> None:
    cuda.card.size = 3_000_000
    with pytest.raises(CardError, match=r"no room for 80\.0 MB more; 3\.0 MB are free") as e:
        DeviceArray.empty(open_card(), 10_000_000, np.uint64)
    assert e.value.exit_status == 3
    assert "ZKPIPE_BACKEND" in e.value.fix


def test_what_is_kept_goes_back_when_another_size_is_wanted(cuda: FakeCuda) -> None:
    cuda.card.size, card = 3_000_000, open_card()
    for size in (2_000_000, 2_500_000, 1_000_000):
        DeviceArray.empty(card, size, np.uint8)
    assert card.free() > 2_900_000


def test_every_thread_gets_a_context(cuda: FakeCuda) -> None:
    card, words = open_card(), np.arange(8, dtype=np.uint64)

    def there_and_back(_: int) -> list[int]:
        return DeviceArray.of(card, words).to_host().tolist()

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(there_and_back, range(4))) == [list(range(8))] * 4


@pytest.mark.parametrize("call", ["memory", "allocate", "clear", "write", "read", "launch"])
def test_what_a_driver_says_is_told_as_the_cards_error(cuda: FakeCuda, call: str) -> None:
    card = open_card()
    piece, array = card.allocate(64), np.zeros(8, np.uint64)
    cuda.broken = "[700] Call to cuMemcpyDtoH results in\n\n  CUDA_ERROR_ILLEGAL_ADDRESS"
    calls = {
        "memory": card.memory,
        "allocate": lambda: card.allocate(1 << 20),
        "clear": lambda: card.clear(piece, 64),
        "write": lambda: card.write(piece, array),
        "read": lambda: card.read(piece, 0, array),
        "launch": lambda: card.launch(".entry nothing()", 1, 1, []),
    }
    with pytest.raises(CardError, match="Imagined 4090 failed at") as caught:
        calls[call]()
    assert caught.value.evidence[1] == "CUDA_ERROR_ILLEGAL_ADDRESS"


def test_a_kernel_is_compiled_once(cuda: FakeCuda) -> None:
    card = open_card()
    for _ in range(2):
        DeviceArray.zeros(card, 4, np.uint32)
        launch(card, runs.count_up, 4, DeviceArray.empty(card, 4, np.uint32), 4, 3)
    assert len(cuda.compiled) == 1


def test_without_the_package_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    open_card.cache_clear()
    with pytest.raises(MissingError, match="numba-cuda is not installed") as caught:
        open_card()
    assert "zkpipe[cuda]" in caught.value.fix


def test_without_a_driver_its_words_are_shown(cuda: FakeCuda) -> None:
    cuda.unusable = "\nError at driver init:\n\nCUDA driver library cannot be found.\n"
    with pytest.raises(MissingError, match="No card can be used here") as caught:
        open_card()
    assert "CUDA driver library cannot be found." in str(caught.value)


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [
        ("version", (11, 8), r"has a driver for CUDA 11\.8; the kernels need 12\.0"),
        ("count", 0, "The driver sees no card"),
    ],
)
def test_a_driver_that_cannot_serve_is_told_for_what_it_is(
    cuda: FakeCuda, attribute: str, value: object, said: str
) -> None:
    setattr(cuda, attribute, value)
    with pytest.raises(MissingError, match=said):
        open_card()


def test_a_card_that_numba_simulates_is_refused(
    cuda: FakeCuda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_ENABLE_CUDASIM", "1")
    with pytest.raises(MissingError, match="NUMBA_ENABLE_CUDASIM is set"):
        open_card()


def test_threads_that_come_together_open_one_card(
    cuda: FakeCuda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", "cuda")
    barrier = Barrier(4)

    def open_at_once(_: int) -> object:
        barrier.wait()
        return executor(BN254)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(open_at_once, range(4)))
    assert all(one is found[0] for one in found)


def test_a_card_is_left_as_it_is_when_the_process_ends(cuda: FakeCuda) -> None:
    """After an error of the card, to free its memory would only fail again."""
    array = DeviceArray.zeros(open_card(), 5, np.uint32)
    ended = [f for f in weakref.finalize._registry if f.peek() and f.atexit]
    assert not any(f.peek()[0] is array.memory for f in ended)


def test_an_old_card_is_refused(cuda: FakeCuda) -> None:
    cuda.capability = (6, 1)
    with pytest.raises(MissingError, match=r"Imagined 4090 has compute capability 6\.1"):
        open_card()


def test_the_setting_chooses_the_card_and_leaves_the_processor(
    cuda: FakeCuda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZKPIPE_BACKEND", raising=False)
    best = machine()
    assert executor(BN254) == processor(BN254)
    monkeypatch.setenv("ZKPIPE_BACKEND", "cuda")
    assert executor(BN254).name.startswith("cuda")
    assert executor(BN254) is executor(BN254)
    assert machine() == best
    assert processor(BN254).machine == best


def test_a_package_that_is_broken_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of it is there, as after an upgrade of one of its parts."""
    monkeypatch.setattr(metadata, "version", lambda name: "0.30.4")
    monkeypatch.setitem(sys.modules, "cuda.core", None)
    open_card.cache_clear()
    with pytest.raises(MissingError, match="No card can be used here"):
        open_card()


@pytest.mark.parametrize(("field", "blocks"), [(FP, 4), (FP2, 2)])
def test_kernels_have_their_registers(field: Field, blocks: int) -> None:
    rows, index = RowsType(field, CUDA, 4, True), types.Array(types.uint32, 1, "C")
    points = RowsType(field, CUDA, 2, True)
    kinds = (points, index, index, index, rows, types.int64, types.int64)
    assert f".minnctapersm {blocks}\n" in ptx_of(runs.sum_points, kinds, field.degree)


@pytest.fixture
def devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the driver's device would be; ZKPIPE_BACKEND is not set."""
    monkeypatch.delenv("ZKPIPE_BACKEND", raising=False)
    monkeypatch.setattr(driver, "DEVICES", (str(tmp_path / "nvidiactl"),))
    return tmp_path / "nvidiactl"


def test_a_card_that_is_found_takes_what_is_large(cuda: FakeCuda, devices: Path) -> None:
    devices.touch()
    assert executor(BN254, choice.CARD_ROWS).name.startswith("cuda")
    assert executor(BN254, choice.CARD_ROWS - 1) == processor(BN254)
    assert executor(BN254) == processor(BN254)


@pytest.mark.parametrize("name", ["scalar", "avx512"])
def test_a_setting_keeps_a_card_that_is_found_out(
    cuda: FakeCuda, devices: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices.touch()
    monkeypatch.setenv("ZKPIPE_BACKEND", name)
    if name in (machine().name, "scalar"):
        assert executor(BN254, 1 << 28) == processor(BN254)


def test_nothing_is_imported_where_there_is_no_device(
    devices: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "open_card", lambda: pytest.fail("a card was looked for"))
    choice.forget_cards()
    assert executor(BN254, 1 << 28) == processor(BN254)
    choice.forget_cards()


def test_a_found_card_that_cannot_be_used_is_no_error(cuda: FakeCuda, devices: Path) -> None:
    devices.touch()
    cuda.unusable = "CUDA driver version is insufficient"
    assert executor(BN254, 1 << 28) == processor(BN254)


LOOK = """
import os, sys

os.environ.pop("ZKPIPE_BACKEND", None)
from zkpipe.accel.cuda import driver
from zkpipe.accel.executors.choice import executor

driver.DEVICES = ("/dev/no-such-card",)
assert executor(rows=1 << 30).name.startswith(("scalar", "avx512"))
print(*sorted({"numba", "llvmlite", "numba_cuda", "cuda"} & set(sys.modules)))
"""


def test_looking_for_a_card_where_there_is_none_imports_no_numba() -> None:
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", LOOK], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
