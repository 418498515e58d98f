"""The tables of a report, as text: made once from the results, for HTML and for Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zkpipe.benchmarks.records.hardware import Card, Machine
from zkpipe.benchmarks.records.ranges import CARD, COMMAND, LIBRARY
from zkpipe.benchmarks.records.results import ProofTime, Results, StageTime, shown_machine
from zkpipe.benchmarks.records.series import median
from zkpipe.benchmarks.reports.batch_tables import batch_tables
from zkpipe.benchmarks.reports.costs import Price, cost_table
from zkpipe.benchmarks.reports.growth import FIRST, LAST, growth_exponent
from zkpipe.benchmarks.reports.own_tables import own_tables
from zkpipe.benchmarks.reports.table import NONE, Table, digits, duration, megabytes, with_spread

WAYS = {
    LIBRARY: "In a process that has the key; from the witness's file to the proof",
    COMMAND: "A process for each proof, from its start to its end",
}


def all_tables(results: Results, price: Price) -> Iterator[Table]:
    """Every table of a run that has a row, in the order of the report."""
    for table in (
        *(own_tables(results, results.own) if results.own else ()),
        *_proofs(results),
        cost_table(results, price),
        _growth(results),
        _memory(results),
        *batch_tables(results),
        *_stages(results),
        _kernels(results),
        _waits(results),
        _circuits(results),
        _skipped(results),
        _machine(results),
    ):
        if table.rows:
            yield table


def groups(results: Results) -> list[tuple[str, str]]:
    """Circuit and way of all proofs, in order."""
    return list(dict.fromkeys((p.circuit, p.way) for p in results.proofs))


def labels(results: Results, circuit: str, way: str) -> dict[str, dict[int, ProofTime]]:
    """The proofs of a circuit in one way: by prover, then by exponent."""
    found: dict[str, dict[int, ProofTime]] = {}
    for proof in results.proofs:
        if (proof.circuit, proof.way) == (circuit, way):
            found.setdefault(proof.label, {})[proof.exponent] = proof
    return found


def _sizes(found: dict[str, dict[int, ProofTime]]) -> list[int]:
    return sorted({exponent for proofs in found.values() for exponent in proofs})


def _proofs(results: Results) -> Iterator[Table]:
    for circuit, way in groups(results):
        found = labels(results, circuit, way)
        yield Table(
            f"Proofs of {circuit}, {way}",
            f"{WAYS.get(way, way)}. Median, and in brackets the fastest and the slowest.",
            ("rows", *found),
            tuple(
                (f"2^{k}", *(_time(proofs.get(k)) for proofs in found.values()))
                for k in _sizes(found)
            ),
        )
        yield _ratios(circuit, way, found)


def _time(proof: ProofTime | None) -> str:
    return NONE if proof is None else with_spread(proof.seconds)


def _ratios(circuit: str, way: str, found: dict[str, dict[int, ProofTime]]) -> Table:
    ours = [name for name in found if name.startswith("zkpipe ")]
    pairs = [(mine, other) for other in found if other not in ours for mine in ours]

    def ratio(mine: str, other: str, k: int) -> str:
        if k not in found[mine] or k not in found[other]:
            return NONE
        return digits(median(found[other][k].seconds) / median(found[mine][k].seconds))

    return Table(
        f"Proofs of {circuit}, {way}: the peer's time over ours",
        "Above 1, zkpipe is faster. Mind the threads.",
        ("rows", *(f"{other} / {mine}" for mine, other in pairs)),
        tuple((f"2^{k}", *(ratio(*pair, k) for pair in pairs)) for k in _sizes(found))
        if pairs
        else (),
    )


def growth_rows(results: Results) -> list[tuple[str, str, str, float]]:
    """Circuit, way, prover and exponent of all that have two sizes or more."""
    rows = []
    for circuit, way in groups(results):
        for label, proofs in labels(results, circuit, way).items():
            exponent = growth_exponent({k: median(p.seconds) for k, p in proofs.items()})
            if exponent is not None:
                rows.append((circuit, way, label, exponent))
    return rows


def _growth(results: Results) -> Table:
    return Table(
        "Growth exponent",
        f"e of time = constant * size^e, least squares in logarithms from 2^{FIRST} to 2^{LAST}.",
        ("circuit", "way", "prover", "exponent"),
        tuple((c, w, label, f"{e:.2f}") for c, w, label, e in growth_rows(results)),
    )


def _memory(results: Results) -> Table:
    key = {(c.circuit, c.exponent): c.key_bytes for c in results.circuits}
    return Table(
        "Peak memory",
        "The most that the prover's process held, a card's memory not counted; zkpipe maps the "
        "key, and what it read counts.",
        ("circuit", "rows", "way", "prover", "peak", "key", "each proof checked by"),
        tuple(
            (
                p.circuit,
                f"2^{p.exponent}",
                p.way,
                p.label,
                megabytes(p.peak_bytes),
                megabytes(key.get((p.circuit, p.exponent), 0)),
                p.checked_by,
            )
            for p in results.proofs
        ),
    )


def stage_groups(results: Results) -> dict[tuple[str, str, int], dict[int, list[StageTime]]]:
    """By circuit, back end and threads, then by exponent: the stages."""
    found: dict[tuple[str, str, int], dict[int, list[StageTime]]] = {}
    for stage in results.stages:
        group = found.setdefault((stage.circuit, stage.backend, stage.threads), {})
        group.setdefault(stage.exponent, []).append(stage)
    return found


_STAGES = "Each stage by itself; a proof shares work between its sums, so they need not add up."
_CARD_STAGES = (
    "Each stage by itself, with a wait for the card at its end. A proof waits once, so they need "
    "not add up."
)


def _stages(results: Results) -> Iterator[Table]:
    for (circuit, backend, threads), sizes in stage_groups(results).items():
        names = list(dict.fromkeys(s.stage for stages in sizes.values() for s in stages))
        by_stage = {
            exponent: {s.stage: duration(median(s.seconds)) for s in stages}
            for exponent, stages in sizes.items()
        }
        yield Table(
            f"Stages of {circuit}, {shown_machine(backend, threads)}",
            _CARD_STAGES if backend == CARD else _STAGES,
            ("stage", *(f"2^{k}" for k in sorted(sizes))),
            tuple((name, *(by_stage[k].get(name, NONE) for k in sorted(sizes))) for name in names),
        )


def _kernels(results: Results) -> Table:
    return Table(
        "Kernels, one thread",
        "Median time of one operation, and of a run. Eight lanes do eight operations at a time.",
        ("operation", "back end", "values", "each", "a run"),
        tuple(
            (
                k.kernel,
                k.backend,
                f"{k.size:,}",
                f"{digits(k.nanoseconds)} ns",
                with_spread(k.seconds),
            )
            for k in results.kernels
        ),
    )


def _waits(results: Results) -> Table:
    return Table(
        "Other waits",
        "",
        ("wait", "tool", "back end", "threads", "time"),
        tuple(
            (w.wait, w.tool, w.backend or NONE, str(w.threads), with_spread(w.seconds))
            for w in results.waits
        ),
    )


_OWN = (
    "Rows are those of the constraints, and one for each public value and for the constant 1, "
    "filled up to a power of two for the transforms."
)
_CIRCUITS = "chain: x = x * x + x from a secret of full size. bits: range checks of 32-bit values."


def _circuits(results: Results) -> Table:
    return Table(
        "Circuits",
        _OWN if results.own else _CIRCUITS,
        ("circuit", "rows", "constraints", "wires", "key", "witness"),
        tuple(
            (
                c.circuit,
                f"2^{c.exponent}",
                f"{c.constraints:,}",
                f"{c.wires:,}",
                megabytes(c.key_bytes),
                megabytes(c.witness_bytes),
            )
            for c in results.circuits
        ),
    )


def _skipped(results: Results) -> Table:
    rows = tuple((s.what, s.why) for s in results.skipped)
    return Table("Not measured", "", ("what", "why"), rows)


def _machine(results: Results) -> Table:
    asked = [
        ("rounds", str(results.settings.rounds)),
        ("patience", f"{results.settings.patience:g} s a proof, or a batch"),
    ]
    return machine_table(results.date, results.commit, results.machine, asked)


def machine_table(
    date: str | None, commit: str | None, machine: Machine, asked: Sequence[tuple[str, str]] = ()
) -> Table:
    """What was measured when; of what nobody told there is no row.

    asked  more rows: what the run was asked for
    """
    rows = [
        ("date", date),
        ("commit", commit or NONE),
        ("processor", machine.processor),
        ("processors in use", str(machine.cores)),
        ("memory", megabytes(machine.memory_bytes) if machine.memory_bytes else None),
        ("system", machine.system or None),
        *(_card(machine.card) if machine.card else ()),
        ("back ends", ", ".join(machine.backends)),
        *asked,
        *machine.versions.items(),
    ]
    told = tuple((name, value) for name, value in rows if value is not None)
    return Table("Machine and versions", "", ("", ""), told)


def _card(card: Card) -> list[tuple[str, str]]:
    clock = NONE if card.clock_hz is None else f"{card.clock_hz / 1e6:,.0f} MHz"
    return [
        ("card", card.name),
        ("card, compute capability", card.capability),
        ("card, driver", card.driver),
        ("card, memory", megabytes(card.memory_bytes)),
        ("card, highest clock", clock),
    ]
