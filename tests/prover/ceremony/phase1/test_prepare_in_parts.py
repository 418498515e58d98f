"""Preparing where memory is short, and after an interruption: the same file in the end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.prover.ceremony.transcripts import POWER
from zkpipe.ground.errors import RangeError
from zkpipe.prover.ceremony import prepare_ptau, truncate_ptau
from zkpipe.prover.ceremony.phase1 import bases, prepare
from zkpipe.prover.ceremony.phase1.bases import ORDER, LagrangeBases, least_for, runs_for
from zkpipe.prover.ceremony.ptau_file import LAGRANGE, point_count
from zkpipe.prover.ceremony.room import least_room


@pytest.fixture(scope="module")
def prepared(transcript: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "final.ptau"
    prepare_ptau(transcript, path)
    return path


class Stopped(Exception):
    """As a key of the user's, or the end of the process."""


@pytest.mark.parametrize(("n", "room", "runs"), [(64, 64 * 80, 1), (64, 64 * 80 - 1, 4)])
def test_a_basis_takes_two_passes_if_it_does_not_fit(n: int, room: int, runs: int) -> None:
    assert runs_for(n, 8, room) == runs
    assert 64 + ORDER == 80


@pytest.mark.parametrize("room", [0, 500, 1000])
def test_bases_in_two_passes_are_the_same(
    transcript: Path, prepared: Path, tmp_path: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "room", lambda *_: room)
    monkeypatch.setattr(prepare, "LEAST_ROOM", 0)
    monkeypatch.setattr(bases, "MOST_RUNS", 1 << 30)
    joined: list[int] = []
    join = LagrangeBases.write

    def watched(self: LagrangeBases, read: object, n: int, out: object) -> None:
        joined.append(runs_for(n, self.words, self.room))
        join(self, read, n, out)  # type: ignore[arg-type] # passed on

    monkeypatch.setattr(LagrangeBases, "write", watched)
    prepare_ptau(transcript, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == prepared.read_bytes()
    assert max(joined) > 1


def test_work_that_was_interrupted_goes_on_where_it_was(
    transcript: Path, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "TOGETHER", 0)
    path, made = tmp_path / "a", list[int]()
    write = LagrangeBases.write

    def stopping(self: LagrangeBases, read: object, n: int, out: object) -> None:
        if len(made) == 5:
            raise Stopped
        made.append(n)
        write(self, read, n, out)  # type: ignore[arg-type] # passed on

    monkeypatch.setattr(LagrangeBases, "write", stopping)
    with pytest.raises(Stopped):
        prepare_ptau(transcript, path)
    assert not path.exists()
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(LagrangeBases, "write", write)
    again = list[int]()

    def counting(self: LagrangeBases, read: object, n: int, out: object) -> None:
        again.append(n)
        write(self, read, n, out)  # type: ignore[arg-type] # passed on

    monkeypatch.setattr(LagrangeBases, "write", counting)
    prepare_ptau(transcript, path, lambda done, total: told.append((done, total)))
    assert path.read_bytes() == prepared.read_bytes()
    assert [one.name for one in tmp_path.iterdir()] == ["a"]
    bases = [POWER + 2, POWER + 1, POWER + 1, POWER + 1]
    assert (len(made), len(again)) == (5, sum(bases) - 5)
    total = sum(point_count(basis, POWER) for basis in LAGRANGE)
    assert told[-1] == (total, total)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_unfinished_work_of_another_file_is_not_taken_up(
    transcript: Path, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    truncate_ptau(transcript, tmp_path / "small", POWER - 1)
    with monkeypatch.context() as patched:

        def stopping(*_: object) -> None:
            raise Stopped

        patched.setattr(LagrangeBases, "write", stopping)
        with pytest.raises(Stopped):
            prepare_ptau(tmp_path / "small", tmp_path / "a")
    prepare_ptau(transcript, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == prepared.read_bytes()


@pytest.mark.parametrize("most", [50, 6000])
def test_a_full_disk_leaves_what_can_be_gone_on_with(
    transcript: Path, prepared: Path, tmp_path: Path, most: int
) -> None:
    """Not even what is left in a buffer, when files are closed, may raise an error of its own."""
    code = (
        "import resource, sys; from zkpipe.prover.ceremony import prepare_ptau\n"
        "from zkpipe.ground.files.reading import FileError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n    prepare_ptau(sys.argv[1], sys.argv[2])\n"
        "except FileError as error:\n    print(error.problem)"
    )
    path = tmp_path / "a"
    done = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", code, transcript, path, str(most)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"{path} cannot be written: File too large.\n", "")
    assert {one.name for one in tmp_path.iterdir()} == {".a.unfinished", ".a.journal"}
    prepare_ptau(transcript, path)
    assert path.read_bytes() == prepared.read_bytes()


@pytest.mark.parametrize("words", [8, 16], ids=["G1", "G2"])
def test_no_basis_is_read_more_than_256_times(words: int) -> None:
    n = 1 << 20
    least = least_for(n, words)
    assert runs_for(n, words, least) == 256 < runs_for(n, words, least - 1)


def test_memory_in_which_it_would_never_end_is_refused_with_the_amount(
    transcript: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every class reads all powers: with no room at all there were as many classes as points."""
    monkeypatch.setattr(prepare, "LEAST_ROOM", 0)
    monkeypatch.setattr(bases, "MOST_RUNS", 4)
    least = (2 << POWER) // 4 * (64 + ORDER)
    with pytest.raises(RangeError, match=r"Preparing .* needs [\d.,]+ MB of memory, and"):
        prepare_ptau(transcript, tmp_path / "a", max_memory=least_room() + least - 1)
    assert not list(tmp_path.iterdir())
    prepare_ptau(transcript, tmp_path / "a", max_memory=least_room() + least)


def test_less_memory_than_any_step_takes_is_refused(transcript: Path, tmp_path: Path) -> None:
    with pytest.raises(RangeError, match=r"takes at least [\d.,]+ MB of memory"):
        prepare_ptau(transcript, tmp_path / "a", max_memory=least_room() - 1)
    assert not list(tmp_path.iterdir())
    prepare_ptau(transcript, tmp_path / "a", max_memory=least_room())
