"""Provers and peers: found or left out with a reason, and every proof judged by another tool."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.conftest import Written
from tests.cli.workshop import done
from tests.oracles.ptx.card import ProcessorCard, in_use
from zkpipe.benchmarks.errors import CrossCheckError, MeasurementError, PeerError
from zkpipe.benchmarks.processes import whole_command
from zkpipe.benchmarks.provers import judges, peers
from zkpipe.benchmarks.provers.judges import Judge, PyEcc, Zkpipe, cross_check, find_judge
from zkpipe.benchmarks.provers.peers import Groth16py, find_peers, proof_of_calldata, snarkjs_words
from zkpipe.benchmarks.provers.proofs import Patience, prove_workload
from zkpipe.benchmarks.provers.provers import (
    CARD_WARNINGS,
    Command,
    Place,
    zkpipe_command,
    zkpipe_library,
)
from zkpipe.benchmarks.provers.waits import SQUARE
from zkpipe.benchmarks.workloads.workloads import Workload
from zkpipe.circuits import Witness
from zkpipe.prover import Proof, ProvingKey, prove, save_public


def tampered(proof: Path, workload: Workload) -> None:
    """C of another proof in its place: points as they must be, and no proof."""
    key, witness = ProvingKey.load(workload.key), Witness.load(workload.witness)
    right, other = Proof.load(proof), prove(key, witness)
    Proof(right.a, right.b, other.c).save(proof)


def every_judge() -> list[Judge]:
    found: list[Judge] = [Zkpipe(), PyEcc()]
    if importlib.util.find_spec("groth16py"):
        found.append(judges.Groth16py())
    if words := snarkjs_words():
        found.append(judges.Snarkjs(words))
    return found


@pytest.mark.parametrize("judge", every_judge(), ids=lambda judge: judge.name)
def test_every_judge_takes_a_right_proof_and_no_tampered_one(
    judge: Judge, workload: Workload, made: Place
) -> None:
    cross_check("zkpipe", judge, workload, made)
    tampered(made.proof, workload)
    with pytest.raises(CrossCheckError, match=f"{judge.name} refuses a proof that zkpipe made"):
        cross_check("zkpipe", judge, workload, made)


def test_other_public_values_than_the_witnesses_are_seen(workload: Workload, made: Place) -> None:
    save_public(made.public, [1])
    with pytest.raises(CrossCheckError, match="other public values"):
        cross_check("zkpipe", Zkpipe(), workload, made)


def test_the_judge_of_our_proofs_is_another_tool_whatever_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert find_judge().name != "zkpipe"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(judges, "snarkjs_words", lambda: None)
    assert find_judge().name == "py_ecc"


def test_peers_that_are_not_here_are_told_with_what_brings_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(peers, "program", lambda name: None)
    found = find_peers({})
    assert found.provers == ()
    told = {skipped.what: skipped.why for skipped in found.missing}
    assert "pip install groth16py" in told["groth16py"]
    assert "npm ci" in told["snarkjs"]
    assert "--peer rapidsnark=PATH" in told["rapidsnark"]


def test_a_program_by_its_path_is_a_peer_that_is_told_by_its_digest(program: Written) -> None:
    path = program("pass")
    found = find_peers({"rapidsnark": path})
    assert "rapidsnark" in {prover.name for prover in found.provers}
    assert "rapidsnark" not in {skipped.what for skipped in found.missing}
    (told,) = found.programs
    digest = subprocess.run(  # noqa: S603 # coreutils, on a file of ours
        ["sha256sum", path],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()[0]
    size = path.stat().st_size
    assert (told.prover, told.file, told.size_bytes) == ("rapidsnark", "prover", size)
    assert told.sha256 == digest
    assert told.shown == f"prover, {size} bytes, SHA-256 {digest[:16]}..."


def test_nobody_claims_to_know_the_threads_of_a_command(program: Written) -> None:
    provers = find_peers({"rapidsnark": program("pass")}).provers
    known = {prover.name: prover.threads for prover in provers}
    assert known.pop("groth16py", 1) == 1
    assert set(known.values()) == {None}


def test_groth16py_proves_on_one_thread(workload: Workload) -> None:
    pytest.importorskip("groth16py", reason="groth16py is not installed: pip install groth16py")
    text = (
        "import groth16py, os, sys\n"
        "key, _ = groth16py.import_zkey(sys.argv[1])\n"
        "groth16py.prove_wtns(key, sys.argv[2])\n"
        "sys.exit(len(os.listdir('/proc/self/task')))"
    )
    words = [sys.executable, "-c", text, workload.key, workload.witness]
    assert subprocess.run(words, check=False).returncode == 1  # noqa: S603 # our own words


@pytest.mark.parametrize("name", ["zkpipe", "snarkjs", "", "Rapid snark", "../x"])
def test_a_peer_takes_no_name_of_ours_and_no_strange_one(name: str, program: Written) -> None:
    with pytest.raises(PeerError, match="cannot be the name of a peer"):
        find_peers({name: program("pass")})


def test_a_peer_that_cannot_be_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")
    for path in (tmp_path, tmp_path / "text", tmp_path / "nothing"):
        with pytest.raises(PeerError, match="not a program that can be run"):
            find_peers({"rapidsnark": path})


def test_a_peers_proofs_are_timed_after_one_that_is_not_and_all_are_checked(
    workload: Workload, made: Place, program: Written, tmp_path: Path
) -> None:
    right = tmp_path / "right.json"
    shutil.copy(made.proof, right)
    body = (
        f"shutil.copy({str(right)!r}, files[2]); shutil.copy({str(workload.public)!r}, files[3])\n"
        f"open({str(tmp_path / 'calls')!r}, 'a').write('.')"
    )
    peer = Command("rapidsnark", (str(program(body)),))
    times, skipped = prove_workload(workload, [peer], PyEcc(), 2, Patience(60), tmp_path)
    assert skipped == []
    (time,) = times
    assert (time.prover, time.way, time.checked_by) == ("rapidsnark", "command", "zkpipe")
    assert len(time.seconds) == 2
    assert (tmp_path / "calls").read_text() == "..."
    assert 1 << 20 < time.peak_bytes < 1 << 27


def test_a_peer_whose_proof_does_not_hold_ends_the_run(
    workload: Workload, made: Place, program: Written, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.json"
    shutil.copy(made.proof, wrong)
    tampered(wrong, workload)
    body = f"shutil.copy({str(wrong)!r}, files[2]); shutil.copy({str(workload.public)!r}, files[3])"
    peer = Command("rapidsnark", (str(program(body)),))
    with pytest.raises(CrossCheckError, match="zkpipe refuses a proof that rapidsnark made"):
        prove_workload(workload, [peer], PyEcc(), 1, Patience(60), tmp_path)


def test_a_peer_that_fails_is_left_out_with_its_words(
    workload: Workload, program: Written, tmp_path: Path
) -> None:
    peer = Command("rapidsnark", (str(program("sys.exit('no such curve')")),))
    times, (skipped,) = prove_workload(workload, [peer], PyEcc(), 1, Patience(60), tmp_path)
    assert times == []
    assert skipped.what == "rapidsnark, command, chain 2^6"
    assert skipped.why.endswith("no such curve")
    assert str(tmp_path) not in skipped.why


COPY = "shutil.copy({proof!r}, files[2]); shutil.copy({public!r}, files[3])"


@pytest.mark.parametrize("kind", ["card-failed", "card-was-wrong"])
def test_a_proof_of_the_processors_is_none_of_the_cards(
    kind: str, workload: Workload, made: Place, program: Written, tmp_path: Path
) -> None:
    """The command makes a proof all the same, and tells in its answer who made it."""
    right = tmp_path / "right.json"
    shutil.copy(made.proof, right)
    copies = COPY.format(proof=str(right), public=str(workload.public))
    warning = {"kind": kind, "problem": "The card failed at a launch.", "evidence": [], "fix": "-"}
    body = f"{copies}\nassert files[4] == '--json'\nprint({json.dumps({'warnings': [warning]})!r})"
    ours = Command("zkpipe", (str(program(body)),), 2, "cuda")
    times, (skipped,) = prove_workload(workload, [ours], PyEcc(), 1, Patience(60), tmp_path)
    assert times == []
    assert skipped.what == "zkpipe cuda, command, chain 2^6"
    assert skipped.why.endswith("in place of the card. The card failed at a launch.")


def test_a_proof_of_the_cards_counts_whatever_else_the_command_warns_of(
    workload: Workload, made: Place, program: Written, tmp_path: Path
) -> None:
    right = tmp_path / "right.json"
    shutil.copy(made.proof, right)
    copies = COPY.format(proof=str(right), public=str(workload.public))
    warning = {"kind": "kernels-elsewhere", "problem": "a", "evidence": [], "fix": "b"}
    body = f"{copies}\nprint({json.dumps({'warnings': [warning]})!r})"
    ours = Command("zkpipe", (str(program(body)),), 2, "cuda")
    (time,), skipped = prove_workload(workload, [ours], PyEcc(), 2, Patience(60), tmp_path)
    assert skipped == []
    assert (time.label, time.way, time.checked_by) == ("zkpipe cuda", "command", "py_ecc")


def test_the_command_tells_of_a_card_by_the_kinds_that_are_listened_for(
    workload: Workload, tmp_path: Path
) -> None:
    """A card that fails, and the words of `zkpipe prove --json`."""
    written = (tmp_path / "proof.json", tmp_path / "public.json")
    with in_use(ProcessorCard(size=0)):
        said = done("prove", workload.key, workload.witness, *written, "--json")
    kinds = {warning["kind"] for warning in json.loads(said)["warnings"]}
    assert kinds & set(CARD_WARNINGS) == {"card-failed"}


def test_zkpipe_that_fails_ends_the_run(
    workload: Workload, program: Written, tmp_path: Path
) -> None:
    ours = Command("zkpipe", (str(program("sys.exit('a fault')")),), 2, "scalar")
    with pytest.raises(MeasurementError, match="a fault"):
        prove_workload(workload, [ours], PyEcc(), 1, Patience(60), tmp_path)


def test_a_prover_that_is_expected_to_take_too_long_is_left_out(
    workload: Workload, tmp_path: Path
) -> None:
    patience, prover = Patience(10), Groth16py()
    assert patience.reason_to_skip(prover, workload) is None
    patience.learn(prover, workload, 9.0)
    assert patience.reason_to_skip(prover, workload) is None
    patience.learn(prover, workload, 11.0)
    reason = patience.reason_to_skip(prover, workload)
    assert reason is not None
    assert "11.0 s at 2^6" in reason
    times, (skipped,) = prove_workload(workload, [prover], PyEcc(), 1, patience, tmp_path)
    assert times == []
    assert "the limit is 10 s" in skipped.why


def test_a_peer_whose_first_proof_takes_too_long_is_left_out(
    workload: Workload, made: Place, program: Written, tmp_path: Path
) -> None:
    right = tmp_path / "right.json"
    shutil.copy(made.proof, right)
    copies = COPY.format(proof=str(right), public=str(workload.public))
    slow = Command("slow", (str(program(f"{copies}\nimport time; time.sleep(0.3)")),))
    times, (skipped,) = prove_workload(workload, [slow], PyEcc(), 1, Patience(0.2), tmp_path)
    assert times == []
    assert skipped.why.startswith("a proof would take some 0 s, as it took 0.")


def test_zkpipe_and_groth16py_prove_in_turn_in_processes_of_their_own(
    workload: Workload, tmp_path: Path
) -> None:
    pytest.importorskip("groth16py", reason="groth16py is not installed: pip install groth16py")
    provers = [zkpipe_library("scalar", 1), Groth16py()]
    times, _ = prove_workload(workload, provers, find_judge(), 2, Patience(60), tmp_path)
    assert [(t.prover, t.backend, t.threads) for t in times] == [
        ("zkpipe", "scalar", 1),
        ("groth16py", "", 1),
    ]
    assert times[1].peak_bytes < 60e6, "something of ours was imported beside groth16py"


def test_groth16pys_bytes_of_another_length_are_refused() -> None:
    with pytest.raises(PeerError, match="255 bytes"):
        proof_of_calldata(bytes(255))


def test_snarkjs_is_looked_for_in_the_checkout_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "program", lambda name: Path("/usr/bin") / name)
    monkeypatch.setattr(peers, "ROOT", tmp_path)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for folder in (here, tmp_path):
        assert snarkjs_words() is None
        script = folder / "node_modules" / "snarkjs" / "build" / "cli.cjs"
        script.parent.mkdir(parents=True)
        script.touch()
    assert snarkjs_words() == ("/usr/bin/node", str(script.resolve()))


def test_the_command_sets_up_the_benchmarks_own_circuit(tmp_path: Path) -> None:
    """From a checkout too, where the file of the circuit lies in a package of another name."""
    whole_command([zkpipe_command(), "setup", SQUARE, tmp_path / "fresh.zkey", "--dev"], {})
    assert ProvingKey.load(tmp_path / "fresh.zkey").public_count == 1
