"""Batches of a circuit that circom compiled: the right proofs, and one row's trouble is its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.circuits.circom.programs import program
from tests.cli.workshop import done, invoke
from zkpipe.prover.formats.snarkjs_json import read_public

VECTORS = Path(__file__).parents[2] / "vectors" / "circom"
COLUMNS = (
    "row,a,list[0],list[1],list[2],grid[0][0],grid[0][1],grid[0][2],grid[1][0],grid[1][1],"
    "grid[1][2],one[0]"
)
PROOFS = Path("proofs")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("circom")
    for name in ("shapes.wasm", "shapes.r1cs", "shapes.sym"):
        shutil.copy(VECTORS / name, folder)
    done("setup", folder / "shapes.r1cs", folder / "shapes.zkey", "--dev")
    done("export", "vkey", folder / "shapes.zkey", folder / "vkey.json")
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "place"
    shutil.copytree(made, folder)
    monkeypatch.chdir(folder)
    return folder


def job(inputs: str, more: str = "", circuit: str = "shapes.wasm") -> None:
    Path("job.toml").write_text(
        f'circuit = "{circuit}"\nkey = "shapes.zkey"\ninputs = "{inputs}"\nout = "proofs"\n{more}'
    )


def table(rows: list[int], header: str = COLUMNS) -> None:
    lines = [f"r{a},{a},1,2,3,4,5,6,7,8,9,2" for a in rows]
    Path("rows.csv").write_text("\n".join([header, *lines]) + "\n")


def run(*words: str, status: int = 0) -> dict[str, Any]:
    result = invoke("batch", "run", "job.toml", *words, "--json")
    assert result.exit_code == status, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def public(row: int) -> list[int]:
    """Of a proof that holds."""
    folder = PROOFS / str(row)
    assert "valid" in done("verify", "vkey.json", folder / "public.json", folder / "proof.json")
    return read_public(folder / "public.json", 3, None)


TOTAL = 2 + 1 + 4 + 9 + sum(10**i * (3 + i) for i in range(1, 7))


@pytest.mark.parametrize("engine", ["local", "processes"])
@pytest.mark.usefixtures("place")
def test_rows_of_a_program_are_proved_and_bad_ones_named(engine: str) -> None:
    table([5, 13, 6])
    job("rows.csv", f'id = "row"\n[engine]\nname = "{engine}"\n')
    facts = run(status=1)
    assert (facts["rows"], facts["proved"], facts["failed"]) == (3, 2, 1)
    (failed,) = facts["failed_rows"]
    assert failed["row"] == 1
    assert failed["evidence"][0] == "Error in template Checked_0 line: 8"
    assert [public(row) for row in (0, 2)] == [[TOTAL, 25, 5], [TOTAL, 36, 6]]
    again = run(status=1)
    assert (again["proved"], again["proved_now"]) == (2, 0)  # the same inputs are known again


@pytest.mark.usefixtures("place")
def test_lists_in_cells_are_whole_arrays() -> None:
    rows = [
        {"a": "7", "list": [1, 2, 3], "grid": [[4, 5, 6], [7, 8, 9]], "one": 2, "note": "x"},
        {"a": 8, "list": [1, "2", 3], "grid": [4, 5, 6, 7, 8, 9], "one": [2]},
        {"a": 8, "list": [1, 2], "grid": [4, 5, 6, 7, 8, 9], "one": [2]},
    ]
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    job("rows.jsonl")
    facts = run(status=1)
    assert [public(row) for row in (0, 1)] == [[TOTAL, 49, 7], [TOTAL, 64, 8]]
    (failed,) = facts["failed_rows"]
    assert "`list` takes 3 values, and was given 2." in failed["problem"]


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("header", "says"),
    [
        (COLUMNS.replace("a,", "b,", 1), "columns for 10 of the 11 input values"),
        (COLUMNS.replace("list[2]", "list"), "list"),
        (COLUMNS.replace("list[2]", "list[3]"), "an array `list` of 4 values"),
        (COLUMNS.replace("list[2]", "list[0][0]"), "with more indices and with fewer"),
    ],
)
def test_columns_that_are_no_inputs_of_the_program_are_told_before_anything_is_proved(
    header: str, says: str
) -> None:
    table([5], header)
    job("rows.csv")
    result = invoke("batch", "run", "job.toml")
    assert result.exit_code == 2
    assert says in result.stderr
    assert not PROOFS.exists()


@pytest.mark.usefixtures("place")
def test_a_row_on_which_the_program_hangs_or_lies_is_that_row_s_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Row 1 hangs, row 2 gives a witness that satisfies nothing; the others give a good one."""
    from zkpipe.cli.authors import solving_source

    monkeypatch.setattr(solving_source.ProgramSource, "__init__", _shortly)
    word = "(i32.load (i32.const 32))"
    is_ = f"(i32.eq {word} (i32.const %d))"
    values = (  # 0: one, 1 and 2: x of the honest row, 3: x
        "(param i32) (memory.fill (i32.const 0) (i32.const 0) (i32.const 32))"
        f" (if {is_ % 9} (then (loop $again (br $again))))"
        " (if (i32.eqz (local.get 0)) (then (i32.store (i32.const 0) (i32.const 1)))"
        f" (else (if {is_ % 8} (then (i32.store (i32.const 0) (i32.const 77)))"
        " (else (i32.store (i32.const 0) (i32.load (i32.add (i32.const 128)"
        " (i32.shl (local.get 0) (i32.const 2)))))))))"
    )
    numbers = b"".join(n.to_bytes(4, "little") for n in (1, TOTAL, 25, 5))
    data = "".join(f"\\{byte:02x}" for byte in numbers)
    Path("odd.wasm").write_bytes(
        program(
            more=f'(data (i32.const 128) "{data}")',
            getWitnessSize="(result i32) (i32.const 4)",
            getWitness=values,
        )
    )
    Path("rows.csv").write_text("x\n5\n9\n8\n5\n")
    job("rows.csv", circuit="odd.wasm")
    facts = run(status=1)
    assert (facts["proved"], facts["failed"]) == (2, 2)
    problems = {row["row"]: row["problem"] for row in facts["failed_rows"]}
    assert "did not end within 1 seconds" in problems[1]
    assert set(problems) == {1, 2}
    assert [public(row) for row in (0, 3)] == [[TOTAL, 25, 5]] * 2


def _shortly(self: Any, circuit: Any, seconds: float = 1.0) -> None:
    object.__setattr__(self, "circuit", circuit)
    object.__setattr__(self, "seconds", seconds)
