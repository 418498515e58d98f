"""A process that times the stages of proving on one back end.

    python -m zkpipe.benchmarks.workers.stages_worker KEY.zkey W.wtns

Each request is a round, answered with {stage: seconds}. The first one warms up; do not count it.
On a card, the process ends where the processor would step in.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

from zkpipe.accel.executors.choice import executor
from zkpipe.accel.executors.processor import Processor
from zkpipe.benchmarks.processes import answer, requests
from zkpipe.benchmarks.workloads.stages import stage_seconds
from zkpipe.ground.errors import CardWarning


def main() -> None:
    """Time the stages as often as asked."""
    warnings.simplefilter("error", CardWarning)
    key, witness = map(Path, sys.argv[1:])
    seconds = stage_seconds
    if not isinstance(executor(), Processor):
        from zkpipe.benchmarks.workloads.card_stages import card_stage_seconds as seconds
    for _ in requests():
        answer(seconds(key, witness))


if __name__ == "__main__":
    main()
