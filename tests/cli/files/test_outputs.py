"""What commands write over, and what they leave as it is: one rule for all outputs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.workshop import contents, done, invoke, refused
from zkpipe.cli.console import signals
from zkpipe.cli.console.signals import Ended, held
from zkpipe.cli.files import outputs as module
from zkpipe.cli.files.file_kind import Kind
from zkpipe.cli.files.outputs import output, outputs
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.files.writing import write_file

ZKPIPE = Path(sys.executable).with_name("zkpipe")
PROVE = ("prove", "square.zkey", "square.wtns")
PROOF = (Kind.PROOF, Kind.PUBLIC)

WRITERS = {  # kind: a command that writes it to a name, and a file of that kind
    "proving key": (("setup", "square.py", "OUT", "--dev"), "order.zkey"),
    "witness": (("witness", "square.py", "input.json", "OUT"), "order.wtns"),
    "proof": ((*PROVE, "OUT", "new.json"), "order.proof.json"),
    "public values": ((*PROVE, "new.json", "OUT"), "order.public.json"),
    "verifying key": (("export", "vkey", "square.zkey", "OUT"), "order.vkey.json"),
    "Solidity": (("export", "verifier", "square.zkey", "OUT"), "verifier.sol"),
}
OTHERS = {
    "a ptau": b"ptau: what twenty parties made",
    "a PLONK key": b"zkey\1\0\0\0\1\0\0\0\1\0\0\0\4\0\0\0\0\0\0\0\2\0\0\0",
    "notes": b"- buy milk\n",
    "inputs": b'{"root": 12}',
    "a picture": b"\x89PNG\r\n\x1a\n",
    "a keystore": b'{"version": 3, "crypto": {}}',
    "a record": b'{"format": "zkpipe deployment 1"}',
    "a program": b"def main() -> None: ...\n",
}


def words(kind: str, name: str) -> list[str]:
    return [name if word == "OUT" else word for word in WRITERS[kind][0]]


# What is written over.


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_of_another_kind_is_never_written_over(shop: Path, kind: str, other: str) -> None:
    Path("out").write_bytes(OTHERS[other])
    refused(*words(kind, "out"), says="A file of another kind is never overwritten")
    if kind == "proving key":
        refused(*words(kind, "out"), "--force", says="never overwritten")


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("there", WRITERS)
def test_no_output_is_taken_for_another(shop: Path, kind: str, there: str) -> None:
    Path("out").write_bytes(Path(WRITERS[there][1]).read_bytes())
    if there != kind:
        refused(*words(kind, "out"), says="A file of another kind is never overwritten")
    elif kind == "proving key":
        refused(*words(kind, "out"), says="is a proving key (.zkey) already")
    else:
        done(*words(kind, "out"))
        assert Path("out").read_bytes()


@pytest.mark.parametrize("kind", WRITERS)
def test_an_empty_file_is_written_over(shop: Path, kind: str) -> None:
    Path("out").touch()
    done(*words(kind, "out"))
    assert Path("out").read_bytes()


def test_a_key_is_replaced_with_force_only(shop: Path) -> None:
    before = Path("square.zkey").read_bytes()
    again = ("setup", "square.py", "square.zkey", "--dev")
    assert "--force" in refused(*again, says="is a proving key (.zkey) already")
    Path("link.zkey").symlink_to("square.zkey")
    refused("setup", "square.py", "link.zkey", "--dev", says="is a proving key (.zkey) already")
    done(*again, "--force")
    assert Path("square.zkey").read_bytes() != before


def test_the_word_that_was_forgotten_is_named(shop: Path) -> None:
    """snarkjs has `groth16 setup C.r1cs POT.ptau KEY.zkey`."""
    Path("pot.ptau").write_bytes(OTHERS["a ptau"])
    told = refused("setup", "build/square.r1cs", "pot.ptau", "--dev", says="powers-of-tau")
    assert "KEY.zkey, in this order" in told
    assert "zkpipe setup C.r1cs KEY.zkey --ptau POT.ptau" in told


def test_compiling_writes_over_a_compiled_circuit_only(shop: Path) -> None:
    done("compile", "square.py", "--out", "build")
    Path("build/square.sym").write_text("anything else\n")
    refused("compile", "square.py", "--out", "build", says="square.sym is there")


def test_a_folder_that_was_made_for_outputs_does_not_stay_without_them(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    told = refused("compile", "square.py", "--out", "a/new/one", says="No space left")
    assert "a/new/one/square.r1cs cannot be written" in told
    assert ".zkpipe-" not in told


@pytest.mark.parametrize("came", [b"zkey", b"notes"])
def test_what_appears_during_the_work_is_not_written_over(tmp_path: Path, came: bytes) -> None:
    out = tmp_path / "out"

    def work() -> None:
        with outputs((out, Kind.PROVING_KEY)) as [place]:
            place.write_bytes(b"zkey new")
            out.write_bytes(came)

    with pytest.raises(FileError):
        work()
    assert out.read_bytes() == came
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_appears_in_the_last_moment_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    place_it = module._place_where_nothing_is

    def late(one: module._Output) -> None:
        out.write_bytes(b"theirs")
        place_it(one)

    def work() -> None:
        with outputs((out, Kind.PROOF)) as [place]:
            place.write_bytes(b"ours")

    monkeypatch.setattr(module, "_place_where_nothing_is", late)
    with pytest.raises(FileError, match="out cannot be written: File exists"):
        work()
    assert out.read_bytes() == b"theirs"


# One file by two names.


def by_its_folder(shop: Path) -> tuple[str, str]:
    (shop / "d").mkdir()
    return "p.json", "d/../p.json"


def by_a_linked_folder(shop: Path) -> tuple[str, str]:
    (shop / "link").symlink_to(".")
    return "p.json", "link/p.json"


def by_two_dangling_links(shop: Path) -> tuple[str, str]:
    (shop / "a1").symlink_to("t.json")
    (shop / "a2").symlink_to("t.json")
    return "a1", "a2"


def by_a_link_to_a_link(shop: Path) -> tuple[str, str]:
    (shop / "a1").symlink_to("a2")
    (shop / "a2").symlink_to("t.json")
    return "a1", "t.json"


def by_two_hard_links(shop: Path) -> tuple[str, str]:
    (shop / "p.json").touch()
    (shop / "q.json").hardlink_to(shop / "p.json")
    return "p.json", "q.json"


def by_a_full_path(shop: Path) -> tuple[str, str]:
    return "./p.json", str(shop / "build" / ".." / "p.json")


NAMES = (
    by_its_folder,
    by_a_linked_folder,
    by_two_dangling_links,
    by_a_link_to_a_link,
    by_two_hard_links,
    by_a_full_path,
)


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("two", NAMES)
def test_one_file_is_not_taken_for_two_outputs(
    shop: Path, two: Callable[[Path], tuple[str, str]], turn: int
) -> None:
    refused(*PROVE, *two(shop)[::turn], says="is given for two outputs")


def test_an_output_is_not_an_input_by_any_name(shop: Path) -> None:
    (shop / "d").mkdir()
    (shop / "link").symlink_to(".")
    (shop / "other.wtns").hardlink_to("square.wtns")
    for name in ("d/../square.wtns", "link/square.zkey", "other.wtns"):
        refused(*PROVE, "new.json", name, says="is an input of this command")


def test_an_output_is_not_the_input_that_a_link_leads_to_before_it_is_there(shop: Path) -> None:
    """The circuit is missing: still the name is the input's."""
    (shop / "link").symlink_to(".")
    refused("setup", "none.r1cs", "link/none.r1cs", "--dev", says="is an input of this command")


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/null"])
def test_a_device_is_no_output(shop: Path, name: str) -> None:
    (shop / "link").symlink_to(name)
    (shop / "d").mkdir()
    root = "/".join([".."] * len(shop.parts))
    for given in (name, "link", f"d/../{root}{name}", f"/{name}", f"/tmp/..{name}"):  # noqa: S108
        refused(*PROVE, "new.json", given, says="is not a place for a file")


def test_where_the_answer_goes_is_no_output(shop: Path) -> None:
    with Path("answer").open("w") as answer:
        ran = subprocess.run(  # noqa: S603 # our own command
            [ZKPIPE, *PROVE, "answer", "new.json"],
            stdout=answer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 2
    assert "answer is where this command prints to" in ran.stderr


def test_names_that_differ_by_case_are_two_where_the_file_system_says_so(shop: Path) -> None:
    done(*PROVE, "p.json", "P.JSON")
    assert {"p.json", "P.JSON"} <= {path.name for path in shop.iterdir()}


def test_names_that_the_file_system_takes_for_one_are_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where case does not count, or accents can be written in two ways."""
    touch = Path.touch

    def without_case(path: Path, mode: int = 0o666, exist_ok: bool = True) -> None:
        touch(path.with_name(path.name.lower()), mode, exist_ok)

    monkeypatch.setattr(Path, "touch", without_case)
    two = (tmp_path / "p.json", Kind.PROOF), (tmp_path / "P.JSON", Kind.PUBLIC)
    with pytest.raises(FileError, match="given for two outputs"), outputs(*two):
        pytest.fail("the work began")


def test_links_in_a_circle_and_a_deleted_folder_are_told(shop: Path) -> None:
    Path("one").symlink_to("two")
    Path("two").symlink_to("one")
    refused(*PROVE, "new.json", "one", says="its links form a circle")
    gone = shop.parent / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    result = invoke("prove", shop / "square.zkey", shop / "square.wtns", "p.json", "q.json")
    assert result.exit_code == 2
    assert "p.json cannot be written" in result.stderr


# All or none.


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two outputs, the first there already."""
    (tmp_path / "p.json").write_text('{"pi_a": "old", "protocol": "groth16"}')
    return tmp_path / "p.json", tmp_path / "q.json"


def write_both(pair: tuple[Path, Path]) -> None:
    with outputs(*zip(pair, PROOF, strict=True)) as places:
        for place in places:
            place.write_text("new")


def locked(path: Path) -> Iterator[None]:
    if os.geteuid() != 0 or subprocess.run(["chattr", "+i", path], check=False).returncode:  # noqa: S603, S607 # only root may
        pytest.skip("files cannot be locked here")
    yield
    subprocess.run(["chattr", "-i", path], check=True)  # noqa: S603, S607 # as above


@pytest.mark.parametrize("which", [0, 1])
def test_nothing_changes_if_one_output_cannot_be_replaced(shop: Path, which: int) -> None:
    names = "proof.json", "public.json"
    for _ in locked(shop / names[which]):
        refused(*PROVE, *names, says=f"{names[which]} cannot be written")


STEPS = ("hardlink_to", "replace", "rename")


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("there", [(True, True), (True, False), (False, True), (False, False)])
@pytest.mark.parametrize("fails", [OSError(1, "Operation not permitted"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", range(8))
def test_whatever_step_fails_nothing_has_changed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    at: int,
    fails: BaseException,
    there: tuple[bool, bool],
    links: bool,
) -> None:
    pair = tmp_path / "p.json", tmp_path / "q.json"
    for path, kind, is_there in zip(
        pair, ('{"pi_a": 0, "protocol": "groth16"}', "[]"), there, strict=True
    ):
        if is_there:
            path.write_text(kind)
    before, count = contents(tmp_path), 0
    has_failed = False

    def counted(name: str) -> Callable[..., object]:
        real = getattr(Path, name)

        def step(path: Path, *arguments: object) -> object:
            nonlocal count, has_failed
            if name == "hardlink_to" and not links:
                raise OSError(95, "Operation not supported")
            count += 1
            if count == at + 1 and not has_failed:
                has_failed = True
                raise fails
            return real(path, *arguments)

        return step

    for name in STEPS:
        monkeypatch.setattr(Path, name, counted(name))
    try:
        write_both(pair)
    except (FileError, KeyboardInterrupt):
        assert has_failed
        assert contents(tmp_path) == before
    else:
        assert [path.read_text() for path in pair] == ["new", "new"]
        assert len(list(tmp_path.iterdir())) == 2


def test_the_old_file_is_never_missing_on_the_way(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace
    seen: list[str] = []

    def watched(path: Path, to: Path) -> Path:
        seen.append(pair[0].read_text())
        return replace(path, to)

    monkeypatch.setattr(Path, "replace", watched)
    write_both(pair)
    assert seen
    assert pair[0].read_text() == "new"


def test_stages_go_where_no_folder_can_be_opened(
    pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, _data: str) -> None:
        path.touch()
        raise KeyboardInterrupt

    monkeypatch.setattr("shutil.rmtree", lambda path, **_: None)  # a process without descriptors
    before = contents(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", fail)
        with pytest.raises(KeyboardInterrupt):
            write_both(pair)
    assert contents(tmp_path) == before
    write_both(pair)
    assert set(contents(tmp_path)) == {"p.json", "q.json"}


def test_an_output_that_the_command_writes_by_itself_is_checked_too(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("")
    (tmp_path / "link").symlink_to("there")
    assert output(tmp_path / "link") == tmp_path / "there"
    for bad in (tmp_path / "in", tmp_path, tmp_path / "none" / "out", Path("/dev/stdout")):
        with pytest.raises(FileError):
            output(bad, [tmp_path / "in"])
    assert {path.name for path in tmp_path.iterdir()} == {"in", "link"}


# Signals.


@pytest.fixture
def listening() -> Iterator[None]:
    before = {number: signal.signal(number, signal.SIG_DFL) for number in signals.ENDING}
    signals._Hold.ended_at = float("-inf")
    signals.listen()
    yield
    signals._Hold.ended_at = float("-inf")
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", signals.ENDING)
def test_a_signal_during_the_last_step_puts_everything_back(
    listening: None,
    pair: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    before = contents(pair[0].parent)
    place = module._place

    def told(one: module._Output) -> None:
        place(one)
        signal.raise_signal(number)

    monkeypatch.setattr(module, "_place", told)
    with pytest.raises((Ended, KeyboardInterrupt)):
        write_both(pair)
    assert contents(pair[0].parent) == before


@pytest.mark.parametrize("number", signals.ENDING)
def test_signals_in_a_row_leave_no_folder(
    listening: None, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    before = contents(pair[0].parent)
    remove = module._remove

    def told(stages: list[Path]) -> None:
        signal.raise_signal(number)
        signals._Hold.ended_at = float("-inf")  # a late one, too
        signal.raise_signal(number)
        remove(stages)

    monkeypatch.setattr(module, "_remove", told)
    with pytest.raises((Ended, KeyboardInterrupt)), outputs(*zip(pair, PROOF, strict=True)):
        signal.raise_signal(number)
    assert contents(pair[0].parent) == before


@pytest.mark.parametrize("number", signals.ENDING)
def test_a_signal_after_the_outputs_are_in_place_comes_too_late(
    listening: None, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Else the command would say that it was ended, and the old key be gone."""
    remove = module._remove

    def told(stages: list[Path]) -> None:
        signal.raise_signal(number)
        remove(stages)

    monkeypatch.setattr(module, "_remove", told)
    try:
        write_both(pair)
        signal.raise_signal(number)
    except (Ended, KeyboardInterrupt):  # the latter would end pytest
        pytest.fail("told to end, with the outputs in place")
    assert [path.read_text() for path in pair] == ["new", "new"]
    assert set(contents(pair[0].parent)) == {"p.json", "q.json"}


@pytest.mark.parametrize("number", signals.ENDING)
def test_a_signal_while_python_ends_does_not_change_the_status(shop: Path, number: int) -> None:
    script = (
        "import atexit, os, sys\n"
        "from zkpipe.cli.main import main\n"
        f"atexit.register(os.kill, os.getpid(), {int(number)})\n"
        "sys.argv = ['zkpipe', 'info', 'proof.json']\n"
        "main()\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)  # noqa: S603 # this Python, our own text
    said = ran.stderr.replace(b"reading proof.json ...\n", b"")  # where that takes long
    assert (ran.returncode, said) == (0, b"")


def test_a_signal_that_is_ignored_stays_ignored(listening: None) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signals.listen()
    signal.raise_signal(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_a_signal_waits_until_a_held_block_ends(listening: None) -> None:
    reached = []

    def work() -> None:
        with held():
            with held():
                signal.raise_signal(signal.SIGHUP)
            reached.append("the end of the outer block")

    with pytest.raises(Ended) as caught:
        work()
    assert reached
    assert caught.value.number == signal.SIGHUP
    with held():
        pass  # nothing waits any more


def test_writing_from_python_follows_links_and_replaces_what_is_there(tmp_path: Path) -> None:
    """As open() does: who names a file in a program means it."""
    (tmp_path / "there").write_text("old")
    (tmp_path / "link").symlink_to("there")
    write_file(tmp_path / "link", b"new")
    assert (tmp_path / "there").read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()
