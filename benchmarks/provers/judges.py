"""Who checks a proof: never the tool that made it.

Proofs of zkpipe are checked by groth16py (arkworks), else by snarkjs, else by py_ecc, which is
always here and takes a second a proof; proofs of others are checked by zkpipe. Public values are
those of the witness, and what a prover wrote as public values must be the same.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from zkpipe.benchmarks.errors import CrossCheckError, ExitError, MeasurementError
from zkpipe.benchmarks.processes import whole_command
from zkpipe.benchmarks.provers.peers import snarkjs_words
from zkpipe.benchmarks.provers.provers import Place
from zkpipe.benchmarks.workloads.workloads import Workload
from zkpipe.ground.errors import ZkpipeError
from zkpipe.ground.files.reading import FileError
from zkpipe.prover import Proof, VerifyingKey, load_public, verify
from zkpipe.prover.points import G1, G2

Written = TypeVar("Written")


class Judge(Protocol):
    """Somebody who says whether a proof holds."""

    @property
    def name(self) -> str:
        """Of the tool."""

    def accepts(self, workload: Workload, proof: Path) -> bool:
        """Whether the proof holds for the workload's public values under its key."""


class Zkpipe:
    """prover.verify."""

    name = "zkpipe"

    def accepts(self, workload: Workload, proof: Path) -> bool:
        """Whether the proof holds."""
        key = VerifyingKey.load(workload.vkey)
        return verify(key, Proof.load(proof), load_public(workload.public))


class Groth16py:
    """groth16py's verifier, on the files as snarkjs has them."""

    name = "groth16py"

    def accepts(self, workload: Workload, proof: Path) -> bool:
        """Whether the proof holds."""
        import groth16py

        key = groth16py.VerifyingKey.from_snarkjs_file(str(workload.vkey))
        verifier = groth16py.Verifier(key)
        return bool(verifier.verify_snarkjs(proof.read_text(), workload.public.read_text()))


class Snarkjs:
    """`snarkjs groth16 verify`."""

    name = "snarkjs"

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words

    def accepts(self, workload: Workload, proof: Path) -> bool:
        """Whether the command ends well. Raises MeasurementError if it cannot say."""
        files = (workload.vkey, workload.public, proof)
        try:
            whole_command([*self._words, "groth16", "verify", *map(str, files)], {})
        except ExitError:
            return False
        return True


class PyEcc:
    """Groth16's equation by py_ecc's pairing: e(A, B) = e(alpha, beta) e(IC, gamma) e(C, delta)."""

    name = "py_ecc"

    def accepts(self, workload: Workload, proof: Path) -> bool:
        """Whether the product of the four pairings is one."""
        from py_ecc.fields import optimized_bn128_FQ as FQ
        from py_ecc.fields import optimized_bn128_FQ2 as FQ2
        from py_ecc.fields import optimized_bn128_FQ12 as FQ12
        from py_ecc.optimized_bn128.optimized_curve import add, multiply, neg
        from py_ecc.optimized_bn128.optimized_pairing import pairing

        key, made = VerifyingKey.load(workload.vkey), Proof.load(proof)

        def g1(point: G1) -> tuple[FQ, FQ, FQ]:
            return FQ(point[0]), FQ(point[1]), FQ.one()

        def g2(point: G2) -> tuple[FQ2, FQ2, FQ2]:
            return FQ2(point[0]), FQ2(point[1]), FQ2.one()

        bound = g1(key.ic[0])
        for value, point in zip(load_public(workload.public), key.ic[1:], strict=True):
            bound = add(bound, multiply(g1(point), value))
        product = FQ12.one()
        for p, q in (
            (neg(g1(made.a)), made.b),
            (g1(key.alpha), key.beta),
            (bound, key.gamma),
            (g1(made.c), key.delta),
        ):
            product *= pairing(g2(q), p)
        return bool(product == FQ12.one())


def find_judge() -> Judge:
    """The first of the others that is here, for proofs of zkpipe."""
    if importlib.util.find_spec("groth16py") is not None:
        return Groth16py()
    words = snarkjs_words()
    return PyEcc() if words is None else Snarkjs(words)


def cross_check(maker: str, judge: Judge, workload: Workload, place: Place) -> None:
    """Check a proof that `maker` wrote, and the public values beside it.

    Raises MeasurementError if nothing was written, CrossCheckError if it is no proof, the judge
    refuses it, or the values are not the witness's.
    """
    public = _read(maker, "public values", load_public, place.public)
    if public != load_public(workload.public):
        raise CrossCheckError(
            f"{maker} wrote other public values than the witness has.", "Measure without it."
        )
    _read(maker, "proof", Proof.load, place.proof)
    if not judge.accepts(workload, place.proof):
        raise CrossCheckError(
            f"{judge.name} refuses a proof that {maker} made of {workload.size.circuit} with "
            f"2^{workload.size.exponent} rows.",
            "One of the two is wrong, and no time counts before it is known which: please report.",
        )


def _read(maker: str, what: str, load: Callable[[Path], Written], path: Path) -> Written:
    try:
        if path.stat().st_size > 0:
            return load(path)
    except (OSError, FileError):  # not there, or not to be read
        pass
    except ZkpipeError as error:
        raise CrossCheckError(
            f"{maker} wrote a file of its {what} that cannot be one.",
            "Measure without it.",
            [error.problem.replace(str(path), path.name)],
        ) from error
    raise MeasurementError(
        f"{maker} ended without an error, and wrote no {what}.",
        "Run it by hand to see why, or measure without it.",
    )
