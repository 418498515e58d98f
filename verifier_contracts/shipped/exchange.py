"""The contracts of the data exchange, compiled.

Users deploy what lies in the package. Who has npm's parts can compile the sources again, and
compare: `python -m zkpipe.verifier_contracts.shipped --check`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from zkpipe.verifier_contracts.compilers.compiled import CompiledContract, Settings
from zkpipe.verifier_contracts.compilers.compiler import compile_sources
from zkpipe.verifier_contracts.compilers.solc import NODE_MODULES
from zkpipe.verifier_contracts.shipped.contract_files import files_of, load_contract

SOURCES = Path(__file__).resolve().parents[1] / "contracts" / "exchange"
COMPILED = SOURCES / "compiled"
NAMES = (
    "Settlement",
    "IdentityRegistry",
    "CircuitRegistry",
    "CredentialRegistry",
    "DataCatalogue",
    "UsageGrants",
    "EvidenceLedger",
    "JobBoard",
    "Deployer",
)
SETTINGS = Settings(optimizer_runs=1_000_000, via_ir=True)

POSEIDON = "PoseidonT3"
POSEIDON_SOURCE = "poseidon-solidity/PoseidonT3.sol"  # of npm's package
POSEIDON_SETTINGS = Settings(optimizer_runs=1000)  # via_ir would make 29 kB of it, above EIP-170


def exchange_contracts() -> dict[str, CompiledContract]:
    """The contracts that zkpipe ships, by name: NAMES and PoseidonT3.

    Raises FormatError if the package is damaged.

    Cost: 60 ms at the first call of a process.
    """
    return dict(_loaded())


@cache
def _loaded() -> dict[str, CompiledContract]:
    return {name: load_contract(COMPILED, name) for name in (*NAMES, POSEIDON)}


def compile_exchange(packages: Path = NODE_MODULES) -> dict[str, CompiledContract]:
    """Compile the contracts from their sources.

    packages  npm's folder node_modules, with @openzeppelin/contracts and poseidon-solidity

    Raises CompilationError, CompilerMissingError; FileError without npm's packages.

    Cost: a minute with npm's solc, unless they were compiled before.
    """
    ours = compile_sources(exchange_sources(), SETTINGS, packages)
    source = (packages / POSEIDON_SOURCE).read_text(encoding="utf-8")
    poseidon = compile_sources({POSEIDON_SOURCE: source}, POSEIDON_SETTINGS)
    return {name: ours[name] for name in NAMES} | {POSEIDON: poseidon[POSEIDON]}


def exchange_sources() -> dict[str, str]:
    """The Solidity of the exchange by the names of its files."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(SOURCES.glob("*.sol"))}


def exchange_files(contracts: dict[str, CompiledContract]) -> dict[str, bytes]:
    """The files of the folder COMPILED, by name."""
    ours = {name: contracts[name] for name in NAMES}
    poseidon = {POSEIDON: contracts[POSEIDON]}
    return files_of(ours, "exchange.input.json") | files_of(poseidon, f"{POSEIDON}.input.json")
