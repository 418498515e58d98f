"""Products and equations as rows, and the choice of sums that get a wire of their own.

A product's slot p is *pending* at first: its row says A B = (something to come). If a sum k p +
rest becomes a factor while p is pending, the sum takes the row: it gets a slot w, the row becomes
A B = (w - rest) / k, and p is *gone*, from then on a name for that combination. So `x = x * x + x`
costs one row with few entries a step, and check(a * b == c) is the row A B = c. What is used by a
row or by the solver otherwise is frozen: A B = p.

Every row has one unknown at the most, and the tape solves them in an order in which all else is
known.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from types import CodeType
from typing import Any
from weakref import WeakKeyDictionary

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile.combinations.combination import (
    ONE,
    Combination,
    is_constant,
    negate,
    scale,
    subtract,
    total,
)
from zkpipe.circuits.compile.combinations.known_bits import KnownBits
from zkpipe.circuits.compile.combinations.linear import Linear
from zkpipe.circuits.compile.combinations.rows import Coefficients, GrowingRows
from zkpipe.circuits.compile.forgotten.claims import Claim
from zkpipe.circuits.compile.forgotten.doubts import Doubts
from zkpipe.circuits.language.plain.hint_call import HintCall
from zkpipe.circuits.language.surroundings.keys import Known
from zkpipe.circuits.language.surroundings.surroundings import Surroundings
from zkpipe.circuits.language.text.frames import user_frame
from zkpipe.circuits.language.text.source import Place, here
from zkpipe.circuits.r1cs.record import (
    Call,
    HintUse,
    Operation,
    Origin,
    Purpose,
    Site,
    WireKind,
)
from zkpipe.ground.errors import ZkpipeError

LONG = 40  # entries that cost about as much as a row (circuits.compile.sums)
_OPEN = -1
_PRODUCT, _SOLVE = int(WireKind.PRODUCT), int(Operation.SOLVE)  # each product asks
Shape = tuple[object, ...]


class Traced:
    """Components in the trace of a circuit.

    templates  by component, shape of its arguments, and what it sees beside them
    within     components and shapes that are being traced just now, the outermost first
    seen       what components see; None if it cannot be compared, so that each call is traced
    too_much   components that see more than is looked at
    known      tuples that they see
    """

    def __init__(self) -> None:
        self.templates: dict[Shape, Any] = {}
        self.within: dict[Shape, None] = {}
        self.seen: dict[object, Surroundings | None] = {}
        self.too_much: set[object] = set()
        self.known = Known()


class Tracer:
    """The rows of one circuit or component while its body runs.

    slots below `argument_count` + 1 are one and the arguments; all others are made here.
    """

    knows_values = False

    def __init__(
        self,
        coefficients: Coefficients,
        argument_count: int,
        boundary: CodeType | None,
        traced: Traced | None = None,
        doubts: Doubts | None = None,
    ) -> None:
        self.refusals: list[ZkpipeError] | None = None
        self.streams: tuple[object, ...] = ()
        self.coefficients = coefficients
        self.argument_count = argument_count
        self.boundary = boundary  # frames from here on outwards are not this trace's
        self.traced = Traced() if traced is None else traced  # shared with the caller's trace
        self.shared_origins: WeakKeyDictionary[Any, int] = WeakKeyDictionary()  # by template
        self.a = GrowingRows(coefficients)
        self.b = GrowingRows(coefficients)
        self.c = GrowingRows(coefficients)  # in the order of closing; c_rows says whose they are
        self.c_rows = array("q")
        self.c_starts = array("q")
        self.origin_of_row = array("I")
        self.origins: list[Origin] = []
        self.sides = GrowingRows(coefficients)
        self.tape = array("i")
        self.pool = GrowingRows(coefficients)  # combinations that the tape reads
        self.hints: list[HintUse] = []
        self.calls: list[Call] = []
        self.kinds = bytearray([WireKind.INPUT]) * (argument_count + 1)
        self.substituted = array("q", [_OPEN]) * (argument_count + 1)  # closed row in c, if gone
        self.pending: dict[int, int] = {}  # slot: row
        self.aliases: dict[int, Combination] = {}
        self.read_once: set[int] = set()  # slots that are gone, in whose place a long sum has stood
        self.stand_ins: dict[int, int] = {}  # wires for those in whose place it would stand again
        self.known_bits: dict[tuple[int, ...], list[KnownBits]] = {}  # by combination but constant
        self.bits_by_rows: set[int] = set()  # slots that rows say to be bits
        self.bits_with_rows: dict[int, KnownBits] = {}  # of numbers, by the slot of the second
        self.wires_of_bits: dict[tuple[tuple[int, int], ...], int] = {}  # by entries
        self.strict_bits: dict[tuple[tuple[int, int], ...], KnownBits] = {}  # by its entries
        self.conjunctions: dict[tuple[tuple[tuple[int, int], ...], ...], Combination] = {}
        self.zeros: dict[tuple[tuple[int, int], ...], Combination] = {}  # whether it is zero
        self.quotients: dict[tuple[object, ...], tuple[Linear, Linear]] = {}
        self.given: dict[tuple[tuple[int, int], ...], Linear] = {}  # long bits, by their entries
        self.sites: dict[tuple[int, int], tuple[Site, int]] = {}
        self.claims: list[Claim] = []  # that something must use
        self.doubts = Doubts() if doubts is None else doubts  # shared with the caller's trace

    # --- slots

    def slot(self, kind: WireKind) -> int:
        """A new slot."""
        self.kinds.append(kind)
        self.substituted.append(_OPEN)
        return len(self.kinds) - 1

    def alias(self, x: Combination) -> int:
        """A slot that stands for x in rows until the trace ends."""
        slot = self.slot(WireKind.SUM)
        self.aliases[slot] = x
        return slot

    def resolve(self, x: Combination) -> Combination:
        """The same value without slots that are substituted.

        One that stands for a long sum, and makes x long for the second time, gets a wire after all.
        """
        substituted = self.substituted
        for slot in x:
            if substituted[slot] >= 0:
                break
        else:
            return x
        out = self._expanded(x)
        if len(out) > len(x) + LONG:
            again = [slot for slot in x if substituted[slot] >= 0 and slot in self.read_once]
            for slot in again:
                origin = self.product_origin()
                self.stand_ins[slot] = self.copy(self._definition(substituted[slot]), origin)
            self.read_once.update(slot for slot in x if substituted[slot] >= 0)
            if again:
                out = self._expanded(x)
        return out

    def _expanded(self, x: Combination) -> Combination:
        substituted, stand_ins = self.substituted, self.stand_ins
        return total(
            (
                {stand_ins.get(slot, slot): 1}
                if substituted[slot] < 0 or slot in stand_ins
                else self._definition(substituted[slot]),
                coefficient,
            )
            for slot, coefficient in x.items()
        )

    def _definition(self, closed: int) -> Combination:
        start = self.c_starts[closed]
        stop = start + self.c.counts[closed]
        values = self.coefficients.in_order
        return {
            slot: values[number]
            for slot, number in zip(
                self.c.slots[start:stop], self.c.values[start:stop], strict=True
            )
        }

    # --- origins

    def product_origin(self, ours: int = 0) -> int:
        """The origin of a product in the user's present line.

        ours  how many frames are of ours for certain, from the caller's on
        """
        frame = user_frame(self.boundary, 1 + ours)
        key = (0, 0) if frame is None else (id(frame.f_code), frame.f_lasti)
        known = self.sites.get(key)
        if known is None:  # the site keeps the code alive, so its id stays its own
            site = Site(None if frame is None else Place(frame.f_code, frame.f_lasti), "product")
            known = self.sites[key] = (site, self.origin(Origin(site)))
        return known[1]

    def site(self, purpose: Purpose, message: str | None = None) -> Site:
        """A site in the user's present line."""
        return Site(here(self.boundary), purpose, message)

    def origin(self, origin: Origin) -> int:
        """Record an origin; returns its number."""
        self.origins.append(origin)
        return len(self.origins) - 1

    def check_origin(self, site: Site, left: Combination, right: Combination) -> int:
        """Record a check with its two sides, which a failure shows to those who may see them."""
        return self.origin(Origin(site, self.sides.append(left), self.sides.append(right)))

    # --- rows

    def product(self, x: Combination, y: Combination, origin: int | None = None) -> Combination:
        """x y: a new row unless one of them is constant."""
        if is_constant(x):
            return scale(y, x.get(ONE, 0))
        if is_constant(y):
            return scale(x, y.get(ONE, 0))
        left = self.factor(x)
        right = left if x is y else self.factor(y)
        if is_constant(left) or is_constant(right):  # what was gone cancelled out
            return self.product(left, right, origin)
        return self.row_product(left, right, self.product_origin() if origin is None else origin)

    def row_product(self, x: Combination, y: Combination, origin: int) -> Combination:
        """x y by a new row, of factors that are ready and not constant."""
        slot = len(self.kinds)
        self.kinds.append(_PRODUCT)
        self.substituted.append(_OPEN)
        self.pending[slot] = self._row(x, y, origin)
        return {slot: 1}

    def factor(self, x: Combination) -> Combination:
        """x ready to stand in a row: a sum with a pending product takes that product's row."""
        pending = self.pending
        if len(x) == 1:  # what most programs have most of the time
            (slot,) = x
            if self.substituted[slot] < 0:
                if slot in pending:
                    self._freeze(slot)
                return x
        x = self.resolve(x)
        waiting = [slot for slot in x if slot in pending]
        if not waiting:
            return x
        if len(x) - (ONE in x) > 1:
            return {self._take(x, max(waiting)): 1}
        self.freeze(waiting)
        return x

    def freeze(self, slots: Iterable[int]) -> None:
        """Close pending rows as A B = p, in the order of their slots."""
        for slot in sorted(slots):
            self._freeze(slot)

    def _freeze(self, slot: int) -> None:
        row = self.pending.pop(slot)
        self.c_starts.append(len(self.c.slots))
        self.c_rows.append(row)
        self.c.append_slot(slot)
        self.tape.extend((_SOLVE, row, slot, 1, 0))

    def settled(self, x: Combination) -> Combination:
        """x with nothing pending: what a row or the solver may read as it is."""
        x = self.resolve(x)
        self.freeze([slot for slot in x if slot in self.pending])
        return x

    def _take(self, x: Combination, slot: int) -> int:
        """Give the sum x a slot of its own, by the pending row of one of its products."""
        row = self.pending.pop(slot)
        k = x[slot]
        rest = {s: c for s, c in x.items() if s != slot}
        self.freeze([s for s in rest if s in self.pending])
        w = self.slot(WireKind.SUM)
        self.substituted[slot] = self._close(row, scale({w: 1, **negate(rest)}, inverse(k)))
        self._step(Operation.SOLVE, row, w)
        return w

    def equate(self, x: Combination, origin: int) -> bool:
        """Constrain x to be 0; False if it is another constant, so that it never can be."""
        x = self.resolve(x)
        if is_constant(x):
            return not x
        waiting = [slot for slot in x if slot in self.pending]
        if waiting:
            slot = max(waiting)
            row = self.pending.pop(slot)
            rest = {s: c for s, c in x.items() if s != slot}
            self.freeze(s for s in waiting if s != slot)
            self.substituted[slot] = self._close(row, scale(rest, R - inverse(x[slot])))
            self.origin_of_row[row] = origin
        else:
            self._close(self._row({}, {}, origin), x)
        return True

    def closed_product(self, x: Combination, y: Combination, z: Combination, origin: int) -> int:
        """The row x y = z as it stands, of settled combinations; returns its number."""
        row = self._row(x, y, origin)
        self._close(row, z)
        return row

    def boolean_rows(self, slots: range, origin: int) -> None:
        """The row s (s - 1) = 0 for each slot."""
        row, count = len(self.origin_of_row), len(slots)
        self.a.slots.extend(slots)
        self.a.values.extend([self.coefficients[1]] * count)
        self.a.counts.extend([1] * count)
        self.b.slots.extend(part for slot in slots for part in (ONE, slot))
        self.b.values.extend([self.coefficients[R - 1], self.coefficients[1]] * count)
        self.b.counts.extend([2] * count)
        self.c.counts.extend([0] * count)
        self.c_starts.extend([len(self.c.slots)] * count)
        self.c_rows.extend(range(row, row + count))
        self.origin_of_row.extend([origin] * count)

    def wire(self, x: Combination, origin: int) -> int:
        """The slot of x: its own if it is one, a pending row's, or a new one by a linear row."""
        x = self.factor(x)
        if len(x) == 1:
            ((slot, coefficient),) = x.items()
            if coefficient == 1 and slot != ONE:
                return slot
        return self.copy(x, origin)

    def copy(self, x: Combination, origin: int) -> int:
        """A new slot equal to x, by a linear row."""
        x = self.settled(x)
        w = self.slot(WireKind.SUM)
        row = self.closed_product({}, {}, subtract({w: 1}, x), origin)
        self._step(Operation.SOLVE, row, w)
        return w

    def _row(self, x: Combination, y: Combination, origin: int) -> int:
        self.a.append(x)
        self.b.append(y)
        self.origin_of_row.append(origin)
        return len(self.origin_of_row) - 1

    def _close(self, row: int, z: Combination) -> int:
        self.c_starts.append(len(self.c.slots))
        self.c_rows.append(row)
        return self.c.append(z)

    # --- the solver's tape

    def _step(
        self, operation: Operation, source: int, slot: int, count: int = 1, skip: int = 0
    ) -> None:
        self.tape.extend((operation, source, slot, count, skip))

    def solve(self, row: int, slot: int) -> None:
        """Have the solver find a slot from a closed row."""
        self._step(Operation.SOLVE, row, slot)

    def advice_bits(self, x: Combination, skip: int, count: int) -> range:
        """New slots, one after the other, for bits of x, unconstrained."""
        first = len(self.kinds)
        self.kinds.extend([WireKind.BIT] * count)
        self.substituted.extend([_OPEN] * count)
        if count:
            self._step(Operation.BITS, self.pool.append(self.settled(x)), first, count, skip)
        return range(first, first + count)

    def advice_inverse(self, x: Combination) -> int:
        """A new slot for the inverse of x, 0 for 0, unconstrained."""
        source = self.pool.append(self.settled(x))
        slot = self.slot(WireKind.INVERSE)
        self._step(Operation.INVERSE, source, slot)
        return slot

    def advice_quotient(self, x: Combination, y: Combination) -> int:
        """A new slot for floor(x / y) of canonical values, 0 if y is 0, unconstrained."""
        source = self.pool.append(self.settled(x))
        self.pool.append(self.settled(y))
        slot = self.slot(WireKind.QUOTIENT)
        self._step(Operation.QUOTIENT, source, slot)
        return slot

    def advice_ratio(self, x: Combination, y: Combination, kind: WireKind) -> int:
        """A new slot for x / y in the field, 0 if y is 0, unconstrained."""
        source = self.pool.append(self.settled(x))
        self.pool.append(self.settled(y))
        slot = self.slot(kind)
        self._step(Operation.RATIO, source, slot)
        return slot

    def advice_hint(self, call: HintCall, arguments: list[Combination], count: int) -> list[int]:
        """New slots for the results of a Python function, unconstrained."""
        settled = [self.settled(x) for x in arguments]
        first = len(self.pool)
        for x in settled:
            self.pool.append(x)
        slots = [self.slot(WireKind.HINT) for _ in range(count)]
        self.hints.append(HintUse(call, first, slots[0] if slots else ONE, count))
        self._step(Operation.HINT, len(self.hints) - 1, ONE, count)
        return slots


def inverse(k: int) -> int:
    """1 / k mod r."""
    return k if k in (1, R - 1) else pow(k, -1, R)
