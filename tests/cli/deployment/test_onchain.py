"""Verifiers on chains: the embedded one, and a node where anvil is installed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.files.test_piped import piped
from tests.cli.workshop import contents, done, invoke, refused
from zkpipe.cli.files.piped import Piped
from zkpipe.cli.main import zkpipe
from zkpipe.verifier_contracts import Node, find_solc
from zkpipe.verifier_contracts.errors import MissingError

PASSWORD = "correct horse"  # noqa: S105 # of a key made here for this test


@pytest.fixture(autouse=True)
def _solc() -> None:
    try:
        find_solc()
    except MissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    try:
        started = Node.start()
    except MissingError as missing:
        pytest.skip(str(missing))
    with started:
        yield started


def test_the_embedded_chain_accepts_a_proof_and_says_what_it_costs(shop: Path) -> None:
    before = contents(shop)
    answer = json.loads(
        done("verify-onchain", "verifier.sol", "public.json", "proof.json", "--json")
    )
    assert answer["accepted"] is True
    assert 200_000 < answer["gas"] < 300_000
    assert contents(shop) == before


def test_a_proof_of_other_values_is_a_no_on_a_chain(shop: Path) -> None:
    Path("public.json").write_text('["145"]')
    result = invoke("verify-onchain", "verifier.sol", "public.json", "proof.json")
    assert result.exit_code == 1
    assert result.stdout.startswith("not accepted")


def test_another_number_of_public_values_is_refused(shop: Path) -> None:
    Path("public.json").write_text('["144", "0"]')
    refused("verify-onchain", "verifier.sol", "public.json", "proof.json", says="verifyProof")


def test_a_deployment_is_called_on_its_node_and_on_the_embedded_chain(
    shop: Path, node: Node
) -> None:
    done("deploy", "verifier.sol", "deployment.json", "--rpc", node.url)
    record = json.loads(Path("deployment.json").read_text())
    words = ("verify-onchain", "deployment.json", "public.json", "proof.json", "--json")
    on_node = json.loads(done(*words, "--rpc", node.url))
    assert on_node["accepted"] is True
    assert on_node["address"] == record["address"]
    assert on_node["chain_id"] == 1337
    embedded = json.loads(done(*words))
    assert embedded["accepted"] is True
    assert embedded["chain_id"] != 1337


def test_a_source_alone_does_not_say_where_the_contract_lies(shop: Path, node: Node) -> None:
    words = ("verify-onchain", "verifier.sol", "public.json", "proof.json", "--rpc", node.url)
    refused(*words, says="does not say where")


def test_a_node_of_another_chain_is_refused(shop: Path, node: Node) -> None:
    done("deploy", "verifier.sol", "deployment.json", "--rpc", node.url)
    words = ("verify-onchain", "deployment.json", "public.json", "proof.json", "--rpc")
    with Node.start(chain_id=4242) as other:
        refused(*words, other.url, says="chain 4242")


@pytest.mark.parametrize(
    ("url", "says", "status"),
    [
        ("http://127.0.0.1:1", "No node answers", 3),
        ("ftp://localhost/secret", "is not the URL of a node", 2),
        ("localhost:8545", "is not the URL of a node", 2),
        ("", "is not the URL of a node", 2),
    ],
)
def test_no_node_is_something_missing_and_no_url_is_wrong_usage(
    shop: Path, url: str, says: str, status: int
) -> None:
    message = refused("deploy", "verifier.sol", "new.json", "--rpc", url, says=says, status=status)
    assert "secret" not in message


def keystore(path: Path) -> str:
    """Write an encrypted key; its address. Few rounds: the test is not about the derivation."""
    from eth_account import Account

    account = Account.create()
    encrypted = Account.encrypt(account.key, PASSWORD, kdf="pbkdf2", iterations=1000)
    path.write_text(json.dumps(encrypted))
    return str(account.address)


def give_ether(node: Node, address: str) -> None:
    from web3 import HTTPProvider, Web3

    Web3(HTTPProvider(node.url)).provider.make_request("anvil_setBalance", [address, hex(10**18)])


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "mark"])
def test_a_deployment_is_signed_with_a_keystore_and_its_password_file(
    shop: Path, node: Node, start: bytes
) -> None:
    give_ether(node, keystore(Path("key.json")))
    Path("password").write_bytes(start + f"{PASSWORD}\n".encode())
    words = ("deploy", "verifier.sol", "signed.json", "--rpc", node.url, "--keystore", "key.json")
    words += ("--chain-id", "1337")
    done(*words, "--password-file", "password")
    assert json.loads(Path("signed.json").read_text())["chainId"] == 1337
    Path("signed.json").unlink()
    Path("password").write_text("wrong\n")
    message = refused(*words, "--password-file", "password", says="cannot be unlocked")
    assert "wrong" not in message


@pytest.mark.usefixtures("shop")
def test_a_password_comes_through_standard_input_and_pipes() -> None:
    keystore(Path("key.json"))
    words = ["deploy", "verifier.sol", "new.json", "--rpc", "http://127.0.0.1:9", "--chain-id", "5"]
    words += ["--keystore", "key.json", "--password-file"]
    for password, says, status in (
        (PASSWORD, "127.0.0.1:9", 3),
        ("wrong", "cannot be unlocked", 2),
    ):
        with piped(f"{password}\n".encode()) as path:
            result = invoke(*words, path)
        assert result.exit_code == status, result.output
        assert says in result.stderr
        result = CliRunner().invoke(zkpipe, [*words, "-"], input=f"{password}\nmore\n")
        assert result.exit_code == status, result.output
        assert says in result.stderr
        assert password not in result.output


@pytest.mark.usefixtures("shop")
def test_a_password_is_not_read_where_a_terminal_would_show_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keystore(Path("key.json"))
    words = ["deploy", "verifier.sol", "new.json", "--rpc", "http://127.0.0.1:9", "--chain-id", "5"]
    monkeypatch.setattr(
        "zkpipe.cli.files.piped._standard_input", lambda: Piped("it", bytes, on_terminal=True)
    )
    refused(
        *words, "--keystore", "key.json", "--password-file", "-", says="would show the password"
    )


def test_without_a_terminal_no_password_is_asked(shop: Path, node: Node) -> None:
    keystore(Path("key.json"))
    words = ("deploy", "verifier.sol", "new.json", "--rpc", node.url, "--keystore", "key.json")
    words += ("--chain-id", "1337")
    assert "--password-file" in refused(*words, says="no terminal")


def test_a_verifier_under_whose_key_anyone_could_forge_is_not_deployed(
    shop: Path, node: Node
) -> None:
    text = Path("verifier.sol").read_text()
    for axis in ("X0", "X1", "Y0", "Y1"):
        gamma = text.partition(f"GAMMA_{axis} = ")[2].partition(";")[0]
        delta = text.partition(f"DELTA_{axis} = ")[2].partition(";")[0]
        text = text.replace(f"DELTA_{axis} = {delta};", f"DELTA_{axis} = {gamma};")
    Path("verifier.sol").write_text(text)
    refused("deploy", "verifier.sol", "new.json", "--rpc", node.url, says="anyone can forge")
    words = ("verify-onchain", "verifier.sol", "public.json", "proof.json")
    refused(*words, says="anyone can forge")


def test_solidity_that_does_not_compile_is_told_with_the_compilers_words(
    shop: Path, node: Node
) -> None:
    text = Path("verifier.sol").read_text()
    Path("verifier.sol").write_text(
        text.replace("contract Groth16Verifier", "contrat Groth16Verifier")
    )
    words = ("deploy", "verifier.sol", "new.json", "--rpc", node.url)
    assert "contrat" in refused(*words, says="compiler refuses")


@pytest.mark.parametrize("text", ["{}", "[]", '{"format": "zkpipe deployment 1"}', "nothing"])
def test_a_record_that_is_none_is_refused(shop: Path, text: str) -> None:
    Path("deployment.json").write_text(text)
    refused(
        "verify-onchain", "deployment.json", "public.json", "proof.json", says="deployment.json"
    )


@pytest.mark.parametrize("side", ["inputs", "outputs"])
@pytest.mark.parametrize("kind", ["uint256", "uint256[", "tuple", "zzz", "uint256[1000000000]"])
def test_a_record_whose_contract_is_no_verifier_is_refused(
    shop: Path, node: Node, side: str, kind: str
) -> None:
    done("deploy", "verifier.sol", "deployment.json", "--rpc", node.url)
    record = json.loads(Path("deployment.json").read_text())
    function = next(entry for entry in record["abi"] if entry.get("name") == "verifyProof")
    function[side][0]["type"] = kind
    Path("deployment.json").write_text(json.dumps(record))
    words = ("verify-onchain", "deployment.json", "public.json", "proof.json")
    says = "not the record of a verifier" if kind == "uint256" else "abi is missing or not of"
    refused(*words, says=says)
    refused(*words, "--rpc", node.url, says=says)


def test_code_that_is_no_verifier_is_refused(shop: Path, node: Node) -> None:
    done("deploy", "verifier.sol", "deployment.json", "--rpc", node.url)
    record = json.loads(Path("deployment.json").read_text())
    for code in ("0x", "0x00", "0xfe", "0x60806040"):
        Path("deployment.json").write_text(json.dumps({**record, "bytecode": code}))
        words = ("verify-onchain", "deployment.json", "public.json", "proof.json")
        refused(*words, says="two contracts")


def test_without_a_compiler_the_message_says_how_to_get_one(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_SOLC", "/no/such/solc")
    words = ("verify-onchain", "verifier.sol", "public.json", "proof.json")
    refused(*words, says="ZKPIPE_SOLC", status=3)


def test_calldata_are_the_proofs_numbers_in_the_order_of_the_evm(shop: Path) -> None:
    proof = json.loads(Path("proof.json").read_text())
    (x0, x1), (y0, y1) = proof["pi_b"][:2]
    wanted = [proof["pi_a"][:2], [[x1, x0], [y1, y0]], proof["pi_c"][:2], ["144"]]
    text = done("export", "calldata", "public.json", "proof.json")
    assert numbers(json.loads(f"[{text}]")) == numbers(wanted)
    Path("public.json").write_text("[]")
    text = done("export", "calldata", "public.json", "proof.json")
    assert numbers(json.loads(f"[{text}]")) == numbers(wanted[:3])


def numbers(value: object) -> object:
    return [numbers(part) for part in value] if isinstance(value, list) else int(str(value), 0)
