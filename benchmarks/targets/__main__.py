"""The table of targets in docs/performance.md, from the results of a run.

python -m zkpipe.benchmarks.targets RESULTS.json
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from zkpipe.benchmarks.records.results import Results
from zkpipe.benchmarks.reports.markdown import table_section
from zkpipe.benchmarks.reports.table import NONE, Table, digits
from zkpipe.benchmarks.targets.targets import TARGETS, Target
from zkpipe.ground.errors import ZkpipeError


def target_table(results: Results) -> Table:
    """How a run stands to each target."""

    def row(target: Target) -> tuple[str, ...]:
        found = target.measure(results)
        goals = [NONE if goal is None else f"{goal:g}" for goal in (target.must, target.moonshot)]
        sign = "at least" if target.more else "at most"
        value = NONE if found is None else f"{digits(found.value)} {target.unit}"
        return (
            target.work,
            value,
            f"{sign} {goals[0]} {target.unit}",
            goals[1],
            target.verdict(found),
            found.where if found else "",
        )

    return Table(
        "Targets",
        "Dense chain of 2^16 rows and more, the same threads on both sides; the worst size counts. "
        "Batches: 2^12 rows, against loops of the threads that are named.",
        ("work", "measured", "must", "moonshot", "verdict", "where"),
        tuple(map(row, TARGETS)),
    )


def main(words: Sequence[str] | None = None) -> int:
    """Print the table as Markdown; 2 if the file is no results."""
    given = sys.argv[1:] if words is None else words
    if len(given) != 1:
        sys.stderr.write("usage: python -m zkpipe.benchmarks.targets RESULTS.json\n")
        return 2
    try:
        results = Results.load(given[0])
    except ZkpipeError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    sys.stdout.write(f"{table_section(target_table(results), 2)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
