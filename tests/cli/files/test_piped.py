"""What a command reads from standard input, pipes and process substitutions."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cli.workshop import ORDER, SECRETS, contents, done, invoke, refused
from zkpipe.cli.files import piped as pipes
from zkpipe.cli.main import zkpipe

COMMAND = [sys.executable, "-c", "from zkpipe.cli.main import main; main()"]
ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def piped(data: bytes) -> Iterator[str]:
    """The path of a pipe that the data come through, as a shell's <(...) gives it."""
    reader, writer = os.pipe()

    def write() -> None:
        try:
            with os.fdopen(writer, "wb") as file:
                file.write(data)
        except BrokenPipeError:  # what is refused is not read to its end
            pass

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield f"/dev/fd/{reader}"
    finally:
        os.close(reader)
        thread.join()


def given(data: bytes, *words: object) -> Result:
    """Run a command in this process with standard input."""
    return CliRunner().invoke(zkpipe, [str(word) for word in words], input=data)


def told(result: Result, says: str, status: int = 2) -> None:
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    assert says in result.stderr, result.stderr
    assert len(result.stderr.strip().splitlines()) >= 2


WITNESS = ("witness", "order.py", "-", "new.wtns")


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("name", ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])
def test_inputs_from_standard_input_are_those_of_the_file(name: str) -> None:
    result = given(Path("order.json").read_bytes(), "witness", "order.py", name, "new.wtns")
    assert result.exit_code == 0, result.output
    assert Path("new.wtns").read_bytes() == Path("order.wtns").read_bytes()


@pytest.mark.usefixtures("shop")
def test_inputs_from_a_process_substitution_are_those_of_the_file() -> None:
    with piped(Path("order.json").read_bytes()) as path:
        done("witness", "order.py", path, "new.wtns")
    assert Path("new.wtns").read_bytes() == Path("order.wtns").read_bytes()


@pytest.mark.usefixtures("shop")
def test_inputs_from_a_named_pipe_wait_for_their_writer() -> None:
    os.mkfifo("inputs")
    data = Path("order.json").read_bytes()
    writer = threading.Thread(target=lambda: Path("inputs").write_bytes(data))
    writer.start()
    done("witness", "order.py", "inputs", "new.wtns")
    writer.join()
    assert Path("new.wtns").read_bytes() == Path("order.wtns").read_bytes()


@pytest.mark.usefixtures("shop")
def test_more_inputs_than_fit_any_circuit_come_through_a_pipe() -> None:
    Path("sums.py").write_text(
        "from zkpipe.circuits import Array, Field, Private, Public, circuit\n"
        "@circuit\n"
        "def sums(x: Private[Array[Field, 5000]]) -> Public[Field]:\n"
        "    return sum(x)\n"
    )
    text = json.dumps({"x": [str(10**70 + i) for i in range(5000)]}).encode()
    assert len(text) > 1 << 18
    with piped(text) as path:
        done("witness", "sums.py", path, "piped.wtns")
    Path("input.json").write_bytes(text)
    done("witness", "sums.py", "input.json", "sums.wtns")
    assert Path("piped.wtns").read_bytes() == Path("sums.wtns").read_bytes()


@pytest.mark.usefixtures("shop")
def test_what_never_ends_is_read_no_further_than_inputs_go() -> None:
    with piped(b'{"root": [' + b"0, " * 1_000_000) as path:
        told(invoke("witness", "square.py", path, "new.wtns"), "such a file has at most")
    assert not Path("new.wtns").exists()


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "standard input is empty"),
        (b"\n", "standard input is not JSON"),
        (b"[1]", "standard input is a list of public values"),
        (b"[[", "standard input is"),
        (b"\xff\xfe{}", "byte order mark"),
        (b'{"limit": NaN}', "NaN"),
        (json.dumps(ORDER | {"limit": "0x"}).encode(), "`limit` is a text"),
    ],
)
def test_bad_inputs_are_told_as_those_of_a_file(data: bytes, says: str) -> None:
    before = contents(Path.cwd())
    result = given(data, *WITNESS)
    told(result, says)
    assert contents(Path.cwd()) == before
    assert str(SECRETS["salt"]) not in result.output


@pytest.mark.usefixtures("shop")
def test_every_json_of_verifying_may_come_through_a_pipe() -> None:
    names = ("vkey.json", "public.json", "proof.json")
    with (
        piped(Path(names[0]).read_bytes()) as vkey,
        piped(Path(names[1]).read_bytes()) as public,
        piped(Path(names[2]).read_bytes()) as proof,
    ):
        assert "valid" in done("verify", vkey, public, proof)
    for i, name in enumerate(names):
        words = [*names[:i], "-", *names[i + 1 :]]
        assert given(Path(name).read_bytes(), "verify", *words).exit_code == 0
        with piped(Path("square.zkey").read_bytes()) as key:
            words[i] = key
            told(invoke("verify", *words), "a proving key (.zkey), not")


@pytest.mark.usefixtures("shop")
def test_a_wrong_proof_through_a_pipe_is_a_no() -> None:
    told_no = given(b'["145"]', "verify", "vkey.json", "-", "proof.json")
    assert told_no.exit_code == 1
    assert "not valid" in told_no.stdout


@pytest.mark.usefixtures("shop")
def test_calldata_and_verifiers_take_pipes() -> None:
    public, proof = Path("public.json").read_bytes(), Path("proof.json").read_bytes()
    plain = done("export", "calldata", "public.json", "proof.json")
    with piped(public) as path:
        assert given(proof, "export", "calldata", path, "-").stdout == plain
    with piped(Path("vkey.json").read_bytes()) as path:
        done("export", "verifier", path, "piped.sol")
    assert Path("piped.sol").read_bytes() == Path("verifier.sol").read_bytes()
    with piped(Path("square.zkey").read_bytes()) as path:
        told(invoke("export", "verifier", path, "new.sol"), "not read from a pipe")
    assert not Path("new.sol").exists()


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("name", ["vkey.json", "public.json", "proof.json", "order.json"])
def test_info_takes_json_through_a_pipe(name: str) -> None:
    data = Path(name).read_bytes()
    facts = json.loads(done("info", name, "--json"))
    with piped(data) as path:
        assert json.loads(done("info", path, "--json")) == facts
    assert json.loads(given(data, "info", "-", "--json").stdout) == facts


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "name", ["square.zkey", "square.wtns", "build/square.r1cs", "verifier.sol"]
)
def test_info_says_of_other_files_that_a_pipe_does_not_do(name: str) -> None:
    says = "no file that zkpipe knows" if name.endswith(".py") else "not read from a pipe"
    with piped(Path(name).read_bytes()) as path:
        told(invoke("info", path), says)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("second", ["-", "/dev/stdin", "/dev/fd/0"])
def test_standard_input_is_taken_once(second: str) -> None:
    result = given(b"[]", "verify", "vkey.json", "-", second)
    told(result, "standard input is given for PUBLIC.json and for PROOF.json")


@pytest.mark.usefixtures("shop")
def test_a_pipe_is_taken_once_by_whatever_name() -> None:
    with piped(Path("public.json").read_bytes()) as path:
        Path("link").symlink_to(path)
        for other in (path, "link", path.replace("/dev/fd", "/proc/self/fd")):
            told(invoke("verify", "vkey.json", path, other), "can be read once")


@pytest.mark.usefixtures("shop")
def test_a_dash_is_no_name_of_a_file_that_is_none_of_these() -> None:
    refused("witness", "square.py", "input.json", "-", says="- is not one")
    refused("prove", "square.zkey", "-", "p.json", "q.json", says="- is not one")
    refused("export", "vkey", "square.zkey", "-", says="- is not one")
    done("witness", "square.py", "input.json", "./-")
    assert Path("-").read_bytes() == Path("square.wtns").read_bytes()
    Path("-").write_text('{"root": 12}')
    done("witness", "square.py", "./-", "new.wtns")


@pytest.mark.usefixtures("shop")
def test_a_pipe_that_nobody_writes_to_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "PATIENCE", 0.05)
    os.mkfifo("inputs")
    told(invoke("witness", "square.py", "inputs", "new.wtns"), "no program writes to it")
    assert not Path("new.wtns").exists()


@pytest.mark.usefixtures("shop")
def test_a_slow_writer_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "PATIENCE", 0.01)
    reader, writer = os.pipe()

    def write() -> None:
        for part in (b'{"ro', b'ot": 1', b"2}"):
            threading.Event().wait(0.1)
            os.write(writer, part)
        os.close(writer)

    thread = threading.Thread(target=write)
    thread.start()
    done("witness", "square.py", f"/dev/fd/{reader}", "new.wtns")
    thread.join()
    os.close(reader)
    assert Path("new.wtns").read_bytes() == Path("square.wtns").read_bytes()


def ended(*words: str, **streams: object) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own in the current folder."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    run: Callable[..., subprocess.CompletedProcess[str]] = subprocess.run
    return run(
        [*COMMAND, *words], capture_output=True, text=True, env=environment, timeout=300, **streams
    )


@pytest.mark.usefixtures("shop")
def test_a_closed_standard_input_is_told() -> None:
    result = ended("witness", "square.py", "-", "new.wtns", preexec_fn=lambda: os.close(0))
    assert result.returncode == 2, result.stderr
    assert "standard input is empty" in result.stderr


@pytest.mark.usefixtures("shop")
def test_a_terminal_is_told_that_it_is_read() -> None:
    master, terminal = pty.openpty()
    os.write(master, b'{"root": "0xc"}\n\x04')
    result = ended("witness", "square.py", "-", "new.wtns", stdin=terminal)
    os.close(terminal)
    os.close(master)
    assert result.returncode == 0, result.stderr
    assert "Reading standard input: end it with Ctrl-D" in result.stderr
    assert Path("new.wtns").read_bytes() == Path("square.wtns").read_bytes()


@pytest.mark.usefixtures("shop")
def test_a_standard_input_that_does_not_block_is_waited_for() -> None:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)

    def write() -> None:
        threading.Event().wait(1.5)
        os.write(writer, b'{"root": 12}')
        os.close(writer)

    thread = threading.Thread(target=write)
    thread.start()
    result = ended("witness", "square.py", "-", "new.wtns", stdin=reader)
    thread.join()
    os.close(reader)
    assert result.returncode == 0, result.stderr
