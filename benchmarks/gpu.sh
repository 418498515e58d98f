#!/bin/sh
# Is the card of this machine right, and how fast is it? From a bare checkout, with a Python that has
# numpy, numba and numba-cuda; nothing is installed. Options: see benchmarks/card/__main__.py.
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd) || exit 2
PYTHONPATH=$root/src${PYTHONPATH:+:$PYTHONPATH} exec "${PYTHON:-python3}" -P -m zkpipe.benchmarks.card "$@"
