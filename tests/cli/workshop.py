"""The command line run in this process, and what must hold when it refuses."""

from __future__ import annotations

import hashlib
import signal
from pathlib import Path

from click.testing import CliRunner, Result

from zkpipe.cli.main import zkpipe

CIRCUITS = Path(__file__).parent / "circuits"
SECRETS = {"prices": [101, 57, 43], "discount": -77, "rush": True, "salt": 31415926535897932384}
ORDER = {"limit": 300, **SECRETS}


def invoke(*words: object) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(zkpipe, [str(word) for word in words])


def done(*words: object) -> str:
    """Run a command that must succeed; its output."""
    result = invoke(*words)
    assert result.exit_code == 0, f"{words}: {result.output}"
    return result.stdout


def contents(folder: Path) -> dict[str, str]:
    """What lies in a folder: a digest and the mode of every file."""
    return {
        str(path.relative_to(folder)): (
            f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            if path.is_file()
            else "folder"
        )
        for path in sorted(folder.rglob("*"))
    }


def refused(*words: object, says: str, status: int = 2) -> str:
    """Run a command that must fail, in the current folder; its message.

    The message is a sentence on what is wrong that holds `says`, and one on the fix; nothing is
    printed as an answer, and no file is made, changed or left.
    """
    folder = Path.cwd()
    before = contents(folder)
    result = invoke(*words)
    assert contents(folder) == before
    assert result.exit_code == status, f"{words}: {result.exit_code} {result.output}"
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert any(line.startswith("error: ") for line in lines)
    assert len(lines) >= 2, "no fix"
    assert lines[-1].endswith((".", "?"))
    assert "Traceback" not in result.stderr
    assert says in result.stderr, result.stderr
    return result.stderr


def as_on_a_terminal() -> None:
    """Undo what the suite may have inherited: shells ignore INT in the background, nohup HUP.

    For processes that get signals: preexec_fn.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
