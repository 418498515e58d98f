"""Progress on what takes long: on a terminal a bar, gone afterwards; elsewhere one line."""

from __future__ import annotations

import io
import sys
import threading
import time

import click
import pytest

from zkpipe.cli.console import progress as module
from zkpipe.cli.console.progress import counted, progress
from zkpipe.cli.console.warned import Warned


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_stage_that_takes_long_shows_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(module, "DELAY", 0.01)
    monkeypatch.setenv("TERM", "xterm")
    with progress("proving with age.zkey"):
        for _ in range(500):
            time.sleep(0.01)
            if "proving with age.zkey" in terminal.getvalue():
                break
    assert "proving with age.zkey" in terminal.getvalue()


def test_a_counted_stage_shows_how_many_parts_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with counted("compiling kernels, once per machine") as report:
        report(0, 18)
        report(7, 18)
        for _ in range(500):
            time.sleep(0.01)
            if "7/18" in terminal.getvalue():
                break
    assert "compiling kernels, once per machine" in terminal.getvalue()
    assert "7/18" in terminal.getvalue()


def test_a_counted_stage_is_one_line_at_once_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = io.StringIO()
    monkeypatch.setattr(sys, "stderr", plain)
    with counted("compiling kernels, once per machine") as report:
        assert plain.getvalue() == "compiling kernels, once per machine ...\n"
        report(1, 18)
    assert plain.getvalue() == "compiling kernels, once per machine ...\n"


def test_a_stage_that_ends_soon_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(module, "DELAY", 60.0)
    with progress("verifying"):
        pass
    assert terminal.getvalue() == ""


def test_a_stage_that_takes_long_is_one_line_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = io.StringIO()
    monkeypatch.setattr(sys, "stderr", plain)
    monkeypatch.setattr(module, "DELAY", 0.0)
    with progress("proving with a\x1b[2J.zkey"):
        for _ in range(500):
            time.sleep(0.01)
            if plain.getvalue():
                break
        time.sleep(0.05)
    assert plain.getvalue() == "proving with a\\x1b[2J.zkey ...\n"


def test_a_stage_that_ends_soon_is_no_line_either(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = io.StringIO()
    monkeypatch.setattr(sys, "stderr", plain)
    monkeypatch.setattr(module, "DELAY", 60.0)
    with progress("verifying"):
        pass
    assert plain.getvalue() == ""


def test_with_json_there_is_no_line_beside_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = io.StringIO()
    monkeypatch.setattr(sys, "stderr", plain)
    monkeypatch.setattr(module, "DELAY", 0.0)
    with click.Context(click.Command("any"), obj=Warned(as_json=True)):
        with progress("verifying"):
            time.sleep(0.05)
        with counted("compiling kernels"):
            pass
    assert plain.getvalue() == ""


def test_a_failure_within_a_stage_passes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(ValueError, match="of the work"), progress("proving"):
        raise ValueError("of the work")


@pytest.mark.parametrize("stderr", [Terminal, io.StringIO])
def test_a_stage_goes_on_where_the_system_gives_no_thread(
    stderr: type[io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(sys, "stderr", stderr())
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with progress("proving"):
        done = [True]
    with counted("compiling kernels") as report:
        report(1, 2)
        done.append(True)
    assert done == [True, True]
