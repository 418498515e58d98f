"""The files of a batch as a user has them: a circuit, its key, a table of inputs, JOB.toml.

The circuit is the chain. Each row of a table starts it from another secret, and has another result.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from zkpipe.accel.bn254 import R
from zkpipe.benchmarks.workloads import statements
from zkpipe.benchmarks.workloads.workloads import Workload, make_workload
from zkpipe.prover import save_public

CHAIN = "chain"  # the circuit, by its name among workloads
COLUMN = "start"  # the chain's only input


def chain_length(exponent: int) -> int:
    """Steps of the chain that fills 2^exponent rows; two are for its result and the constant."""
    return (1 << exponent) - 2


@dataclass(frozen=True, slots=True)
class BatchFiles:
    """A folder with circuit, key, tables and proofs.

    workload  the circuit's size and key, with a witness of its own
    starts    the inputs of the rows; a table has the first of them
    """

    folder: Path
    workload: Workload
    starts: tuple[int, ...]

    @classmethod
    def make(cls, exponent: int, rows: int, folder: Path) -> BatchFiles:
        """Compile, set up, choose the inputs of so many rows. Raises RangeError: make_workload."""
        made = cls(
            folder,
            make_workload(CHAIN, exponent, folder),
            tuple(secrets.randbelow(R) for _ in range(rows)),
        )
        text = f"from {statements.__name__} import chain_of\n\nchain = chain_of({{}})\n"
        (folder / "chain.py").write_text(text.format(chain_length(exponent)), encoding="utf-8")
        return made

    @property
    def out(self) -> Path:
        """Where a batch puts its proofs."""
        return self.folder / "proofs"

    def table(self, rows: int) -> Path:
        """A CSV file with the first rows."""
        path = self.folder / f"inputs-{rows}.csv"
        lines = [COLUMN, *map(str, self.starts[:rows])]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def job(self, rows: int, engine: str, workers: int) -> Path:
        """A job's file for so many rows, none of which is proved yet."""
        for made in (self.out, self.out.with_name(f"{self.out.name}.batch")):
            shutil.rmtree(made, ignore_errors=True)
        path = self.folder / "job.toml"
        lines = [
            'circuit = "chain.py"',
            f'key = "{self.workload.key.name}"',
            f'inputs = "{self.table(rows).name}"',
            f'out = "{self.out.name}"',
            "[engine]",
            f'name = "{engine}"',
            f"workers = {workers}",
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def of_row(self, row: int) -> Workload:
        """The workload with the public values of a row, computed in Python's integers."""
        x = self.starts[row]
        for _ in range(chain_length(self.workload.size.exponent)):
            x = (x * x + x) % R
        public = self.folder / "expected.json"
        save_public(public, [x])
        return replace(self.workload, public=public)
