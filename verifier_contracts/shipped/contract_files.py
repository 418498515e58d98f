"""Files of compiled contracts, which lie beside the sources.

    NAME.json          one contract: ABI, code, compiler, places of immutables
    NAME.input.json    what solc was given, for all contracts that were compiled together:
                       `solc --standard-json NAME.input.json` makes the same code again

A contract's file names its input's file and digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from zkpipe.ground.errors import FormatError, KindError
from zkpipe.ground.files.reading import read_file
from zkpipe.ground.files.strict_json import Json, json_bytes, parse_json
from zkpipe.verifier_contracts.compilers.compiled import CompiledContract, settings_of

FORMAT = "zkpipe contract 1"
LARGEST = 1 << 22  # bytes of a file; the largest has 400,000
AGAIN = "Install zkpipe again."


def files_of(contracts: Mapping[str, CompiledContract], input_name: str) -> dict[str, bytes]:
    """The files, by name, of contracts that were compiled together."""
    files: dict[str, bytes] = {}
    for name, contract in contracts.items():
        given = json_bytes(dict(contract.standard_input))
        files[input_name] = given
        files[f"{name}.json"] = json_bytes(
            {
                "format": FORMAT,
                "contract": name,
                "source": contract.source_name,
                "compiler": contract.compiler,
                "input": input_name,
                "inputSha256": hashlib.sha256(given).hexdigest(),
                "abi": contract.abi,  # type: ignore[dict-item] # solc's JSON
                "bytecode": contract.bytecode,
                "runtime": contract.runtime,
                "immutables": [list(place) for place in contract.immutables or ()],
            }
        )
    return files


def load_contract(folder: Path, name: str) -> CompiledContract:
    """A contract from its file. Raises FileError, or FormatError if the files are not whole."""
    path = folder / f"{name}.json"
    value = parse_json(read_file(path, LARGEST), str(path))
    try:
        if not isinstance(value, dict) or value["format"] != FORMAT or value["contract"] != name:
            raise _damaged(path)
        return _contract(value, folder)
    except (LookupError, TypeError, ValueError, KindError) as error:
        raise _damaged(path) from error


def _contract(value: dict[str, Json], folder: Path) -> CompiledContract:
    input_name = str(value["input"])
    if "/" in input_name or not input_name.endswith(".input.json"):
        raise ValueError(input_name)
    path = folder / input_name
    given = read_file(path, LARGEST)
    standard_input = parse_json(given, str(path))
    if hashlib.sha256(given).hexdigest() != value["inputSha256"]:
        raise _damaged(path)
    if not isinstance(standard_input, dict):
        raise _damaged(path)
    settings_of(standard_input)
    places: list[list[int]] = value["immutables"]  # type: ignore[assignment] # checked below
    if any(type(number) is not int for place in places for number in place):
        raise TypeError("immutables")
    return CompiledContract(
        name=str(value["contract"]),
        abi=value["abi"],  # type: ignore[arg-type] # it checks its fields
        bytecode=value["bytecode"],  # type: ignore[arg-type]
        runtime=value["runtime"],  # type: ignore[arg-type]
        compiler=str(value["compiler"]),
        standard_input=standard_input,
        source_name=str(value["source"]),
        immutables=tuple((first, count) for first, count in places),
    )


def _damaged(path: Path) -> FormatError:
    return FormatError(f"{path} is damaged, or of another version of zkpipe.", AGAIN)
