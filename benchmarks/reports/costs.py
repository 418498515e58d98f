"""What proofs cost: their time at the price of an hour of the machine that made them."""

from __future__ import annotations

from zkpipe.benchmarks.records.ranges import LIBRARY
from zkpipe.benchmarks.records.results import ProofTime, Results
from zkpipe.benchmarks.records.series import median
from zkpipe.benchmarks.reports.batch_tables import batch_groups
from zkpipe.benchmarks.reports.table import NONE, Table, amount, short_duration
from zkpipe.jobs.batch.estimate import cost

CORE_HOUR = 0.05  # dollars for an hour of a processor core, as clouds ask for rented machines
THOUSAND, MILLION = 1_000, 1_000_000
WAYS = {LIBRARY: "one by one, key in memory"}
EACH_TIME = "a command for each"


def usual_price(results: Results) -> float:
    """What an hour of the run's machine costs if nobody says: CORE_HOUR for each processor."""
    return CORE_HOUR * results.machine.cores


def cost_of(results: Results, machine_hour: float, seconds: float, processors: float) -> float:
    """What so many seconds on so many of the machine's processors cost."""
    return cost(seconds, processors, machine_hour / results.machine.cores)


def largest_proofs(results: Results) -> list[ProofTime]:
    """Of each circuit, way and prover the proof of the largest size."""
    found: dict[tuple[str, str, str], ProofTime] = {}
    for proof in results.proofs:
        name = (proof.circuit, proof.way, proof.label)
        if name not in found or found[name].exponent < proof.exponent:
            found[name] = proof
    return list(found.values())


def cost_table(results: Results, machine_hour: float) -> Table:
    """The costs of proofs one by one, at the largest size of each prover, and of batches."""
    rows = [
        _row(
            results,
            machine_hour,
            (_circuit(p.circuit, p.exponent), p.label, WAYS.get(p.way, EACH_TIME)),
            median(p.seconds),
            p.processors,
        )
        for p in largest_proofs(results)
    ]
    rows += [
        _row(
            results,
            machine_hour,
            (_circuit(group.circuit, group.exponent), made.label, f"{made.rows:,} rows"),
            1 / made.rate,
            made.threads,
        )
        for group in batch_groups(results)
        for made in group.all_largest
    ]
    return Table(
        "Cost of proofs",
        f"At {amount(machine_hour)} for an hour of this machine with its {results.machine.cores} "
        "processors, in the price's currency. A proof is charged the processors that it keeps "
        "busy; of commands these are measured. Of each prover the largest size counts; of a batch "
        "the start is included, of a loop it is not.",
        (
            "circuit",
            "who proves",
            "how",
            "a proof takes",
            "processors",
            "1,000 proofs",
            f"{MILLION:,} proofs",
        ),
        tuple(rows),
    )


def _circuit(name: str, exponent: int) -> str:
    return f"{name}, 2^{exponent} rows"


def _row(
    results: Results,
    machine_hour: float,
    what: tuple[str, str, str],
    seconds: float,
    processors: float | None,
) -> tuple[str, ...]:
    if processors is None:
        return (*what, short_duration(seconds), NONE, NONE, NONE)
    each = cost_of(results, machine_hour, seconds, processors)
    return (
        *what,
        short_duration(seconds),
        f"{processors:.3g}",
        amount(THOUSAND * each),
        amount(MILLION * each),
    )
