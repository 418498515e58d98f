"""Compare the analysis with all witnesses of random systems, over a small prime field.

    python -m tests.circuits.soundness.small_fields.process PRIME FIRST COUNT

It writes a report as JSON: counts of what was seen, what was wrong, and the constants of kernels.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter

from tests.circuits.soundness.small_fields import prime as small

EACH_STRICT = 4  # one of so many systems is of strict bits
EACH_VERDICT = 3  # of so many has a verdict, too
EACH_LONG = 10  # of so many is searched for a contradiction for longer
MOST_WRONG = 5


def report(prime: int, seeds: range) -> dict[str, object]:
    """The report on the systems of these seeds."""
    small.take(prime)
    from tests.circuits.soundness.small_fields.comparison import compared
    from tests.circuits.soundness.small_fields.drafts import system_of_gates, system_of_strict_bits
    from tests.circuits.soundness.small_fields.gates import gates
    from zkpipe.circuits.soundness.search.contradictions import LONG, SHORT

    pool = gates(prime)
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in seeds:
        rng = random.Random(f"{prime} {seed}")  # noqa: S311 - seeded test data
        is_strict = seed % EACH_STRICT == 0
        p = (system_of_strict_bits if is_strict else system_of_gates)(rng, prime, pool)
        budget = LONG if seed % EACH_LONG == 0 else SHORT
        try:
            seen = compared(p, prime, budget, with_verdict=seed % EACH_VERDICT == 0)
        except AssertionError as error:
            wrong.append(f"{prime}, seed {seed}: {error}")
            if len(wrong) == MOST_WRONG:
                break
        else:
            counts += seen
            counts["proved_of_strict_bits"] += is_strict and seen["proved"]
    return {"counts": counts, "wrong": wrong, "constants": small.constants_of_kernels()}


if __name__ == "__main__":
    prime_, first, count = map(int, sys.argv[1:])
    json.dump(report(prime_, range(first, first + count)), sys.stdout)
