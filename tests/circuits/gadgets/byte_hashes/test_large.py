"""Large circuits of byte hashes compile with their verdict in bounded time and memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.long_form import IS_LONG

LIMITS = {  # seconds of a processor, and gigabytes
    "four_kilobytes": (60, 3),
    "opening": (60, 3),
    "longest_of_nist": (100, 5),
}


@pytest.mark.skipif(not IS_LONG, reason="a million rows")
@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kilobytes on Linux")
@pytest.mark.parametrize("name", LIMITS)
def test_a_large_circuit_compiles_in_bounded_time_and_memory(name: str) -> None:
    command = [sys.executable, "-m", "tests.circuits.gadgets.byte_hashes.large", name]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    is_right, seconds, gigabytes = map(float, done.stdout.split())
    print(f"{name}: {seconds:.1f} s, {gigabytes:.2f} GB")  # noqa: T201 - for whoever runs it
    assert is_right
    most_seconds, most_gigabytes = LIMITS[name]
    assert seconds < most_seconds
    assert gigabytes < most_gigabytes
