"""The texts of circuits.soundness.lint.connections."""

from __future__ import annotations

from zkpipe.accel.compiled.kernels import kernel
from zkpipe.circuits.soundness.model.coefficients import Numbers


@kernel
def connect(
    a: Numbers,
    a_wires: Numbers,
    b: Numbers,
    b_wires: Numbers,
    c: Numbers,
    c_wires: Numbers,
    parent: Numbers,
) -> None:
    """Union and find (Tarjan), each wire of a row with the first; then each with its root."""
    for row in range(len(a) - 1):
        root = -1
        for k in range(3):
            starts = a if k == 0 else b if k == 1 else c
            wires = a_wires if k == 0 else b_wires if k == 1 else c_wires
            for e in range(starts[row], starts[row + 1]):
                wire = wires[e]
                if wire == 0:
                    continue
                while parent[wire] != wire:
                    parent[wire] = parent[parent[wire]]
                    wire = parent[wire]
                if root < 0:
                    root = wire
                else:
                    parent[wire] = root
    for wire in range(len(parent)):
        root = wire
        while parent[root] != root:
            root = parent[root]
        parent[wire] = root
