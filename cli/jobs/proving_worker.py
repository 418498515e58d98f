"""A child process that proves: `python -m zkpipe.cli.jobs.proving_worker`.

Each request (jobs.workers.child) names a circuit and a key, which stay loaded for the next:

    circuit     as a source of cli.authors.solving_source gives it
    digest      of the circuit as its parent compiled it; null to compile and examine it here
    key         the .zkey
    version     of both files, any text: with another one both are loaded anew
    precompute  bytes that multiples of the key's points may take; null for none
    explained   whether failures may show private values
    quiet       whether what the process prints is dropped from then on: hints may print inputs,
                and so may their threads, and the end of a process, later
    job         any text, which comes back with the answer

and one of

    rows        lists of flat inputs
    inputs      the text of an INPUT.json
    witness     the bytes of a .wtns, in base64

It is answered with {"outcomes": [...], "seconds", "job", "key_digest", "development"}: an outcome
for each row, as Outcome.as_json gives it, and how long all took. Request {"load": true} instead
only loads, and is answered with {"digest", "key_digest", "development", "inputs", "wires"}: the
last two are counts.
"""

from __future__ import annotations

import base64
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from zkpipe.circuits.errors import InputError
from zkpipe.circuits.witness import Witness
from zkpipe.cli.authors.solving_source import source_from_json
from zkpipe.cli.console.warned import Warned
from zkpipe.ground.errors import FormatError, RangeError, ZkpipeWarning
from zkpipe.ground.files.strict_json import parse_json
from zkpipe.jobs.errors import JobError
from zkpipe.jobs.proving.outcome import Cause, Failed, Outcome
from zkpipe.jobs.proving.statement import Statement
from zkpipe.jobs.workers.child import serve
from zkpipe.jobs.workers.worker import MOST_LOADED
from zkpipe.prover.groth16.prepared import precompute
from zkpipe.prover.proving_key import ProvingKey
from zkpipe.verifier_contracts.solidity.generator import key_digest


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A statement, and its key's digest."""

    statement: Statement
    key_digest: str


class Session:
    """The statements of a child, those that were asked for last."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[str, ...], _Loaded] = {}

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """See the module. Raises what loading raises."""
        loaded = self._statement(request)
        statement = loaded.statement
        solver, key = statement.solver, statement.key
        told = {"key_digest": loaded.key_digest, "development": key.development}
        if request.get("load"):
            counts = {"inputs": solver.input_count, "wires": solver.wire_count}
            return {"digest": solver.digest, **told, **counts}
        explained = bool(request.get("explained"))
        begun = time.monotonic()
        if request.get("quiet"):
            _hush()
        outcomes = [o.as_json() for o in _outcomes(statement, request, explained)]
        seconds = time.monotonic() - begun
        return {"outcomes": outcomes, "seconds": seconds, "job": request.get("job"), **told}

    def _statement(self, request: Mapping[str, Any]) -> _Loaded:
        parts = (request["circuit"], request["key"], request.get("version"))
        name = tuple(map(str, parts))
        loaded = self._loaded.pop(name, None) or _load(request)
        self._loaded[name] = loaded  # the last is the youngest
        while len(self._loaded) > MOST_LOADED:
            del self._loaded[next(iter(self._loaded))]
        return loaded


def _load(request: Mapping[str, Any]) -> _Loaded:
    source = source_from_json(request["circuit"])
    digest = request.get("digest")
    with click.Context(click.Command("worker"), obj=Warned(as_json=True)):  # shows no progress
        solver = source.solver(digest)
    if digest is not None and solver.digest != digest:
        raise JobError(
            f"{source.circuit} has been changed since the work began.",
            "Run the batch again: it goes on with the circuit as it was, or begins anew.",
        )
    key = ProvingKey.load(Path(request["key"]))
    statement = Statement(solver, key)
    if request.get("precompute") is not None:
        try:
            precompute(key, request["precompute"])
        except RangeError as error:
            ZkpipeWarning("without-multiples", error.problem, error.fix).report()
    return _Loaded(statement, key_digest(key.verifying_key))


def _hush() -> None:
    """Nothing that this process prints from now on, by whatever means, gets out."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.dup2(nowhere, 1)  # child.serve has led it to standard error
    if nowhere > 2:  # a hint may have closed these
        os.close(nowhere)


def _outcomes(statement: Statement, request: Mapping[str, Any], explained: bool) -> list[Outcome]:
    if "rows" in request:
        return statement.prove(request["rows"], explained=explained)
    try:
        if "witness" in request:
            return [statement.prove_witness(_witness(request["witness"]))]
        flat = statement.flat(_inputs(statement, request["inputs"]))
    except (FormatError, InputError) as error:
        return [Failed.of(error, Cause.INPUTS, explained=explained)]
    return statement.prove([flat], explained=explained)


def _inputs(statement: Statement, text: str) -> dict[str, object]:
    """Raises FormatError, InputError."""
    values = parse_json(text.encode(), "the inputs", floats=True, number=Decimal)
    if not isinstance(values, dict):
        raise FormatError("The inputs are not a JSON object.", 'Give them by name: {"x": 3}.')
    return statement.solver.from_json(values)


def _witness(text: str) -> Witness:
    """A witness from memory; its reader reads files. Raises FormatError."""
    handle = os.memfd_create("witness")
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64decode(text))
        file.flush()
        place = f"/proc/self/fd/{handle}"
        try:
            return Witness.load(Path(place))
        except FormatError as error:
            problem = error.problem.replace(place, "What was given")
            raise FormatError(problem, error.fix, error.evidence) from None


if __name__ == "__main__":
    serve(Session().answer)
    sys.exit(0)
