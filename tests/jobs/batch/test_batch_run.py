"""batch run: each row's proof is right, and what is done is done once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from tests.cli.workshop import invoke
from tests.jobs.batch import shop
from tests.jobs.batch.shop import files, raw, require_valid, rows_there, run, values
from zkpipe.jobs.batch.batch import OpenBatch, open_batch
from zkpipe.jobs.batch.job_file import read_job_file
from zkpipe.jobs.batch.journal import Entry, Kind
from zkpipe.jobs.batch.run import Run
from zkpipe.prover.proof import Proof

pytestmark = pytest.mark.usefixtures("place")
PROOFS = Path("proofs")


def numbered(rows: list[shop.Values]) -> dict[int, shop.Values]:
    return dict(enumerate(rows))


def report(path: Path = PROOFS / "report.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def failed(facts: dict[str, object]) -> list[dict[str, Any]]:
    found = facts["failed_rows"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("name", ["local", "processes"])
def test_every_row_has_a_proof_that_holds_with_the_right_public_values(name: str) -> None:
    rows = values(9)
    shop.table(rows)
    shop.job(more=shop.engine(name))
    facts = run()
    assert (facts["rows"], facts["proved"], facts["proved_now"], facts["failed"]) == (9, 9, 9, 0)
    require_valid(numbered(rows))
    assert report()["proved"] == 9
    assert report()["failed_rows"] == []
    assert shop.parts() == []


def test_a_second_run_changes_no_file() -> None:
    shop.table(values(5))
    shop.job()
    run()
    before = files()
    facts = run()
    assert (facts["proved"], facts["proved_now"]) == (5, 0)
    assert files() == before
    assert [line.kind for line in shop.journal()].count("proved") == 5


def test_a_changed_row_and_only_that_one_is_proved_again() -> None:
    rows = values(6)
    shop.table(rows)
    shop.job()
    run()
    before = files()
    rows[3] = ("A-3", 5, 6, 7)
    shop.table(rows)
    assert run()["proved_now"] == 1
    after = files()
    assert {name for name in after if after[name] != before[name]} == {
        "3/proof.json",
        "3/public.json",
    }
    require_valid(numbered(rows))


def test_another_name_of_a_row_is_no_reason_to_prove_it_again() -> None:
    rows = values(3)
    shop.table(rows)
    shop.job()
    run()
    shop.table([("B", *row[1:]) for row in rows])
    assert run()["proved_now"] == 0


@pytest.mark.parametrize("amount", [1001, 70_000, "many"])
def test_a_row_that_fails_now_loses_its_old_proof(amount: object) -> None:
    rows = values(4)
    shop.table(rows)
    shop.job()
    run()
    shop.table([(*row[:2], amount if n == 2 else row[2], row[3]) for n, row in enumerate(rows)])
    facts = run(status=1)
    assert (facts["proved"], facts["failed"]) == (3, 1)
    require_valid({n: row for n, row in enumerate(rows) if n != 2})
    shop.table(rows)
    assert run()["proved_now"] == 1
    require_valid(numbered(rows))


def test_a_row_that_fails_has_no_proof_even_if_the_journal_knows_of_none() -> None:
    """A kill between the placing of files and the journal's commit leaves them without an entry."""
    rows = values(3)
    shop.table([*rows[:1], ("A-1", 1, 1001, 1), *rows[2:]])
    shop.job()
    run(status=1)
    shutil.copytree(PROOFS / "0", PROOFS / "1")
    run(status=1)
    assert rows_there() == {0, 2}


@pytest.mark.parametrize("words", [[], ["--dry-run"]])
@pytest.mark.parametrize("left", [0, 3])
def test_a_table_with_fewer_rows_takes_no_proof_away_unasked(words: list[str], left: int) -> None:
    """An export that broke after its first line, or another night's table."""
    rows = values(6)
    shop.table(rows)
    shop.job()
    run()
    before = shop.files()
    shop.table(rows[:left])
    result = raw(*words)
    assert result.exit_code == 2
    assert ("3 rows, and proofs has proofs" if left else "no rows") in result.stderr
    assert shop.files() == before


def test_a_table_without_rows_is_no_batch() -> None:
    shop.table([])
    shop.job()
    assert raw().exit_code == 2
    assert not PROOFS.exists()


def test_proofs_of_rows_that_the_table_no_longer_has_are_removed_when_asked_to() -> None:
    rows = values(6)
    shop.table(rows)
    shop.job()
    run()
    shop.table(rows[1:4])
    facts = run("--drop-rows")
    assert (facts["rows"], facts["proved"], facts["removed"]) == (3, 3, 3)
    require_valid(numbered(rows[1:4]))
    assert json.loads(raw(verb="status").stdout)["proved"] == 3
    shop.table(rows)
    result = raw()
    assert result.exit_code == 0
    assert json.loads(result.stdout).get("warnings", []) == []
    require_valid(numbered(rows))


def test_rows_that_fail_are_named_and_the_others_proved() -> None:
    rows: list[tuple[object, ...]] = [*values(5)]
    rows[1] = ("A-1", 1, 1001, 98765432123456789)
    rows[3] = ("A-3", "none", 4, 98765432123456789)
    shop.table(rows)
    shop.job()
    facts = run(status=1)
    assert (facts["proved"], facts["failed"]) == (3, 2)
    one, three = sorted(failed(facts), key=lambda one: int(one["row"]))
    assert (one["row"], one["id"], three["row"], three["id"]) == (1, "A-1", 3, "A-3")
    assert "the amount is above the limit" in json.dumps(one)
    line = next(n for n, t in enumerate(shop.SPEND.splitlines(), 1) if "check(" in t)
    assert f"spend.py:{line}" in json.dumps(one)
    assert "account" in json.dumps(three)
    told = report()
    assert [(row["row"], row["id"]) for row in told["failed_rows"]] == [(1, "A-1"), (3, "A-3")]
    assert (told["proved"], told["failed"]) == (3, 2)
    require_valid({n: row for n, row in enumerate(values(5)) if n not in (1, 3)})
    text = invoke("batch", "run", "job.toml")
    assert "row 1 (A-1): " in text.stdout
    assert "row 3 (A-3): " in text.stdout


@pytest.mark.parametrize("name", ["local", "processes"])
def test_values_of_rows_that_fail_are_shown_only_when_asked_for(name: str) -> None:
    shop.table([("A-0", 1, 1001, 98765432123456789)])
    shop.job(more=shop.engine(name))
    assert "1001" not in raw().output
    assert "1001" not in invoke("batch", "run", "job.toml").output
    assert "1001" in raw("--show-values").stdout
    assert "1001" in invoke("batch", "run", "job.toml", "--show-values").stdout
    assert "1001" not in (PROOFS / "report.json").read_text()


def test_a_batch_begun_with_another_key_or_circuit_is_refused() -> None:
    rows = values(2)
    shop.table(rows)
    shop.job()
    run()
    before = files()
    shutil.copy("other.zkey", "spend.zkey")
    result = raw()
    assert result.exit_code == 2
    assert "another key" in result.stderr
    Path("spend.py").write_text(shop.SPEND.replace("amount * amount", "2 * amount * amount"))
    assert "This work is of circuit spend" in raw().stderr
    assert files() == before


def test_a_key_of_another_circuit_is_refused() -> None:
    shop.table(values(1))
    shop.job()
    Path("spend.py").write_text(
        shop.SPEND.replace("amount * amount", "amount * amount * amount * amount")
    )
    assert raw().exit_code == 2
    assert not PROOFS.exists()


@pytest.mark.parametrize("out", ["orders.csv", "job.toml", "spend.zkey", "spend.py", "link"])
def test_proofs_are_not_written_over_what_is_read(out: str) -> None:
    shop.table(values(1))
    Path("link").symlink_to("orders.csv")
    shop.job(out=out)
    before = Path(out).read_bytes()
    result = raw()
    assert result.exit_code == 2
    assert "is read by this batch" in result.stderr
    assert Path(out).read_bytes() == before


def test_a_parquet_file_is_not_written_over_the_table_it_comes_from() -> None:
    pyarrow.parquet.write_table(
        pyarrow.table({"order": ["A"], "account": [1], "amount": [2], "salt": [3]}), "a.parquet"
    )
    shop.job(out="a.parquet", inputs="a.parquet")
    assert "is read by this batch" in raw().stderr


def test_the_report_is_not_written_over_the_table() -> None:
    table = Path("proofs.report.json")
    table.write_text('{"order": "A", "account": 1, "amount": 2, "salt": 3}\n')
    table.rename("proofs.report.jsonl")
    Path("proofs.report.json").symlink_to("proofs.report.jsonl")
    shop.job(out="proofs.parquet", inputs="proofs.report.jsonl")
    assert "is read by this batch" in raw().stderr


def test_what_is_not_a_rows_proof_is_not_replaced() -> None:
    shop.table(values(2))
    shop.job()
    (PROOFS / "1").mkdir(parents=True)
    (PROOFS / "1" / "diary.txt").write_text("mine")
    result = raw()
    assert result.exit_code != 0
    assert "diary.txt" in result.stderr
    assert (PROOFS / "1" / "diary.txt").read_text() == "mine"


def test_a_cancelled_batch_is_refused_by_run_and_continued_by_resume() -> None:
    rows = values(3)
    shop.table(rows[:2])
    shop.job()
    assert raw(verb="cancel").exit_code == 2
    assert raw(verb="resume").exit_code == 2
    run()
    assert json.loads(raw(verb="cancel").stdout)["was_running"] is False
    assert json.loads(raw(verb="status").stdout)["state"] == "cancelled"
    shop.table(rows)
    result = raw()
    assert result.exit_code == 2
    assert "cancelled" in result.stderr
    assert rows_there() == {0, 1}
    assert raw(verb="resume").exit_code == 0
    require_valid(numbered(rows))
    assert json.loads(raw(verb="status").stdout)["state"] == "finished"


def test_what_has_not_begun_is_neither_cancelled_nor_resumed_and_leaves_nothing() -> None:
    shop.table(values(2))
    shop.job()
    for verb in ("resume", "cancel", "resume"):
        result = raw(verb=verb)
        assert result.exit_code == 2
        assert "has not begun" in result.stderr
    assert not Path("proofs.batch").exists()
    run()


def test_a_batch_that_is_cancelled_says_what_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    shop.table(values(5))
    shop.job()
    monkeypatch.setattr(OpenBatch, "is_to_be_cancelled", property(lambda batch: True))
    result = invoke("batch", "run", "job.toml")
    assert result.exit_code == 1
    assert "5 rows are not done" in result.stdout
    assert "zkpipe batch resume job.toml" in result.stdout


def test_a_stop_says_that_proofs_stay_and_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(self, progress) -> None:
        raise KeyboardInterrupt

    shop.table(values(3))
    shop.job()
    monkeypatch.setattr(Run, "_has_to_stop", stops)
    result = invoke("batch", "run", "job.toml")
    assert result.exit_code == 130
    assert "Proofs that were made stay. `zkpipe batch run job.toml` goes on." in result.stderr


@pytest.mark.parametrize("out", ["nodir/deep/proofs", "orders.csv"])
def test_a_dry_run_refuses_what_a_run_would_refuse(out: str) -> None:
    shop.table(values(3))
    shop.job(out=out)
    assert raw("--dry-run").exit_code == 2


def test_a_dry_run_of_a_batch_that_is_half_done_counts_what_is_left() -> None:
    shop.table(values(3))
    shop.job()
    run()
    shop.table(values(9))
    facts = run("--dry-run")
    assert (facts["rows"], facts["proved_before"]) == (9, 3)
    assert facts["seconds"] == pytest.approx(6 * float(str(facts["seconds_each"])))


def test_the_report_says_which_row_has_which_name() -> None:
    rows = [*values(2), ("A-2", 1, 1001, 1)]
    shop.table(rows)
    shop.job()
    run(status=1)
    assert report()["proved_rows"] == [{"row": 0, "id": "A-0"}, {"row": 1, "id": "A-1"}]


def test_a_cancel_that_was_said_before_a_kill_still_counts() -> None:
    rows = values(2)
    shop.table(rows)
    shop.job()
    run()
    # as a process leaves it that is killed before it looks for the word:
    with open_batch(read_job_file(Path("job.toml"))) as batch:
        batch.journal.add([Entry(Kind.RESUMED, detail='{"at": 1}')])
    Path("proofs.batch/cancel").touch()
    assert "cancelled" in raw().stderr
    assert "cancelled" in raw().stderr
    assert raw(verb="resume").exit_code == 0
    assert raw().exit_code == 0


@pytest.mark.parametrize("name", ["local", "processes"])
def test_the_proofs_of_a_batch_can_be_one_parquet_file(name: str) -> None:
    rows = values(5)
    shop.table([*rows[:2], ("A-2", 1, 1001, 5), *rows[3:]])
    shop.job(out="proofs.parquet", more=shop.engine(name))
    facts = run(status=1)
    assert facts["report"] == "proofs.report.json"
    assert report(Path("proofs.report.json"))["failed_rows"][0]["row"] == 2
    shop.table(rows)
    assert run()["proved_now"] == 1
    found = pyarrow.parquet.read_table("proofs.parquet").to_pylist()
    assert [(one["row"], one["id"]) for one in found] == [(n, f"A-{n}") for n in range(5)]
    publics = [[int(value) for value in one["public"]] for one in found]
    assert publics == [shop.public_of(row) for row in rows]
    proofs = []
    for one in found:
        Path("proof.json").write_text(one["proof"])
        proofs.append(Proof.load(Path("proof.json")))
    shop.require_proofs(proofs, publics)
    before = Path("proofs.parquet").read_bytes()
    Path("proofs.parquet").unlink()
    assert run()["proved_now"] == 0
    assert Path("proofs.parquet").read_bytes() == before


def test_status_tells_how_far_a_batch_is() -> None:
    shop.table([*values(2), ("A-2", 1, 1001, 1)])
    shop.job()
    told = json.loads(raw(verb="status").stdout)
    assert (told["state"], told["rows"], told["proved"]) == ("not begun", 3, 0)
    assert not Path("proofs.batch").exists()
    run(status=1)
    told = json.loads(raw(verb="status").stdout)
    assert (told["state"], told["proved"], told["failed"]) == ("finished", 2, 1)


def test_a_dry_run_checks_every_row_and_writes_nothing() -> None:
    rows: list[tuple[object, ...]] = [*values(30)]
    rows[29] = ("A-29", "x", 1, 1)
    shop.table(rows)
    shop.job()
    before = sorted(path.name for path in Path().rglob("*"))
    result = raw("--dry-run", "--core-hour-price", "0.04")
    facts = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (facts["rows"], facts["fitting"]) == (30, 29)
    assert [(row["row"], row["id"]) for row in failed(facts)] == [(29, "A-29")]
    assert facts["cost"] > 0
    now = sorted(p.name for p in Path().rglob("*") if "__pycache__" not in str(p))
    assert now == [name for name in before if not name.endswith(".pyc") and name != "__pycache__"]


def test_a_private_input_cannot_name_rows() -> None:
    shop.table(values(1))
    path = shop.job(id_=False)
    path.write_text(path.read_text() + 'id = "salt"\n')
    result = raw()
    assert result.exit_code == 2
    assert "salt" in result.stderr
    assert not PROOFS.exists()
    path.write_text(path.read_text().replace('id = "salt"', 'id = "account"'))
    run()
