"""Unknown forms that the rows keep in order, one after the other.

An equation z' - z + rest = 0 in which the rest lies in an interval puts z' - z in one, mod r.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.rules.forms import Arc, Form, Forms, scaled, without

MOST_EQUATIONS = 16  # of a wire
LONGEST = 1 << 6  # entries of an equation

Node = tuple[int, tuple[tuple[int, int], ...]]  # an owner, and a form of wires that are its own


@dataclass(frozen=True, slots=True)
class Chain:
    """Forms in order, each at least as large as the one before it.

    is_strict  each is larger than the one before it
    span       the most by which the last exceeds the first
    """

    nodes: list[Node]
    is_strict: bool
    span: int


class Ascents:
    """The order of forms of wires that have owners.

    work  entries of rows that were looked at
    """

    def __init__(self, forms: Forms, owners: Mapping[int, int], most_work: int) -> None:
        """Look at the equations in which the wires stand.

        owners  of wires that are not known, which follow from their owner
        """
        self.work = 0
        self._forms = forms
        self._owners = owners
        self._steps: dict[Node, dict[Node, Arc]] = defaultdict(dict)
        starts, seen = forms.system.linear.starts, set()
        for wire in owners:
            for row in forms.equations_of(wire)[:MOST_EQUATIONS].tolist():
                length = int(starts[row + 1] - starts[row])
                self.work += length
                if self.work > most_work:
                    return
                if row not in seen and length <= LONGEST:
                    seen.add(row)
                    self._read(forms.equation(row))

    def chains(self) -> Iterator[Chain]:
        """Each connected set of forms, if steps lead from the least through all to the greatest."""
        beside: dict[Node, set[Node]] = defaultdict(set)
        for first, steps in self._steps.items():
            for second in steps:
                beside[first].add(second)
                beside[second].add(first)
        while beside:
            start = next(iter(beside))
            found, waiting = {start}, [start]
            while waiting:
                for node in beside.pop(waiting.pop()):
                    if node not in found:
                        found.add(node)
                        waiting.append(node)
            order = self._ordered(found)
            between = [self._steps[a].get(b) for a, b in pairwise(order)]
            arcs = [arc for arc in between if arc is not None]
            if len(arcs) == len(between) == len(found) - 1:
                is_strict = all(low > 0 for low, _ in arcs)
                yield Chain(order, is_strict, sum(high for _, high in arcs))

    def _ordered(self, nodes: set[Node]) -> list[Node]:
        """The nodes in topological order, without those on or behind a cycle (Kahn's algorithm)."""
        above = dict.fromkeys(nodes, 0)
        for node in nodes:
            for other in self._steps[node]:
                above[other] += 1
        found = [node for node, count in above.items() if not count]
        for node in found:  # which grows
            for other in self._steps[node]:
                above[other] -= 1
                if not above[other]:
                    found.append(other)
        return found

    def _read(self, equation: Form) -> None:
        parts: dict[int, Form] = defaultdict(dict)
        for wire, k in equation.items():
            if wire in self._owners:
                parts[self._owners[wire]][wire] = k
        if len(parts) != 2:
            return
        (first, lower), (second, upper) = parts.items()
        scale = pow(_lead(upper), -1, R)
        if _lead(lower) * scale % R != R - 1:
            return
        rest = without(equation, [*lower, *upper])
        arc = self._forms.arc(scaled(rest, R - scale))
        if arc is None:
            return
        below, above = (first, _normal(lower)), (second, _normal(upper))
        if arc[0] >= 0:
            self._put(below, above, arc)
        elif arc[1] <= 0:
            self._put(above, below, (-arc[1], -arc[0]))

    def _put(self, lower: Node, upper: Node, arc: Arc) -> None:
        """Keep a step; of two between the same nodes a strict one, then that of less span."""
        kept = self._steps[lower].get(upper)
        if kept is None or (arc[0] > 0, -arc[1]) > (kept[0] > 0, -kept[1]):
            self._steps[lower][upper] = arc


def _lead(form: Form) -> int:
    return form[max(form)]


def _normal(form: Form) -> tuple[tuple[int, int], ...]:
    scale = pow(_lead(form), -1, R)
    return tuple((wire, form[wire] * scale % R) for wire in sorted(form))
