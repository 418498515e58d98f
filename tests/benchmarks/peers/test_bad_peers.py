"""Peers that fail, hang or write nothing: they are left out by name, and the others stay."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks.conftest import Written
from tests.benchmarks.test_processes import FAMILY, assert_gone
from zkpipe.benchmarks.errors import CrossCheckError, MeasurementError
from zkpipe.benchmarks.provers.judges import Snarkjs, cross_check, find_judge
from zkpipe.benchmarks.provers.proofs import Patience, prove_workload
from zkpipe.benchmarks.provers.provers import Command, Place
from zkpipe.benchmarks.provers.waits import ONE, verification_waits
from zkpipe.benchmarks.records.results import ProofTime, Skipped, WaitTime
from zkpipe.benchmarks.workloads.workloads import Workload

ROUNDS = 2


@pytest.fixture
def right(workload: Workload, made: Place, tmp_path: Path) -> str:
    """What a program of Python does to give a right proof."""
    proof = tmp_path / "right.json"
    shutil.copy(made.proof, proof)
    return f"shutil.copy({str(proof)!r}, files[2]); shutil.copy({str(workload.public)!r}, files[3])"


def peer(program: Written, body: str, name: str = "rapidsnark") -> Command:
    made = program(body)
    return Command(name, (str(made.rename(made.with_name(name))),))


def measured(
    workload: Workload, folder: Path, peers: list[Command], patience: Patience | None = None
) -> tuple[list[ProofTime], list[Skipped]]:
    return prove_workload(workload, peers, find_judge(), ROUNDS, patience or Patience(60), folder)


def larger(workload: Workload) -> Workload:
    return replace(workload, size=replace(workload.size, exponent=7))


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ("pass", "public values"),
        ("shutil.copy({public!r}, files[3])", "proof"),
        ("open(files[2], 'w'); open(files[3], 'w')", "public values"),
        ("shutil.copy({public!r}, files[3]); open(files[2], 'w')", "proof"),
        ("import os; os.mkdir(files[2]); os.mkdir(files[3])", "public values"),
        ("import os; shutil.copy({public!r}, files[3]); os.mkdir(files[2])", "proof"),
        ("import os; os.mkfifo(files[3])", "public values"),
    ],
    ids=[
        "nothing",
        "no proof",
        "two empty files",
        "an empty proof",
        "folders",
        "a folder",
        "a pipe",
    ],
)
def test_a_peer_that_ends_well_and_writes_nothing_is_left_out_by_its_name(
    body: str, missing: str, workload: Workload, right: str, program: Written, tmp_path: Path
) -> None:
    bad = peer(program, body.format(public=str(workload.public)))
    good = peer(program, right, "gnark")
    (time,), (skipped,) = measured(workload, tmp_path, [bad, good])
    assert (time.prover, len(time.seconds)) == ("gnark", ROUNDS)
    assert skipped.what == "rapidsnark, command, chain 2^6"
    assert skipped.why == f"rapidsnark ended without an error, and wrote no {missing}."


@pytest.mark.parametrize(
    "body",
    [
        "open(files[2], 'w').write('{{')",
        "open(files[2], 'w').write('[1, 2]')",
        "shutil.copy(files[1], files[2])",
        "open(files[3], 'w').write('nothing of the kind')",
        "open(files[3], 'w').write('[\"1\"]')",
    ],
)
def test_what_is_no_proof_ends_the_run_and_names_the_peer(
    body: str, workload: Workload, right: str, program: Written, tmp_path: Path
) -> None:
    bad = peer(program, f"{right}\n{body}")
    with pytest.raises(CrossCheckError, match="rapidsnark wrote") as caught:
        measured(workload, tmp_path, [bad])
    assert str(tmp_path) not in str(caught.value)
    assert caught.value.exit_status == 1


def failing(calls: Path, number: int, end: str) -> str:
    """Ends in a way of its own at the call of this number, and at all later ones."""
    return (
        f"calls = {str(calls)!r}\nopen(calls, 'a').write('.')\n"
        f"if len(open(calls).read()) >= {number}:\n    {end}"
    )


@pytest.mark.parametrize("number", [2, ROUNDS + 1], ids=["first that counts", "last"])
@pytest.mark.parametrize(
    ("end", "says"),
    [
        ("sys.exit(9)", "failed with exit status 9, and left no reason."),
        ("import os; os.kill(os.getpid(), 9)", "was ended by the signal SIGKILL, and"),
        ("open(files[2], 'w').write('half'); sys.exit('no space')", "exit status 1. no space"),
        ("sys.exit(0)", "rapidsnark ended without an error, and wrote no public values."),
    ],
    ids=["status", "signal", "half a proof", "nothing written"],
)
def test_a_peer_that_fails_later_takes_nothing_of_the_others_with_it(
    number: int, end: str, says: str, workload: Workload, right: str, program: Written,
    tmp_path: Path,
) -> None:  # fmt: skip
    calls = tmp_path / "calls"
    bad = peer(program, f"{failing(calls, number, end)}\n{right}")
    ours = replace(peer(program, right, "zkpipe"), threads=2, backend="scalar")
    good = peer(program, right, "gnark")
    patience = Patience(60)
    times, (skipped,) = measured(workload, tmp_path, [bad, ours, good], patience)
    assert [(t.prover, len(t.seconds)) for t in times] == [("zkpipe", ROUNDS), ("gnark", ROUNDS)]
    assert skipped.what == "rapidsnark, command, chain 2^6"
    assert says in skipped.why
    assert calls.read_text() == "." * number, "it was asked again"
    place = Place(tmp_path / "proof.json", tmp_path / "public.json")
    cross_check("zkpipe", find_judge(), workload, place)  # a run of one's own circuit needs it
    times, (skipped,) = measured(larger(workload), tmp_path, [bad, good], patience)
    assert [t.prover for t in times] == ["gnark"]
    assert (skipped.what, skipped.why) == (
        "rapidsnark, command, chain 2^7",
        "it was left out at 2^6",
    )
    assert calls.read_text() == "." * number


def test_zkpipe_that_fails_later_ends_the_run(
    workload: Workload, right: str, program: Written, tmp_path: Path
) -> None:
    bad = peer(program, f"{failing(tmp_path / 'calls', 2, 'sys.exit(9)')}\n{right}", "zkpipe")
    with pytest.raises(MeasurementError, match="exit status 9"):
        measured(workload, tmp_path, [replace(bad, threads=2, backend="scalar")])


@pytest.mark.parametrize("number", [1, 2], ids=["first", "later"])
def test_a_peer_that_hangs_is_stopped_soon_with_all_that_it_started(
    number: int, workload: Workload, right: str, program: Written, tmp_path: Path
) -> None:
    numbers = tmp_path / "numbers"
    family = FAMILY.replace("sys.argv[1]", repr(str(numbers)))
    hangs = f"exec({family + 'time.sleep(60)'!r})"
    bad = peer(program, f"{failing(tmp_path / 'calls', number, hangs)}\n{right}")
    patience = Patience(0.4)  # a peer that works takes a tenth of it
    started = time.monotonic()
    times, (skipped,) = measured(workload, tmp_path, [bad], patience)
    assert time.monotonic() - started < 20
    assert times == []
    assert skipped.why.endswith("was stopped after 1.8 seconds.")
    assert_gone(numbers)
    _, (skipped,) = measured(larger(workload), tmp_path, [bad], patience)
    assert skipped.why == "it was left out at 2^6"


def test_a_peer_is_stopped_after_more_than_the_time_at_which_it_is_left_out() -> None:
    assert Patience(120).stop == 241
    assert Patience(0).stop == 1


def test_a_peer_that_the_system_does_not_start_is_left_out_with_its_reason(
    workload: Workload, right: str, program: Written, tmp_path: Path
) -> None:
    bad = peer(program, "pass")
    Path(bad.words[0]).write_bytes(b"\x7fELF of another machine")
    good = peer(program, right, "gnark")
    (time,), (skipped,) = measured(workload, tmp_path, [bad, good])
    assert time.prover == "gnark"
    assert skipped.why == "rapidsnark cannot be started: Exec format error."


def test_the_processors_that_a_peer_keeps_busy_are_those_of_the_proofs_that_count(
    workload: Workload, right: str, program: Written, tmp_path: Path
) -> None:
    calls = tmp_path / "calls"
    spin = "import time; first = len(open(calls).read()) == 1"
    body = (
        f"{failing(calls, 1, spin)}\n"
        f"while time.process_time() < (1.5 if first else 0.2): pass\ntime.sleep(0.3)\n{right}"
    )
    (found,), _ = measured(workload, tmp_path, [peer(program, body)])
    assert found.threads is None
    assert found.label == "rapidsnark, own threads"
    assert found.processor_seconds is not None
    assert len(found.processor_seconds) == ROUNDS
    assert all(0.2 <= seconds < 1 for seconds in found.processor_seconds)
    assert found.processors == pytest.approx(sum(found.processor_seconds) / sum(found.seconds))
    assert found.processors < 0.7, "it slept for more than half of the time"


def test_a_judge_that_cannot_say_has_not_refused(
    workload: Workload, made: Place, tmp_path: Path
) -> None:
    judge = Snarkjs(["no-such-node", "cli.cjs"])
    with pytest.raises(MeasurementError, match="no-such-node cannot be started"):
        cross_check("zkpipe", judge, workload, made)


def test_a_peer_that_cannot_verify_takes_no_times_of_ours_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("groth16py", reason="groth16py is not installed: pip install groth16py")
    (tmp_path / "groth16py.py").write_text("raise RuntimeError('of another machine')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    one, many, skipped = verification_waits(2, "scalar", 2)
    assert isinstance(one, WaitTime)
    assert isinstance(many, WaitTime)
    assert (one.tool, len(one.seconds), len(many.seconds)) == ("zkpipe", 2, 2)
    assert isinstance(skipped, Skipped)
    assert skipped.what == "verification of a proof, groth16py"
    assert skipped.why.endswith("RuntimeError: of another machine")


def test_verification_is_timed_by_both_tools() -> None:
    pytest.importorskip("groth16py", reason="groth16py is not installed: pip install groth16py")
    waits = [wait for wait in verification_waits(2, "scalar", 2) if isinstance(wait, WaitTime)]
    found = [(wait.wait, wait.tool, len(wait.seconds)) for wait in waits]
    assert found == [
        (ONE, "zkpipe", 2),
        ("verification of 2 proofs", "zkpipe", 2),
        (ONE, "groth16py", 2),
    ]
