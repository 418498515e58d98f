"""The passes of a large transform: layers over ranges of its columns and of its runs."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.accel.transforms.layers import (
    combine_run,
    last_lanes,
    layers,
    read_run,
    undo_last_lanes,
    undo_layers,
    write_run,
)


@kernel
def runs_back(rows, order, scale, x, low, high, run, pitch, runs, factors, lanes_, wide):
    """Values in bit-reversed order, read run by run, through the inverse layers of runs."""
    for r in range(low, high):
        read_run(rows, order, r * run, scale, x, r * pitch, run)
        if wide:
            undo_last_lanes(x, r * pitch, run, r * run // 2, *lanes_)
        undo_layers(x, r * pitch, 1, run, factors, runs + r)


@kernel
def columns_back(x, low, high, pitch, runs, factors):
    """Columns through their inverse layers."""
    for c in range(low, high):
        undo_layers(x, c, pitch, runs, factors, 1)


@kernel
def columns_forth(x, low, high, pitch, runs, factors):
    """Columns through their forward layers, the first of a transform."""
    for c in range(low, high):
        layers(x, c, pitch, runs, factors, 1)


@kernel
def columns_back_and_forth(x, low, high, pitch, runs, back, forth):
    """Both while the column is in the cache."""
    for c in range(low, high):
        undo_layers(x, c, pitch, runs, back, 1)
        layers(x, c, pitch, runs, forth, 1)


@kernel
def _run_forth(x, r, run, pitch, runs, factors, lanes_, wide):
    layers(x, r * pitch, 1, run, factors, runs + r)
    if wide:
        last_lanes(x, r * pitch, run, r * run // 2, *lanes_)


@kernel
def runs_forth(x, low, high, run, pitch, runs, factors, lanes_, wide):
    """Runs through the forward layers that are left."""
    for r in range(low, high):
        _run_forth(x, r, run, pitch, runs, factors, lanes_, wide)


@kernel
def read_runs(rows, order, scale, x, low, high, run, pitch):
    """Runs from rows in some order, each value times the scale."""
    for r in range(low, high):
        read_run(rows, order, r * run, scale, x, r * pitch, run)


@kernel
def write_runs(x, low, high, run, pitch, rows, order):
    """Runs into rows in some order."""
    for r in range(low, high):
        write_run(x, r * pitch, run, rows, order, r * run)


@kernel
def combine_runs(a, b, c, low, high, run, pitch, runs, factors, lanes_, wide, rows, order):
    """The layers that are left, of three polynomials, and a b - c into rows in some order.

    A run of each stays in the cache for `combine_run`.
    """
    for r in range(low, high):
        for x in (a, b, c):
            _run_forth(x, r, run, pitch, runs, factors, lanes_, wide)
        combine_run(a, b, c, r * pitch, run, rows, order, r * run)
