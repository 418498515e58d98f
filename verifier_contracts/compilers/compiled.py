"""A compiled contract, and what it was compiled from: sources and settings, as solc takes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zkpipe.ground.errors import FormatError, KindError
from zkpipe.ground.kinds import require, require_text, require_whole
from zkpipe.verifier_contracts.abi import Abi, is_abi

SOURCE_NAME = "contract.sol"  # of a source that is compiled alone
MOST_RUNS = (1 << 32) - 1  # that solc counts
HEXADECIMAL = re.compile(r"0x(?:[0-9a-f]{2})*+")
OUTPUTS = ("abi", "metadata", "evm.bytecode.object", "evm.deployedBytecode.object")
IMMUTABLES = "evm.deployedBytecode.immutableReferences"


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
    standard_input  solc's whole input, sources and settings: who gives it to the same version gets
                    the same code, as explorers do that verify a contract
    source_name     the source, of those in the input, that has the contract
    immutables      where the constructor writes values into the runtime: first byte and count of
                    each place, in order; None if the compiler was not asked
    """

    name: str
    abi: Abi
    bytecode: str
    runtime: str
    compiler: str
    standard_input: Mapping[str, Any]
    source_name: str = SOURCE_NAME
    immutables: tuple[tuple[int, int], ...] | None = None

    def __post_init__(self) -> None:
        if not is_abi(self.abi) or not is_code(self.bytecode) or not is_code(self.runtime):
            raise KindError(
                "A CompiledContract has an ABI or code that is not valid.",
                "compile_solidity makes it.",
            )

    @property
    def source(self) -> str:
        """The Solidity of the source that has it, without what that imports."""
        return str(self.standard_input["sources"][self.source_name]["content"])

    @property
    def settings(self) -> Settings:
        """How it was compiled."""
        return settings_of(self.standard_input)


def is_code(text: object) -> bool:
    """Whether it is code as solc and nodes write it: 0x and hexadecimal."""
    return isinstance(text, str) and HEXADECIMAL.fullmatch(text) is not None


def standard_input(source: str, settings: Settings) -> dict[str, Any]:
    """What solc is given for one source, its "standard JSON input"."""
    return _standard_input({SOURCE_NAME: source}, settings, {"*": {"*": list(OUTPUTS)}})


def input_of_sources(
    sources: Mapping[str, str], wanted: Iterable[str], settings: Settings
) -> dict[str, Any]:
    """What solc is given for several sources; it answers with the contracts of the wanted ones."""
    outputs = {"*": [*OUTPUTS, IMMUTABLES]}
    return _standard_input(sources, settings, dict.fromkeys(sorted(wanted), outputs))


def _standard_input(
    sources: Mapping[str, str], settings: Settings, selection: dict[str, Any]
) -> dict[str, Any]:
    runs = settings.optimizer_runs
    return {
        "language": "Solidity",
        "sources": {name: {"content": sources[name]} for name in sorted(sources)},
        "settings": {
            "evmVersion": settings.evm_version,
            "viaIR": settings.via_ir,
            "optimizer": {"enabled": runs is not None} | ({} if runs is None else {"runs": runs}),
            "metadata": {"bytecodeHash": "none"},
            "outputSelection": selection,
        },
    }


def settings_of(given: Mapping[str, Any]) -> Settings:
    """The settings of an input that this module made. Raises FormatError for any other."""
    try:
        chosen, entries = given["settings"], given["sources"]
        settings = Settings(chosen["optimizer"].get("runs"), chosen["viaIR"], chosen["evmVersion"])
        texts = {name: entry["content"] for name, entry in entries.items()}
        wanted = list(chosen["outputSelection"])
        if wanted == ["*"]:
            again = standard_input(texts[SOURCE_NAME], settings)
        else:
            again = input_of_sources(texts, wanted, settings)
        if (
            type(settings.optimizer_runs) in (int, type(None))
            and all(isinstance(text, str) for pair in texts.items() for text in pair)
            and texts.keys() >= set(wanted) - {"*"}
            and again == given
        ):
            return settings
    except (LookupError, TypeError, AttributeError, KindError):
        pass
    raise FormatError(
        "The compiler's input is not one that zkpipe makes.", "Compile the contract again."
    )
