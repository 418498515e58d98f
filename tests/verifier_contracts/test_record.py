"""Records of deployments: what they hold, and what must agree in one that comes from outside."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace

import pytest

from tests.verifier_contracts.rpc.listeners import results, serving
from zkpipe.ground.errors import FormatError
from zkpipe.verifier_contracts import (
    Chain,
    Deployment,
    Settings,
    compile_solidity,
    find_solc,
    key_digest,
    solidity_verifier,
)
from zkpipe.verifier_contracts.compilers import compiler as compiler_module
from zkpipe.verifier_contracts.compilers.recompiled import is_of_its_source
from zkpipe.verifier_contracts.deployment import LARGEST
from zkpipe.verifier_contracts.errors import (
    CompilerMissingError,
    HaltError,
    NoCodeError,
    NodeMissingError,
    RevertError,
)


@pytest.fixture(scope="module")
def key(oracle):
    return oracle.trapdoor("record", 1).key()


@pytest.fixture(scope="module")
def deployment(embedded, key):
    compiled = compile_solidity(solidity_verifier(key, "V"), Settings(evm_version="paris"))
    return Deployment.of(embedded.deploy(compiled, "V"), compiled["V"])


@pytest.fixture
def record(deployment):
    return json.loads(json.dumps(deployment.to_json()))


def test_a_record_is_read_as_it_was_written(deployment, tmp_path):
    deployment.save(tmp_path / "record.json")
    assert Deployment.load(tmp_path / "record.json") == deployment


def test_the_record_alone_compiles_to_the_same_code(record, key):
    """As an explorer does it: solc of the version, its standard JSON input, nothing of ours."""
    ran = subprocess.run(  # noqa: S603 # solc
        [find_solc().executable, "--standard-json"],
        input=json.dumps(record["standardInput"]).encode(),
        capture_output=True,
        check=True,
    )
    file, _, name = record["qualifiedName"].partition(":")
    again = json.loads(ran.stdout)["contracts"][file][name]
    assert "0x" + again["evm"]["bytecode"]["object"] == record["bytecode"]
    assert "0x" + again["evm"]["deployedBytecode"]["object"] == record["runtime"]
    assert again["abi"] == record["abi"]
    assert json.loads(again["metadata"])["compiler"]["version"] == record["compiler"]
    assert find_solc().version.startswith(record["compiler"])
    assert record["standardInput"]["settings"]["evmVersion"] == "paris"
    assert record["standardInput"]["sources"][file]["content"] == solidity_verifier(key, "V")
    assert record["constructorArguments"] == "0x"
    assert record["keyDigest"] == key_digest(key)
    assert (record["provenance"], record["unverifiedReason"]) == ("Development", None)


def test_constructor_arguments_are_kept_and_a_copy_has_them(embedded, contracts, key):
    def swapped(point):
        (x0, x1), (y0, y1) = point
        return (x1, x0, y1, y0)

    twin = contracts["Twin"]
    points = (key.alpha, *map(swapped, (key.beta, key.gamma, key.delta)), key.ic)
    made = embedded.deploy(contracts, "Twin", *points)
    kept = Deployment.of(made, twin)
    assert len(kept.constructor_arguments) > 2 * 32 * 10
    assert kept.key_digest is None
    assert kept.standing is None
    sent = embedded.web3.eth.get_transaction(made.receipt.transaction_hash)["input"]
    assert twin.bytecode + kept.constructor_arguments[2:] == sent.to_0x_hex()


BAD = {
    "format": [None, "zkpipe deployment 2", 1],
    "contract": [None, "", "1V", "V W", "V\x1b[2J", "V\n", "Ü", "V" * 500, 7],
    "address": ["0x12", "11" * 20, "0x" + "ab" * 20, "0x" + "AB" * 20, None, "0x" + "zz" * 20],
    "chainId": [0, -1, "1", True, None, 1 << 63, [1]],
    "blockNumber": [-5, "1", None, 1 << 63, True],
    "gasUsed": [-1, "1", None],
    "transactionHash": ["zzz", "0x12", "0x" + "AB" * 32, "0x" + "ab" * 32 + "\n", None],
    "keyDigest": [None, "ab" * 32, 1],
    "provenance": [None, "Ceremony", "development", 1, ["Development"]],
    "unverifiedReason": ["", " ", "a\nb", "*/", "a" * 201, " why", 7, ["why"], "\u202ewhy"],
    "qualifiedName": [None, "V", "contract.sol:W"],
    "compiler": [None, "", "latest", "0.8.37\x1b", "0.8.37+" + "a" * 100],
    "constructorArguments": [None, "", "0x1", "zz"],
    "bytecode": [None, "", "60", "0x6", "0xZZ", "0xAB", "0x\n", 7],
    "runtime": [None, "", "60", "0x6"],
    "abi": [None, {}, [1], [{}], [{"type": "function"}], [{"type": "error", "name": "a\x1b"}]],
    "standardInput": [None, {}, [], "x"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in BAD.items() for value in values]
)
def test_a_field_of_another_form_is_refused(record, field, value):
    for broken in ({**record, field: value}, {k: v for k, v in record.items() if k != field}):
        with pytest.raises(FormatError) as caught:
            Deployment.from_json(broken, "record.json")
        assert caught.value.problem.isprintable()


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given.update(language="Yul"),
        lambda given: given.update(auxiliaryInput={}),
        lambda given: given["sources"].update({"other.sol": {"content": ""}}),
        lambda given: given["sources"]["contract.sol"].update(urls=["file:///etc/passwd"]),
        lambda given: given["sources"]["contract.sol"].update(content=7),
        lambda given: given["settings"].update(remappings=["a=b"]),
        lambda given: given["settings"].update(libraries={}),
        lambda given: given["settings"].update(optimizer={"enabled": True}),
        lambda given: given["settings"].update(optimizer=[]),
        lambda given: given["settings"].update(evmVersion=[]),
        lambda given: given["settings"].pop("viaIR"),
        lambda given: given.pop("settings"),
    ],
)
def test_an_input_that_zkpipe_gives_no_compiler_is_refused(record, change):
    change(record["standardInput"])
    with pytest.raises(FormatError, match=r"standardInput|keyDigest"):
        Deployment.from_json(record, "record.json")


def test_a_record_that_is_too_large_is_not_read(tmp_path):
    (tmp_path / "record.json").write_bytes(b" " * (LARGEST + 1))
    with pytest.raises(FormatError, match="at most"):
        Deployment.load(tmp_path / "record.json")


def test_the_largest_verifier_has_a_record_that_is_read(embedded, oracle, tmp_path):
    key = oracle.trapdoor("most", 170).key()
    compiled = compile_solidity(solidity_verifier(key, "V"))["V"]
    made = embedded.deploy({"V": compiled}, "V")
    Deployment.of(made, compiled).save(tmp_path / "record.json")
    assert (tmp_path / "record.json").stat().st_size < 400_000
    read = Deployment.load(tmp_path / "record.json")
    assert read.copy_on(Chain.embedded()).call("DEVELOPMENT_KEY") is True


# Code, key and source that are not of one contract.


def init_of(runtime: str) -> str:
    """Creation code of a runtime."""
    return f"0x61{len(runtime) // 2:04x}80600a5f395ff3{runtime}"


YES = "60015f5260205ff3"  # answers 1 to everything


def with_code(deployment, **code):
    return replace(deployment, compiled=replace(deployment.compiled, **code))


def test_a_copy_has_the_records_code_and_key(deployment, key):
    copy = deployment.copy_on(Chain.embedded())
    assert copy.call("KEY_DIGEST").hex() == key_digest(key)


def test_bytecode_that_deploys_something_else_than_the_runtime_is_refused(deployment):
    for code in (
        YES,
        deployment.compiled.runtime[2:-2] + "00",
        deployment.compiled.runtime[2:] * 2,
    ):
        with pytest.raises(FormatError, match="of two contracts"):
            with_code(deployment, bytecode=init_of(code)).copy_on(Chain.embedded())
    with pytest.raises(FormatError, match="of two contracts"):
        with_code(deployment, runtime="0x" + YES).copy_on(Chain.embedded())


def test_a_contract_with_another_key_than_its_source_is_refused(embedded, deployment, oracle):
    other = compile_solidity(solidity_verifier(oracle.trapdoor("other", 1).key(), "V"))["V"]
    mixed = with_code(deployment, bytecode=other.bytecode, runtime=other.runtime)
    with pytest.raises(FormatError, match="another key"):
        mixed.copy_on(Chain.embedded())
    there = embedded.deploy({"V": other}, "V")
    mixed = replace(mixed, address=there.address, chain_id=embedded.chain_id)
    with pytest.raises(FormatError, match="another key"):
        mixed.attach(embedded)
    with pytest.raises(NoCodeError, match="not the code"):
        replace(deployment, address=there.address).attach(embedded)


def test_a_node_that_answers_for_another_key_is_none(deployment):
    """Its code holds the digest: the answer is not of that code."""
    code = deployment.compiled.runtime
    answers = {
        "eth_chainId": "0x539",
        "eth_getCode": code,
        "eth_call": "0x" + "00" * 31 + "01",
    }
    with serving(results(**{name: {"result": value} for name, value in answers.items()})) as url:
        record = replace(deployment, chain_id=1337)
        with pytest.raises(NodeMissingError, match="KEY_DIGEST"):
            record.attach(Chain.connect(url))


def test_code_is_compared_with_what_its_source_compiles_to(deployment):
    compiled = deployment.compiled
    assert is_of_its_source(compiled) is True
    for change in (
        {"bytecode": init_of(YES)},
        {"runtime": "0x" + YES},
        {"abi": compiled.abi[1:]},
        {"name": "W"},
    ):
        with pytest.raises(FormatError, match="of two contracts"):
            is_of_its_source(replace(compiled, **change))
    text = compiled.source.replace("addmod(", "mulmod(")
    given = compiler_module.standard_input(text, compiled.settings)
    with pytest.raises(FormatError, match="of two contracts"):
        is_of_its_source(replace(compiled, standard_input=given))
    given = compiler_module.standard_input(text + "}", compiled.settings)
    with pytest.raises(FormatError, match="of two contracts"):
        is_of_its_source(replace(compiled, standard_input=given))


def test_without_the_compiler_of_its_version_code_is_not_compared(deployment, monkeypatch):
    older = replace(deployment.compiled, compiler="0.8.20+commit.a1b79de6")
    assert is_of_its_source(older) is None
    given = compiler_module.standard_input("}", older.settings)
    assert is_of_its_source(replace(older, standard_input=given)) is None

    def none():
        raise CompilerMissingError("None.", "Get one.")

    monkeypatch.setattr(compiler_module, "find_solc", none)
    assert is_of_its_source(deployment.compiled) is None


# Code that gives no answer.

HALTS = {
    "initcode past EIP-3860": "0x" + "5b" * 60_000,
    "loop": "0x5b600056",
    "loop of a precompile": "0x5b61018060005f5f60085afa50600056",
    "loop of hashes": "0x5b6110005f20600056",
    "loop of memory": "0x5b595952600056",
    "invalid": "0xfe",
    "unknown opcode": "0x0c",
    "stack underflow": "0x50",
    "jump to nowhere": "0x60ff56",
    "memory past all gas": "0x7f" + "ff" * 32 + "5152",
    "code past EIP-170": "0x6160015ff3",
    "code that begins with EF": "0x60ef5f5360015ff3",
    "stack overflow": "0x5b5f600056",
}


@pytest.mark.parametrize("code", HALTS.values(), ids=HALTS)
def test_creation_code_that_ends_nowhere_is_told_as_no_answer(deployment, code):
    from zkpipe.ground.errors import ZkpipeError

    with pytest.raises(ZkpipeError) as caught:
        with_code(deployment, bytecode=code).copy_on(Chain.embedded())
    assert caught.value.exit_status == 2
    assert "fault" not in str(caught.value)


CALLS = {
    "loop": "5b5f56",
    "invalid": "fe",
    "unknown opcode": "0c",
    "stack underflow": "50",
    "jump to nowhere": "60ff56",
    "itself": "5f5f5f5f5f305af100",
    "memory": "7f" + "ff" * 32 + "51",
}


@pytest.mark.parametrize("code", CALLS.values(), ids=CALLS)
def test_a_call_that_the_evm_stops_is_told_as_no_answer(embedded, deployment, code):
    contract = with_code(deployment, bytecode=init_of(code)).compiled
    made = embedded.deploy({"V": contract}, "V")
    with pytest.raises((HaltError, NoCodeError)) as caught:
        made.call("KEY_DIGEST", gas=300_000)
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(
    "answer",
    ["", "00", "00" * 31, "00" * 31 + "02", "ff" * 32, "00" * 31 + "0100", "00" * 63 + "01"],
)
def test_an_answer_that_is_no_bool_is_neither_yes_nor_no(embedded, deployment, answer):
    size = len(answer) // 2
    code = f"60{size:02x}600a5f3960{size:02x}5ff3" + answer  # copies what follows, returns it
    contract = with_code(deployment, bytecode=init_of(code)).compiled
    made = embedded.deploy({"V": contract}, "V")
    with pytest.raises(NoCodeError):
        made.call("DEVELOPMENT_KEY")


@pytest.mark.parametrize(
    "said",
    [
        "b'a' + b'b'",
        "b'\\\\",
        "b''' '''",
        "b'" + "(" * 300 + "'",
        "out of gas",
        "Out of gas: Insufficient gas",
        "intrinsic gas",
        "execution reverted: b''",
        "\x1b[2J",
    ],
)
def test_the_words_of_a_contract_are_words_only(embedded, said):
    """A reason that looks like the chain's own words, or like bytes, is a reason."""
    text = "".join(f"\\x{byte:02x}" for byte in said.encode())
    source = f'contract Says {{ function say() external pure {{ revert("{text}"); }} }}'
    made = embedded.deploy(compile_solidity(source), "Says")
    with pytest.raises(RevertError) as caught:
        made.call("say")
    assert (caught.value.name, caught.value.arguments) == ("Error", (said,))
    assert not isinstance(caught.value, HaltError)
