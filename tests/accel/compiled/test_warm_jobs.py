"""What is compiled ahead: each job runs. Kernels that are kept already are taken from there."""

from __future__ import annotations

import io

import pytest

from zkpipe.accel.compiled.workers import work
from zkpipe.accel.warm_jobs import JOBS


@pytest.mark.parametrize("job", JOBS)
def test_every_job_is_a_function_that_runs(job: str) -> None:
    answers = io.BytesIO()
    work(io.StringIO(job), answers)
    assert answers.getvalue() == b"done\n"
