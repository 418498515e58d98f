"""Folders of the user, beside what platformdirs says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from zkpipe.ground.files.user_folders import PLACES, user_folder

KINDS = ("cache", "state", "config")


@pytest.mark.parametrize("of", KINDS)
@pytest.mark.parametrize("home", ["/home/a", "/home//b/", "/", "", "relative", None])
@pytest.mark.parametrize("given", ["/else/where/", "//two", "relative", "~/x", " ", "", None])
def test_a_folder_is_where_platformdirs_has_it(
    monkeypatch: pytest.MonkeyPatch, given: str | None, home: str | None, of: str
) -> None:
    for name, value in ((PLACES[of][0], given), ("HOME", home)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    theirs = Path(getattr(platformdirs, f"user_{of}_dir")("zkpipe", appauthor=False))
    assert user_folder(of) == theirs  # type: ignore[arg-type] # one of them


@pytest.mark.parametrize("of", KINDS)
def test_another_system_is_asked_through_platformdirs(
    monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(f"platformdirs.user_{of}_dir", lambda name, appauthor: f"/Library/{name}")
    assert user_folder(of) == Path("/Library/zkpipe")  # type: ignore[arg-type] # one of them


def test_on_linux_with_a_home_platformdirs_is_not_imported() -> None:
    script = (
        "import sys\n"
        "from zkpipe.ground.files.user_folders import user_folder\n"
        "assert user_folder('cache') and user_folder('state') and user_folder('config')\n"
        "assert ('platformdirs' in sys.modules) == (sys.platform != 'linux')\n"
    )
    subprocess.run(  # noqa: S603 # this Python, our own text
        [sys.executable, "-c", script], check=True, env={"HOME": "/home/a"}
    )
