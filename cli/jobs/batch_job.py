"""A batch as a command puts it together: circuit, key, table, engine, and where the proofs go."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zkpipe.circuits.language.values.inputs import Parameter
from zkpipe.circuits.solve.solver import program_of
from zkpipe.cli.authors.circuit_name import CircuitName, named
from zkpipe.cli.authors.solving_source import Source, source_of
from zkpipe.cli.files.file_kind import Kind, expect
from zkpipe.cli.machine.warm_up import compile_kernels
from zkpipe.ground.errors import RangeError
from zkpipe.ground.process.garbage import collect_soon
from zkpipe.ground.process.posix import memory_size
from zkpipe.ground.process.settings import thread_count
from zkpipe.jobs.batch.batch import (
    OpenBatch,
    begin,
    open_batch,
    require_begun,
    require_room_for,
    require_same,
    seen_batch,
)
from zkpipe.jobs.batch.engines.engine import Engine
from zkpipe.jobs.batch.engines.in_process import InProcess
from zkpipe.jobs.batch.engines.processes import Processes
from zkpipe.jobs.batch.estimate import SAMPLES, Checked, Measured, check_rows, measure
from zkpipe.jobs.batch.job_file import EngineName, JobFile
from zkpipe.jobs.batch.journal import Kind as EntryKind
from zkpipe.jobs.batch.leftovers import sweep_parts
from zkpipe.jobs.batch.parquet_results import ParquetResults
from zkpipe.jobs.batch.progress import Progress
from zkpipe.jobs.batch.report import report_path, states_now, write_report
from zkpipe.jobs.batch.results import FolderResults, Results
from zkpipe.jobs.batch.run import Ran, Rows, Run
from zkpipe.jobs.batch.tables.columns import Columns
from zkpipe.jobs.batch.tables.signals import signal_parameters
from zkpipe.jobs.batch.tables.table import open_table
from zkpipe.jobs.errors import JobError
from zkpipe.jobs.proving.solver import SystemSolver
from zkpipe.jobs.proving.statement import Statement
from zkpipe.jobs.submit.sender import Sent
from zkpipe.prover.groth16.prepared import pays_for_multiples, precompute
from zkpipe.prover.proving_key import ProvingKey
from zkpipe.verifier_contracts.solidity.generator import key_digest

WORKER = "zkpipe.cli.jobs.proving_worker"
FOR_MULTIPLES = 4  # the part of the machine's memory that they may take: a quarter


@dataclass(frozen=True, slots=True)
class BatchJob:
    """All that a batch needs; nothing is written yet.

    rows       the table's rows as inputs
    explained  rows that fail may show private values
    """

    file: JobFile
    source: Source
    statement: Statement
    rows: Rows
    explained: bool

    @classmethod
    def load(cls, file: JobFile, *, explained: bool) -> BatchJob:
        """Compile the circuit, open the key and the table.

        Raises what these raise; JobError if they do not belong together.
        """
        source = source_of(_circuit(file))
        expect((file.key, Kind.PROVING_KEY))
        table = open_table(file.inputs)
        compile_kernels()
        solver = source.solver()
        parameters = (
            program_of(solver.system).parameters
            if isinstance(solver, SystemSolver)
            else signal_parameters(solver.calculator, table.columns(), str(table.path))
        )
        columns = Columns.of(parameters, table, file.id_column)
        _refuse_private_names(file, parameters)
        statement = Statement(solver, ProvingKey.load(file.key))
        key = key_digest(statement.key.verifying_key)
        rows = Rows(table, columns, statement.flat, solver.digest, key)
        collect_soon()  # of what rows leave: there may be millions
        return cls(file, source, statement, rows, explained)

    @property
    def row_count(self) -> int:
        """Rows of the table, counted."""
        return self.rows.table.count()

    @property
    def workers(self) -> int:
        """Rows that are proved at once."""
        if self.file.engine.name is EngineName.LOCAL:
            return 1
        return self.file.engine.workers or thread_count()

    @property
    def cores(self) -> int:
        """Processor cores that the batch keeps busy."""
        return thread_count() if self.file.engine.name is EngineName.LOCAL else self.workers

    def check(self, told: Callable[[int], None]) -> Checked:
        """Look at every row's inputs."""
        return check_rows(self.rows, SAMPLES * self.workers, told, explained=self.explained)

    def proved_before(self, row_count: int, *, may_drop: bool) -> int:
        """How many rows have a proof already, which stays if their inputs are the same.

        Raises what a run would raise before its first proof.
        """
        self._refuse(row_count)
        with seen_batch(self.file) as states:
            if states is None:
                return 0
            require_same(self.file, states, self.rows.circuit, self.rows.key)
            if not may_drop:
                require_room_for(self.file, states, row_count)
            return states.count(EntryKind.PROVED) - states.proved_behind(row_count)

    def measure(self, checked: Checked) -> Measured:
        """Prove some rows that fit, as the batch would, and throw the proofs away."""
        if not checked.samples:
            return Measured(None, [])
        return measure(self._engine(checked.fitting), checked.samples)

    def run(
        self,
        told: Callable[[Progress], None],
        send: Callable[[OpenBatch, Results], Sent] | None = None,
        *,
        resumed: bool,
        may_drop: bool,
    ) -> tuple[Ran, Path, Sent | None]:
        """Prove what is to be proved, write the report, and send.

        Gives how it went, the path of the report, and what was sent.

        send      sends proven rows to a contract, once all are proved
        may_drop  proofs of rows that the table no longer has may be removed

        Raises what Run.work and `send` raise, JobError if the batch cannot begin.
        """
        rows, row_count = self.rows, self.row_count
        self._refuse(row_count)
        if resumed:
            require_begun(self.file)
        with open_batch(self.file) as batch:
            if not may_drop:
                require_room_for(self.file, batch.states, row_count)
            begin(batch, self.file, rows.circuit, rows.key, resumed=resumed)
            sweep_parts(self.file.out, report_path(self.file))
            results = self._results()
            run = Run(batch, rows, row_count, results, told, explained=self.explained)
            ran = run.work(self._engine(row_count - batch.states.count(EntryKind.PROVED)))
            report = self._report(batch, results, ran, row_count)
            sent = None if send is None or ran.is_cancelled else send(batch, results)
            return ran, report, sent

    def _report(
        self, batch: OpenBatch, results: FolderResults | ParquetResults, ran: Ran, row_count: int
    ) -> Path:
        with states_now(batch.journal) as states:
            if isinstance(results, ParquetResults):
                results.write(states, row_count)
            else:
                results.sweep()
            write_report(self.file, states, row_count, self._facts(ran))
        return report_path(self.file)

    def _facts(self, ran: Ran) -> dict[str, object]:
        rows, system = self.rows, self.statement.solver.system
        named = self.statement.key if system is None else system  # a program of circom names none
        return {
            "circuit": self.file.circuit,
            "circuit_digest": rows.circuit,
            "key_digest": rows.key,
            "development": self.statement.key.development,
            "public_names": named.public_names,
            "inputs": self.file.inputs.name,
            "ignored_columns": self.rows.columns.ignored,
            "state": "cancelled" if ran.is_cancelled else "finished",
        }

    def _results(self) -> FolderResults | ParquetResults:
        return (
            ParquetResults(self.file.out) if self.file.is_one_file else FolderResults(self.file.out)
        )

    def _engine(self, proofs: int) -> Engine:
        choice = self.file.engine
        if choice.name is EngineName.LOCAL:
            if pays_for_multiples(self.statement.key, proofs):
                _precompute(self.statement.key)
            return InProcess(self.statement, explained=self.explained)
        base = self._base(proofs)
        if choice.name is EngineName.PROCESSES:
            threads = max(1, thread_count() // self.workers)
            return Processes(WORKER, base, self.workers, explained=self.explained, threads=threads)
        from zkpipe.cli.jobs.proving_worker import Session
        from zkpipe.jobs.batch.engines.on_ray import OnRay

        return OnRay(Session, base, self.workers, explained=self.explained, address=choice.address)

    def _base(self, proofs: int) -> dict[str, Any]:
        """What every request to a worker holds."""
        room = memory_size() // FOR_MULTIPLES // self.workers
        pays = pays_for_multiples(self.statement.key, proofs // self.workers)
        return {
            "circuit": self.source.as_json(),
            "digest": self.rows.circuit,
            "key": str(self.file.key.absolute()),
            "key_digest": self.rows.key,
            "precompute": room if pays else None,
        }

    def _refuse(self, row_count: int) -> None:
        """Raises JobError for a table without rows, and for proofs that can go nowhere."""
        if not row_count:
            raise JobError(
                f"{self.file.inputs} has no rows.",
                "Look at how the table was made, and make it again.",
            )
        folder = self.file.out.absolute().parent
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            raise JobError(
                f"{self.file.out} cannot be made: {folder} is no folder that can be written to.",
                "Make the folder, or give another `out`.",
            )
        self._refuse_collisions()

    def _refuse_collisions(self) -> None:
        """Raises JobError if the proofs would go where something is read from."""
        read = (self.file.path, self.file.inputs, self.file.key, self.source.circuit.path)
        for place in (self.file.out, report_path(self.file)):
            for path in read:
                if path.absolute() == place.absolute() or (place.exists() and path.samefile(place)):
                    raise JobError(
                        f"{place} is read by this batch; what it writes would take its place.",
                        "Give another `out`.",
                    )


def _refuse_private_names(file: JobFile, parameters: Sequence[Parameter]) -> None:
    """Raises JobError if rows would be named, in reports and in the journal, by a private value."""
    if file.id_column is None:
        return
    of_input = re.split(r"[.\[]", file.id_column)[0]
    if any(one.name == of_input and not one.public for one in parameters):
        raise JobError(
            f"{file.path}: `id` names the private input {file.id_column!a}; the report would show "
            "its values.",
            "Name rows by another column, or leave out `id`: rows have numbers.",
        )


def _precompute(key: ProvingKey) -> None:
    """Multiples of the key's points, if they have room."""
    with suppress(RangeError):
        precompute(key, memory_size() // FOR_MULTIPLES)


def _circuit(file: JobFile) -> CircuitName:
    try:
        found = named(file.circuit, file.folder)
    except ValueError as error:
        raise JobError(f"{file.path}: {error}", 'Write circuit = "FILE.py:NAME".') from None
    if found is None:
        raise JobError(
            f"{file.path}: {file.circuit!a} names neither a file of circuits nor a module that "
            "Python finds.",
            'Write circuit = "FILE.py:NAME" or "PACKAGE.MODULE:NAME"; files are looked for beside '
            "the job's file.",
        )
    return found
