"""Results files of older schemas, in the form of today."""

from __future__ import annotations

from zkpipe.ground.files.strict_json import Json

THIRD, SECOND, FIRST = "zkpipe-bench/3", "zkpipe-bench/2", "zkpipe-bench/1"
OLDER = (THIRD, SECOND, FIRST)


def as_now(value: dict[str, Json], schema: str) -> dict[str, Json]:
    """What a file of one of OLDER says, in the form `schema`.

    THIRD had no circuit of the user's, SECOND no batches, and FIRST no card either.
    """
    own: dict[str, Json] = {"own": None}
    batches: dict[str, Json] = {} if value["schema"] == THIRD else {"batches": [], "loops": []}
    now: dict[str, Json] = {**own, **batches, **value, "schema": schema}
    machine = value.get("machine")
    if value["schema"] == FIRST and isinstance(machine, dict):
        now["machine"] = {"card": None, **machine}
    return now
