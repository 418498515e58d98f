"""Proving: from a key and a witness, a proof that shows nothing but that the witness exists.

What is computed, and why it shows nothing, prover.groth16.attempts says. Here: what comes in is
checked, and what a card cannot compute, or computes wrongly, the processor does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from zkpipe.accel.executors.choice import executor, processor
from zkpipe.accel.executors.executor import Executor
from zkpipe.accel.fields.limbs import Words
from zkpipe.accel.fields.ranges import first_not_below
from zkpipe.circuits.witness import Witness
from zkpipe.ground.errors import CardError, CardWarning, ZkpipeError, ZkpipeWarning
from zkpipe.ground.kinds import describe, is_of, require_list
from zkpipe.ground.process.settings import one_thread
from zkpipe.ground.process.threads import in_threads
from zkpipe.ground.sizes import size_of
from zkpipe.prover.errors import UnprovableError, WitnessError
from zkpipe.prover.groth16.attempts import attempt, key_size, unverified, verified
from zkpipe.prover.proof import Proof
from zkpipe.prover.proving_key import ProvingKey

if TYPE_CHECKING:
    from zkpipe.prover.prepared_files import PreparedFile

GROUP = 64  # proofs that the processor verifies together
SIDE_BY_SIDE = 1 << 14  # rows of a circuit up to which proofs are made on a thread each


def prove(key: ProvingKey, witness: Witness, max_memory: int | str | None = None) -> Proof:
    """Make a proof and check it.

    max_memory  bytes, or a text such as "1.5G", that proving may take beside the key and the
                interpreter: points are then copied and summed in chunks; without it, all of them
                are copied and kept for the next proof, 320 bytes a wire

    Raises WitnessError if the witness has not the key's number of wires, or is known to be of
    another circuit (groth16.matching); UnprovableError if it does not satisfy its circuit: then no
    proof exists, and nothing is returned; RangeError if max_memory is too small for the key;
    FileError if the key's file was changed since it was loaded. Warns with a CardWarning if a card
    failed and the processor made the proof.
    Cost: sums over three queries in G1, two of them with one set of buckets, and one in G2, and six
    transforms of the domain's size. The first proof under a key copies its points.
    """
    if not is_of(key, ProvingKey) or not is_of(witness, Witness):
        raise WitnessError(
            f"prove was given {describe(key)} and {describe(witness)}.",
            "Give a ProvingKey (ProvingKey.load reads a .zkey), then a Witness.",
        )
    most = None if max_memory is None else size_of("prove", "max_memory", max_memory)
    key.check_unchanged()
    return _proofs(key, [witness], [_checked(key, witness)], most)[0]


def prove_batch(key: ProvingKey, witnesses: Sequence[Witness]) -> list[Proof]:
    """Make a proof of each of some witnesses of one circuit, and check it: as `prove` of each.

    A card computes as many at once as it has room for. The processor makes those of small circuits
    side by side, one on each thread, and others one after the other.

    Raises what `prove` raises, with the number of the witness, from 0: then no proof is returned.
    """
    if not is_of(key, ProvingKey):
        raise WitnessError(
            f"prove_batch was given {describe(key)} for a key.",
            "Give a ProvingKey (ProvingKey.load reads a .zkey), then a list of witnesses.",
        )
    given: list[Witness] = []
    key.check_unchanged()
    values = []
    for number, witness in enumerate(
        require_list("prove_batch", "witnesses", witnesses, "witnesses")
    ):
        if not is_of(witness, Witness):
            raise WitnessError(
                f"Number {number} of the witnesses is {describe(witness)}.",
                "Give a list of witnesses, as solve gives them.",
            )
        try:
            values.append(_checked(key, witness))
            given.append(witness)
        except WitnessError as error:
            raise _numbered(error, number) from None
    return _proofs(key, given, values, None)


def _proofs(
    key: ProvingKey, witnesses: Sequence[Witness], values: Sequence[Words], most: int | None
) -> list[Proof]:
    on: Executor = executor(key.curve, key.domain_size)
    spare = processor(key.curve)
    publics = [witness.public_for(key) for witness in witnesses]
    proofs: list[Proof] = []
    failed: CardWarning | None = None
    wrong = 0
    while len(proofs) < len(values):
        low = len(proofs)
        found: list[Proof | None]
        if on == spare:
            some = slice(low, low + GROUP)
            found = _on_processor(key, values[some], publics[some], most, spare)
        else:
            try:
                some = slice(low, low + on.proofs_at_once(key_size(key)))
                found = attempt(key, values[some], publics[some], most, on)
                wrong += found.count(None)
            except CardError as error:
                failed, on = _failed(error), spare  # for all that is left
                continue
            again = [k for k, proof in enumerate(found, low) if proof is None]
            for k in again:
                one = slice(k, k + 1)
                [found[k - low]] = _on_processor(key, values[one], publics[one], most, spare)
        for number, proof in enumerate(found, low):
            if proof is None:
                of = number if len(values) > 1 else None
                raise _unprovable(of, key, witnesses[number])
            proofs.append(proof)
    if failed is not None:
        failed.report()
    if wrong:
        CardWarning(
            "card-was-wrong",
            "A proof that the card computed did not verify; the processor's does.",
            "Look at the card and its memory. Until it is in order, set "
            f"ZKPIPE_BACKEND={spare.machine.name}.",
        ).report()
    return proofs


def _on_processor(
    key: ProvingKey,
    values: Sequence[Words],
    publics: Sequence[Sequence[int]],
    most: int | None,
    on: Executor,
) -> list[Proof | None]:
    """What does not verify from a prepared file is made from the key itself.

    If that verifies, the file was at fault, and goes. If not, the witness is, or the key. Another
    thread may have left the file since: what was computed here may be from it all the same.
    """
    file = key.prepared_file
    if file is None:
        return _made(key, values, publics, most, on)
    from zkpipe.prover.groth16.mapped_key import leave_mapped  # few keys need it

    found: list[Proof | None] = [None] * len(values)
    try:
        found = _made(key, values, publics, most, on)
    except ZkpipeError:
        if not _may_be_from(file, key, on):
            raise
    again = [k for k, proof in enumerate(found) if proof is None]
    if not again or not _may_be_from(file, key, on):
        return found
    leave_mapped(key, on)
    some = [values[k] for k in again], [publics[k] for k in again]
    for k, proof in zip(again, _made(key, *some, most, on), strict=True):
        found[k] = proof
    if any(found[k] is not None for k in again):
        file.file.remove()
        ZkpipeWarning(
            "prepared-key-was-wrong",
            f"A proof from the prepared key {file.file.path} did not verify; one from the key "
            "itself does. The prepared key was removed.",
            "Prepare the key again: `zkpipe key prepare KEY.zkey`. If that happens again, look at "
            "the disk and the memory.",
        ).report()
    return found


def _may_be_from(file: PreparedFile, key: ProvingKey, on: Executor) -> bool:
    from zkpipe.prover.groth16.mapped_key import is_mapped

    return is_mapped(key, on) or key.prepared_file is not file


def _made(
    key: ProvingKey,
    values: Sequence[Words],
    publics: Sequence[Sequence[int]],
    most: int | None,
    on: Executor,
) -> list[Proof | None]:
    """Proofs of small circuits are made side by side, each on one thread, and verified together.

    One alone hardly gains by a second thread there; side by side, two of 2^12 rows take the time
    of one.
    """
    if len(values) == 1 or most is not None or key.domain_size > SIDE_BY_SIDE:
        pairs = zip(values, publics, strict=True)
        return [attempt(key, [value], [public], most, on)[0] for value, public in pairs]
    made = unverified(key, values[:1], most, on)  # it copies the key's points, for all

    def one(value: Words) -> Proof | None:
        with one_thread():
            return unverified(key, [value], most, on)[0]

    return verified(key, made + in_threads(one, values[1:]), publics)


def _failed(error: CardError) -> CardWarning:
    """What is told of it; with the error itself, all arrays of the failed proof would stay."""
    problem = f"{error.problem} The processor computes instead."
    return CardWarning("card-failed", problem, error.fix, error.evidence)


def _unprovable(number: int | None, key: ProvingKey, witness: Witness) -> UnprovableError:
    which = "this witness" if number is None else f"witness {number}"
    told = [] if key.circuit is None else [f"The key says it is of {key.circuit}."]
    if witness.circuit is None:
        told.append("Of which circuit the witness is, is not known: a .wtns does not say.")
    return UnprovableError(
        f"The proof made from {which} does not verify, so it was thrown away.",
        "If the circuit was changed after the setup, run the setup again. Otherwise check the "
        "witness with `zkpipe check`, and that the key belongs to this circuit and is whole.",
        told,
    )


def _numbered(error: WitnessError, number: int) -> WitnessError:
    """The same error of one witness among several."""
    return WitnessError(f"Witness {number}: {error.problem}", error.fix, error.evidence)


def _checked(key: ProvingKey, witness: Witness) -> Words:
    if not isinstance(witness.values, np.ndarray) or witness.values.dtype != np.uint64:
        kind = getattr(witness.values, "dtype", type(witness.values).__name__)
        raise WitnessError(
            f"The witness is of {kind}, not of 64-bit words (uint64).",
            "Solve the circuit again, or load the witness from its file.",
        )
    if witness.circuit is not None:
        from zkpipe.prover.groth16.matching import refuse_another_circuit  # not for a .wtns

        refuse_another_circuit(key, witness.circuit)
    values = np.ascontiguousarray(witness.values)
    if values.shape != (key.wire_count, 4):
        raise WitnessError(
            f"The witness has {len(values)} values; the key's circuit has {key.wire_count} wires.",
            "Give the witness of the circuit that this key was made for. If the circuit was "
            "changed after the setup, run the setup again.",
        )
    if (number := first_not_below(values, key.curve.r)) is not None:
        raise WitnessError(
            f"Value {number} of the witness is not below the field's order r.",
            "Solve the circuit again, or convert the witness with the tool that made it.",
        )
    if tuple(values[0]) != (1, 0, 0, 0):
        raise WitnessError(
            "The first value of the witness is not 1, as the constant wire must be.",
            "Solve the circuit again, or convert the witness with the tool that made it.",
        )
    return values
