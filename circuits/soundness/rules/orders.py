"""How known values are ordered: differences that rows keep in intervals, one after the other.

x - y + rest = 0 with the rest in [l, h] puts y - x in [l, h] mod r. Along a path of such steps from
x to z, z - x is in the sum of their intervals mod r. So a list that is checked to ascend, each
entry against the next, says of any two entries which is the lower. A product A B = k with a
constant k other than 0 says that A is not 0: a check that two entries differ is such a product.
"""

from __future__ import annotations

from collections import deque

from zkpipe.accel.bn254 import R
from zkpipe.circuits.soundness.model.rows import ONE_WIRE
from zkpipe.circuits.soundness.rules.forms import Arc, Form, Forms, normal, scaled, without

MOST_EQUATIONS = 32  # of a wire, the first
MOST_PRODUCTS = 64
LONGEST = 8  # entries of an equation that is looked at
MOST_STEPS = 1 << 13  # from one wire
MOST_WORK = 300_000  # entries of equations and steps, all together: a second


class Orders:
    """Paths between wires.

    work_left  entries of rows and steps of paths; below 0 nothing more is found
    """

    def __init__(self, forms: Forms, work_left: int = MOST_WORK) -> None:
        self.work_left = work_left
        self._forms = forms
        self._steps: dict[int, list[tuple[int, Arc]]] = {}
        self._paths: dict[int, dict[int, Arc]] = {}

    def between(self, first: int, last: int) -> Arc | None:
        """An interval of last - first mod r, its low end as high as the paths make it."""
        if first not in self._paths:
            self._paths[first] = self._from(first)
        return self._paths[first].get(last)

    def differ(self, first: int, last: int, by: int) -> bool:
        """Whether a row says that last - first is never this number."""
        wanted = normal({last: 1, first: R - 1, ONE_WIRE: -by % R} if by % R else
                        {last: 1, first: R - 1})  # fmt: skip
        for row in self._forms.products_of(first)[:MOST_PRODUCTS]:
            a, b, c = self._forms.product(row)
            self.work_left -= 8
            if self.work_left < 0:
                return False
            if c.keys() == {ONE_WIRE} and any(
                2 <= len(factor) <= 3 and normal(factor) == wanted for factor in (a, b)
            ):
                return True
        return False

    def _from(self, first: int) -> dict[int, Arc]:
        """What each wire that a path leads to is more than the first (Bellman and Ford's search).

        A cycle may raise low ends again and again, truly so mod r: the search ends at MOST_STEPS.
        """
        found = {first: (0, 0)}
        waiting = deque([first])
        for _ in range(MOST_STEPS):
            if not waiting or self.work_left < 0:
                break
            wire = waiting.popleft()
            low, high = found[wire]
            for other, (least, most) in self._steps_of(wire):
                self.work_left -= 1
                if other not in found or low + least > found[other][0]:
                    found[other] = low + least, high + most
                    waiting.append(other)
        return found

    def _steps_of(self, wire: int) -> list[tuple[int, Arc]]:
        """Wires beside this one, with the interval of what each is more."""
        if wire not in self._steps:
            self._steps[wire] = self._read(wire)
        return self._steps[wire]

    def _read(self, wire: int) -> list[tuple[int, Arc]]:
        starts, found = self._forms.system.linear.starts, []
        for row in self._forms.equations_of(wire)[:MOST_EQUATIONS].tolist():
            self.work_left -= 1
            if starts[row + 1] - starts[row] > LONGEST:
                continue
            equation: Form = self._forms.equation(row)
            equation = scaled(equation, pow(equation[wire], -1, R))
            for other, k in equation.items():
                self.work_left -= len(equation)
                if k == R - 1 and other != ONE_WIRE:
                    arc = self._forms.arc(without(equation, [wire, other]))
                    if arc is not None:
                        found.append((other, arc))
        return found
