"""What a report opens with: what was measured, on what machine and when, and the main figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from zkpipe.benchmarks.provers.waits import ONE
from zkpipe.benchmarks.records.hardware import Machine
from zkpipe.benchmarks.records.own_circuit import COMPILE, SOLVE, VERIFY, OwnCircuit
from zkpipe.benchmarks.records.ranges import COMMAND, LIBRARY
from zkpipe.benchmarks.records.results import ProofTime, Results
from zkpipe.benchmarks.records.series import median
from zkpipe.benchmarks.reports.batch_tables import batch_groups
from zkpipe.benchmarks.reports.colours import OURS
from zkpipe.benchmarks.reports.costs import MILLION, Price, largest_proofs
from zkpipe.benchmarks.reports.own_tables import own_proof, own_steps
from zkpipe.benchmarks.reports.table import digits, megabytes, short_duration

WAYS = {LIBRARY: "in a process that has the key", COMMAND: "as a whole command"}
QUICK = "This was a quick run: it shows that everything works, and its figures mean little."


def subject(results: Results) -> str:
    """What a run is about, in a few words."""
    if results.own is not None:
        return f"{results.own.name}, from {results.own.source}"
    circuits = list(dict.fromkeys(c.circuit for c in results.circuits))
    sizes = sorted({c.exponent for c in results.circuits})
    if not sizes:
        return "kernels and waits"
    rows = f"2^{sizes[0]}" if len(sizes) == 1 else f"2^{sizes[0]} to 2^{sizes[-1]}"
    return f"{', '.join(circuits)}, {rows} rows"


def where(date: str | None, commit: str | None, machine: Machine) -> str:
    """When and on what it was measured, in a sentence. What nobody told is left out."""
    day = f" on {datetime.fromisoformat(date).date()}" if date else ""
    version = " ".join([OURS, machine.versions.get(OURS, "")]).strip()
    card = f", {machine.card.name}" if machine.card else ""
    processors = f"{machine.cores} processor{'s' if machine.cores > 1 else ''}"
    memory = f", {digits(machine.memory_bytes / 1e9)} GB" if machine.memory_bytes else ""
    system = f", {machine.system}" if machine.system else ""
    return (
        f"Measured{day} on {machine.processor}, {processors}{memory}{card}{system}; "
        f"{version}{f', commit {commit}' if commit else ''}."
    )


def figures(results: Results) -> list[str]:
    """The main figures, a sentence each; of a user's circuit its size comes first."""
    size = _size(results, results.own) if results.own is not None else ()
    return [*size, *_proofs(results), *_rest(results)]


def costs(results: Results, price: Price) -> list[str]:
    """What the cheapest of our proofs costs, in a sentence; empty without proofs."""
    found = [
        (price.cost(median(p.seconds), p.threads), p)
        for p in largest_proofs(results)
        if (p.prover, p.way) == (OURS, LIBRARY)
    ]
    told = []
    for circuit in dict.fromkeys(p.circuit for _, p in found):
        each, proof = min(
            ((c, p) for c, p in found if p.circuit == circuit), key=lambda pair: pair[0]
        )
        told.append(
            f"{MILLION:,} proofs of {circuit} with 2^{proof.exponent} rows cost "
            f"{price.of_a_million(each)}, one by one in a process that has the key, at "
            f"{price.shown}."
        )
    return told


def _proofs(results: Results) -> Iterator[str]:
    """Of each circuit at its largest size, our fastest in each way, and the peers beside it."""
    for circuit in dict.fromkeys(p.circuit for p in results.proofs):
        for way, words in WAYS.items():
            found = [p for p in results.proofs if (p.circuit, p.way) == (circuit, way)]
            ours = [p for p in found if p.prover == OURS]
            if not ours:
                continue
            exponent = max(p.exponent for p in ours)
            best = min((p for p in ours if p.exponent == exponent), key=_time)
            peers = [p for p in found if p.prover != OURS and p.exponent == exponent]
            yield (
                f"A proof of {circuit} with 2^{exponent} rows takes {_shown(best)} {words} "
                f"({best.label}){''.join(f'; {p.label}: {_shown(p)}' for p in peers)}."
            )


def _rest(results: Results) -> Iterator[str]:
    if results.own is not None:
        yield from _own(results, results.own)
    for group in batch_groups(results):
        best = max(group.largest, key=lambda batch: batch.rate)
        yield (
            f"A batch of {best.rows:,} rows of {group.circuit} with 2^{group.exponent} rows makes "
            f"{digits(best.rate)} proofs a second ({best.label})."
        )
    checks = [w for w in results.waits if (w.wait, w.tool) == (ONE, OURS)]
    if checks:
        best_check = min(checks, key=lambda wait: median(wait.seconds))
        yield f"A verification takes {short_duration(median(best_check.seconds))}."


def _size(results: Results, own: OwnCircuit) -> Iterator[str]:
    (size,) = results.circuits
    counts = [
        _counted(size.constraints, "constraint"),
        _counted(size.wires, "wire"),
        _counted(own.public_values, "public value"),
    ]
    yield f"{', '.join(counts)}; the key has {megabytes(size.key_bytes)}."
    yield (
        f"A proof works on 2^{size.exponent} = {1 << size.exponent:,} rows: "
        f"{size.constraints:,} for the constraints and {own.public_values + 1:,} for the public "
        "values and the constant 1, filled up to the next power of two."
    )


def _own(results: Results, own: OwnCircuit) -> Iterator[str]:
    for way, words in WAYS.items():
        steps = own_steps(results, own, way)
        named = [
            f"{step} {short_duration(median(steps[step][0]))}"
            for step in (COMPILE, SOLVE, VERIFY)
            if step in steps
        ]
        if named:
            told = "In a process that stays" if way == LIBRARY else words[0].upper() + words[1:]
            yield f"{told}: {', '.join(named)}."
    peaks = [
        f"{megabytes(p.peak_bytes)} {WAYS[way]}"
        for way in (LIBRARY, COMMAND)
        if (p := own_proof(results, own, way)) is not None
    ]
    if peaks:
        yield f"Proving holds at most {', '.join(peaks)}."
    if own.gas is not None:
        yield (
            f"On a chain a verification takes {own.gas.verification:,} gas, and the contract "
            f"{own.gas.deployment:,} gas to deploy."
        )


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _time(proof: ProofTime) -> float:
    return median(proof.seconds)


def _shown(proof: ProofTime) -> str:
    return short_duration(_time(proof))
