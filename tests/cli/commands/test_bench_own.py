"""`bench run CIRCUIT INPUT.json`: a user's own circuit, every step of it, and what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workshop import CIRCUITS, ORDER, SECRETS, contents, done, invoke, refused
from tests.long_form import IS_LONG
from tests.vectors.circom.make import INPUTS
from zkpipe.benchmarks import Results, own_circuit
from zkpipe.benchmarks.errors import CrossCheckError
from zkpipe.benchmarks.provers.peers import Peers, find_peers
from zkpipe.benchmarks.records.ranges import COMMAND, LIBRARY
from zkpipe.cli.authors.circuit_name import CircuitName
from zkpipe.cli.authors.solving_source import source_of
from zkpipe.cli.jobs.circuit_worker import Steps
from zkpipe.ground.errors import MissingError
from zkpipe.verifier_contracts import find_solc

VECTORS = Path(__file__).parents[2] / "vectors" / "circom"
OUT = ("--out", "own.json")
STEPS = {"compile", "set up", "solve", "solve and prove", "verify"}
AGAIN = {"compile", "solve", "verify"}  # that are done in a process that stays, too


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the peers of this machine, but for the long form."""

    def named(paths: Mapping[str, Path]) -> Peers:
        found = find_peers(paths)
        return Peers(tuple(p for p in found.provers if p.name in paths), (), {})

    if not IS_LONG:
        monkeypatch.setattr(own_circuit, "find_peers", named)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with circuits and inputs, as the current one."""
    for name in ("square.py", "order.py"):
        shutil.copy(CIRCUITS / name, tmp_path)
    for name in ("shapes.r1cs", "shapes.wasm"):
        shutil.copy(VECTORS / name, tmp_path)
    (tmp_path / "order.json").write_text(json.dumps(ORDER))
    (tmp_path / "square.json").write_text('{"root": 12}')
    (tmp_path / "shapes.json").write_text(json.dumps(INPUTS["shapes"]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def steps(results: Results, way: str) -> set[str]:
    assert results.own is not None
    return {step.step for step in results.own.steps if step.way == way}


def facts_of(name: str) -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads(done("info", name, "--json"))
    return found


def test_every_step_of_a_circuit_is_measured_and_no_private_value_is_told(place: Path) -> None:
    before = set(contents(place))
    ran = invoke("bench", "run", "order.py", "order.json", *OUT, "--quick", "--json")
    assert ran.exit_code == 0, ran.stderr
    facts = json.loads(ran.stdout)
    assert set(contents(place)) - before == {"own.json"}
    results = Results.load("own.json")
    assert results.own is not None
    assert (results.own.name, results.own.source) == ("order", "order.py")
    assert steps(results, COMMAND) == STEPS
    assert steps(results, LIBRARY) == AGAIN
    assert {len(step.seconds) for step in results.own.steps} == {1}
    assert all((s.peak_bytes or 0) > 20e6 for s in results.own.steps if s.way == COMMAND)
    ours = [p for p in results.proofs if p.prover == "zkpipe" and p.backend != "cuda"]
    assert sorted(p.way for p in ours) == [COMMAND, LIBRARY]
    assert all(p.checked_by != "zkpipe" and p.peak_bytes > 20e6 for p in ours)
    assert {"whole proof", "verification"} < {stage.stage for stage in results.stages}
    (size,) = results.circuits
    told = facts_of("order.py")
    assert (size.constraints, size.wires) == (told["constraints"], told["wires"])
    assert 1 << size.exponent >= size.constraints > 0
    assert results.settings.quick
    assert facts["figures"]
    assert any("takes" in line for line in facts["figures"])
    for value in (SECRETS["salt"], SECRETS["discount"], str(place)):
        assert str(value) not in Path("own.json").read_text() + ran.output
    assert results.own.public_values == told["public_inputs"] + told["outputs"]
    _has_the_gas_of_verify_onchain(results)
    done("bench", "report", "own.json", "report.html", "report.md")
    assert "Steps of order" in Path("report.md").read_text()
    done("bench", "report", "own.json", "own.json", "r.html", "r.md", "--machine-hour-price", "2")
    assert Path("r.md").read_text().count("At 2.00 USD for an hour") == 2


def _has_the_gas_of_verify_onchain(results: Results) -> None:
    """Of the same circuit under another key."""
    assert results.own is not None
    try:
        find_solc()
    except MissingError:
        assert results.own.gas is None
        return
    done("setup", "order.py", "order.zkey", "--dev")
    done("export", "verifier", "order.zkey", "order.sol")
    done("fullprove", "order.json", "order.py", "order.zkey", "proof.json", "public.json")
    told = json.loads(done("verify-onchain", "order.sol", "public.json", "proof.json", "--json"))
    assert results.own.gas is not None
    assert abs(results.own.gas.verification - told["gas"]) < 1500  # zero bytes cost less
    assert 300_000 < results.own.gas.deployment < 1_000_000


@pytest.mark.skipif(not IS_LONG, reason="it takes 10 s")
def test_a_key_that_is_given_is_proved_with(place: Path) -> None:
    done("setup", "square.py", "square.zkey", "--dev")
    words = (*RUN, "square.py", "square.json", *OUT, "--quick", "--key", "square.zkey")
    facts = json.loads(done(*words, "--json"))
    results = Results.load("own.json")
    assert "set up: the key was given" in facts["skipped"]
    assert steps(results, COMMAND) == STEPS - {"set up"}
    assert results.circuits[0].key_bytes == Path("square.zkey").stat().st_size


@pytest.mark.skipif(not IS_LONG, reason="each takes 10 s")
@pytest.mark.parametrize(
    "words", [("shapes.r1cs",), ("shapes.wasm",), ("s.wasm", "--key", "k.zkey")]
)
def test_a_circuit_of_circom_is_solved_by_its_program(words: tuple[str, ...], place: Path) -> None:
    pytest.importorskip("wasmtime")
    shutil.copy("shapes.wasm", "s.wasm")
    done("setup", "shapes.r1cs", "k.zkey", "--dev")
    circuit, *options = words
    done("bench", "run", circuit, "shapes.json", *OUT, "--quick", *options)
    results = Results.load("own.json")
    assert steps(results, LIBRARY) == AGAIN - {"compile"}
    assert steps(results, COMMAND) == STEPS - {"compile", *(("set up",) if options else ())}
    (size,) = results.circuits
    assert (size.constraints, size.wires) == (facts_of("shapes.r1cs")["constraints"], size.wires)


def test_the_process_that_stays_does_each_step_and_refuses_a_wrong_proof(place: Path) -> None:
    names = ("square.json", "square.py", "square.zkey", "proof.json", "public.json")
    done("setup", "square.py", "square.zkey", "--dev")
    done("fullprove", *names)
    done("export", "vkey", "square.zkey", "vkey.json")
    worker = Steps(source_of(CircuitName(Path("square.py"))).as_json(), Path("square.json"))
    files = ["vkey.json", "public.json", "proof.json"]
    for request in ({"step": "compile"}, {"step": "solve"}, {"step": "verify", "files": files}):
        assert 0 < worker.answer(request)["seconds"] < 60
    Path("public.json").write_text('["145"]')
    with pytest.raises(CrossCheckError):
        worker.answer({"step": "verify", "files": files})


def test_values_that_do_not_satisfy_the_circuit_are_a_no_as_witness_says_it(place: Path) -> None:
    Path("order.json").write_text(json.dumps({**ORDER, "limit": 1}))
    said = refused("bench", "run", "order.py", "order.json", *OUT, says="order.py:", status=1)
    assert said == refused("witness", "order.py", "order.json", "w.wtns", says="", status=1)
    shown = invoke("bench", "run", "order.py", "order.json", *OUT, "--show-values")
    assert shown.exit_code == 1
    assert len(shown.stderr) > len(said)


RUN = ("bench", "run")
REFUSED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "no inputs": (("square.py",), "Give INPUT.json too"),
    "no circuit": (("square.json", "square.json"), "not a circuit"),
    "inputs that are no JSON": (("square.py", "shapes.wasm"), "not a JSON object"),
    "no such inputs": (("square.py", "none.json"), "none.json"),
    "no such circuit": (("none.py", "square.json"), "none.py"),
    "sizes": (("square.py", "square.json", "--from", "8", "--part", "waits"), "--from, --part"),
    "a circuit of ours": (("square.py", "square.json", "--circuit", "bits"), "takes no --circuit"),
    "rounds of a quick run": (("square.py", "square.json", "--quick", "--rounds", "2"), "--rounds"),
    "no rounds": (("square.py", "square.json", "--rounds", "0"), "measure nothing"),
    "a key without a circuit": (
        ("--key", "k.zkey", "--rounds", "0"),
        "--key belongs to a run of your",
    ),
    "values without a circuit": (
        ("--show-values", "--rounds", "0"),
        "--show-values belongs to a run of your own",
    ),
    "a program beside Python": (
        ("square.py", "square.json", "--wasm", "shapes.wasm"),
        "needs no other program",
    ),
    "a program alone": (("alone.wasm", "shapes.json"), "does not have the constraints"),
    "constraints alone": (("alone.r1cs", "shapes.json"), "does not say how to find a witness"),
    "a key that is none": (
        ("square.py", "square.json", "--key", "square.json"),
        "not a proving key",
    ),
    "a peer that is none": (("square.py", "square.json", "--peer", "zkpipe=/bin/sh"), "a peer"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_measured_is_refused(case: str, place: Path) -> None:
    words, says = REFUSED[case]
    for kind in ("r1cs", "wasm"):
        shutil.copy(f"shapes.{kind}", f"alone.{kind}")
    other = {"a program alone": "r1cs", "constraints alone": "wasm"}.get(case)
    if other:
        Path(f"alone.{other}").unlink()
    refused(*RUN, *words, *OUT, says=says)


def test_a_key_of_another_circuit_is_refused(place: Path) -> None:
    done("setup", "square.py", "square.zkey", "--dev")
    words = (*RUN, "order.py", "order.json", *OUT, "--key", "square.zkey")
    told = refused(*words, says="This witness is of circuit order")
    assert "Give the key of this circuit as --key KEY.zkey, or leave --key out" in told


def test_a_program_and_constraints_of_two_circuits_are_told_by_their_options(place: Path) -> None:
    pytest.importorskip("wasmtime")
    shutil.copy(VECTORS / "bus.r1cs", place)
    told = refused(*RUN, "bus.r1cs", "shapes.json", *OUT, "--wasm", "shapes.wasm", says="wires")
    assert "Give the .r1cs and the .wasm that circom wrote together" in told
    assert "--wasm C.wasm" in told


def test_of_inputs_only_those_that_are_missing_are_asked_for(place: Path) -> None:
    Path("order.json").write_text(json.dumps({"limit": 3, "prices": [1, 2, 3], "rush": True}))
    told = refused(*RUN, "order.py", "order.json", *OUT, says="missing the inputs `discount`")
    assert told.splitlines()[-1] == "Give `discount`, `salt`."


def test_the_results_are_no_input_of_the_run(place: Path) -> None:
    words = (*RUN, "square.py", "square.json", "--out")
    refused(*words, "square.json", says="is an input of this command")
    refused(*words, "square.py", says="is an input of this command")
