"""A file that `benchmarks/gpu.sh` wrote, in its first schema."""

from __future__ import annotations

FIRST: dict[str, object] = {
    "schema": "zkpipe-card/1",
    "card": "NVIDIA H200",
    "capability": [9, 0],
    "driver": [12, 4],
    "memory": {"free": 150_000_000_000, "size": 151_000_000_000},
    "processors": 16,
    "text_seconds": 15.9,
    "compile_seconds": 4.2,
    "wrong": [],
    "failed": None,
    "timings": [
        {"what": "products in Fp", "exponent": 18, "card": 0.01, "processor": None, "rate": 6.7e9},
        {"what": "proof", "exponent": 20, "card": 0.05, "processor": 1.0, "rate": None},
    ],
    "left_out": [],
}
