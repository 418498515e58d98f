"""The compiled contracts of the exchange in the package are what the sources compile to."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import FileError
from zkpipe.verifier_contracts import Chain, Contract, find_solc
from zkpipe.verifier_contracts.compilers.solc import NODE_MODULES
from zkpipe.verifier_contracts.errors import CompilerMissingError, HaltError, RevertError
from zkpipe.verifier_contracts.shipped.contract_files import load_contract
from zkpipe.verifier_contracts.shipped.exchange import (
    COMPILED,
    NAMES,
    POSEIDON,
    POSEIDON_SOURCE,
    SETTINGS,
    compile_exchange,
    exchange_contracts,
    exchange_files,
    exchange_sources,
)

RUNTIME_LIMIT, CREATION_LIMIT = 24_576, 49_152  # EIP-170, EIP-3860


def require_the_compiler_of(version: str) -> None:
    try:
        found = find_solc().version
    except CompilerMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")
    if not found.startswith(version):
        pytest.skip(f"solc {version} is needed; {found} is here")


def test_the_shipped_files_are_what_the_sources_compile_to() -> None:
    if not (NODE_MODULES / POSEIDON_SOURCE).is_file():
        pytest.skip("npm's parts are not installed: `npm ci`")
    require_the_compiler_of(exchange_contracts()["JobBoard"].compiler)
    there = {path.name: path.read_bytes() for path in COMPILED.iterdir()}
    assert exchange_files(compile_exchange()) == there, "run `make contracts`"


def test_the_shipped_input_holds_the_sources_as_they_are() -> None:
    """It can be told without a compiler and without npm's parts."""
    for name in NAMES:
        given = exchange_contracts()[name].standard_input["sources"]
        ours = {key: entry["content"] for key, entry in given.items() if "/" not in key}
        assert ours == exchange_sources(), "run `make contracts`"
        assert exchange_contracts()[name].settings == SETTINGS


def test_every_contract_fits_on_a_chain() -> None:
    for name, contract in exchange_contracts().items():
        assert 0 < len(contract.runtime) // 2 - 1 <= RUNTIME_LIMIT, name
        assert 0 < len(contract.bytecode) // 2 - 1 <= CREATION_LIMIT, name
        assert contract.immutables is not None


def test_poseidon_is_that_of_our_circuits() -> None:
    from zkpipe.circuits.gadgets import poseidon

    contracts = exchange_contracts()
    deployed = Chain.embedded().deploy(contracts, POSEIDON)
    top = 21888242871839275222246405745257275088548364400416034343698204186575808495616
    for pair in ((0, 0), (1, 2), (top, 7)):
        assert deployed.call("hash", pair) == poseidon(list(pair))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(COMPILED, tmp_path / "compiled"))


@pytest.mark.parametrize(
    "change",
    [
        {"format": "zkpipe contract 2"},
        {"contract": "JobBoard"},
        {"bytecode": "0x6"},
        {"runtime": None},
        {"abi": [7]},
        {"immutables": [[1, "32"]]},
        {"immutables": [[1]]},
        {"immutables": None},
        {"input": "../exchange.input.json"},
        {"input": "Settlement.json"},
        {"inputSha256": "00" * 32},
    ],
)
def test_a_damaged_file_is_told(copy: Path, change: dict[str, object]) -> None:
    path = copy / "Settlement.json"
    assert load_contract(copy, "Settlement").name == "Settlement"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(FormatError, match="damaged"):
        load_contract(copy, "Settlement")


def test_another_input_and_a_missing_file_are_told(copy: Path) -> None:
    path = copy / "exchange.input.json"
    path.write_text(path.read_text().replace("InsufficientPoints", "insufficientPoints"))
    with pytest.raises(FormatError, match="damaged"):
        load_contract(copy, "Settlement")
    path.unlink()
    with pytest.raises(FileError):
        load_contract(copy, "Settlement")


# The contract that creates the others.

RETURNS_7 = bytes.fromhex("60075f5260205ff3")  # PUSH 7, MSTORE, RETURN
SEVEN = bytes.fromhex("67") + RETURNS_7 + bytes.fromhex("5f5260086018f3")  # creates that code
REVERTS = bytes.fromhex("63deadbeef5f526004601cfd")
STOPS = bytes.fromhex("fe")


@pytest.fixture(scope="module")
def chain() -> Chain:
    return Chain.embedded()


def test_the_deployer_creates_at_addresses_that_follow_from_its_own(chain: Chain) -> None:
    from eth_utils import keccak, to_checksum_address

    deployer = chain.deploy(exchange_contracts(), "Deployer")
    for place in (1, 2, 3):
        assert deployer.call("next") == place
        encoded = bytes([0xD6, 0x94]) + bytes.fromhex(deployer.address[2:]) + bytes([place])
        expected = to_checksum_address(keccak(encoded)[12:])  # keccak256(rlp([address, nonce]))
        assert to_checksum_address(deployer.call("create", place, SEVEN)) == expected
        deployer.transact("create", place, SEVEN)
        assert chain.code(expected) == RETURNS_7


def test_the_deployer_creates_nothing_out_of_its_order(chain: Chain) -> None:
    deployer = chain.deploy(exchange_contracts(), "Deployer")
    deployer.transact("create", 1, SEVEN)
    for place in (0, 1, 3):
        with pytest.raises(RevertError) as caught:
            deployer.transact("create", place, SEVEN)
        assert (caught.value.name, caught.value.arguments) == ("WrongPlace", (place, 2))
    assert deployer.call("next") == 2


def test_a_creation_that_fails_uses_no_place_up_and_says_why(chain: Chain) -> None:
    deployer = chain.deploy(exchange_contracts(), "Deployer")
    with pytest.raises(RevertError) as caught:
        deployer.call("create", 1, REVERTS)
    assert "deadbeef" in str(caught.value)
    with pytest.raises(RevertError) as caught:
        deployer.transact("create", 1, STOPS, gas=300_000)
    assert caught.value.name == "NothingCreated" or isinstance(caught.value, HaltError)
    deployer.transact("create", 1, SEVEN)
    assert deployer.call("next") == 2


def test_nobody_else_uses_a_deployer(chain: Chain) -> None:
    deployer = chain.deploy(exchange_contracts(), "Deployer")
    stranger = Chain(chain.web3, chain.place, chain.web3.eth.accounts[1], chain._tester)
    with pytest.raises(RevertError) as caught:
        Contract(stranger, deployer.address, deployer.abi).transact("create", 1, SEVEN)
    assert caught.value.name == "NotOwner"
    assert str(caught.value.arguments[0]).lower() == stranger.account.lower()
