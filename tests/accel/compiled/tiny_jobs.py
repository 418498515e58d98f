"""Jobs for tests of accel.compiled.warm."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from uuid import uuid4


def nothing() -> None:
    """Takes no time."""


def little() -> None:
    """Neither does this."""


def fails() -> None:
    """Raises."""
    raise ValueError("a job that fails")


def dies() -> None:
    """Ends the process as `kill -9` would."""
    os.abort()


def notes_its_run() -> None:
    """Leaves a file each time it runs."""
    Path(os.environ["XDG_CACHE_HOME"], f"ran-{uuid4().hex}").touch()


def notes_its_options() -> None:
    """Leaves a file with what `-O` the process has; fails if warnings are errors in it."""
    warnings.warn("something that nobody sees", stacklevel=1)
    Path(os.environ["XDG_CACHE_HOME"], "options").write_text(str(sys.flags.optimize))
