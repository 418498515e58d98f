"""The texts of accel.hashes.permutations: rounds, hashes, compressions."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.fields.arrays import gather, load, store
from zkpipe.accel.fields.functions import into_montgomery, out_of_montgomery, reduce, square
from zkpipe.accel.fields.prepared_constants import dot


@kernel
def fill(rows, out, n):
    """out[i] = row i, below 2p."""
    for i in range(n):
        (x,) = load(rows, i)
        out[i] = reduce(x)


@kernel
def _s_boxes(state, constants, base, out, t):
    for i in range(t):
        x = state[i] + constants[base + i]
        out[i] = reduce(square(square(x)) * x)


@kernel
def _layer(values, first, n, factors, base, out, rows):
    for i in range(rows):
        out[i] = dot(values, first, factors, base + i * n, n)


@kernel
def _permute(state, boxes, memory, constants, factors, half, t, partial, outputs):
    """Permute state, of which the first `outputs` come out right; memory has n + partial entries.

    constants  of the full rounds; of the first x, of each partial round, of the hidden part
    factors    the matrices of full rounds, of the filter's entry and exit; of each partial round
               n of the next q and n of the next x; of the last x
    """
    n = t - 1
    entry, exit_ = t * t, 2 * t * t
    filter_ = exit_ + n * n
    middle = 2 * half * t
    for k in range(half - 1):
        _s_boxes(state, constants, k * t, boxes, t)
        _layer(boxes, 0, t, factors, 0, state, t)
    _s_boxes(state, constants, (half - 1) * t, boxes, t)
    _layer(boxes, 0, t, factors, entry, memory, n)  # oldest first
    x = dot(boxes, 0, factors, entry + n * t, t) + constants[middle]
    for k in range(partial):
        y = constants[middle + 1 + k] + square(square(x)) * x
        memory[n + k] = reduce(y + dot(memory, k, factors, filter_ + 2 * n * k, n))
        x = y + dot(memory, k, factors, filter_ + 2 * n * k + n, n)
    boxes[0] = reduce(x)
    state[0] = dot(boxes, 0, factors, filter_ + 2 * n * partial, 1)
    for i in range(n):
        hidden = dot(memory, partial, factors, exit_ + i * n, n)
        state[i + 1] = reduce(hidden + constants[middle + 1 + partial + i])
    for k in range(half, 2 * half - 1):
        _s_boxes(state, constants, k * t, boxes, t)
        _layer(boxes, 0, t, factors, 0, state, t)
    _s_boxes(state, constants, (2 * half - 1) * t, boxes, t)
    _layer(boxes, 0, t, factors, 0, state, outputs)


@kernel
def hash_states(rows, index, blocks, start, first, last, out, state, boxes, memory, constants,
                factors, half, t, partial):  # fmt: skip
    """The first element of each permuted state of the capacity, in start[0], and the inputs."""
    for block in range(first, last):
        (capacity,) = load(start, 0)
        state[0] = reduce(capacity)
        for j in range(t - 1):
            (x,) = gather(rows, index, j * blocks + block)
            state[j + 1] = reduce(x * into_montgomery(x))
        _permute(state, boxes, memory, constants, factors, half, t, partial, 1)
        y = state[0]
        store(out, block, (reduce(y * out_of_montgomery(y)),))


@kernel
def compress_states(rows, index, blocks, start, first, last, out, state, boxes, memory, constants,
                    factors, half, t, partial):  # fmt: skip
    """The last element of each permuted state, plus the last input: Poseidon2's compression."""
    for block in range(first, last):
        for j in range(t):
            (x,) = gather(rows, index, j * blocks + block)
            boxes[j] = reduce(x * into_montgomery(x))
        kept = boxes[t - 1]
        _layer(boxes, 0, t, factors, 0, state, t)
        _permute(state, boxes, memory, constants, factors, half, t, partial, t)
        y = kept + state[t - 1]
        store(out, block, (reduce(y * out_of_montgomery(y)),))
