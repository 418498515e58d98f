"""A process that proves rows of a table one after the other, by a loop over `prove`.

    python -m zkpipe.benchmarks.workers.loop_worker EXPONENT KEY.zkey TABLE.csv OUT

Circuit and key are loaded before the first request. Each request {"rows": N} is answered with
{"seconds": S} for the first N rows: from their inputs to their proofs, which verify. Into the
folder OUT the proofs are written after the clock has stopped.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

from zkpipe.benchmarks.processes import answer, requests
from zkpipe.benchmarks.workloads.batch_files import COLUMN, chain_length
from zkpipe.benchmarks.workloads.statements import chain_of
from zkpipe.prover import ProvingKey, prove, save_public


def main() -> None:
    """Answer until nobody asks any more."""
    exponent, key_file, table, out = sys.argv[1:]
    system = chain_of(chain_length(int(exponent))).compile()
    key = ProvingKey.load(key_file)
    with Path(table).open(newline="", encoding="utf-8") as file:
        starts = [int(row[COLUMN]) for row in csv.DictReader(file)]
    for request in requests():
        made = []
        started = time.perf_counter()
        for start in starts[: request["rows"]]:
            witness = system.solve(start=start)
            made.append((prove(key, witness), witness.public))
        seconds = time.perf_counter() - started
        for row, (proof, public) in enumerate(made):
            folder = Path(out) / str(row)
            folder.mkdir(parents=True, exist_ok=True)
            proof.save(folder / "proof.json")
            save_public(folder / "public.json", public)
        answer({"seconds": seconds})


if __name__ == "__main__":
    main()
