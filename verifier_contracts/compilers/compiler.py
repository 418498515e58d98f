"""Solidity source to bytecode, by solc; what was compiled once is kept.

The key of the cache is a digest of the compiler and its whole input, so a hit runs no compiler. The
cache is a folder of JSON files that only the user can write to; it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from zkpipe.ground.errors import FormatError, KindError
from zkpipe.ground.files.cache_folders import readable_folders, writable_folders
from zkpipe.ground.files.ownership import read_trusted
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.files.strict_json import Json, parse_json
from zkpipe.ground.files.writing import write_file
from zkpipe.ground.kinds import require, require_text, require_whole
from zkpipe.verifier_contracts.abi import Abi, is_abi
from zkpipe.verifier_contracts.compilers.solc import KEPT_IN, Solc, find_solc
from zkpipe.verifier_contracts.compilers.solc_process import SolcFailed, standard_json
from zkpipe.verifier_contracts.errors import CompilationError, CompilerMissingError

SOURCE_NAME = "contract.sol"
CACHE_FORMAT = 2
MOST_RUNS = (1 << 32) - 1  # that solc counts
KEPT = 256  # files of the cache, the newest; about 10 kB each
HEXADECIMAL = re.compile(r"0x(?:[0-9a-f]{2})*+")
SHOWN = 200  # lines of solc's errors
OUTPUTS = ("abi", "metadata", "evm.bytecode.object", "evm.deployedBytecode.object")


@dataclass(frozen=True, slots=True)
class Settings:
    """How solc compiles.

    optimizer_runs  how often an opcode is expected to run; None turns the optimiser off
    via_ir          through solc's intermediate language
    evm_version     the oldest EVM that must run the code: shanghai is what every larger chain has

    Raises KindError for another kind of value.
    """

    optimizer_runs: int | None = 1_000_000
    via_ir: bool = False
    evm_version: str = "shanghai"

    def __post_init__(self) -> None:
        if self.optimizer_runs is not None:
            runs = require_whole("Settings", "optimizer_runs", self.optimizer_runs, most=MOST_RUNS)
            object.__setattr__(self, "optimizer_runs", runs)
        require("Settings", "via_ir", self.via_ir, bool, "Give True or False.")
        version = require_text("Settings", "evm_version", self.evm_version)
        object.__setattr__(self, "evm_version", version)


@dataclass(frozen=True, slots=True)
class CompiledContract:
    """A contract that can be deployed.

    abi             as solc gives it
    bytecode        creation code, 0x and hexadecimal; runtime is what will lie on the chain
    compiler        solc's version in full: 0.8.37+commit.b6ea7be4
    standard_input  solc's whole input, source and settings: who gives it to the same version gets
                    the same code, as explorers do that verify a contract
    """

    name: str
    abi: Abi
    bytecode: str
    runtime: str
    compiler: str
    standard_input: Mapping[str, Any]

    def __post_init__(self) -> None:
        if not is_abi(self.abi) or not is_code(self.bytecode) or not is_code(self.runtime):
            raise KindError(
                "A CompiledContract has an ABI or code that is not valid.",
                "compile_solidity makes it.",
            )

    @property
    def source(self) -> str:
        """The Solidity that it was compiled from."""
        return str(self.standard_input["sources"][SOURCE_NAME]["content"])

    @property
    def settings(self) -> Settings:
        """How it was compiled."""
        return settings_of(self.standard_input)


def compile_solidity(source: str, settings: Settings | None = None) -> dict[str, CompiledContract]:
    """Compile one self-contained source: its contracts by name.

    Raises CompilationError with solc's own messages, CompilerMissingError without a solc.

    Cost: nothing if compiled before; else 0.1 s with native solc, 1.5 s with npm's.
    """
    source = require_text("compile_solidity", "source", source)
    if settings is not None:
        require("compile_solidity", "settings", settings, Settings, "Give Settings(...), or None.")
    if not source.isascii():
        _check_whole(source)
    solc = find_solc()
    given = standard_input(source, settings or Settings())
    question = json.dumps([CACHE_FORMAT, solc.fingerprint, given], sort_keys=True)
    digest = hashlib.sha256(question.encode()).hexdigest()
    entries = _recall(digest)
    if entries is None:
        entries = _entries(_run(solc, given), solc)
        _remember(digest, entries)
    return {entry["name"]: CompiledContract(**entry, standard_input=given) for entry in entries}


def _check_whole(source: str) -> None:
    try:
        source.encode()
    except UnicodeEncodeError as error:
        raise CompilationError(
            f"The source has half of a character at {error.start}, which no file can hold.",
            "Give the source as it was read.",
        ) from error


def standard_input(source: str, settings: Settings) -> dict[str, Any]:
    """What solc is given, its "standard JSON input"."""
    runs = settings.optimizer_runs
    return {
        "language": "Solidity",
        "sources": {SOURCE_NAME: {"content": source}},
        "settings": {
            "evmVersion": settings.evm_version,
            "viaIR": settings.via_ir,
            "optimizer": {"enabled": runs is not None} | ({} if runs is None else {"runs": runs}),
            "metadata": {"bytecodeHash": "none"},
            "outputSelection": {"*": {"*": list(OUTPUTS)}},
        },
    }


def settings_of(given: Mapping[str, Any]) -> Settings:
    """The settings of an input that `standard_input` made. Raises FormatError for any other."""
    try:
        chosen, source = given["settings"], given["sources"][SOURCE_NAME]["content"]
        settings = Settings(chosen["optimizer"].get("runs"), chosen["viaIR"], chosen["evmVersion"])
        if (
            type(settings.optimizer_runs) in (int, type(None))
            and isinstance(source, str)
            and standard_input(source, settings) == given
        ):
            return settings
    except (LookupError, TypeError, AttributeError, KindError):
        pass
    raise FormatError(
        "The compiler's input is not one that zkpipe makes.", "Compile the contract again."
    )


def _run(solc: Solc, given: dict[str, Any]) -> dict[str, Json]:
    """What solc answers. Raises CompilationError if it refuses the source."""
    try:
        said = standard_json((solc.executable, *solc.script), json.dumps(given).encode())
        answer = parse_json(said, "its answer", floats=True)
    except SolcFailed as error:
        raise _does_not_work(solc, str(error)) from error
    except FormatError as error:
        raise _does_not_work(solc, error.problem) from error
    if not isinstance(answer, dict):
        raise _does_not_work(solc, "Its answer is not an object.")
    told = answer.get("errors") or []
    errors = [e for e in told if _is_error(e)] if isinstance(told, list) else [told]
    if not errors:
        return answer
    lines = [line for entry in errors for line in _words(entry).rstrip().splitlines()]
    raise CompilationError(
        "The Solidity compiler refuses the source.",
        "Correct the lines that it names.",
        lines[:SHOWN],
    )


def _words(entry: Json) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    return str(entry.get("formattedMessage", entry.get("message")))


def _is_error(entry: Json) -> bool:
    return not isinstance(entry, dict) or entry.get("severity") not in ("warning", "info")


def _does_not_work(solc: Solc, said: str) -> CompilerMissingError:
    return CompilerMissingError(
        f"The Solidity compiler found through {solc.origin} does not work: {solc.executable}.",
        "Set ZKPIPE_SOLC to the path of a solc that does, or to npm's folder node_modules/solc.",
        said.splitlines()[:10],
    )


def _entries(answer: Mapping[str, Any], solc: Solc) -> list[dict[str, Any]]:
    """The contracts of an answer, without the input, which is the same for all."""
    try:
        contracts = answer.get("contracts", {}).get(SOURCE_NAME, {})  # none in an empty source
        entries = [
            {
                "name": name,
                "abi": contract["abi"],
                "bytecode": "0x" + contract["evm"]["bytecode"]["object"],
                "runtime": "0x" + contract["evm"]["deployedBytecode"]["object"],
                "compiler": _compiler(contract["metadata"]),
            }
            for name, contract in contracts.items()
        ]
        unlinked = [e["name"] for e in entries if "__$" in e["bytecode"] + e["runtime"]]
    except (LookupError, TypeError, AttributeError, FormatError) as error:
        raise _does_not_work(solc, "Its answer lacks what was asked for.") from error
    if unlinked:
        raise CompilationError(
            f"The code of {', '.join(unlinked)} lacks the address of a library.",
            "Make the library's functions internal.",
        )
    if not all(map(_is_whole, entries)):
        raise _does_not_work(solc, "Its answer is not of the form that was asked for.")
    return entries


def _compiler(metadata: str) -> str:
    """The version in full, out of a contract's metadata; none is given for an interface."""
    if not metadata:
        return ""
    told: Any = parse_json(metadata.encode(), "its metadata", floats=True)
    return str(told["compiler"]["version"])


def _is_whole(entry: Json) -> bool:
    """Whether an entry of an answer, or of the cache, has what it should."""
    return (
        isinstance(entry, dict)
        and entry.keys() == {"name", "abi", "bytecode", "runtime", "compiler"}
        and isinstance(entry["name"], str)
        and isinstance(entry["compiler"], str)
        and isinstance(entry["abi"], list)
        and all(is_code(entry[code]) for code in ("bytecode", "runtime"))
    )


def is_code(text: object) -> bool:
    """Whether it is code as solc and nodes write it: 0x and hexadecimal."""
    return isinstance(text, str) and HEXADECIMAL.fullmatch(text) is not None


def _recall(digest: str) -> list[dict[str, Any]] | None:
    """What was compiled before; None if nothing was, or the file is not whole, or not ours."""
    for folder in readable_folders(KEPT_IN):
        path = folder / f"{digest}.json"
        with suppress(OSError, FormatError):
            entries: Any = parse_json(read_trusted(path), str(path), floats=True)
            if isinstance(entries, list) and all(map(_is_whole, entries)):
                return entries
    return None


def _remember(digest: str, entries: Sequence[Mapping[str, Any]]) -> None:
    for folder in writable_folders(KEPT_IN):
        with suppress(OSError, FileError):  # it is full: the next takes it, or none
            write_file(folder / f"{digest}.json", json.dumps(entries).encode())
            kept = sorted(folder.glob("*.json"), key=lambda p: p.stat().st_mtime, reverse=True)
            for path in kept[KEPT:]:
                path.unlink(missing_ok=True)
            return
