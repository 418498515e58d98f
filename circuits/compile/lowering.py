"""The engine that traces: what the language asks for, as rows.

A payload is a linear combination, or for a flag a condition that has no rows yet; with a claim if
it was computed from comparisons.
"""

from __future__ import annotations

from collections.abc import Sequence

from zkpipe.accel.bn254 import R
from zkpipe.circuits.compile import bits, conditions, division, gates, tables, thresholds, words
from zkpipe.circuits.compile.combinations.combination import (
    ONE,
    Combination,
    add,
    constant,
    is_constant,
    scale,
    shift,
    subtract,
    total,
)
from zkpipe.circuits.compile.combinations.linear import (
    SHORT,
    Linear,
    Sum,
    kept,
    known,
    minus,
    plus,
    times,
)
from zkpipe.circuits.compile.conditions import Payload
from zkpipe.circuits.compile.forgotten.claims import Claim, refuse_unused, unused_bools
from zkpipe.circuits.compile.payloads import (
    Claimed,
    TracedPayload,
    claims_of,
    content_of,
    derived,
    use,
)
from zkpipe.circuits.compile.sums import choose, lent, read, replace, shortened, sum_origin
from zkpipe.circuits.compile.tracer import LONG, Tracer
from zkpipe.circuits.errors import CompileError
from zkpipe.circuits.language.gates import Gate
from zkpipe.circuits.language.plain.hint_call import HintCall
from zkpipe.circuits.language.text.source import Place, caller, here
from zkpipe.circuits.language.values.bounds import FIELD_BITS, MAX_BITS
from zkpipe.circuits.language.values.engine import Index, Interval, Operand
from zkpipe.circuits.language.values.signal import constant as constant_signal
from zkpipe.circuits.language.values.types import IntegerType
from zkpipe.circuits.r1cs.record import Origin, Site, WireKind

_BITS = (WireKind.INPUT, WireKind.BIT)  # what a bit is that has rows, or the value of one that has
_OPERATOR = 3  # frames of ours on top of an operator's: multiply() and what it calls


class TracingEngine(Tracer):
    """An Engine whose operations become rows."""

    def combination(self, payload: TracedPayload) -> Combination:
        """The payload as a combination, for a row."""
        return payload if type(payload) is dict else read(self, self.linear(payload))

    def linear(self, payload: TracedPayload) -> Linear:
        """The payload as a combination, or as a long sum that nothing reads yet."""
        content = content_of(payload)
        return content.value(self) if isinstance(content, conditions.Condition) else content

    def held(self, payload: TracedPayload) -> Combination:
        """The payload as a combination that several rows will have: short, or on a wire."""
        x = self.linear(payload)
        if type(x) is dict:
            return x
        form = shortened(self, x)
        if type(x) is Sum and x.bits is not None:
            offset, made_of = x.bits
            bits.remember(self, shift(form, offset), made_of)
        return form

    def output(self, payload: TracedPayload) -> Linear:
        """The payload of a result, which uses what it was computed from."""
        use(payload)
        return self.linear(payload)

    def same(self, x: Combination) -> Linear:
        """A combination that an operation may give again, the same Sum each time if it is long."""
        if len(x) <= SHORT:
            return x
        return self.given.setdefault(tuple(sorted(x.items())), kept(x))

    def constant(self, value: int) -> Combination:
        """A known integer."""
        return constant(value)

    def add(self, x: TracedPayload, y: TracedPayload, wraps: bool) -> TracedPayload:
        """x + y."""
        if type(x) is type(y) is dict:  # what most programs do most of the time
            out = add(x, y)
            return out if len(out) <= SHORT else kept(out)
        return derived(plus(self.linear(x), self.linear(y)), (x, y))

    def subtract(self, x: TracedPayload, y: TracedPayload, wraps: bool) -> TracedPayload:
        """x - y."""
        return derived(minus(self.linear(x), self.linear(y)), (x, y))

    def linear_combination(
        self, weights: Sequence[int], values: Sequence[TracedPayload]
    ) -> TracedPayload:
        """The sum of multiples, in one piece; long sums among them stay what they are."""
        short: list[tuple[Combination, int]] = []
        long: list[Linear] = []
        for weight, value in zip(weights, values, strict=True):
            x = self.linear(value)
            if type(x) is dict:
                short.append((x, weight))
            else:
                long.append(times(x, weight))
        out = kept(total(short))
        for x in long:
            out = plus(out, x)
        return derived(out, values)

    def wired(self, value: TracedPayload) -> TracedPayload:
        """A slot; by the row of a product that waits in it, or by a row of its own."""
        x = self.factor(read(self, self.linear(value)))
        if is_constant(x):
            return derived(x, (value,))
        if list(x.values()) != [1]:
            x = {self.copy(x, sum_origin(self)): 1}
        return derived(x, (value,))

    def wired_bit(self, flag: TracedPayload) -> TracedPayload:
        """A flag that is a constant, a wire or the opposite of one, which rows say to be a bit.

        A product or a sum, and what is made of one, gets a row for this: what others say is of more
        wires.
        """
        given = read(self, self.linear(flag))
        has_rows = all(self.kinds[slot] in _BITS for slot in given if slot != ONE)
        x = self.factor(given)
        slots = [slot for slot in x if slot != ONE]
        if len(slots) > 1 or any(x not in ({s: 1}, {ONE: 1, s: R - 1}) for s in slots):
            key = tuple(sorted(x.items()))
            has_rows = has_rows or self._is_lowest_bit(x)
            if key not in self.wires_of_bits:
                self.wires_of_bits[key] = self.copy(x, sum_origin(self))
            x = {self.wires_of_bits[key]: 1}
        for slot in x:
            if slot != ONE and slot not in self.bits_by_rows:
                self.bits_by_rows.add(slot)
                if not has_rows:
                    self.boolean_rows(range(slot, slot + 1), sum_origin(self))
        return derived(x, (flag,))

    def _is_lowest_bit(self, x: Combination) -> bool:
        """Whether a sum is the lowest bit of a number, for which there is a row."""
        numbers = (self.bits_with_rows.get(slot) for slot in x)
        return any(known is not None and known.bits()[0] == x for known in numbers)

    def integer(self, x: Operand) -> int | None:
        """The value of a constant, from 0 to r - 1; None for all else, and for comparisons."""
        return known(x.payload) if isinstance(x.payload, dict | Sum) else None

    def multiply(self, x: Operand, y: Operand, wraps: bool) -> TracedPayload:
        """x * y; the factors keep their short form, so that later uses are short too."""
        one, other = x.payload, y.payload
        if type(one) is type(other) is dict:
            return self._product(x, y, one, other)
        return derived(self._product(x, y, self.linear(one), self.linear(other)), (one, other))

    def _product(self, x: Operand, y: Operand, left: Linear, right: Linear) -> Linear:
        value = known(left)
        if value is not None:
            return times(right, value)
        is_square = left is right
        if not is_square:
            value = known(right)
            if value is not None:
                return times(left, value)
        first = left if type(left) is dict else read(self, left)
        second = first if is_square else right if type(right) is dict else read(self, right)
        if x.low is not None and x.is_flag and first == second:
            return left  # 0 and 1 are their own squares
        first = self.factor(first)
        second = first if is_square else self.factor(second)
        if first is not left:
            x.payload = derived(replace(left, first), (x.payload,))
        if second is not right and y is not x:
            y.payload = derived(replace(right, second), (y.payload,))
        if is_constant(first) or is_constant(second):  # what was gone cancelled out
            return kept(self.product(first, second))
        return self.row_product(first, second, self.product_origin(_OPERATOR))

    def equal(self, x: Operand, y: Operand) -> TracedPayload:
        """Whether x == y."""
        return derived(self._equal(x, y), (x.payload, y.payload))

    def _equal(self, x: Operand, y: Operand) -> Payload:
        left, right = self.combination(x.payload), self.combination(y.payload)
        if x.low is None or y.low is None or x.high is None or y.high is None:
            return conditions.Equal(left, right, None)
        low, high = x.low - y.high, x.high - y.low
        if low > 0 or high < 0:
            return constant(0)
        return conditions.Equal(left, right, (low, high))

    def at_least(self, x: Operand, y: Operand) -> TracedPayload:
        """Whether x >= y as integers."""
        return derived(self._at_least(x, y), (x.payload, y.payload))

    def _at_least(self, x: Operand, y: Operand) -> Payload:
        low, high = x.interval[0] - y.interval[1], x.interval[1] - y.interval[0]
        if low >= 0 or high < 0:
            return constant(1 if low >= 0 else 0)
        left, right = self.held(x.payload), self.held(y.payload)
        return conditions.AtLeast(left, right, 0, low, high)

    def at_most(self, x: Operand, y: Operand) -> TracedPayload:
        """Whether x <= y as integers."""
        return derived(self._at_most(x, y), (x.payload, y.payload))

    def _at_most(self, x: Operand, y: Operand) -> Payload:
        condition = self._at_least(y, x)
        if isinstance(condition, conditions.Condition):
            condition.sides = condition.sides[::-1]
        return condition

    def negation(self, flag: TracedPayload) -> TracedPayload:
        """1 - flag."""
        return derived(conditions.negation(content_of(flag)), (flag,))

    def conjunction(self, flags: Sequence[TracedPayload]) -> TracedPayload:
        """All of the flags."""
        return derived(conditions.All([content_of(flag) for flag in flags]), flags)

    def disjunction(self, flags: Sequence[TracedPayload]) -> TracedPayload:
        """One of the flags or more."""
        none = conditions.All([conditions.negation(content_of(flag)) for flag in flags])
        return derived(conditions.negation(none), flags)

    def difference(self, x: TracedPayload, y: TracedPayload) -> TracedPayload:
        """Whether two flags differ."""
        return derived(conditions.difference(self, self.linear(x), self.linear(y)), (x, y))

    def select(
        self,
        condition: TracedPayload,
        if_true: TracedPayload,
        if_false: TracedPayload,
        wraps: bool,
    ) -> TracedPayload:
        """if_false + condition (if_true - if_false)."""
        flag = self.combination(condition)
        value = choose(self, flag, self.linear(if_true), self.linear(if_false))
        return derived(value, (condition, if_true, if_false))

    def member(self, x: Operand, values: Sequence[Operand]) -> TracedPayload:
        """Whether x is one of the values."""
        return derived(self._member(x, values), [x.payload, *(value.payload for value in values)])

    def _member(self, x: Operand, values: Sequence[Operand]) -> Payload:
        if len(values) == 1:
            return self._equal(x, values[0])
        left = self.held(x.payload)
        combinations = [self.combination(value.payload) for value in values]
        if x.low is None or x.high is None or not all(map(is_constant, combinations)):
            return tables.Member(left, combinations, None)
        pairs = zip(values, combinations, strict=True)
        known = sorted({_integer(value, combination) for value, combination in pairs})
        low, high = known[0], known[-1]
        if high - low == len(known) - 1 and self._rows_between(x, left, low, high) < high - low:
            ends = [constant_signal(self, low), constant_signal(self, high)]
            return conditions.All([self._at_least(x, ends[0]), self._at_most(x, ends[1])])
        span = (x.low, x.high - x.low + 1)
        return tables.Member(left, combinations, span)

    def _rows_between(self, x: Operand, value: Combination, low: int, high: int) -> int:
        """About how many rows it takes to check that x lies between two constants."""
        least, most = x.interval
        count = (most - least).bit_length()
        if not bits.has_known_bits(self, shift(value, -least)):
            return count * ((least < low) + (most > high))
        return sum(
            thresholds.at_most_rows(bound, count)
            for bound in (most - low, high - least)
            if bound < most - least
        )

    def lookup(
        self, indices: Sequence[Index], columns: Sequence[Sequence[Operand | None]]
    ) -> list[TracedPayload]:
        """The entry of each column at the indices, each proven to be in its range."""
        address: list[Combination] = []
        for index, low, size in reversed(indices):
            x = self.resolve(self.held(index.payload))
            message = f"the index of a lookup is not from {low} to {low + size - 1}"
            site = self.site("narrow", message)
            origin = self.check_origin(site, x, x)
            shifted, width = shift(x, -low), (size - 1).bit_length()
            if is_constant(shifted) and shifted.get(ONE, 0) >= size:
                raise _never(
                    site, f"The index of a lookup is never from {low} to {low + size - 1}."
                )
            if width:
                found = bits.decompose(self, shifted, width, origin)
                address += [b if len(b) <= LONG else {self.wire(b, origin): 1} for b in found]
            last = constant(size - 1)
            if index.low is not None and low <= index.low <= index.interval[1] < low + size:
                continue
            use(index.payload)
            if not bits.range_check(self, subtract(last, shifted), width, origin):
                raise _never(site, "An index is never in its range.")
        payloads = [
            [None if entry is None else self.linear(entry.payload) for entry in column]
            for column in columns
        ]
        entries = tables.look_up(self, address, payloads, self.product_origin())
        places = [index.payload for index, _, _ in indices]
        return [
            derived(value, [*places, *(entry.payload for entry in column if entry is not None)])
            for value, column in zip(entries, columns, strict=True)
        ]

    def narrow(self, x: Operand, type_: Interval, what: str) -> TracedPayload:
        """x with a range check unless its bounds say it already."""
        if x.low is None or x.high is None or x.low < type_.low or x.high > type_.high:
            use(x.payload)
            site = self.site("narrow", f"{what} does not fit {type_}")
            ends = None if x.low is None else x.interval
            self.constrain_to_type(self.held(x.payload), type_, site, ends)
        return derived(self.linear(x.payload), (x.payload,))

    def constrain_to_type(
        self,
        value: Combination,
        type_: Interval,
        site: Site,
        ends: tuple[int, int] | None = None,
    ) -> None:
        """Prove that a combination lies in an integer type of at most 2^252 values.

        Of more if these are a power of two: x - low and high - x of so many bits add up to less
        than r, so neither is more than high - low.

        ends  of the value, as far as they are proven; a side that they say is not checked, unless
              what is beyond the other one is so far off that it may wrap around into the type
        """
        span = type_.high - type_.low
        width = span.bit_length()
        origin = self.check_origin(site, value, value)
        is_whole = span + 1 == 1 << width
        low, high = ends or (type_.low - R, type_.high + R)
        is_near = max(type_.low - low, high - type_.high) <= R - (1 << width)
        fine = True
        if is_whole or low < type_.low or not is_near:
            fine &= bits.range_check(self, shift(value, -type_.low), width, origin)
        if not is_whole and (high > type_.high or not is_near):
            above = subtract(constant(type_.high), value)
            fine &= bits.range_check(self, above, width, origin)
        if not fine:
            raise _never(site, f"A constant never fits {type_}.")

    def divide(self, dividend: Operand, divisor: Operand) -> tuple[TracedPayload, TracedPayload]:
        """Quotient and remainder by a divisor with bounds not below zero."""
        x = self.resolve(self.held(dividend.payload))
        y = self.resolve(self.held(divisor.payload))
        site = self.site("division")
        origin = self.check_origin(site, x, y)
        ends = _interval(dividend, x), _interval(divisor, y)
        if ends[1] == (0, 0):
            raise _never(
                site, "The divisor of a division is always zero.", "Divide by another number."
            )
        pair = division.divide(self, x, y, *ends, origin)
        if pair is None:
            raise _never(site, "A division never has a quotient and a remainder.")
        if divisor.interval[0] <= 0:
            use(divisor.payload)  # proven not to be zero
        operands = dividend.payload, divisor.payload
        return derived(pair[0], operands), derived(pair[1], operands)

    def ratio(self, x: Operand, y: Operand) -> TracedPayload:
        """The row w y = x."""
        dividend = self.settled(self.held(x.payload))
        divisor = self.settled(self.held(y.payload))
        site = self.site("ratio")
        if not divisor:
            problem = "The divisor of a division is always zero."
            raise _never(site, problem, "Divide by another number.")
        if is_constant(divisor):
            inverse = pow(divisor[ONE], -1, R)
            return derived(scale(dividend, inverse), (x.payload, y.payload))
        slot = self.advice_ratio(dividend, divisor, WireKind.QUOTIENT)
        origin = self.check_origin(site, dividend, divisor)
        self.closed_product(divisor, {slot: 1}, dividend, origin)
        return derived({slot: 1}, (x.payload, y.payload))

    def bits(self, x: Operand, count: int) -> list[TracedPayload]:
        """The lowest bit first."""
        value = self.resolve(self.held(x.payload))
        site = self.site("narrow", f"a value does not fit {count} bits")
        if is_constant(value) and value.get(ONE, 0) >> count:
            raise _never(site, f"A constant never fits {count} bits.")
        if x.low is None or x.low < 0 or x.interval[1] >> count:
            use(x.payload)
        origin = self.check_origin(site, value, value)
        if count == FIELD_BITS:
            found = bits.strict(self, value, origin)
        else:
            found = bits.decompose(self, value, count, origin)
        return [derived(self.same(bit), (x.payload,)) for bit in found]

    def sum_bits(
        self, weights: Sequence[int], flags: Sequence[TracedPayload], constant: int, count: int
    ) -> list[TracedPayload]:
        """The lowest bit first; flags that are constants make no carry."""
        parts = list(zip(map(self.combination, flags), weights, strict=True))
        found = bits.of_sum(self, parts, constant, count, sum_origin(self))
        return [derived(self.same(bit), flags) for bit in found]

    def gate(self, function: Gate, flags: Sequence[TracedPayload]) -> TracedPayload:
        """A gate's value; of constants and equal flags without a row."""
        value = gates.gate(self, function, [self.combination(flag) for flag in flags])
        return derived(self.same(value), flags)

    def number(self, flags: Sequence[TracedPayload]) -> TracedPayload:
        """The number of flags, lowest first, which stay known."""
        return derived(words.number([self.combination(flag) for flag in flags]), flags)

    def shifted(self, x: Operand, count: int) -> TracedPayload:
        """x * 2^count; bits that are known stay so."""
        value = self.linear(x.payload)
        found = bits.all_known_bits(self, self.held(x.payload)) if x.interval[0] >= 0 else None
        if found is not None and len(found) + count <= MAX_BITS:
            return derived(words.number([{}] * count + found), (x.payload,))
        return derived(times(value, 1 << count), (x.payload,))

    def bitwise(self, operation: str, x: Operand, y: Operand) -> TracedPayload:
        """x & y, x | y or x ^ y."""
        origin = self.origin(Origin(self.site("product")))
        left, right = (
            words.word_of(self, self.held(z.payload), *z.interval, origin) for z in (x, y)
        )
        return derived(words.bitwise(self, operation, left, right), (x.payload, y.payload))

    def require(self, flag: Operand, message: str | None) -> None:
        """Constrain a flag to be 1; of several that must all hold, each on its own."""
        use(flag.payload)
        payload = content_of(flag.payload)
        place, gadget = caller(self.boundary)
        self._require(payload, Site(place, "check", message))
        if gadget is None:
            self.doubts.checked(place, always_holds=conditions.always_holds(payload))

    def constant_check(self) -> None:
        """Note a check of what Python knew to be true."""
        place, gadget = caller(self.boundary)
        if gadget is None:
            self.doubts.checked(place, always_holds=True, is_plain=True)

    def stated(self, condition: TracedPayload) -> TracedPayload:
        """A claim: the condition, which something must use."""
        place, gadget = caller(self.boundary)
        claim = Claim(claims_of([condition]), place, gadget and f"the gadget {gadget}()")
        self.claims.append(claim)
        return Claimed(content_of(condition), claim)

    def brought(
        self,
        flags: Sequence[Linear],
        operands: Sequence[TracedPayload],
        bringer: str,
        place: Place | None,
    ) -> list[TracedPayload]:
        """Bools that something else than a comparison made; if none is used, lint tells."""
        if not flags:
            return []
        claim = Claim(claims_of(operands), place, bringer)
        self.claims.append(claim)
        return [Claimed(flag, claim) for flag in flags]

    def use(self, value: TracedPayload) -> None:
        """Take what a value was computed from as used."""
        use(value)

    def end(self, within: str) -> None:
        """End the trace of what `within` names: raise CompileError for comparisons left unused."""
        refuse_unused(self.claims, within)
        self.doubts.remarks += unused_bools(self.claims)

    def _require(self, payload: Payload, site: Site) -> None:
        if isinstance(payload, conditions.All) and payload.known is None:
            for part in payload.required():
                self._require(part, site)
            return
        if not isinstance(payload, conditions.Condition):
            payload = self.combination(payload)
        sides = (
            payload.sides if isinstance(payload, conditions.Condition) else (payload, constant(1))
        )
        if not conditions.require(self, payload, self.check_origin(site, *sides)):
            raise _never(site, "A check can never hold.")

    def hint(self, call: HintCall, arguments: list[TracedPayload]) -> list[TracedPayload]:
        """New wires for a function's results, each range-checked for its type."""
        for claim in claims_of(arguments):
            claim.is_hinted = True
        types = call.result_types()
        values = [lent(self, self.linear(x)) for x in arguments]
        slots = self.advice_hint(call, values, len(types))
        for slot, (path, type_) in zip(slots, types, strict=True):
            if isinstance(type_, IntegerType):
                site = self.site("hint", f"the hint's result {path} does not fit {type_}")
                self.constrain_to_type({slot: 1}, type_, site)
        place = here(self.boundary)
        return [
            self.brought([{slot: 1}], (), f"the hint `{call.name}`", place)[0]
            if isinstance(type_, IntegerType) and type_.name == "Bool"
            else {slot: 1}
            for slot, (_, type_) in zip(slots, types, strict=True)
        ]

    def bind_input(self, slot: int, path: str, type_: IntegerType) -> None:
        """Prove that an input lies in its type as it enters."""
        site = Site(None, "input", f"the input {path} does not fit {type_}")
        self.constrain_to_type({slot: 1}, type_, site)


def _interval(signal: Operand, value: Combination) -> tuple[int, int]:
    """The bounds of an integer, those of a constant as narrow as can be."""
    if not is_constant(value):
        return signal.interval
    number = _integer(signal, value)
    return number, number


def _integer(signal: Operand, value: Combination) -> int:
    """The integer of a constant, whose bounds may be wider than it is."""
    residue = value.get(ONE, 0)
    return residue if residue <= signal.interval[1] else residue - R


def _never(
    site: Site, what: str, fix: str = "Correct the condition: no input satisfies it."
) -> CompileError:
    place = site.place
    return CompileError(
        what,
        fix,
        None if place is None else place.source(),
    )
