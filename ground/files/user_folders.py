"""zkpipe's folders among the user's own: of what is cached, of state, of configuration.

On Linux they are those of the XDG specification, and what it says is read here: platformdirs, which
knows every system and a user without HOME, takes 5 ms to import, and every command asks for one.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal

PLACES = {
    "cache": ("XDG_CACHE_HOME", ".cache"),
    "state": ("XDG_STATE_HOME", ".local/state"),
    "config": ("XDG_CONFIG_HOME", ".config"),
}
NAME = "zkpipe"


def user_folder(of: Literal["cache", "state", "config"]) -> Path | None:
    """The folder, which may not be there yet; None if the system names no such place.

    A relative one is passed by, as XDG has it: it would be another in every working folder.
    """
    if sys.platform == "linux":
        variable, usual = PLACES[of]
        given, home = (Path(os.environ.get(name, "")) for name in (variable, "HOME"))
        if given.is_absolute():
            return given / NAME
        if home.is_absolute():
            return home / usual / NAME
    return _elsewhere(of)


def _elsewhere(of: str) -> Path | None:
    import platformdirs

    with suppress(RuntimeError):  # neither HOME nor an entry for the user
        folder = Path(getattr(platformdirs, f"user_{of}_dir")(NAME, appauthor=False))
        return folder if folder.is_absolute() else None  # older versions pass relative ones on
    return None
