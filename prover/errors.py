"""The errors of the prover, in the tree of accel.errors.

ZkpipeError
├── InsecureKeyError   a key under which somebody could forge proofs, or that is no key at all
└── ProofError         a proof whose points are not what a proof's points must be
"""

from __future__ import annotations

from accel.errors import ZkpipeError


class InsecureKeyError(ZkpipeError):
    """A key under which somebody could forge proofs, or whose points are no points."""


class ProofError(ZkpipeError):
    """A proof with a coordinate out of range, a point off its curve or outside its group."""
