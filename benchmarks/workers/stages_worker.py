"""A process that times the stages of proving on one back end.

    python -m zkpipe.benchmarks.workers.stages_worker KEY.zkey W.wtns

Each request is a round, answered with {stage: seconds}. The first one warms up; do not count it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from zkpipe.benchmarks.processes import answer, requests
from zkpipe.benchmarks.workloads.stages import stage_seconds


def main() -> None:
    """Time the stages as often as asked."""
    key, witness = map(Path, sys.argv[1:])
    for _ in requests():
        answer(stage_seconds(key, witness))


if __name__ == "__main__":
    main()
