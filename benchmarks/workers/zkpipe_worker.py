"""A process that has a key in memory and proves with zkpipe when it is asked.

    python -m zkpipe.benchmarks.workers.zkpipe_worker KEY.zkey W.wtns

Each line {"proof": FILE, "public": FILE} is answered with {"seconds": S}: from the witness's file
to the checked proof. The files are written after the clock has stopped. On a card, the process ends
where the processor would step in.
"""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path

from zkpipe.benchmarks.processes import answer, requests
from zkpipe.circuits import Witness
from zkpipe.ground.errors import CardWarning
from zkpipe.prover import ProvingKey, prove, save_public


def main() -> None:
    """Answer until nobody asks any more."""
    warnings.simplefilter("error", CardWarning)
    key_file, witness_file = map(Path, sys.argv[1:])
    key = ProvingKey.load(key_file)
    for request in requests():
        started = time.perf_counter()
        witness = Witness.load(witness_file)
        proof = prove(key, witness)
        seconds = time.perf_counter() - started
        proof.save(request["proof"])
        save_public(request["public"], witness.public_for(key))
        answer({"seconds": seconds})


if __name__ == "__main__":
    main()
