"""The kernels that are timed, on the machine in use: each computes what it says.

Run as part of the suite each case is run once. To time them:

    ZKPIPE_THREADS=1 pytest tests/benchmarks/test_kernels.py --benchmark-enable --benchmark-only
"""

from __future__ import annotations

from typing import Any

import pytest

from zkpipe.accel.machines.backend import machine
from zkpipe.benchmarks.errors import CrossCheckError
from zkpipe.benchmarks.kernels.cases import Case
from zkpipe.benchmarks.kernels.curve_kernels import (
    bucket_additions,
    butterflies,
    curve_cases,
    scalars,
)
from zkpipe.benchmarks.kernels.field_kernels import field_cases
from zkpipe.benchmarks.workers.kernels_worker import timed

MAKERS = {**field_cases(machine()), **curve_cases(machine(), (12,))}


@pytest.mark.parametrize("name", MAKERS)
def test_the_kernel_computes_what_it_is_named_for(name: str, benchmark: Any) -> None:
    case = MAKERS[name]()
    case.warm_up()  # checks the result
    benchmark.extra_info["operations in a run"] = case.operations
    benchmark.extra_info["backend"] = machine().name
    benchmark(case.run)
    assert case.holds()


def test_a_wrong_result_is_seen_before_anything_is_timed() -> None:
    wrong = Case("product in Fp", 128, 128, lambda: None, lambda: False)
    with pytest.raises(CrossCheckError, match="product in Fp on 128 values is wrong"):
        timed(wrong, 1)


def test_a_round_gives_one_time_and_counts_the_fastest_of_its_runs() -> None:
    runs: list[int] = []
    case = Case("nothing", 1, 1, lambda: runs.append(1), lambda: True)
    assert len(timed(case, 2)) == 2
    assert len(runs) == 1 + 2 * 3


def test_operations_are_counted_as_the_targets_count_them() -> None:
    assert butterflies(1 << 20) == 10 * (1 << 20)
    additions = bucket_additions(1 << 16)
    assert 1_300_000 < additions < 1_600_000  # the design counts 1.47 million with c = 13


def test_scalars_are_canonical_and_of_full_size() -> None:
    top = scalars(1000)[:, 3]
    assert int(top.max()) < 1 << 61
    assert int(top.max()) >> 60 == 1
