"""The targets of the design beside a run: `python -m zkpipe.benchmarks.targets RESULTS.json`."""
