"""Layers of transforms on raw values as large as their bound, each lane a polynomial of its own."""

from __future__ import annotations

import pytest

from tests.accel.edge_values import generator, single_values
from tests.accel.raw import elements, out_of_form, raw_values
from tests.oracles import polynomials as oracle
from zkpipe.accel.bn254 import FR
from zkpipe.accel.fields.factors import PreparedConstants
from zkpipe.accel.fields.rows import Elements
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.transforms.layers import layers, undo_layers
from zkpipe.accel.transforms.ntt import BOUND
from zkpipe.accel.transforms.twiddles import bit_reversal, layer_twiddles

R = FR.modulus
SIZES = [1, 2, 4, 8, 16, 32]


def bound(machine: Machine) -> int:
    return 2 if machine.width == 1 else BOUND


def raw_edges(n: int, machine: Machine, seed: int) -> list[tuple[int]]:
    """Values from 0 to the bound; most are edges, and the first are all at the top."""
    edges, draw = single_values(R, machine, bound(machine)), generator(seed)
    top = edges[-1]
    if seed == 0:
        return [(top,)] * n
    return [(draw.choice([draw.choice(edges), draw.randint(0, top)]),) for _ in range(n)]


def strided(
    raw: list[tuple[int]], size: int, start: int, stride: int, machine: Machine
) -> Elements:
    """Entries start, start + stride, ... of an array whose other entries are 0."""
    width = machine.width
    spread: list[tuple[int]] = [(0,)] * ((start + stride * size) * width)
    for i in range(size):
        at = (start + stride * i) * width
        spread[at : at + width] = raw[i * width : (i + 1) * width]
    return elements(FR, machine, spread, BOUND)


def lanes_of(
    array: Elements, size: int, start: int, stride: int, machine: Machine
) -> list[list[int]]:
    """The residues of each lane's entries; all within the bound, and nothing beside them."""
    width = machine.width
    raw = raw_values(array, FR, machine, array.length * width)
    entries = [raw[i * width : (i + 1) * width] for i in range(array.length)]
    mine = [start + stride * i for i in range(size)]
    top = bound(machine) * R
    assert all(value <= top for i in mine for (value,) in entries[i])
    others = [entry for i, entry in enumerate(entries) if i not in mine]
    assert all(value == 0 for entry in others for (value,) in entry)
    return [[out_of_form(FR, machine, entries[i][lane])[0] for i in mine] for lane in range(width)]


@pytest.mark.parametrize("coset", [False, True], ids=["domain", "coset"])
@pytest.mark.parametrize(("start", "stride"), [(0, 1), (2, 1), (1, 5)])
@pytest.mark.parametrize("size", SIZES)
def test_layers_are_transforms_of_every_lane_and_their_inverses(
    size: int, start: int, stride: int, coset: bool, machine: Machine
) -> None:
    points = oracle.coset_points(size) if coset else oracle.domain_points(size)
    order = bit_reversal(size)
    forth, back = (
        PreparedConstants(FR, machine, layer_twiddles(size, coset, inv)) for inv in (False, True)
    )
    for seed in range(3):
        raw = raw_edges(size * machine.width, machine, seed)
        x = strided(raw, size, start, stride, machine)
        before = lanes_of(x, size, start, stride, machine)
        layers(x, start, stride, size, forth, 1)
        after = lanes_of(x, size, start, stride, machine)
        for coefficients, values in zip(before, after, strict=True):
            wanted = oracle.values(coefficients, points)
            assert values == [wanted[i] for i in order]
        undo_layers(x, start, stride, size, back, 1)
        undone = lanes_of(x, size, start, stride, machine)
        assert undone == [[size * value % R for value in lane] for lane in before]
        # and the inverse on values at the bound, not only on what the layers leave
        x = strided(raw, size, start, stride, machine)
        undo_layers(x, start, stride, size, back, 1)
        for values, coefficients in zip(
            before, lanes_of(x, size, start, stride, machine), strict=True
        ):
            back_again = oracle.values(coefficients, points)
            assert [back_again[i] for i in order] == [size * value % R for value in values]
