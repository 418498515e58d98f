"""Results files of older schemas, in the form of today."""

from __future__ import annotations

from zkpipe.ground.files.strict_json import Json

FOURTH, THIRD = "zkpipe-bench/4", "zkpipe-bench/3"
SECOND, FIRST = "zkpipe-bench/2", "zkpipe-bench/1"
OLDER = (FOURTH, THIRD, SECOND, FIRST)
KNOWN = ("zkpipe", "groth16py")  # provers whose threads were told to them, or are known


def as_now(value: dict[str, Json], schema: str) -> dict[str, Json]:
    """What a file of one of OLDER says, in the form `schema`.

    FOURTH had no programs of peers and no processor time, THIRD no circuit of the user's, SECOND no
    batches, and FIRST no card either. All of them gave a peer that chose its own threads as many as
    the machine has processors.
    """
    own: dict[str, Json] = {} if value["schema"] == FOURTH else {"own": None}
    before = value["schema"] in (FOURTH, THIRD)
    batches: dict[str, Json] = {} if before else {"batches": [], "loops": []}
    programs: dict[str, Json] = {"programs": []}
    now: dict[str, Json] = {**own, **batches, **programs, **value, "schema": schema}
    machine, proofs = value.get("machine"), value.get("proofs")
    if value["schema"] == FIRST and isinstance(machine, dict):
        now["machine"] = {"card": None, **machine}
    if isinstance(proofs, list):
        now["proofs"] = [_proof(proof) for proof in proofs]
    return now


def _proof(value: Json) -> Json:
    """A proof's record without the threads that nobody knew."""
    if not isinstance(value, dict):
        return value
    guessed = "threads" in value and value.get("prover") not in KNOWN
    threads: dict[str, Json] = {"threads": None} if guessed else {}
    return {"processor_seconds": None, **value, **threads}
