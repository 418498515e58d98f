"""The file of any run: of `bench run`, or of `benchmarks/gpu.sh`."""

from __future__ import annotations

from pathlib import Path

from zkpipe.benchmarks.records.card_run import CardRun, card_run_of
from zkpipe.benchmarks.records.results import Results, results_of
from zkpipe.benchmarks.records.schemas import CARDS, RUNS, of_no_schema, schema_of
from zkpipe.ground.files.strict_json import read_json

Run = Results | CardRun


def read_run(path: Path) -> Run:
    """What a run wrote. Raises FileError, or FormatError for anything else."""
    value = read_json(path, floats=True)
    schema = schema_of(value)
    if schema in RUNS:
        return results_of(path, value)
    if schema in CARDS:
        return card_run_of(path, value)
    raise of_no_schema(path, value)
