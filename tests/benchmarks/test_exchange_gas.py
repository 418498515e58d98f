"""The page of gas says what operations on an exchange cost now, and leaves none out."""

from __future__ import annotations

from pathlib import Path

import pytest

from zkpipe.benchmarks.exchange_gas.operations import measured
from zkpipe.benchmarks.exchange_gas.page import CONTRACTS, INSIDE, figures, page
from zkpipe.benchmarks.exchange_gas.table import STEP, rounded
from zkpipe.benchmarks.exchange_gas.verifiers import measured as verifiers_measured
from zkpipe.benchmarks.exchange_gas.verifiers import verifier_figures
from zkpipe.benchmarks.provers.peers import snarkjs_words
from zkpipe.verifier_contracts import Node, find_anvil, find_solc
from zkpipe.verifier_contracts.errors import CompilerMissingError, NodeMissingError
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

PAGE = (Path(__file__).parents[2] / "docs" / "gas.md").read_text()
BYTES = 40  # zero bytes that random values may have more or less, each 12 gas, or 30 of EIP-7623
SHORTER = 4  # bytes that a verifier may be shorter or longer: a constant's first byte may be zero
A_BYTE = 200 + 16  # gas of a byte that is stored as code, and sent


def test_every_operation_costs_what_the_page_says() -> None:
    try:
        find_anvil()
        find_solc()
    except (NodeMissingError, CompilerMissingError) as error:
        pytest.skip(f"{error.problem} {error.fix}")
    with Node.start() as node:
        now = measured(node.url)
    told = figures(PAGE)
    assert now.keys() == told.keys()
    wrong = {name: gas for name, gas in now.items() if abs(gas - told[name]) > _chance(name)}
    assert not wrong, "run `python -m zkpipe.benchmarks.exchange_gas`"


def test_verifiers_cost_what_the_page_says() -> None:
    """One number of public values and batches of two sizes: the others take the same code."""
    try:
        find_anvil()
        find_solc()
    except (NodeMissingError, CompilerMissingError) as error:
        pytest.skip(f"{error.problem} {error.fix}")
    if snarkjs_words() is None:
        pytest.skip("snarkjs is not installed: get node, then `npm ci`")
    with Node.start() as node:
        now = verifiers_measured(node.url, counts=(1,), sizes=(1, 5))
    told = verifier_figures(PAGE)
    wrong = {
        key: (gas, told[key]) for key, gas in now.items() if abs(gas - told[key]) > _spread(*key)
    }
    assert not wrong, "run `python -m zkpipe.benchmarks.exchange_gas`"


def _spread(name: str, number: int) -> int:
    proofs = number if name in ("batch", "one by one") else 1
    return 12 * BYTES * proofs + STEP


def _chance(name: str) -> int:
    """Gas by which an operation may cost more or less, by chance."""
    return 12 * BYTES + (SHORTER * A_BYTE if "verifier" in name else 0)


def test_the_page_is_written_by_its_command() -> None:
    told = figures(PAGE)
    assert all(rounded(gas) == gas for gas in told.values())
    assert len(verifier_figures(PAGE)) == 24
    head, _, rest = page(told, verifier_figures(PAGE)).partition("## In all")
    assert PAGE.startswith(head)
    assert rest.partition("## Deployment")[2] == PAGE.partition("## Deployment")[2]


def test_every_operation_is_on_the_page() -> None:
    told = {name.partition(",")[0] for name in figures(PAGE)}
    for contract in CONTRACTS:
        changing = {
            entry["name"]
            for entry in exchange_contracts()[contract].abi
            if entry["type"] == "function" and entry["stateMutability"] == "nonpayable"
        }
        for function in changing - INSIDE.get(contract, set()):
            assert f"{contract}.{function}" in told
