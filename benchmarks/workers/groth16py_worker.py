"""A process that has a key in memory and proves with groth16py (arkworks) when it is asked.

    python -m zkpipe.benchmarks.workers.groth16py_worker KEY.zkey W.wtns

As zkpipe_worker. Nothing of zkpipe is imported, so that the peak memory is groth16py's; so the
proof is written as groth16py gives it, eight numbers of 32 bytes, and no public values:
benchmarks.provers.peers makes snarkjs' JSON of it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import groth16py


def main() -> None:
    """Answer until nobody asks any more."""
    key_file, witness_file = sys.argv[1:]
    key, _ = groth16py.import_zkey(key_file)
    for line in sys.stdin:
        place = Path(json.loads(line)["proof"])
        started = time.perf_counter()
        proof = groth16py.prove_wtns(key, witness_file)
        seconds = time.perf_counter() - started
        place.write_bytes(proof)
        sys.stdout.write(json.dumps({"seconds": seconds}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
