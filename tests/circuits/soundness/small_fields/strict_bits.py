"""Rows that keep as many bits as the field has below its modulus, and some that nearly do.

A product E F = Z says that all bits of T are 0 if all of S are 1. E is a multiple of the sum of
1 - b over S, and Z one of the sum of b over T. With the ones of r - 1 above each run of its zeros
as S, and the run as T, the number is below r.
"""

from __future__ import annotations

from tests.circuits.soundness.planted import Combination
from tests.circuits.soundness.planted_small import Draft, added, less, scaled
from tests.circuits.soundness.systems import bit


def strict_bits(d: Draft) -> None:
    """A new number and its bits, kept below r; a row is left out at times, or is another one."""
    size, value = d.prime.bit_length(), d.two(1 << d.prime.bit_length())
    bits: list[Combination] = []
    for i in range(size):
        of_bit = value[0] >> i & 1, value[1] >> i & 1
        is_opposite = d.chance(0.15)
        wire = d.new(*(x ^ is_opposite for x in of_bit))
        bits.append({0: 1, wire: -1} if is_opposite else {wire: 1})
        if d.chance(0.97):
            d.put(bit(wire))
    parts = [scaled(form, 1 << i) for i, form in enumerate(bits)]
    equation = scaled(added(*parts, {d.new(*value): -1}), d.rng.choice([1, -1]))
    d.put(({}, {}, equation))
    ones = [i for i in range(size) if (d.prime - 1) >> i & 1]
    for place in set(range(size)) - {*ones}:
        above = [i for i in ones if i > place]
        run = [i for i in range(place + 1) if not any(i <= one < place for one in ones)]
        if d.chance(0.1):
            above.remove(d.rng.choice(above))
        if d.chance(0.1):
            above.append(d.value(size))
        if d.chance(0.95):
            zeros = added(*(bits[i] for i in (run if d.chance(0.3) else [place])))
            if d.chance(0.1):
                zeros = added(zeros, scaled(equation, d.rng.choice([1, -1])))
            _run(d, [bits[i] for i in above], zeros)


def some_run(d: Draft) -> None:
    """Such a row of any bits."""
    bits = [w for w in range(1, d.wires) if {*d.at({w: 1})} <= {0, 1}]
    if len(bits) > 1:
        d.rng.shuffle(bits)
        cut = d.value(len(bits) - 1) + 1
        _run(d, [{w: 1} for w in bits[:cut]], dict.fromkeys(bits[cut : cut + 2], 1))


def _run(d: Draft, ones: list[Combination], zeros: Combination) -> None:
    """All of the ones are 1 => the zeros are 0, if so in both witnesses."""
    ends = scaled(less({0: len(ones)}, added(*ones)), d.rng.choice([1, -1, 3]))
    zeros = scaled(zeros, d.rng.choice([1, 1, -1, 2]))
    values = list(zip(d.at(ends), d.at(zeros), strict=True))
    if all(e or not z for e, z in values):
        ratios = [z * pow(e, -1, d.prime) if e else d.value(d.prime) for e, z in values]
        ratio = d.new(ratios[0], ratios[0] if d.alike else ratios[1])
        d.put((ends, {ratio: 1}, zeros))
