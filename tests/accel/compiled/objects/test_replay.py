"""Real calls of kernels, made again without numba: every byte is the same."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from tests.accel.compiled.objects.collected import collected
from tests.accel.compiled.objects.recorded import recording
from tests.accel.compiled.objects.tree import WITHOUT
from zkpipe.accel.bn254 import BN254
from zkpipe.accel.compiled.objects.index import encode
from zkpipe.accel.fields.limbs import to_montgomery, words_from_ints

CHECKOUT = Path(__file__).resolve().parents[4]
REPLAY = (
    WITHOUT
    + """
import pathlib
from tests.accel.compiled.objects.recorded import replay
replay(pathlib.Path(sys.argv[1]))
print("numba" in sys.modules or "llvmlite" in sys.modules)
"""
)


def work() -> None:
    """Sums of products, transforms and multiples of random numbers, and all that is warmed up.

    Among that are proofs and their checks, setups and ceremonies.
    """
    from zkpipe.accel import msm_g1, msm_g2, ntt
    from zkpipe.accel.msm.fixed_base import FixedBase
    from zkpipe.accel.transforms.ntt import inverse_ntt
    from zkpipe.prover.warm_jobs import JOBS

    draw = random.Random(19)  # noqa: S311 # seeded test data
    scalars = words_from_ints([draw.randrange(BN254.r) for _ in range(300)])
    g1 = to_montgomery(BN254.g1_generator, BN254.p).reshape(8)
    g2 = to_montgomery(BN254.g2_generator, BN254.p).reshape(16)
    points = FixedBase(g1, 300).multiples(scalars)
    msm_g1(points, scalars)
    msm_g1(points[:2], scalars[:2])
    msm_g2(FixedBase(g2, 300).multiples(scalars), scalars[::-1].copy())
    values = np.tile(scalars, (14, 1))[:4096]
    assert (inverse_ntt(ntt(values)) == values).all()
    for job in JOBS:
        module, _, name = job.partition(":")
        getattr(import_module(module), name)()


def test_calls_out_of_a_shared_object_give_the_same_bytes(tmp_path: Path) -> None:
    with recording() as recorder:
        work()
    assert len(recorder.kernels) > 60
    assert recorder.unknown == set()
    index, code = collected(*recorder.kernels.values())
    assert index.left == {}
    (tmp_path / f"{index.digest}.so").write_bytes(code)
    (tmp_path / "index.json").write_bytes(encode(index))
    (tmp_path / "calls").write_bytes(pickle.dumps(recorder.calls))
    done: Any = subprocess.run(  # noqa: S603 # this interpreter, a program of the test
        [sys.executable, "-c", REPLAY, tmp_path],
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
    )
    assert done.returncode == 0, done.stderr
    expected = [len(recorder.kernels), len(recorder.calls), 0]
    assert done.stdout.split() == [*map(str, expected), "False"]
