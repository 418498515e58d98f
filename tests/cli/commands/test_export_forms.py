"""export verifier --batch and --hash-inputs, and what other commands make of the contracts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from eth_utils import keccak

from tests.cli.workshop import done, invoke, refused
from zkpipe.verifier_contracts import Chain, Deployment, compile_solidity, find_solc
from zkpipe.verifier_contracts.errors import MissingError

VALUES = (7, 0, 1 << 250)
SAME = """
from zkpipe import Field, Private, Public, circuit


@circuit
def same(digest: Private[Field]) -> Public[Field]:
    return digest
"""


@pytest.fixture
def solc() -> None:
    try:
        find_solc()
    except MissingError as missing:
        pytest.skip(str(missing))


def test_a_batch_verifier_is_written_and_told(shop: Path) -> None:
    words = ("export", "verifier", "vkey.json", "batch.sol", "--batch", "--name", "Many")
    facts = json.loads(done(*words, "--json"))
    assert (facts["form"], facts["contract"]) == ("batch", "Many")
    text = Path("batch.sol").read_text()
    assert "contract Many {" in text
    assert "function verifyProofs(Proof[] calldata proofs) external view" in text
    assert facts["key_digest"] in text


def test_both_options_do_not_go_together(shop: Path) -> None:
    words = ("export", "verifier", "vkey.json", "new.sol", "--batch", "--hash-inputs")
    refused(*words, says="--batch and --hash-inputs do not go together")


def test_verify_onchain_is_not_asked_about_a_batch_verifier(shop: Path) -> None:
    done("export", "verifier", "vkey.json", "batch.sol", "--batch")
    words = ("verify-onchain", "batch.sol", "public.json", "proof.json")
    refused(*words, says="is of a batch verifier")


@pytest.mark.usefixtures("solc")
def test_verify_onchain_gives_a_verifier_of_hashed_inputs_the_values(shop: Path) -> None:
    """The circuit of the shop makes a square public, which is no digest: so the answer is no."""
    done("export", "verifier", "vkey.json", "hashed.sol", "--hash-inputs")
    digest = int.from_bytes(keccak((144).to_bytes(32, "big"))) >> 3
    assert Path("public.json").read_text().strip() != f'["{digest}"]'
    result = invoke("verify-onchain", "hashed.sol", "public.json", "proof.json")
    assert (result.exit_code, result.stdout[:12]) == (1, "not accepted")


@pytest.mark.usefixtures("solc")
def test_verify_onchain_says_yes_to_the_values_whose_digest_was_proved(shop: Path) -> None:
    """The circuit takes the digest as it is: it is computed here, by eth_utils."""
    Path("same.py").write_text(SAME)
    packed = b"".join(value.to_bytes(32, "big") for value in VALUES)
    digest = int.from_bytes(keccak(packed)) >> 3
    Path("digest.json").write_text(json.dumps({"digest": str(digest)}))
    done("witness", "same.py", "digest.json", "same.wtns")
    done("setup", "same.py", "same.zkey", "--dev")
    done("prove", "same.zkey", "same.wtns", "same.proof.json", "same.public.json")
    assert json.loads(Path("same.public.json").read_text()) == [str(digest)]
    done("export", "verifier", "same.zkey", "hashed.sol", "--hash-inputs", "--name", "Hashed")
    compiled = compile_solidity(Path("hashed.sol").read_text())
    made = Chain.embedded().deploy(compiled, "Hashed")
    Deployment.of(made, compiled["Hashed"]).save("hashed.json")
    for values, status in ((VALUES, 0), (VALUES[::-1], 1), (VALUES[:2], 1), ((digest,), 1)):
        Path("values.json").write_text(json.dumps([str(value) for value in values]))
        for verifier in ("hashed.sol", "hashed.json"):
            result = invoke("verify-onchain", verifier, "values.json", "same.proof.json", "--json")
            assert result.exit_code == status, result.output
            assert json.loads(result.stdout)["accepted"] is (status == 0)
