"""fullprove, and witness of a .wasm: one process, from inputs to a proof, with no witness left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.circuits.circom.programs import program
from tests.cli.workshop import done, invoke, refused
from tests.vectors.circom.make import INPUTS

VECTORS = Path(__file__).parents[2] / "vectors" / "circom"
ZKPIPE = Path(sys.executable).with_name("zkpipe")
SHAPES: dict[str, Any] = INPUTS["shapes"]


@pytest.fixture(scope="module")
def circom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A circuit of circom with its key."""
    folder = tmp_path_factory.mktemp("circom")
    for name in ("shapes.wasm", "shapes.r1cs", "shapes.sym"):
        shutil.copy(VECTORS / name, folder)
    done("setup", folder / "shapes.r1cs", folder / "shapes.zkey", "--dev")
    done("export", "vkey", folder / "shapes.zkey", folder / "shapes.vkey.json")
    (folder / "shapes.json").write_text(json.dumps(SHAPES))
    return folder


@pytest.fixture
def place(circom: Path, shop: Path) -> Path:
    for path in circom.iterdir():
        shutil.copy(path, shop)
    return shop


OUT = ("p.json", "q.json")


@pytest.mark.parametrize(
    ("circuit", "inputs", "key", "vkey"),
    [
        ("square.py", "input.json", "square.zkey", "vkey.json"),
        ("square.py:square", "input.json", "square.zkey", "vkey.json"),
        ("shapes.wasm", "shapes.json", "shapes.zkey", "shapes.vkey.json"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_proof_holds_in_either_order_and_no_witness_is_left(
    place: Path, circuit: str, inputs: str, key: str, vkey: str, order: int
) -> None:
    before = {path.name for path in place.iterdir()}
    told = json.loads(done("fullprove", *(inputs, circuit)[::order], key, *OUT, "--json"))
    assert "valid" in done("verify", vkey, OUT[1], OUT[0])
    assert {path.name for path in place.iterdir()} - {"__pycache__"} == before | set(OUT)
    done("witness", circuit, inputs, "same.wtns")
    proved = json.loads(done("prove", key, "same.wtns", "p2.json", "q2.json", "--json"))
    assert Path("q2.json").read_bytes() == Path(OUT[1]).read_bytes()
    for answer in (told, proved):
        del answer["proof"], answer["public"]
    assert told == proved


def test_the_witness_of_a_program_is_the_one_of_circom(place: Path) -> None:
    told = json.loads(done("witness", "shapes.wasm", "shapes.json", "w.wtns", "--json"))
    assert Path("w.wtns").read_bytes() == (VECTORS / "shapes.wtns").read_bytes()
    assert Path("w.wtns").stat().st_mode & 0o777 == 0o600
    assert told == {"witness": "w.wtns", "wires": 4, "values": {}}
    assert "satisfied" in done("check", "shapes.r1cs", "w.wtns")


@pytest.mark.parametrize("words", [("-", "shapes.wasm"), ("shapes.wasm", "-")])
def test_inputs_come_from_standard_input_and_nothing_of_them_is_written(
    place: Path, words: tuple[str, str]
) -> None:
    """Every file that is opened to be written to is seen, wherever it lies."""
    hidden = 31415926535897932384
    inputs = {**SHAPES, "grid": [hidden] * 6}
    before = time.time_ns()
    ran = subprocess.run(  # noqa: S603 # our own command
        [ZKPIPE, "fullprove", *words, "shapes.zkey", *OUT],
        input=json.dumps(inputs).encode(),
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    assert b"OK" in ran.stdout or b"public values" in ran.stdout
    forms = [str(hidden).encode(), hidden.to_bytes(32, "little"), f"{hidden:x}".encode()]
    for path in place.rglob("*"):
        if path.is_file() and path.stat().st_mtime_ns >= before:
            data = path.read_bytes()
            assert not any(form in data for form in forms), path
    assert not any(form in ran.stdout + ran.stderr for form in forms)


def test_no_temporary_file_is_opened_for_the_witness(place: Path) -> None:
    """Of all files that the process opens to write, only the proof and public values are new."""
    text = """
import os, sys
seen = []
def hook(event, args):
    if event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR):
        seen.append(str(args[0]))
sys.addaudithook(hook)
from zkpipe.cli.main import main
sys.argv = ["zkpipe", "fullprove", "shapes.json", "shapes.wasm", "shapes.zkey", "p.json", "q.json"]
try:
    main()
except SystemExit as end:
    assert not end.code
own = [path for path in seen if path.startswith(os.getcwd()) or path.startswith("/tmp")]
print(sorted({os.path.basename(path) for path in own if "kernels" not in path}), file=sys.stderr)
"""
    ran = subprocess.run(  # noqa: S603 # our own words
        [sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=300
    )
    names = ran.stderr.strip().splitlines()[-1]
    assert ".wtns" not in names
    written = [name for name in names.strip("[]").replace("'", "").split(", ") if name]
    assert written
    assert all("p.json" in name or "q.json" in name or ".pyc" in name for name in written), names


def test_what_does_not_fit_is_told_as_witness_and_prove_tell_it(place: Path) -> None:
    Path("13.json").write_text(json.dumps({**SHAPES, "a": 13}))
    for words in (("witness", "shapes.wasm", "13.json", "w.wtns"),
                  ("fullprove", "13.json", "shapes.wasm", "shapes.zkey", *OUT)):  # fmt: skip
        told = refused(*words, says="an assertion of the circuit does not hold", status=1)
        assert "Error in template Checked_0 line: 8" in told
        told = refused(*(w.replace("13.json", "input.json") for w in words), says="no input `root`")
        assert "Its inputs are `a`, `list`, `grid`, `one`." in told
    Path("text.json").write_text(json.dumps({**SHAPES, "list": [1, 2.5, "secret words"]}))
    told = refused("witness", "shapes.wasm", "text.json", "w.wtns", says="`list[1]` is a Decimal")
    assert "2.5" not in told
    refused("fullprove", "shapes.json", "shapes.wasm", "square.zkey", *OUT, says="wires")
    refused(
        "fullprove",
        "input.json",
        "square.py",
        "shapes.zkey",
        *OUT,
        says="the key of circuit shapes",
    )


def test_the_inputs_and_the_circuit_are_two(place: Path) -> None:
    told = refused(
        "fullprove", "square.py", "shapes.wasm", "square.zkey", *OUT, says="two circuits"
    )
    assert "Give INPUT.json" in told
    refused("fullprove", "input.json", "shapes.json", "square.zkey", *OUT, says="not a circuit")
    refused("fullprove", "missing.json", "square.py", "square.zkey", *OUT, says="missing.json")
    refused("fullprove", "input.json", "missing.wasm", "square.zkey", *OUT, says="missing.wasm")
    refused("fullprove", "input.json", "square.py", "square.zkey", "p", "p", says="two outputs")
    refused("fullprove", "input.json", "square.py", "square.zkey", "input.json", "q", says="input")
    refused("fullprove", "-", "-", "square.zkey", *OUT, says="standard input")


def test_values_are_logged_only_where_they_are_asked_for(place: Path) -> None:
    quiet = invoke("witness", "shapes.wasm", "shapes.json", "w.wtns")
    assert "a is" not in quiet.output + quiet.stderr
    loud = invoke("witness", "shapes.wasm", "shapes.json", "w.wtns", "--show-values")
    assert "a is 5" in loud.stderr
    assert "a is" not in loud.stdout


def test_a_program_that_hangs_is_ended_by_the_limit_and_by_ctrl_c(place: Path) -> None:
    Path("hangs.wasm").write_bytes(program(init="(param i32) (loop $again (br $again))"))
    Path("x.json").write_text('{"x": 1}')
    words = ("witness", "hangs.wasm", "x.json", "w.wtns")
    told = refused(*words, "--time-limit", "0.5", says="did not end within 0.5 seconds")
    assert "--time-limit" in told
    refused(*words, "--time-limit", "1e300", says="that many seconds")
    child = subprocess.Popen(  # noqa: S603 # our own command
        [ZKPIPE, *words], stderr=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    time.sleep(4)
    assert child.poll() is None
    os.kill(child.pid, 2)
    assert child.wait(30) == 130
    assert b"Interrupted" in child.communicate()[1]
    assert not Path("w.wtns").exists()
