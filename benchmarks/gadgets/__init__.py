"""What gadgets cost, beside other libraries: `python -m zkpipe.benchmarks.gadgets`."""
