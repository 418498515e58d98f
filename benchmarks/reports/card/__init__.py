"""In a report: what `benchmarks/gpu.sh` found of a card."""
