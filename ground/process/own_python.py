"""Our modules as programs: how this Python runs one of them in another process."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path


def module_command(module: str) -> list[str]:
    """The words that run a module; to be used with `module_environment`.

    Python's -m alone looks in the working folder first, where a calendar.py of the user's would
    take the place of Python's own.
    """
    return [sys.executable, "-P", "-m", module]


def module_environment(module: str) -> dict[str, str]:
    """What the environment needs so that the module is found where this process finds it.

    Nothing where packages are installed: Python looks there anyway, and after its own modules. What
    PYTHONPATH names comes before them.
    """
    spec = find_spec(module.partition(".")[0])
    places: Sequence[str] = (spec and spec.submodule_search_locations) or []
    installed = {*site.getsitepackages(), site.getusersitepackages()}
    folders = [folder for place in places if (folder := str(Path(place).parent)) not in installed]
    given = os.environ.get("PYTHONPATH")
    names = [*folders, *([given] if given else [])]
    return {"PYTHONPATH": os.pathsep.join(names)} if names else {}
