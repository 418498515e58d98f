"""Host code over a driver that is none, and what is said where a card is missing."""

from __future__ import annotations

import sys
from importlib import metadata

import numpy as np
import pytest
from numba import types

from tests.oracles.ptx.card import ProcessorCard
from tests.oracles.ptx.numba_cuda import FakeCuda
from zkpipe.accel.bn254 import BN254, FP, FP2
from zkpipe.accel.cuda import driver, runs
from zkpipe.accel.cuda.card import DeviceArray, DeviceRows
from zkpipe.accel.cuda.domain import CardDomain
from zkpipe.accel.cuda.driver import open_card
from zkpipe.accel.cuda.ptx import ptx_of
from zkpipe.accel.curve import Field
from zkpipe.accel.executors import choice
from zkpipe.accel.executors.choice import executor, processor
from zkpipe.accel.fields.arrays import RowsType
from zkpipe.accel.machines.backend import machine
from zkpipe.accel.machines.cuda import CUDA
from zkpipe.ground.errors import MissingError


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
    choice._card.cache_clear()


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


def test_memory_is_cleared_and_given_back(cuda: FakeCuda) -> None:
    card = open_card()
    array = DeviceArray.zeros(card, 5, np.uint32)
    assert not array.to_host().any()
    held = cuda.card.used
    del array
    assert cuda.card.used < held


def test_a_card_without_room_says_how_much_there_is(cuda: FakeCuda) -> None:
    cuda.card.size = 3_000_000
    with pytest.raises(MissingError, match=r"no room for 80\.0 MB more; 3\.0 MB are free") as e:
        DeviceArray.empty(open_card(), 10_000_000, np.uint64)
    assert e.value.exit_status == 3


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


@pytest.mark.parametrize(("field", "blocks"), [(FP, 4), (FP2, 2)])
def test_kernels_have_their_registers(field: Field, blocks: int) -> None:
    rows, index = RowsType(field, CUDA, 4, True), types.Array(types.uint32, 1, "C")
    points = RowsType(field, CUDA, 2, True)
    kinds = (points, index, index, index, rows, types.int64, types.int64)
    assert f".minnctapersm {blocks}\n" in ptx_of(runs.sum_points, kinds, field.degree)


def test_no_card_is_looked_for_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZKPIPE_BACKEND", raising=False)
    monkeypatch.setattr(driver, "open_card", lambda: pytest.fail("a card was looked for"))
    executor(BN254)
