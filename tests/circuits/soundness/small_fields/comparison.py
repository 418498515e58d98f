"""The whole analysis of a system, compared with all of its witnesses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from tests.circuits.soundness.planted import Planted
from tests.circuits.soundness.small_primes import State, Table, undetermined, witnesses
from tests.circuits.soundness.systems import Row, holds, system_of
from zkpipe.accel.fields.limbs import ints_from_words
from zkpipe.circuits.soundness import Verdict, analyse
from zkpipe.circuits.soundness.analysis import determined
from zkpipe.circuits.soundness.roles import roles_of, roles_of_every_wire
from zkpipe.circuits.soundness.rules.forms import Arc, Forms
from zkpipe.circuits.soundness.search.contradictions import Budget, contradiction
from zkpipe.circuits.system import ConstraintSystem

MOST_WITNESSES = 20_000


def compared(p: Planted, prime: int, budget: Budget, *, with_verdict: bool) -> Counter[str]:
    """What was seen of a system, if all that the analysis says is so in all witnesses.

    Raises AssertionError if something is not.

    compared, skipped      systems; skipped are those that have too many witnesses
    gates                  rows that make a bit of bits
    proved                 systems in which something follows from the inputs
    left_open              systems in which something does not
    safe, unsafe, unknown  verdicts
    """
    assert all(holds(p.rows, values) for values in p.values), "planted witnesses"
    table = witnesses(State(prime, p.rows, _arcs(p.rows, prime, p.wires), []), MOST_WITNESSES)
    if table is None:
        return Counter(skipped=1)
    system = system_of(p.rows, p.outputs, p.inputs, p.wires)
    inputs = system.input_wires.tolist()
    differing = undetermined(table, [0, *inputs])
    forms = determined(system, roles_of_every_wire(system))
    known = set(np.flatnonzero(forms.state.is_known[: p.wires]).tolist())
    assert known.isdisjoint(differing), f"determined: {sorted(known & differing)}"
    _assert_bounded(forms, table, prime)
    assert contradiction(forms, budget) is None, "no witness"
    seen = Counter(
        compared=1,
        gates=int((forms.system.output > 0).sum()),
        proved=len(known) > 1 + len(inputs),
        left_open=bool(differing),
    )
    if with_verdict:
        seen[_verdict(system, p.rows, differing)] += 1
    return seen


def _arcs(rows: Sequence[Row], prime: int, wires: int) -> list[Arc | None]:
    """Of each wire an interval, if rows of this wire alone leave one."""
    arcs: list[Arc | None] = [None] * wires
    arcs[0] = 1, 1
    for wire in range(1, wires):
        alone = [row for row in rows if {*row[0], *row[1], *row[2]} - {0} == {wire}]
        if alone:
            left = [v for v in range(prime) if holds(alone, [1, *[0] * (wire - 1), v])]
            arcs[wire] = left[0], left[-1]
    return arcs


def _assert_bounded(forms: Forms, table: Table, prime: int) -> None:
    """Bits and intervals of wires hold in all witnesses."""
    for wire, values in enumerate(table.T):
        arc = forms.arc_of_wire(wire)
        if arc is not None:
            assert ((values - arc[0]) % prime <= arc[1] - arc[0]).all(), f"interval of {wire}"
        assert not forms.system.is_bit[wire] or (values <= 1).all(), f"bit {wire}"


def _verdict(system: ConstraintSystem, rows: Sequence[Row], differing: set[int]) -> str:
    """The verdict on what is asked, if it is so; two witnesses are what they should be."""
    report = analyse(system)
    open_wires = differing.intersection(roles_of(system).required.tolist())
    assert report.verdict is not Verdict.SAFE or not open_wires, f"safe: {open_wires}"
    assert report.verdict is not Verdict.UNSAFE or open_wires, "unsafe"
    pair = report.counterexample
    assert (report.verdict is Verdict.UNSAFE) == (pair is not None)
    if pair is not None:
        first, second = (ints_from_words(w.values) for w in (pair.first, pair.second))
        assert holds(rows, first), "first witness"
        assert holds(rows, second), "second witness"
        assert all(first[wire] == second[wire] for wire in system.input_wires), "inputs"
        assert any(first[wire] != second[wire] for wire in report.wires), "no difference"
    return report.verdict.name.lower()
