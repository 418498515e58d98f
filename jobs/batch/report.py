"""report.json of a batch: what was proved under which key, and which rows failed and why.

It holds no private value; rows are named from 0, and by the id column if the job has one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from zkpipe.ground.files.writing import atomic_write
from zkpipe.jobs.batch.job_file import JobFile
from zkpipe.jobs.batch.journal import Journal, Kind
from zkpipe.jobs.batch.results import REPORT
from zkpipe.jobs.batch.run import failure_of
from zkpipe.jobs.batch.states import States


def report_path(job: JobFile) -> Path:
    """Where a job's report goes: among the proofs, or beside their one file."""
    if job.is_one_file:
        return job.out.with_suffix(".report.json")
    return job.out / REPORT


def write_report(
    job: JobFile, states: States, rows: int, facts: Mapping[str, object]
) -> tuple[int, int]:
    """Write the report of the first `rows` rows; how many are proved, and how many failed.

    facts  that come first

    With an id column, the proved rows are listed by it too: their folders have numbers.

    Raises FileError. The failures are written one by one: there may be millions.
    """
    proved = failed = named = 0
    with atomic_write(report_path(job)) as file:
        head = json.dumps({**facts, "rows": rows}, indent=1)
        file.write(head[: head.rindex("\n}")].encode())
        if job.id_column is not None:
            file.write(b',\n "proved_rows": [')
            for state in states.rows():
                if state.row < rows and state.kind is Kind.PROVED:
                    told = {"row": state.row, "id": json.loads(state.detail).get("id")}
                    file.write((",\n  " if named else "\n  ").encode() + json.dumps(told).encode())
                    named += 1
            file.write(b"\n ]")
        file.write(b',\n "failed_rows": [')
        for state in states.rows():
            if state.row >= rows:
                break
            if state.kind is Kind.PROVED:
                proved += 1
            else:
                line = json.dumps(failure_of(state), ensure_ascii=True)
                file.write((",\n  " if failed else "\n  ").encode() + line.encode())
                failed += 1
        tail = {"proved": proved, "failed": failed}
        file.write(b"\n ]," + json.dumps(tail, indent=1)[1:].encode() + b"\n")
    return proved, failed


def states_now(journal: Journal) -> closing[States]:
    """The states with what a run has added."""
    return closing(States(journal))
