"""The names that a contract can have are those that solc takes."""

from __future__ import annotations

import json
import subprocess

import pytest

from zkpipe.verifier_contracts import Solc, solidity_verifier
from zkpipe.verifier_contracts.errors import ContractError
from zkpipe.verifier_contracts.solidity.contract_name import KEYWORDS, LONGEST, TYPES

# What else might be a word of the language where a contract's name stands.
MORE = """
    from error revert global transient layout at leave now abi msg tx block assert require keccak256
    gasleft sha256 ripemd160 ecrecover addmod mulmod selfdestruct blockhash blobhash log0 suicide
    sha3 int uint int8 int16 int256 int257 int7 uint8 uint256 bytes bytes1 bytes32 fixed8x1
    fixed128x18 ufixed128x18 unicode hex add mload gas pop
"""
WORDS = sorted(KEYWORDS.union(MORE.split()))


def ask(solc: Solc, sources: dict[str, str]) -> set[str]:
    """The sources that solc refuses."""
    question = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": {"outputSelection": {"*": {"*": ["abi"]}}},
    }
    said = subprocess.run(  # noqa: S603 # solc
        [solc.executable, *solc.script, "--standard-json"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    errors = [e for e in json.loads(said.stdout).get("errors", ()) if e["severity"] == "error"]
    return {error["sourceLocation"]["file"] for error in errors}


def test_every_word_that_solc_refuses_is_refused(solc):
    taken = {word for word in WORDS if word in KEYWORDS or TYPES.fullmatch(word)}
    assert ask(solc, {word: f"contract {word} {{}}" for word in WORDS}) <= taken


@pytest.mark.parametrize("name", ["contract", "uint256", "int", "receive", "days", "this", "_"])
def test_a_word_of_solidity_is_no_name(name, oracle):
    with pytest.raises(
        ContractError, match=f"'{name}' cannot be the name .* Solidity has the word"
    ):
        solidity_verifier(oracle.trapdoor("some", 1).key(), name)


@pytest.mark.parametrize("name", ["verifyProof", "msg", "mload", "revert", "ALPHA_X", "addTerm"])
def test_a_word_of_the_contract_is_no_name(name, oracle):
    with pytest.raises(ContractError, match="the contract itself has the word"):
        solidity_verifier(oracle.trapdoor("some", 1).key(), name)


@pytest.mark.parametrize(
    "name", ["", "1a", "a b", "a\n", "é", "$", "\udcff", "a\0", "A" * (LONGEST + 1), "9" * 5000]
)
def test_what_is_no_identifier_is_no_name(name, oracle):
    with pytest.raises(ContractError, match="cannot be the name of a contract") as caught:
        solidity_verifier(oracle.trapdoor("some", 1).key(), name)
    assert len(str(caught.value)) < 3 * LONGEST


@pytest.mark.parametrize("name", ["Groth16Verifier", "V", "A" * LONGEST, "Uint256", "key"])
def test_other_names_are_taken(name, oracle):
    assert f"contract {name} " in solidity_verifier(oracle.trapdoor("some", 1).key(), name)
