"""Solidity source to bytecode, by solc through py-solc-x; what was compiled once is kept.

The key of the cache is a digest of the compiler and its whole input, so a hit runs no compiler. The
cache is a folder of JSON files that only the user can write to; it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accel.ownership import read_trusted
from circuits.formats.files import FileError, write_file
from verifier_contracts.errors import CompilationError, CompilerMissingError
from verifier_contracts.solc import Solc, cache_folder, find_solc

SOURCE_NAME = "contract.sol"
CACHE_FORMAT = 1
KEPT = 256  # files of the cache, the newest; about 10 kB each

Abi = Sequence[Mapping[str, Any]]  # a contract's functions and errors, as solc gives them


@dataclass(frozen=True, slots=True)
class Settings:
    """How solc compiles.

    optimizer_runs  how often an opcode is expected to run; None turns the optimiser off
    via_ir          through solc's intermediate language
    evm_version     the oldest EVM that must run the code: shanghai is what every larger chain has
    """

    optimizer_runs: int | None = 1_000_000
    via_ir: bool = False
    evm_version: str = "shanghai"


@dataclass(frozen=True, slots=True)
class CompiledContract:
    """A contract that can be deployed.

    abi       as solc gives it
    bytecode  creation code, 0x and hexadecimal; runtime is what will lie on the chain
    """

    name: str
    abi: Abi
    bytecode: str
    runtime: str


Compiled = Mapping[str, CompiledContract]


def compile_solidity(source: str, settings: Settings | None = None) -> dict[str, CompiledContract]:
    """Compile one self-contained source: its contracts by name.

    Raises CompilationError with solc's own messages, CompilerMissingError without a solc.

    Cost: nothing if compiled before; else 0.1 s with native solc, 1.5 s with npm's.
    """
    settings = settings or Settings()
    solc = find_solc()
    given = _standard_input(source, settings)
    question = json.dumps([CACHE_FORMAT, solc.fingerprint, given], sort_keys=True)
    digest = hashlib.sha256(question.encode()).hexdigest()
    contracts = _recall(digest)
    if contracts is None:
        contracts = _contracts(_run(solc, given))
        _remember(digest, contracts)
    return contracts


def _standard_input(source: str, settings: Settings) -> dict[str, Any]:
    runs = settings.optimizer_runs
    return {
        "language": "Solidity",
        "sources": {SOURCE_NAME: {"content": source}},
        "settings": {
            "evmVersion": settings.evm_version,
            "viaIR": settings.via_ir,
            "optimizer": {"enabled": runs is not None} | ({} if runs is None else {"runs": runs}),
            "metadata": {"bytecodeHash": "none"},
            "outputSelection": {
                "*": {"*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]}
            },
        },
    }


def _run(solc: Solc, given: dict[str, Any]) -> dict[str, Any]:
    import solcx
    from solcx.exceptions import SolcError

    try:
        return dict(solcx.compile_standard(given, allow_empty=True, solc_binary=solc.executable))
    except SolcError as error:
        messages = [
            entry.get("formattedMessage", entry.get("message", "")).rstrip()
            for entry in error.error_dict or ()
            if entry.get("severity") == "error"
        ]
        if not messages:  # it did not get as far as the source
            raise _does_not_work(solc, error.stderr_data or str(error.message)) from error
        raise CompilationError(
            "The Solidity compiler refuses the source.",
            "Mend the lines that it names.",
            [line for message in messages for line in message.splitlines()],
        ) from error
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise _does_not_work(solc, str(error)) from error


def _does_not_work(solc: Solc, said: str) -> CompilerMissingError:
    return CompilerMissingError(
        f"The Solidity compiler found through {solc.origin} does not work: {solc.executable}.",
        "Set ZKPIPE_SOLC to one that does.",
        said.splitlines()[:10],
    )


def _contracts(answer: dict[str, Any]) -> dict[str, CompiledContract]:
    contracts = answer.get("contracts", {}).get(SOURCE_NAME, {})  # none in an empty source
    return {
        name: CompiledContract(
            name,
            contract["abi"],
            "0x" + contract["evm"]["bytecode"]["object"],
            "0x" + contract["evm"]["deployedBytecode"]["object"],
        )
        for name, contract in contracts.items()
    }


def _recall(digest: str) -> dict[str, CompiledContract] | None:
    """What was compiled before; None if nothing was, or the file is not whole, or not ours."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        entries = json.loads(read_trusted(folder / f"{digest}.json"))
        return {
            entry["name"]: CompiledContract(
                entry["name"], entry["abi"], entry["bytecode"], entry["runtime"]
            )
            for entry in entries
        }
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(digest: str, contracts: Compiled) -> None:
    entries = [
        {"name": c.name, "abi": c.abi, "bytecode": c.bytecode, "runtime": c.runtime}
        for c in contracts.values()
    ]
    folder = cache_folder()
    if folder is None:
        return
    try:
        write_file(folder / f"{digest}.json", json.dumps(entries).encode())
        kept = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in kept[KEPT:]:
            path.unlink(missing_ok=True)
    except (OSError, FileError):  # a cache that cannot be written is no reason to fail
        return
