"""A folder with a circuit, its key and tables of inputs, and what a batch of them must come to.

The oracle of the public values is Python's integers; proofs are judged by the verifying key that
snarkjs would be given, read from its file.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from click.testing import Result

from tests.cli.workshop import as_on_a_terminal, done, invoke
from zkpipe.accel.bn254 import R
from zkpipe.prover.groth16.verify import verify
from zkpipe.prover.groth16.verify_batch import verify_batch
from zkpipe.prover.proof import Proof
from zkpipe.prover.verifying_key import VerifyingKey

LIMIT = 1000
SPEND = '''"""An amount within a limit."""

from zkpipe import Field, Private, Public, UInt, check, circuit


@circuit
def spend(
    account: Public[UInt[32]], amount: Private[UInt[16]], salt: Private[Field]
) -> Public[Field]:
    """The amount is within the limit; the salt hides it."""
    check(amount <= 1000, "the amount is above the limit")
    return amount * amount + salt
'''
HEADER = "order,account,amount,salt\n"

Values = tuple[str, int, int, int]


def values(count: int, *, first: int = 0) -> list[Values]:
    """Rows that satisfy the circuit, all of them different."""
    return [
        (f"A-{n}", 7 * n, (37 * n) % LIMIT, (3**200 + n) % R) for n in range(first, first + count)
    ]


def public_of(row: Values) -> list[int]:
    """What the circuit's public values must be."""
    _, account, amount, salt = row
    return [(amount * amount + salt) % R, account]


def table(rows: Sequence[Sequence[object]], name: str = "orders.csv") -> Path:
    """A table in the current folder."""
    path = Path(name)
    path.write_text(HEADER + "".join(",".join(map(str, row)) + "\n" for row in rows))
    return path


def job(out: str = "proofs", inputs: str = "orders.csv", more: str = "", id_: bool = True) -> Path:
    """JOB.toml in the current folder."""
    path = Path("job.toml")
    named = 'id = "order"\n' if id_ else ""
    path.write_text(
        f'circuit = "spend.py"\nkey = "spend.zkey"\ninputs = "{inputs}"\nout = "{out}"\n'
        f"{named}{more}"
    )
    return path


def engine(name: str, workers: int = 2) -> str:
    """For `more` of `job`."""
    return f'[engine]\nname = "{name}"\n' + (f"workers = {workers}\n" if name != "local" else "")


def make(folder: Path, source: str = SPEND, name: str = "spend") -> Path:
    """A circuit with its keys, as files."""
    (folder / f"{name}.py").write_text(source)
    for old in (f"{name}.zkey", f"{name}.vkey.json"):
        (folder / old).unlink(missing_ok=True)
    done("setup", folder / f"{name}.py", folder / f"{name}.zkey", "--dev")
    done("export", "vkey", folder / f"{name}.zkey", folder / f"{name}.vkey.json")
    return folder


def run(*words: object, status: int = 0) -> dict[str, object]:
    """`batch run job.toml` in this process; its facts."""
    result = raw(*words)
    assert result.exit_code == status, result.output
    facts: dict[str, object] = json.loads(result.stdout)
    return facts


def raw(*words: object, verb: str = "run") -> Result:
    """A command of `batch` on job.toml in this process."""
    return invoke("batch", verb, "job.toml", *words, "--json")


def files(out: Path = Path("proofs")) -> dict[str, tuple[bytes, int]]:
    """The bytes and the time of each file of the rows."""
    return {
        str(path.relative_to(out)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(out.glob("[0-9]*/*"))
    }


def rows_there(out: Path = Path("proofs")) -> set[int]:
    """Numbers of the rows that have a folder."""
    return {int(path.name) for path in out.iterdir() if path.name.isdecimal()}


def require_valid(
    rows: Mapping[int, Values], out: Path = Path("proofs"), key: str = "spend"
) -> None:
    """These rows, and no others, have both files; public values are right and all proofs hold."""
    assert rows_there(out) == set(rows)
    require_holding(rows, out, key)


def require_holding(
    rows: Mapping[int, Values], out: Path = Path("proofs"), key: str = "spend"
) -> None:
    """These rows have both files; public values are right and all proofs hold."""
    proofs, publics = [], []
    for number, row in rows.items():
        place = out / str(number)
        assert {path.name for path in place.iterdir()} == {"proof.json", "public.json"}
        public = json.loads((place / "public.json").read_text())
        assert public == [str(value) for value in public_of(row)], number
        proofs.append(Proof.load(place / "proof.json"))
        publics.append([int(value) for value in public])
    require_proofs(proofs, publics, key)


def require_proofs(proofs: list[Proof], publics: list[list[int]], key: str = "spend") -> None:
    """All hold, and the first does not hold for other values."""
    if proofs:
        vkey = VerifyingKey.load(Path(f"{key}.vkey.json"))
        assert verify_batch(vkey, proofs, publics)
        assert not verify(vkey, proofs[0], [publics[0][0] ^ 1, *publics[0][1:]])


@dataclass(frozen=True)
class Line:
    """An entry of the journal as it lies there."""

    kind: str
    row: int
    identity: bytes
    detail: str


def journal(folder: Path = Path("proofs.batch")) -> list[Line]:
    """All entries, read by SQLite alone."""
    database = sqlite3.connect(folder / "journal.sqlite")
    try:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = database.execute(
            "SELECT kind, row, identity, detail FROM entries ORDER BY sequence"
        )
        return [Line(*row) for row in found]
    finally:
        database.close()


def parts(folder: Path = Path()) -> list[Path]:
    """Files that are half written, or not in their place."""
    return [p for p in folder.rglob("*") if p.name.endswith(".part") or p.name == ".zkpipe-new"]


def started(*words: object, **environment: str) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    return subprocess.Popen(  # noqa: S603 # ours
        [sys.executable, "-m", "zkpipe", "batch", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        preexec_fn=as_on_a_terminal,
    )


def copied(folder: Path, to: Path) -> Path:
    """A copy of the files that are made once."""
    shutil.copytree(folder, to)
    return to
