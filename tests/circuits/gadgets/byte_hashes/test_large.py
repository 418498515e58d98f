"""Large circuits of byte hashes compile with their verdict in a minute and 3 GB each."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.long_form import IS_LONG


@pytest.mark.skipif(not IS_LONG, reason="a million rows")
@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kilobytes on Linux")
@pytest.mark.parametrize("name", ["four_kilobytes", "opening"])
def test_a_large_circuit_compiles_in_a_minute_and_3_gigabytes(name: str) -> None:
    command = [sys.executable, "-m", "tests.circuits.gadgets.byte_hashes.large", name]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    is_right, seconds, gigabytes = map(float, done.stdout.split())
    print(f"{name}: {seconds:.1f} s, {gigabytes:.2f} GB")  # noqa: T201 - for whoever runs it
    assert is_right
    assert seconds < 60
    assert gigabytes < 3
