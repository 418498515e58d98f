"""What proofs cost: their time at the price of an hour of the machine that made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zkpipe.benchmarks.records.hardware import Machine
from zkpipe.benchmarks.records.ranges import LIBRARY
from zkpipe.benchmarks.records.results import ProofTime, Results
from zkpipe.benchmarks.records.series import median
from zkpipe.benchmarks.reports.batch_tables import batch_groups
from zkpipe.benchmarks.reports.table import Table, amount, short_duration
from zkpipe.jobs.batch.estimate import cost

CURRENCY = "USD"
CORE_HOUR = 0.05  # of it for an hour of a processor core, as clouds ask for rented machines
THOUSAND, MILLION = 1_000, 1_000_000
WAYS = {LIBRARY: "one by one, key in memory"}
EACH_TIME = "a command for each"


@dataclass(frozen=True, slots=True)
class Price:
    """What an hour of a machine with so many processors costs.

    currency  its name, for people
    assumed   whether nobody said the price of this machine
    """

    machine_hour: float
    cores: int
    currency: str
    assumed: bool

    @property
    def shown(self) -> str:
        """`0.1 USD for an hour of this machine`, and how that was found."""
        core = amount(self.machine_hour / self.cores)
        each = f" (no price was given: {core} for each of its processors)" if self.assumed else ""
        return f"{amount(self.machine_hour)} {self.currency} for an hour of this machine{each}"

    def cost(self, seconds: float, threads: int) -> float:
        """What so many seconds on so many of the machine's processors cost."""
        return cost(seconds, threads, self.machine_hour / self.cores)

    def of_a_million(self, each: float) -> str:
        """`0.56 USD`: a million proofs of which each costs so much."""
        return f"{amount(MILLION * each)} {self.currency}"


def usual_price(machine: Machine) -> float:
    """What an hour of a machine costs if nobody says: CORE_HOUR for each processor."""
    return CORE_HOUR * machine.cores


def largest_proofs(results: Results) -> list[ProofTime]:
    """Of each circuit, way and prover the proof of the largest size."""
    found: dict[tuple[str, str, str], ProofTime] = {}
    for proof in results.proofs:
        name = (proof.circuit, proof.way, proof.label)
        if name not in found or found[name].exponent < proof.exponent:
            found[name] = proof
    return list(found.values())


def cost_table(results: Results, price: Price) -> Table:
    """The costs of proofs one by one, at the largest size of each prover, and of batches."""
    rows = [
        cost_row(
            price,
            (_circuit(p.circuit, p.exponent), p.label, WAYS.get(p.way, EACH_TIME)),
            median(p.seconds),
            p.threads,
        )
        for p in largest_proofs(results)
    ]
    rows += [
        cost_row(
            price,
            (_circuit(group.circuit, group.exponent), made.label, f"{made.rows:,} rows"),
            1 / made.rate,
            made.threads,
        )
        for group in batch_groups(results)
        for made in group.all_largest
    ]
    return table_of_costs(
        price,
        "A proof is charged the processors that it keeps busy. Of each prover the largest size "
        "counts; of a batch the start is included, of a loop it is not.",
        rows,
    )


def table_of_costs(price: Price, note: str, rows: Sequence[tuple[str, ...]]) -> Table:
    """The rows, which cost_row made, with their head."""
    of = f"This machine has {price.cores} processor{'s' if price.cores > 1 else ''}."
    return Table(
        "Cost of proofs",
        f"At {price.shown}. {of} {note}",
        (
            "circuit",
            "who proves",
            "how",
            "a proof takes",
            "processors",
            f"1,000 proofs, {price.currency}",
            f"{MILLION:,} proofs, {price.currency}",
        ),
        tuple(rows),
    )


def _circuit(name: str, exponent: int) -> str:
    return f"{name}, 2^{exponent} rows"


def cost_row(
    price: Price, what: tuple[str, str, str], seconds: float, threads: int
) -> tuple[str, ...]:
    """A row of the table.

    what     the circuit, who proves, and how
    seconds  of a proof, which keeps `threads` processors busy
    """
    each = price.cost(seconds, threads)
    return (
        *what,
        short_duration(seconds),
        str(threads),
        amount(THOUSAND * each),
        amount(MILLION * each),
    )
