"""Streams that are closed, full, without a reader, or not blocking: the answer is the status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.cli.workshop import contents
from tests.long_form import IS_LONG, in_turn

ZKPIPE = Path(sys.executable).with_name("zkpipe")
FULL = Path("/dev/full")
VERIFY = "verify vkey.json public.json proof.json"
NOTHING = "verify nothing.json public.json proof.json"
COMMANDS = {  # that end well
    VERIFY: 0,
    f"{VERIFY} --json": 0,
    "info square.zkey": 0,
    "print square.py": 0,
    "export calldata public.json proof.json": 0,
    "check square.py square.wtns": 0,
    "witness square.py input.json new.wtns": 0,
    "--help": 0,
    "--version": 0,
    "export verifier --help": 0,
    NOTHING: 2,
    f"{NOTHING} --json": 2,
    "verfy": 2,
}

full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")


def run(words: str, streams: str) -> subprocess.CompletedProcess[str]:
    """Run a command with its streams as a shell's words say."""
    return subprocess.run(  # noqa: S602 # a shell is what closes streams
        f"{ZKPIPE} {words} {streams}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=False,
    )


SOME = (VERIFY, f"{VERIFY} --json", "print square.py", "--help", NOTHING)
CLOSED = (">&-", "2>&-", "<&- >&- 2>&-", "<&-")


@pytest.mark.parametrize(
    ("words", "streams"), in_turn(list(COMMANDS)[:: 1 if IS_LONG else 2], CLOSED)
)
def test_a_closed_stream_is_no_fault(words: str, streams: str, shop: Path) -> None:
    status = COMMANDS[words]
    ran = run(words, streams)
    assert ran.returncode == status
    assert bool(ran.stdout) == (status == 0 and ">&-" not in streams.replace("2>&-", "").split())


@full
@pytest.mark.parametrize("words", COMMANDS if IS_LONG else SOME)
def test_a_full_standard_error_is_no_fault(words: str, shop: Path) -> None:
    ran = run(words, "2>/dev/full")
    assert ran.returncode == COMMANDS[words]
    assert bool(ran.stdout) == (ran.returncode == 0)


ENDING_WELL = [words for words, status in COMMANDS.items() if status == 0]


@full
@pytest.mark.parametrize(
    ("words", "streams"),
    in_turn(ENDING_WELL if IS_LONG else SOME[:4], (">/dev/full", "1</dev/null")),
)
def test_a_full_standard_output_is_named_in_one_sentence(
    words: str, streams: str, shop: Path
) -> None:
    ran = run(words, streams)
    assert ran.returncode == 2
    if "--json" in words:
        what = json.loads(ran.stderr)["error"]["problem"]
    else:
        lines = [line for line in ran.stderr.splitlines() if not line.endswith(" ...")]
        what = lines[0].removeprefix("error: ")
        assert len(lines) == 2
    assert what.startswith("Standard output cannot be written to: ")


@full
@pytest.mark.parametrize(
    ("words", "streams"), in_turn(ENDING_WELL[::3], (">/dev/full 2>/dev/full", ">/dev/full 2>&-"))
)
def test_a_full_standard_output_is_a_fault_where_nobody_is_told(
    words: str, streams: str, shop: Path
) -> None:
    assert run(words, streams).returncode == 2


@full
def test_an_answer_of_no_that_cannot_be_printed_is_still_no_yes(shop: Path) -> None:
    Path("public.json").write_text('["143"]')
    assert run(VERIFY, "").returncode == 1
    for streams, status in (("2>/dev/full", 1), (">&-", 1), (">/dev/full", 2)):
        assert run(VERIFY, streams).returncode == status


def test_files_are_in_place_whatever_becomes_of_the_answer(shop: Path) -> None:
    before = set(contents(shop))
    for number, streams in enumerate((">&-", "2>&-", "<&- >&- 2>&-")):
        names = f"p{number}.json", f"q{number}.json"
        assert run(f"prove square.zkey square.wtns {' '.join(names)}", streams).returncode == 0
        assert set(contents(shop)) - before == set(names)
        before |= set(names)
        assert run(f"verify vkey.json {names[1]} {names[0]}", "").returncode == 0


PRINTS = """
import sys
from zkpipe.circuits import Field, Public, circuit

print("a word of the author's", file=sys.stderr)
print("another")

@circuit
def printing(x: Public[Field]) -> None:
    print("traced", flush=True)
"""


def test_what_a_circuit_prints_goes_nowhere_if_the_streams_take_nothing(shop: Path) -> None:
    Path("printing.py").write_text(PRINTS)
    closed = (">&-", "2>&-", ">&- 2>&-") if IS_LONG else (">&- 2>&-",)
    for streams in (*closed, *(["2>/dev/full"] if FULL.exists() else [])):
        ran = run("info printing.py", streams)
        assert ran.returncode == 0, ran.stderr
        assert "another" not in ran.stdout


CLOSES = """
import sys
from zkpipe.circuits import Field, Public, circuit

@circuit
def closing(x: Public[Field]) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.close()
"""


def test_a_circuit_that_closes_the_streams_closes_nothing_of_ours(shop: Path) -> None:
    Path("closing.py").write_text(CLOSES)
    ran = run("info closing.py", "")
    assert ran.returncode == 0, ran.stderr
    assert "closing" in ran.stdout
    assert run(NOTHING, "").stderr


def test_a_circuit_that_closes_the_descriptor_of_the_answer_is_told(shop: Path) -> None:
    Path("closing.py").write_text("import os\nos.close(1)\n" + CLOSES)
    ran = run("info closing.py", "")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 2
    assert "Standard output cannot be written to" in ran.stderr


@pytest.mark.parametrize("words", [VERIFY, "--help", f"{VERIFY} --json"])
def test_a_reader_of_both_streams_that_goes_away_is_no_error_of_ours(
    words: str, shop: Path
) -> None:
    ran = run(words, "2>&1 | true; exit ${PIPESTATUS[0]}")
    assert ran.returncode in (0, 141)
    assert ran.stderr == ""


def test_a_reader_of_errors_that_goes_away_leaves_the_status(shop: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(  # noqa: S603 # our own command
        [ZKPIPE, *NOTHING.split()], stderr=writing, stdout=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert ran.returncode == 2


def test_a_pipe_that_would_block_is_waited_for(shop: Path) -> None:
    """As a program leaves it that shares it and works without blocking, node for one."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    os.write(writing, bytes(1 << 12))
    while True:
        try:
            os.write(writing, bytes(1))
        except BlockingIOError:
            break
    read: list[bytes] = []

    def drain() -> None:
        with os.fdopen(reading, "rb") as pipe:
            read.append(pipe.read())

    with subprocess.Popen([ZKPIPE, "--help"], stdout=writing) as running:  # noqa: S603 # ours
        os.close(writing)
        reader = threading.Timer(1.0, drain)
        reader.start()
        assert running.wait(60) == 0
    reader.join()
    assert b"verify-onchain" in read[0]


def test_what_is_printed_never_lands_in_a_file_that_is_written(shop: Path) -> None:
    """A file opened while descriptors 1 and 2 are free would get their numbers."""
    for streams in (">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-")[0 if IS_LONG else 2 :]:
        Path("new.wtns").unlink(missing_ok=True)
        assert run("witness square.py input.json new.wtns", streams).returncode == 0
        assert Path("new.wtns").read_bytes() == Path("square.wtns").read_bytes()
