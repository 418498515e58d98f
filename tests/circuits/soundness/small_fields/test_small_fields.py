"""All that the analysis says of a system over a small prime field is so in all of its witnesses.

The lemmas have such a test of their own, `test_small_primes`. Here it is the whole analysis, from
kernels, gates and propagation to counterexamples, in a process whose field is small.

`make fuzz` goes through many more systems than the suite, and through other primes: FUZZ_SYSTEMS
says how many, FUZZ_FROM with which seed to begin.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.circuits.soundness.small_fields.prime import constants_of_kernels
from tests.long_form import IS_LONG

ROOT = Path(__file__).resolve().parents[4]
GROUP = 300
PRIMES = [7, 11, 13, 17] if IS_LONG else [11]
SYSTEMS = int(os.environ.get("FUZZ_SYSTEMS", "300")) // len(PRIMES)
FIRST = int(os.environ.get("FUZZ_FROM", "0"))


@pytest.mark.parametrize("prime", PRIMES)
@pytest.mark.parametrize("start", range(FIRST, FIRST + SYSTEMS, GROUP))
def test_what_is_said_over_a_small_field_is_so_in_all_witnesses(prime: int, start: int) -> None:
    report = report_on(prime, start, GROUP)
    assert not report["wrong"]
    seen = Counter(report["counts"])
    assert seen["compared"] > GROUP * 2 // 3, seen
    assert seen["gates"] > GROUP // 4, seen
    assert seen["proved"] > GROUP // 4, seen
    assert seen["proved_of_strict_bits"] > GROUP // 40, seen
    assert seen["left_open"] > GROUP // 4, seen
    assert min(seen["safe"], seen["unsafe"]) > GROUP // 40, seen
    assert_no_kernel_holds_the_modulus(report["constants"])


def report_on(prime: int, start: int, count: int) -> dict[str, Any]:
    """What a process of this field writes."""
    module = "tests.circuits.soundness.small_fields.process"
    command = [sys.executable, "-m", module, *map(str, (prime, start, count))]
    done = subprocess.run(  # noqa: S603 # this interpreter, a module of this project
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_no_kernel_holds_the_modulus(constants: dict[str, str]) -> None:
    """Kernels hold the same over a small field and here, so one cache may keep those of both."""
    modules = {name.partition(":")[0].rpartition(".")[0] for name in constants}
    assert "zkpipe.circuits.soundness.model.kernels.gates" in modules
    for module in modules:
        importlib.import_module(module)
    assert constants.items() <= constants_of_kernels().items()
