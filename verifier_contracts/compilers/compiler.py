"""Solidity sources to bytecode, by solc; what was compiled once is kept.

The key of the cache is a digest of the compiler and its whole input, so a hit runs no compiler. The
cache is a folder of JSON files that only the user can write to; it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.cache_folders import readable_folders, writable_folders
from zkpipe.ground.files.ownership import read_trusted
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.files.strict_json import Json, parse_json
from zkpipe.ground.files.writing import write_file
from zkpipe.ground.kinds import require, require_path, require_text
from zkpipe.verifier_contracts.compilers.compiled import (
    CompiledContract,
    Settings,
    input_of_sources,
    is_code,
    standard_input,
)
from zkpipe.verifier_contracts.compilers.imports import with_imports
from zkpipe.verifier_contracts.compilers.solc import KEPT_IN, Solc, find_solc
from zkpipe.verifier_contracts.compilers.solc_process import SECONDS, SolcFailed, standard_json
from zkpipe.verifier_contracts.errors import CompilationError, CompilerMissingError

ENTRY = {"source_name", "name", "abi", "bytecode", "runtime", "compiler", "immutables"}
CACHE_FORMAT = 3
KEPT = 256  # files of the cache, the newest; about 10 kB each, a large contract's 200 kB
SHOWN = 200  # lines of solc's errors
SECONDS_FOR_SEVERAL = 10 * SECONDS  # via_ir takes a minute for eight contracts on an idle machine


def compile_solidity(source: str, settings: Settings | None = None) -> dict[str, CompiledContract]:
    """Compile one self-contained source: its contracts by name.

    Raises CompilationError with solc's own messages, CompilerMissingError without a solc.

    Cost: nothing if compiled before; else 0.1 s with native solc, 1.5 s with npm's.
    """
    source = require_text("compile_solidity", "source", source)
    settings = _settings("compile_solidity", settings)
    if not source.isascii():
        _check_whole(source, "The source")
    given = standard_input(source, settings)
    return {entry["name"]: _contract(entry, given) for entry in _compiled(given)}


def compile_sources(
    sources: Mapping[str, str],
    settings: Settings | None = None,
    packages: str | Path | None = None,
) -> dict[str, CompiledContract]:
    """Compile several sources, which may import one another: their contracts by name.

    sources   the Solidity by name. A name is a relative path such as exchange/JobBoard.sol, and
              relative imports follow it
    packages  npm's folder node_modules, where other imports are looked up, such as
              @openzeppelin/contracts/utils/cryptography/EIP712.sol. What they need is taken into
              the compiler's input; their contracts are not in the result

    Raises CompilationError with solc's own messages, if an import is not found, or if two of the
    sources have contracts of one name. CompilerMissingError without a solc.

    Cost: nothing if compiled before; else with npm's solc and via_ir a minute for eight contracts.
    """
    require("compile_sources", "sources", sources, Mapping, "Give texts by name.")  # type: ignore[type-abstract] # only asked for
    settings = _settings("compile_sources", settings)
    folder = None if packages is None else require_path("compile_sources", "packages", packages)
    for name, text in sources.items():
        require_text("compile_sources", "the name of a source", name)
        _check_whole(require_text("compile_sources", name, text), name)
    given = input_of_sources(with_imports(sources, folder), sources, settings)
    found: dict[str, CompiledContract] = {}
    for entry in _compiled(given, SECONDS_FOR_SEVERAL):
        contract = _contract(entry, given)
        if contract.name in found:
            other = found[contract.name].source_name
            raise CompilationError(
                f"{other} and {contract.source_name} both have a contract {contract.name}.",
                "Rename one of them.",
            )
        found[contract.name] = contract
    return found


def compile_again(compiled: CompiledContract) -> CompiledContract | None:
    """What the compiler of this machine makes of a contract's own input; None if nothing.

    Raises CompilationError, CompilerMissingError.
    """
    given = dict(compiled.standard_input)
    for entry in _compiled(given, SECONDS_FOR_SEVERAL):
        if (entry["source_name"], entry["name"]) == (compiled.source_name, compiled.name):
            return _contract(entry, given)
    return None


def _settings(call: str, settings: Settings | None) -> Settings:
    if settings is None:
        return Settings()
    return require(call, "settings", settings, Settings, "Give Settings(...), or None.")


def _check_whole(source: str, name: str) -> None:
    try:
        source.encode()
    except UnicodeEncodeError as error:
        raise CompilationError(
            f"{name} has half of a character at {error.start}, which no file can hold.",
            "Give the source as it was read.",
        ) from error


def _compiled(given: dict[str, Any], seconds: float | None = None) -> list[dict[str, Any]]:
    """The contracts of an input, from the cache if they are there."""
    solc = find_solc()
    question = json.dumps([CACHE_FORMAT, solc.fingerprint, given], sort_keys=True)
    digest = hashlib.sha256(question.encode()).hexdigest()
    entries = _recall(digest)
    if entries is None:
        entries = _entries(_run(solc, given, seconds), solc)
        _remember(digest, entries)
    return entries


def _contract(entry: dict[str, Any], given: Mapping[str, Any]) -> CompiledContract:
    places = entry["immutables"]
    immutables = None if places is None else tuple((first, count) for first, count in places)
    return CompiledContract(**entry | {"immutables": immutables}, standard_input=given)


def _run(solc: Solc, given: dict[str, Any], seconds: float | None = None) -> dict[str, Json]:
    """What solc answers. Raises CompilationError if it refuses the source."""
    try:
        question = json.dumps(given).encode()
        said = standard_json((solc.executable, *solc.script), question, seconds)
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
        entries = [
            {
                "source_name": source_name,
                "name": name,
                "abi": contract["abi"],
                "bytecode": "0x" + contract["evm"]["bytecode"]["object"],
                "runtime": "0x" + contract["evm"]["deployedBytecode"]["object"],
                "compiler": _compiler(contract["metadata"]),
                "immutables": _places(contract["evm"]["deployedBytecode"]),
            }
            for source_name, contracts in answer.get("contracts", {}).items()  # none if empty
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


def _places(deployed: Mapping[str, Any]) -> list[list[int]] | None:
    """Where immutables stand in the runtime, in order; None if that was not asked for."""
    references = deployed.get("immutableReferences")
    if references is None:
        return None
    return sorted(
        [place["start"], place["length"]] for some in references.values() for place in some
    )


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
        and entry.keys() == ENTRY
        and all(isinstance(entry[text], str) for text in ("source_name", "name", "compiler"))
        and _are_places(entry["immutables"])
        and isinstance(entry["abi"], list)
        and all(is_code(entry[code]) for code in ("bytecode", "runtime"))
    )


def _are_places(value: Json) -> bool:
    return value is None or (
        isinstance(value, list)
        and all(
            isinstance(place, list) and len(place) == 2 and all(type(n) is int for n in place)
            for place in value
        )
    )


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
