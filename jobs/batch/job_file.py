"""JOB.toml: what a batch proves, with what, and where the proofs go.

    circuit = "limits.py:order_limit"
    key     = "limits.zkey"
    inputs  = "orders.csv"
    out     = "proofs"                   # a folder, or a .parquet file
    id      = "order"                    # optional

    [engine]                             # optional
    name    = "local"
    workers = 2

    [submit]                             # optional: proven rows go to a batch verifier on a chain
    deployment = "deployment.json"
    rpc        = "http://127.0.0.1:8545"
    keystore   = "account.json"          # optional
    group      = 50                      # optional: proofs in a transaction
    max_fee    = "0.01ether"             # optional: the most that a transaction may cost

Paths are relative to the folder of the file. Names that are not known are refused: a misspelt one
would silently be left out.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

from zkpipe.ground.files.reading import read_file
from zkpipe.jobs.errors import JobError
from zkpipe.verifier_contracts.errors import ArgumentError
from zkpipe.verifier_contracts.transactions.terms import wei

LARGEST = 1 << 16  # bytes of a job's file
MOST_WORKERS = 1024
_NEEDED = ("circuit", "key", "inputs", "out")
_KNOWN = (*_NEEDED, "id", "engine", "submit")
_OF_ENGINE = ("name", "workers", "address")
_OF_SUBMIT = ("deployment", "rpc", "keystore", "group", "max_fee")
GROUP, MOST_GROUP = 50, 250  # proofs in a transaction, which may take 2^24 gas (EIP-7825)
_EXAMPLE = 'Write circuit = "FILE.py", key = "KEY.zkey", inputs = "TABLE.csv" and out = "FOLDER".'


class EngineName(Enum):
    """Who proves the rows."""

    LOCAL = "local"  # this process
    PROCESSES = "processes"  # of this machine
    RAY = "ray"  # a cluster


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Who proves the rows, and how many at once.

    workers  None for as many as this process may use processors
    address  of a Ray cluster; None for one on this machine
    """

    name: EngineName = EngineName.LOCAL
    workers: int | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Submit:
    """Where proven rows are sent.

    deployment  the record of a batch verifier
    rpc         URL of a node of its chain; may hold secrets
    keystore    the account that signs; None for the node's first
    group       proofs in a transaction, at most
    max_fee     wei that a transaction may cost at most; None for no bound
    """

    deployment: Path
    rpc: str = field(repr=False)
    keystore: Path | None = None
    group: int = GROUP
    max_fee: int | None = None


@dataclass(frozen=True, slots=True)
class JobFile:
    """A job's file, with its paths as they are from the working folder.

    circuit    as it is named, relative to `folder`
    id_column  names rows in the report
    submit     None if proofs go to no contract
    """

    path: Path
    circuit: str
    key: Path
    inputs: Path
    out: Path
    id_column: str | None
    engine: EngineChoice
    submit: Submit | None = None

    @property
    def folder(self) -> Path:
        """Where the job's file lies."""
        return self.path.parent

    @property
    def is_one_file(self) -> bool:
        """Whether the proofs go into one Parquet file instead of a folder."""
        return self.out.suffix == ".parquet"

    @property
    def batch_folder(self) -> Path:
        """The batch's own folder: its secret and its journal."""
        return self.out.with_name(f"{self.out.name}.batch")

    def with_engine(self, name: str | None, workers: int | None) -> JobFile:
        """The same job with another engine, where words of the command line ask for one."""
        engine = self.engine
        if name is not None:
            engine = replace(engine, name=EngineName(name))
        if workers is not None:
            engine = replace(engine, workers=workers)
        if engine.name is EngineName.LOCAL and (engine.workers or 1) > 1:
            engine = replace(engine, name=EngineName.PROCESSES)
        return replace(self, engine=engine)


def read_job_file(path: Path) -> JobFile:
    """Read JOB.toml.

    Raises FileError if it cannot be read, FormatError if it is too large, JobError for what it
    says.
    """
    data = read_file(path, LARGEST)
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise JobError(
            f"{path} is not UTF-8: byte {error.start} does not fit.", "Save it as UTF-8."
        ) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise JobError(f"{path} is not TOML: {error}.", _EXAMPLE) from None
    _check_names(path, table, _KNOWN, "")
    missing = [name for name in _NEEDED if name not in table]
    if missing:
        raise JobError(f"{path} does not say {' and '.join(missing)}.", _EXAMPLE)
    text = {name: _text(path, table, name) for name in (*_NEEDED, "id") if name in table}
    folder = path.parent
    job = JobFile(
        path,
        text["circuit"],
        folder / text["key"],
        folder / text["inputs"],
        folder / text["out"],
        text.get("id"),
        _engine(path, table.get("engine", {})),
        _submit(path, table["submit"]) if "submit" in table else None,
    )
    if job.out.name in ("", ".", ".."):
        raise JobError(f"{path} names {text['out']!r} for `out`.", 'Name a folder: out = "proofs".')
    return job


def _engine(path: Path, given: object) -> EngineChoice:
    if not isinstance(given, dict):
        raise JobError(
            f"{path}: engine is not a table.", 'Write [engine], below it name = "local".'
        )
    _check_names(path, given, _OF_ENGINE, "[engine] ")
    name = given.get("name", EngineName.LOCAL.value)
    names = [one.value for one in EngineName]
    if name not in names:
        raise JobError(
            f"{path} names an engine that is not known.", f"Name one of {', '.join(names)}."
        )
    workers = given.get("workers")
    if workers is not None and (type(workers) is not int or not 1 <= workers <= MOST_WORKERS):
        raise JobError(
            f"{path}: `workers` is not a number of workers.", f"Give one from 1 to {MOST_WORKERS}."
        )
    address = _text(path, given, "address") if "address" in given else None
    if address is not None and name != EngineName.RAY.value:
        raise JobError(f"{path} gives an address for the engine {name}.", "Only ray has one.")
    if name == EngineName.LOCAL.value and (workers or 1) > 1:
        name = EngineName.PROCESSES.value
    return EngineChoice(EngineName(name), workers, address)


def _submit(path: Path, given: object) -> Submit:
    if not isinstance(given, dict):
        raise JobError(
            f"{path}: submit is not a table.", 'Write [submit], below it deployment = "FILE.json".'
        )
    _check_names(path, given, _OF_SUBMIT, "[submit] ")
    missing = [name for name in ("deployment", "rpc") if name not in given]
    if missing:
        raise JobError(
            f"{path}: [submit] does not say {' and '.join(missing)}.",
            'Write deployment = "FILE.json", which `zkpipe deploy` wrote, and rpc = "URL".',
        )
    text = {n: _text(path, given, n) for n in ("deployment", "rpc", "keystore") if n in given}
    group = given.get("group", GROUP)
    if type(group) is not int or not 1 <= group <= MOST_GROUP:
        raise JobError(
            f"{path}: `group` is not a number of proofs.", f"Give one from 1 to {MOST_GROUP}."
        )
    return Submit(
        path.parent / text["deployment"],
        text["rpc"],
        path.parent / text["keystore"] if "keystore" in text else None,
        group,
        _wei(path, given["max_fee"]) if "max_fee" in given else None,
    )


def _wei(path: Path, given: object) -> int:
    try:
        return wei(str(given))
    except ArgumentError as error:
        raise JobError(f"{path}: `max_fee`: {error.problem}", error.fix) from None


def _check_names(path: Path, table: Mapping[str, Any], known: Collection[str], where: str) -> None:
    for name in table:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise JobError(
                f"{path}: {where}{name[:60]!a} is not known.",
                f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}.",
            )


def _text(path: Path, table: Mapping[str, Any], name: str) -> str:
    value = table[name]
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise JobError(
            f"{path}: `{name}` is not a text with something in it.", f'Write {name} = "...".'
        )
    return value
