"""A batch's memory does not grow with its rows: what they leave behind is collected on the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.jobs.batch import shop

ROWS = 600
# As the command runs, in a process that counts what is left to collect when it ends.
COUNTED = """
import gc, sys
from zkpipe.cli.main import main

sys.argv = ["zkpipe", "batch", "run", "job.toml"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
gc.unfreeze()
print("left:", gc.collect())
"""


def test_what_rows_leave_behind_is_collected_while_a_batch_runs(place: Path) -> None:
    """Six hundred rows make forty thousand objects that only refer to one another."""
    shop.table(shop.values(ROWS))
    shop.job(more=shop.engine("local"))
    ran = subprocess.run(  # noqa: S603 # ours
        [sys.executable, "-c", COUNTED], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout.rpartition("left:")[2]) < 20_000
