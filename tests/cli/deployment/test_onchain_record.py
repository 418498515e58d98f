"""`verify-onchain` of records and sources that somebody changed: no answer is a yes or a no."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workshop import done, invoke, refused
from tests.long_form import IS_LONG
from zkpipe.verifier_contracts import (
    Chain,
    Deployment,
    compile_solidity,
    key_digest,
    verifying_key_of,
)

WORDS = ("verify-onchain", "deployment.json", "public.json", "proof.json")
YES = "60015f5260205ff3"  # answers 1 to everything


def init_of(runtime: str) -> str:
    """Creation code of a runtime."""
    return f"0x61{len(runtime) // 2:04x}80600a5f395ff3{runtime}"


@pytest.fixture(scope="module")
def deployed(workshop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record of verifier.sol, whose texts are the same in each shop."""
    compiled = compile_solidity((workshop / "verifier.sol").read_text())
    [name] = compiled
    made = Chain.embedded().deploy(compiled, name)
    path = tmp_path_factory.mktemp("deployed") / "deployment.json"
    Deployment.of(made, compiled[name]).save(path)
    return path


@pytest.fixture
def record(shop: Path, deployed: Path) -> dict[str, Any]:
    """The record of verifier.sol, also in deployment.json."""
    shutil.copy(deployed, "deployment.json")
    content: dict[str, Any] = json.loads(Path("deployment.json").read_text())
    return content


@pytest.fixture
def no_solc(record: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKPIPE_SOLC", "/no/such/solc")


def changed(record: dict[str, Any], **fields: object) -> None:
    Path("deployment.json").write_text(json.dumps({**record, **fields}))


def test_the_answer_names_the_key_that_it_is_of(record: dict[str, Any]) -> None:
    wanted = key_digest(verifying_key_of(Path("verifier.sol").read_text()))
    for file in ("verifier.sol", "deployment.json"):
        result = invoke("verify-onchain", file, *WORDS[2:])
        assert result.exit_code == 0
        assert wanted in result.stdout
        assert "warning" not in result.stderr
        facts = json.loads(done("verify-onchain", file, *WORDS[2:], "--json"))
        assert facts["key_digest"] == wanted
        assert facts["development"] is True


def test_bytecode_of_another_contract_than_the_runtimes_is_refused(record: dict[str, Any]) -> None:
    Path("public.json").write_text('["145"]')
    for code in (init_of(YES), record["bytecode"][:-2] + "00", "0x", "0x00", "0xfe", "0x60806040"):
        changed(record, bytecode=code)
        refused(*WORDS, says="two contracts")


@pytest.mark.usefixtures("no_solc")
def test_so_it_is_where_no_compiler_could_compare_it(record: dict[str, Any]) -> None:
    Path("public.json").write_text('["145"]')
    changed(record, bytecode=init_of(YES))
    refused(*WORDS, says="two contracts")
    changed(record, bytecode=init_of(YES), runtime=f"0x{YES}")
    refused(*WORDS, says="another key")


@pytest.mark.usefixtures("no_solc")
def test_what_was_not_compared_is_told(record: dict[str, Any]) -> None:
    result = invoke(*WORDS)
    assert result.exit_code == 0
    assert "was not compared with its source" in result.stderr
    warned = json.loads(done(*WORDS, "--json"))["warnings"]
    assert [warning["kind"] for warning in warned] == ["code-not-compared"]


@pytest.mark.usefixtures("no_solc")
@pytest.mark.parametrize(
    "code",
    [
        "0x" + "5b" * 60_000,
        "0x5b600056",
        "0xfe",
        "0x50",
        "0x6160015ff3",
        "0x60ef5f5360015ff3",
        init_of("5b5f56"),
        init_of("fe"),
        init_of("5f5ffd"),
        init_of("5f5f5f5f5f305af100"),
        init_of("60015f5360015ff3"),
        init_of("60025f5260205ff3"),
    ],
    ids=lambda code: code[:40],
)
def test_code_that_gives_no_answer_is_neither_a_yes_nor_a_no(
    record: dict[str, Any], code: str
) -> None:
    """Even if its source names no digest that could be asked for."""
    given = record["standardInput"]
    [file] = given["sources"].values()
    file["content"] = file["content"].replace("KEY_DIGEST", "DIGEST")
    runtime = "0x" + code[22:] if "80600a5f395ff3" in code else record["runtime"]
    changed(record, bytecode=code, runtime=runtime, standardInput=given)
    result = invoke(*WORDS)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""


def test_a_source_that_was_changed_around_its_key_is_told(shop: Path) -> None:
    text = Path("verifier.sol").read_text()
    Path("verifier.sol").write_text(
        text.replace("right := eq(mload(0x00), 1)", "right := or(1, mload(0x00))")
    )
    Path("public.json").write_text('["145"]')
    result = invoke("verify-onchain", "verifier.sol", "public.json", "proof.json")
    assert result.exit_code == 0  # it is what the contract answers
    assert "warning: The source of verifier.sol is not the text that zkpipe" in result.stderr
    facts = json.loads(done("verify-onchain", "verifier.sol", *WORDS[2:], "--json"))
    assert [warning["kind"] for warning in facts["warnings"]] == ["changed-verifier"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        ("// Generated", "//  Generated"),
        ("DEVELOPMENT_KEY = true", "DEVELOPMENT_KEY = false"),
        ("SPDX-License-Identifier: Apache-2.0", "SPDX-License-Identifier: MIT"),
        ("contract Groth16Verifier {", "contract Groth16Verifier  {"),
        ("}\n", "}\n\n"),
        ("(chain != 1337 ", "(chain != 1338 "),
    ][: None if IS_LONG else 3],
)
def test_one_letter_is_a_change(shop: Path, old: str, new: str) -> None:
    text = Path("verifier.sol").read_text()
    assert old in text
    Path("verifier.sol").write_bytes(text.replace(old, new).encode())
    result = invoke("verify-onchain", "verifier.sol", "public.json", "proof.json")
    assert "is not the text that zkpipe generates" in result.stderr


def test_a_source_with_a_constructor_without_end_is_told(shop: Path) -> None:
    text = Path("verifier.sol").read_text()
    text = text.replace("PAIRING_GAS = price", "while (gasleft() > 0) {} PAIRING_GAS = price")
    Path("verifier.sol").write_text(text)
    result = invoke("verify-onchain", "verifier.sol", "public.json", "proof.json")
    assert result.exit_code == 2
    assert "after all its gas" in result.stderr


def test_a_verifier_that_reverts_gives_no_answer(shop: Path) -> None:
    text = Path("verifier.sol").read_text()
    text = text.replace("uint256 pairingGas = PAIRING_GAS;", "uint256 pairingGas = 1000;")
    Path("verifier.sol").write_text(text)
    result = invoke("verify-onchain", "verifier.sol", "public.json", "proof.json")
    assert result.exit_code == 2
    assert "gives no answer about the proof" in result.stderr
    assert "raised the price of the pairing" in result.stderr


@pytest.mark.parametrize("size", [1 << 20, 1 << 24])
def test_a_source_that_is_too_large_is_not_read(shop: Path, size: int) -> None:
    with Path("verifier.sol").open("r+b") as file:
        file.truncate(size + 1)  # no block of it is on the disk
    refused("verify-onchain", "verifier.sol", "public.json", "proof.json", says="at most")
    Path("verifier.sol").rename("deployment.json")
    if size > 1 << 22:
        refused(*WORDS, says="at most")
