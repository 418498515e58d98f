"""How failures are told: statuses, JSON, tracebacks, private values, interruptions."""

from __future__ import annotations

import errno
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workshop import contents, invoke, refused
from zkpipe import prover
from zkpipe.cli.console.signals import Ended
from zkpipe.cli.files.file_kind import Kind
from zkpipe.cli.files.outputs import outputs
from zkpipe.cli.machine import diagnosis

ZKPIPE = Path(sys.executable).with_name("zkpipe")
VERIFY = ("verify", "vkey.json", "public.json", "proof.json")
PROVE = ("prove", "square.zkey", "square.wtns", "new.proof.json", "new.public.json")
PRIVATE = "private 2718281828459045"


def raises(error: BaseException) -> object:
    def stand_in(*_arguments: object, **_named: object) -> object:
        raise error

    return stand_in


def test_an_error_is_one_json_object_on_stderr_for_machines(shop: Path) -> None:
    result = invoke("verify", "nothing.json", "public.json", "proof.json", "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    error = json.loads(result.stderr)["error"]
    assert error["kind"] == "FileError"
    assert error["problem"] == "nothing.json cannot be read: No such file or directory."
    assert error["fix"]
    assert error["exit_status"] == 2


def test_wrong_usage_is_json_too(shop: Path) -> None:
    result = invoke("verify", "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    error = json.loads(result.stderr)["error"]
    assert error["kind"] == "UsageError"
    assert "VKEY.json" in error["problem"]
    assert error["fix"] == (
        "Write `zkpipe verify [OPTIONS] VKEY.json PUBLIC.json PROOF.json`; "
        "`zkpipe verify --help` says more."
    )


def test_a_misspelt_option_or_command_is_corrected() -> None:
    assert "'--json'" in invoke("verify", "--jsn").stderr
    assert "'verify'" in invoke("verfy").stderr


def test_a_word_after_two_dashes_is_no_option(shop: Path) -> None:
    result = invoke("verify", "vkey.json", "public.json", "--", "--json")
    assert result.stderr.startswith("error: --json cannot be read")


def test_debug_shows_a_traceback_and_nothing_else_does(shop: Path) -> None:
    words = ("verify", "nothing.json", "public.json", "proof.json")
    assert "Traceback" not in invoke(*words).stderr
    told = invoke(*words, "--debug").stderr
    assert "reading.py" in told
    assert told.rstrip().endswith("Check the path.")


def test_a_fault_of_ours_has_its_own_status_and_asks_to_be_reported(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prover, "verify", raises(ValueError(PRIVATE)))
    message = refused(*VERIFY, says="a fault of zkpipe", status=70)
    assert "ValueError" in message
    assert "report" in message
    assert "2718281828459045" not in message


def test_a_traceback_holds_no_message_that_may_be_private(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prover, "verify", raises(ValueError(PRIVATE)))
    told = invoke(*VERIFY, "--debug").stderr
    assert "test_failures.py" in told
    assert "ValueError" in told
    assert PRIVATE not in told
    assert PRIVATE not in invoke(*VERIFY, "--debug", "--json").stderr


def test_an_interruption_is_clean(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prover, "prove", raises(KeyboardInterrupt()))
    before = contents(shop)
    result = invoke(*PROVE)
    assert result.exit_code == 130
    assert "Traceback" not in result.output
    assert contents(shop) == before


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_command_told_to_end_removes_what_it_began(shop: Path, number: int, status: int) -> None:
    Path("slow.py").write_text(
        "import time\nfrom pathlib import Path\nPath('begun').touch()\ntime.sleep(600)\n"
    )
    before = contents(shop)
    # Where the suite itself runs with SIGINT ignored, as shells start what runs in the background,
    # the command would inherit that, and be right to ignore it.
    inherited = signal.signal(number, signal.default_int_handler)
    try:
        _end_and_look(shop, number, status, before)
    finally:
        signal.signal(number, inherited)


def _end_and_look(shop: Path, number: int, status: int, before: dict[str, str]) -> None:
    with subprocess.Popen(  # noqa: S603 # our own command
        [ZKPIPE, "witness", "slow.py", "input.json", "new.wtns"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as running:
        while not (shop / "begun").exists():
            assert running.poll() is None
            time.sleep(0.01)
        assert list(shop.glob(".zkpipe-*"))
        running.send_signal(number)
        _, told = running.communicate(timeout=300)
    (shop / "begun").unlink()
    assert running.returncode == status
    assert b"Traceback" not in told
    assert contents(shop) == before


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_command_told_to_end_while_it_makes_a_folder_leaves_none(
    moment: str, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Path.mkdir

    def told(path: Path, *arguments: Any, **named: Any) -> None:
        if moment == "after":
            make(path, *arguments, **named)
        raise Ended

    before = contents(shop)
    monkeypatch.setattr(Path, "mkdir", told)
    with pytest.raises(Ended), outputs((Path("new.json"), Kind.PROOF)):
        pass
    assert contents(shop) == before


HINT = """
from zkpipe.circuits import Field, Private, Public, UInt, check, circuit, hint


def leak(secret: int) -> int:
    print("a hint was given", secret % 10)
    raise ValueError(f"the secret is {secret}")


@circuit
def leaky(secret: Private[Field]) -> Public[Field]:
    other = hint(leak, secret, returns=Field)
    check(other == secret)
    return other
"""


def test_what_a_hint_raises_does_not_show_its_values(shop: Path) -> None:
    Path("leaky.py").write_text(HINT)
    Path("input.json").write_text('{"secret": 2718281828459045}')
    words = ("witness", "leaky.py", "input.json", "new.wtns")
    message = refused(*words, says="leaky.py:", status=1)
    assert "a hint was given 5" in message
    for options in ([], ["--debug"], ["--json"]):
        assert "2718281828459045" not in invoke(*words, *options).output


def test_too_little_memory_is_said(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prover, "prove", raises(MemoryError()))
    refused(*PROVE, says="not enough memory", status=3)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EMFILE, errno.EACCES])
def test_what_the_machine_refuses_is_no_fault_of_ours(
    shop: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refusal = OSError(number, os.strerror(number), "/some/place")
    monkeypatch.setattr(prover, "prove", raises(refusal))
    refused(*PROVE, says=f"{os.strerror(number)}: /some/place", status=3)


def test_an_error_of_the_system_that_says_nothing_of_the_machine_is_a_fault(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prover, "prove", raises(OSError(errno.EBADF, "Bad file descriptor")))
    refused(*PROVE, says="a fault of zkpipe", status=70)


def test_too_little_address_space_is_too_little_memory(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prover, "prove", raises(OSError(errno.ENOMEM, "Cannot allocate memory")))
    refused(*PROVE, says="not enough memory", status=3)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("raise OSError('Could not find/load shared object file')", "OSError: Could not find"),
        ("import warnings; warnings.warn('old', DeprecationWarning)", "DeprecationWarning: old"),
        ("raise ValueError", "imported, which zkpipe needs: ValueError."),
        ("def f():\n    raise RuntimeError('TBB: no')\nf()", "RuntimeError: TBB: no"),
    ],
)
@pytest.mark.filterwarnings("error::DeprecationWarning")
def test_a_package_of_others_that_fails_when_it_is_imported_is_named(
    shop: Path, monkeypatch: pytest.MonkeyPatch, statement: str, says: str
) -> None:
    """As numba does with settings that it does not take, and llvmlite without memory."""
    package = shop / "packages" / "foreign"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from foreign import inner\n")
    (package / "inner.py").write_text(statement)
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(diagnosis, "OURS", (*diagnosis.OURS, "tests"))

    def late(*_words: object) -> object:
        return importlib.import_module("foreign")

    monkeypatch.setattr(prover, "verify", late)
    message = refused(*VERIFY, says=says, status=3)
    assert "foreign cannot be imported" in message


def test_a_part_that_cannot_be_imported_leads_to_the_doctor(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(prover, "verify")
    monkeypatch.setitem(sys.modules, "zkpipe.prover.groth16.verify", None)
    refused(*VERIFY, says="zkpipe doctor", status=3)


def test_a_back_end_that_is_not_here_is_missing(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", "cuda")
    refused(*PROVE, says="numba-cuda is not installed", status=3)
    monkeypatch.setenv("ZKPIPE_BACKEND", "abacus")
    refused(*PROVE, says="'abacus'", status=2)


def test_a_full_disk_leaves_nothing(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setattr(os, "fsync", raises(OSError(28, "No space left on device")))
    refused(*PROVE, says="No space left on device")


def test_a_name_with_a_terminals_command_in_it_is_printed_as_an_escape(shop: Path) -> None:
    message = refused("verify", "\x1b[2Jvkey\r.json", "public.json", "proof.json", says="vkey")
    assert "\x1b" not in message
    assert "\\x1b[2Jvkey\\r.json" in message


def test_a_name_with_an_end_of_line_begins_no_line(shop: Path) -> None:
    message = refused("verify", "a\nerror: b", "public.json", "proof.json", says=r"a\nerror: b ")
    assert len(message.splitlines()) == 2
    result = invoke("info", "a\nwarning: b.py")
    assert len(result.stderr.splitlines()) == 2


def test_a_reader_that_goes_away_is_no_error_of_ours(shop: Path) -> None:
    for words in ([*VERIFY, "--json"], ["--help"]):
        ran = subprocess.run(  # noqa: S602 # a shell is what makes the pipe
            f"{ZKPIPE} {' '.join(words)} | true; exit ${{PIPESTATUS[0]}}",
            shell=True,
            executable="/bin/bash",
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.stderr == ""
        assert ran.returncode in (0, 141)  # 0 if the output was in the pipe before it closed


def test_a_name_that_the_encoding_lacks_is_printed_as_an_escape(shop: Path) -> None:
    ran = subprocess.run(  # noqa: S603 # our own command
        [ZKPIPE, "verify", "ключ.json", "public.json", "proof.json"],
        env={"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "1"},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 2
    assert b"\\u043a\\u043b\\u044e\\u0447.json" in ran.stderr
