"""The compile benchmark, small: its circuits compile to as many constraints as it says."""

from __future__ import annotations

from zkpipe.benchmarks.compile_speed import SIZES, measure_all


def test_each_circuit_is_measured() -> None:
    results = measure_all(1 / 4000, 1)
    assert list(results) == list(SIZES)
    assert results["chain"]["constraints"] == results["chain"]["size"] == 250
    assert results["poseidon"]["constraints"] == 240 * results["poseidon"]["size"] == 240
    for figures in results.values():
        assert figures["trace_seconds"] > 0 < figures["analysis_seconds"]
        assert 0 < figures["trace_megabytes"] <= figures["analysis_megabytes"]
