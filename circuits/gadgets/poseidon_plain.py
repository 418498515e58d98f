"""The Poseidon permutation on Python integers, with partial rounds of 2t products instead of t^2.

In a partial round only one element x of the state passes an S-box, y = x^5; the other t - 1, the
hidden part h, change linearly. So the rounds are a linear filter from the y's to the x's,

    x' = m y + w h + ...        h' = v y + N h + ...        with the matrix [[m, w], [v, N]],

and a linear filter of order n = t - 1 has a form with one memory, its controller form: q = y - a_1
q_1 - ... - a_n q_n, with q_i the q of i rounds before, and x' = b_0 q + b_1 q_1 + ... + b_n q_n.
Here z^n + a_1 z^(n-1) + ... + a_n is the characteristic polynomial of N, T's columns are T_1 = v
and T_(i+1) = N T_i + a_i v, h = T (q_1, ..., q_n), b_0 = m and b_i = m a_i + w T_i. The rounds'
constants pass through linearly, so one number added to each q makes up for all of them.

Source: eprint 2019/458, appendix B, for the idea of sparse partial rounds; the controller form is
any text's on linear systems (Kailath, Linear Systems, section 2.1). Tests compare with the rounds
as the paper defines them and with circomlibjs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul

from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets.poseidon_parameters import Matrix, PoseidonParameters


@dataclass(frozen=True, slots=True)
class PartialRounds:
    """The partial rounds of a permutation as a filter; weights run from the oldest q to the newest.

    entry             the linear layer before them, already in the filter's terms: t rows that give
                      the first x and q_1, ..., q_n
    entry_constant    added to the first x
    feedback          a_n, ..., a_1
    output            b_n, ..., b_1, b_0
    constants         added to q, a round each
    exit              T, which gives the hidden part back from q_1, ..., q_n
    exit_constants    added to the hidden part after the last of them
    """

    entry: Matrix
    entry_constant: int
    feedback: tuple[int, ...]
    output: tuple[int, ...]
    constants: tuple[int, ...]
    exit: Matrix
    exit_constants: tuple[int, ...]


@cache
def partial_rounds(parameters: PoseidonParameters) -> PartialRounds:
    """The filter of a permutation. Cost: 1 ms for width 3, 10 ms for width 17, once."""
    m, *w = parameters.partial_matrix[0]
    v = [row[0] for row in parameters.partial_matrix[1:]]
    inner = [row[1:] for row in parameters.partial_matrix[1:]]

    powers = [v]  # v, N v, N^2 v, ...: N^n v in terms of these is Cayley and Hamilton's theorem
    for _ in v:
        powers.append(_apply(inner, powers[-1]))
    *krylov, last = powers
    a = [-x % R for x in _apply(_inverse(_transpose(krylov)), last)][::-1]  # a_1, ..., a_n

    columns = [v]
    for a_i in a[:-1]:
        columns.append(
            [(x + a_i * y) % R for x, y in zip(_apply(inner, columns[-1]), v, strict=True)]
        )
    to_hidden = _transpose(columns)
    from_hidden = _inverse(to_hidden)
    entry_hidden = [_apply(_transpose(parameters.matrix[1:]), row) for row in from_hidden]
    b = [(m * a_i + sum(map(mul, w, column))) % R for a_i, column in zip(a, columns, strict=True)]

    feedback, output = tuple(a[::-1]), (*b[::-1], m)
    added, hidden_added = _added_by_constants(parameters)
    shifts = [0] * len(a)  # of the q's, so that every x after the first comes out right by itself
    constants = []
    for wanted in added[1:]:
        shift = (wanted - sum(map(mul, output, shifts))) * pow(m, -1, R) % R
        constants.append((shift + sum(map(mul, feedback, shifts))) % R)
        shifts = [*shifts[1:], shift]
    surplus = _apply(to_hidden, shifts[::-1])
    return PartialRounds(
        entry=_frozen([list(parameters.matrix[0]), *entry_hidden]),
        entry_constant=added[0],
        feedback=feedback,
        output=output,
        constants=tuple(constants),
        exit=_frozen(to_hidden),
        exit_constants=tuple((x - y) % R for x, y in zip(hidden_added, surplus, strict=True)),
    )


def permute(parameters: PoseidonParameters, state: Sequence[int]) -> list[int]:
    """The permutation of a state of canonical elements. Cost: 0.2 ms for 3, 1 ms for 17."""
    partial, half = partial_rounds(parameters), parameters.full_rounds // 2
    matrix, rounds = parameters.matrix, parameters.round_constants
    values = list(state)
    for k in range(half - 1):
        values = _apply(matrix, _s_boxes(values, rounds[k]))
    x, *newest_first = _apply(partial.entry, _s_boxes(values, rounds[half - 1]))

    x += partial.entry_constant
    memory = newest_first[::-1]
    feedback, output = partial.feedback, partial.output
    for constant in partial.constants:
        square = x * x % R
        fifth = square * square % R * x
        memory.append((fifth + constant - sum(map(mul, feedback, memory))) % R)
        x = sum(map(mul, output, memory)) % R
        del memory[0]
    hidden = _apply(partial.exit, memory[::-1])
    values = [x, *((h + c) % R for h, c in zip(hidden, partial.exit_constants, strict=True))]

    for k in range(-half, 0):
        values = _apply(matrix, _s_boxes(values, rounds[k]))
    return values


def _s_boxes(values: Sequence[int], constants: Sequence[int]) -> list[int]:
    """(x + c)^5 of each."""
    result = []
    for value, constant in zip(values, constants, strict=True):
        x = value + constant
        square = x * x % R
        result.append(square * square % R * x % R)
    return result


def _added_by_constants(parameters: PoseidonParameters) -> tuple[list[int], list[int]]:
    """What the constants alone add to each x, the one after the last round too, and to the last h.

    All y's are left out: what is linear adds up.
    """
    (_, *w), *below = parameters.partial_matrix
    half = parameters.full_rounds // 2
    inner = [row[1:] for row in below]
    hidden, carried = [0] * len(w), 0
    added = []
    for first, *rest in parameters.round_constants[half:-half]:
        added.append((carried + first) % R)
        hidden = [(x + c) % R for x, c in zip(hidden, rest, strict=True)]
        carried = sum(map(mul, w, hidden)) % R
        hidden = _apply(inner, hidden)
    return [*added, carried], hidden


def _apply(matrix: Sequence[Sequence[int]], vector: Sequence[int]) -> list[int]:
    return [sum(map(mul, row, vector)) % R for row in matrix]


def _transpose(matrix: Sequence[Sequence[int]]) -> list[list[int]]:
    return [list(column) for column in zip(*matrix, strict=True)]


def _frozen(matrix: Sequence[Sequence[int]]) -> Matrix:
    return tuple(tuple(row) for row in matrix)


def _inverse(matrix: Sequence[Sequence[int]]) -> list[list[int]]:
    """By Gauss and Jordan. The matrices here are regular; a test sees to that for every width."""
    n = len(matrix)
    rows = [[*row, *(int(i == j) for j in range(n))] for i, row in enumerate(matrix)]
    for k in range(n):
        pivot = next(i for i in range(k, n) if rows[i][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        scale = pow(rows[k][k], -1, R)
        rows[k] = [x * scale % R for x in rows[k]]
        for i in range(n):
            if i != k and rows[i][k]:
                factor = rows[i][k]
                rows[i] = [(x - factor * y) % R for x, y in zip(rows[i], rows[k], strict=True)]
    return [row[n:] for row in rows]
