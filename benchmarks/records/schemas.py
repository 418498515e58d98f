"""What the schema of a file says, and what is told of a file that has none that is read."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from zkpipe.benchmarks.records.older import OLDER
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.strict_json import Json
from zkpipe.ground.kinds import shown_text

SCHEMA = "zkpipe-bench/4"  # of what `bench run` writes
CARD_SCHEMA, FIRST_CARD = "zkpipe-card/2", "zkpipe-card/1"  # of what benchmarks/gpu.sh writes
RUNS, CARDS = (SCHEMA, *OLDER), (CARD_SCHEMA, FIRST_CARD)
_KINDS = {  # by members that no other file has
    "the results of `zkpipe bench run`": {"machine", "settings", "proofs"},
    "the figures of `benchmarks/gpu.sh`": {"timings", "wrong", "left_out"},
}
_SHOWN = 5  # names in an error


def schema_of(value: Json) -> str | None:
    """The schema that a JSON value names; None if it names none."""
    schema = value.get("schema") if isinstance(value, dict) else None
    return schema if isinstance(schema, str) else None


def of_no_schema(path: Path, value: Json, schemas: Iterable[str] = (*RUNS, *CARDS)) -> FormatError:
    """What is told of a file that has none of these schemas."""
    read = f"Schemas that are read: {', '.join(sorted(schemas))}."
    if not isinstance(value, dict):
        return FormatError(f"{path} holds no JSON object, so it is not the results of a run.", read)
    kind = next((kind for kind, names in _KINDS.items() if names <= value.keys()), None)
    seems = f"seems to be {kind}" if kind else f"has {_listed(value)}"
    if "schema" not in value:
        return FormatError(f"{path} names no schema; it {seems}.", f"{_give()} {read}")
    told = shown_text(value["schema"])
    problem = f"{path} has the schema {told}, which is not read; it {seems}."
    schema = schema_of(value) or ""
    if is_newer(schema):
        return FormatError(problem, f"A newer zkpipe wrote it: update this one. {read}")
    near = [] if schema in (*RUNS, *CARDS) else get_close_matches(schema, schemas, 1)
    return FormatError(problem, f"Did you mean {near[0]}? {read}" if near else f"{_give()} {read}")


def is_newer(schema: str) -> bool:
    """Whether a schema is of ours, with a number that no version before this one knows."""
    for ours in (SCHEMA, CARD_SCHEMA):
        name, _, last = ours.partition("/")
        found, _, number = schema.partition("/")
        if found == name and number.isdecimal() and len(number) < 5 and int(number) > int(last):
            return True
    return False


def _give() -> str:
    return "Give a file that `zkpipe bench run` or `benchmarks/gpu.sh` wrote."


def _listed(value: dict[str, Json]) -> str:
    names = [shown_text(name) for name in list(value)[:_SHOWN]]
    return ", ".join(names) + ", and more" * (len(value) > _SHOWN) if names else "no members"
