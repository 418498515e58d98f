"""What the functions of verifier_contracts are given: the objects they take, or a sentence."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.doors import Door, all_faults, public_callables
from zkpipe.circuits import Private, Public, UInt, circuit
from zkpipe.ground.errors import KindError
from zkpipe.prover import DEVELOPMENT, Provenance, prove, setup
from zkpipe.verifier_contracts import (
    Begun,
    Chain,
    Contract,
    Deployment,
    Node,
    Settings,
    Terms,
    batch_calldata,
    calldata,
    compile_solidity,
    compile_sources,
    find_solc,
    key_digest,
    keystore_account,
    solidity_verifier,
    verifying_key_of,
    wei,
)
from zkpipe.verifier_contracts.errors import CompilerMissingError
from zkpipe.verifier_contracts.transactions.terms import Fees

TEXTS = ("text", "digits", "empty text", "surrogate", "np.str_", "odd text")
PLACE = ("enum", "0-d", "odd number")  # whole numbers that are small
WHOLE = (*PLACE, "np.uint8", "np.uint64")
WORDS = (*WHOLE, "r")  # that a uint256 holds
ARRAYS = ("array", "array in steps", "big-endian array", "array of Python")
TWO = ("deque", "column", "named tuple", "user's list", *ARRAYS)  # whole numbers, in their order
EMPTY = ("empty list", "empty tuple")
URL = "http://127.0.0.1:1"


@circuit
def square(x: Private[UInt[8]], y: Public[UInt[8]]) -> Public[UInt[16]]:
    return x * x + y


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Door]]:
    """Each function with what it takes; the chain is the embedded one."""
    try:
        find_solc()
    except CompilerMissingError as error:
        pytest.skip(str(error))
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield _doors(tmp_path_factory.mktemp("doors"), server.getsockname()[1])


def _doors(folder: Path, taken_port: int) -> Mapping[str, Door]:
    system = square.compile()
    key, witness = setup(system, DEVELOPMENT), system.solve(x=3, y=4)
    proof, verifying, public = prove(key, witness), key.verifying_key, witness.public
    source = solidity_verifier(verifying, "Square")
    compiled = compile_solidity(source)
    chain = Chain.embedded()
    contract = chain.deploy(compiled, "Square")
    record = Deployment.of(contract, compiled["Square"])
    record.save(folder / "record.json")
    begun = Begun(1, contract.address, 0, None, "0x", 0, 1, Fees(1, None), 0)
    (folder / "keystore").write_text("{}")
    abis = {1: EMPTY}
    digest = ("KEY_DIGEST",)  # a call without a pairing, which takes the embedded chain 0.5 s
    to_digest = {"to": contract.address, "data": contract.calldata(*digest)}
    return {
        "Chain.connect": Door(Chain.connect, (URL,), {"account": None, "chain_id": 1}),
        "Chain.deploy": Door(
            chain.deploy,
            (compiled, "Square"),
            {"gas": 3_000_000, "terms": None, "keeper": None},
            takes={"gas": ("None",), "terms": ("None",), "keeper": ("None", "mock")},
        ),
        "Chain.at": Door(chain.at, (contract.address, contract.abi), takes=abis),
        "Chain.code": Door(chain.code, (contract.address,)),
        "Chain.call": Door(
            chain.call,
            (to_digest, contract.abi, "latest"),
            takes={**abis, 2: PLACE},
        ),
        "Chain.transact": Door(
            chain.transact,
            (to_digest, contract.abi, 100_000),
            {"terms": None, "keeper": None},
            takes={**abis, 2: ("None",), "terms": ("None",), "keeper": ("None", "mock")},
        ),
        "Chain.gas": Door(
            chain.gas,
            (to_digest, contract.abi, 100_000),
            takes={**abis, 2: ("None",)},
        ),
        "Chain.finish": Door(chain.finish, (begun, contract.abi, None)),
        "Chain.signing_as": Door(chain.signing_as, (contract.address,), takes={0: ("None",)}),
        "Chain.signed": Door(chain.signed, (begun,)),
        "Chain.send": Door(chain.send, (begun,)),
        "Contract": Door(Contract, (chain, contract.address, contract.abi), takes={2: EMPTY}),
        "Contract.call": Door(
            contract.call,
            digest,
            {"gas": 100_000, "block": "latest"},
            takes={"gas": ("None",), "block": PLACE},
        ),
        "Contract.transact": Door(
            contract.transact,
            digest,
            {"gas": 100_000, "value": 0},
            takes={"gas": ("None",)},
        ),
        "Contract.gas": Door(contract.gas, digest, {"most": 100_000}, takes={"most": ("None",)}),
        "Contract.calldata": Door(
            contract.calldata,
            ("verifyProof", *calldata(proof, public)),
            takes={1: TWO, 3: TWO, 4: TWO},
        ),
        "Deployment.of": Door(Deployment.of, (contract, compiled["Square"])),
        "Deployment.attach": Door(record.attach, (chain,)),
        "Deployment.copy_on": Door(record.copy_on, (chain,)),
        "Deployment.save": Door(record.save, (folder / "r",), takes={0: ("digits",)}),
        "Deployment.load": Door(Deployment.load, (folder / "record.json",)),
        "Deployment.from_json": Door(
            Deployment.from_json, (record.to_json(), "it"), takes={1: TEXTS}
        ),
        "calldata": Door(calldata, (proof, public), takes={1: (*EMPTY, "empty array", *TWO)}),
        "batch_calldata": Door(batch_calldata, ([proof], [public]), takes={}),
        "compile_solidity": Door(
            compile_solidity, (source, Settings()), takes={0: ("empty text",), 1: ("None",)}
        ),
        "compile_sources": Door(
            compile_sources,
            ({"Square.sol": source}, Settings(), folder),
            takes={1: ("None",), 2: ("None", "path", "mock", *TEXTS)},
        ),
        "key_digest": Door(key_digest, (verifying,)),
        "keystore_account": Door(keystore_account, (folder / "keystore", "word")),
        "solidity_verifier": Door(
            solidity_verifier,
            (verifying, "Square", ["out", "y"]),
            {"provenance": Provenance.DEVELOPMENT, "accept_unverified": "a test"},
            takes={2: ("None",), "provenance": ("None",), "accept_unverified": ("None", "digits")},
        ),
        "verifying_key_of": Door(verifying_key_of, (source,)),
        "wei": Door(wei, ("2gwei",), takes={0: ("digits",)}),
        "Terms": Door(
            Terms,
            (),
            {"gas": 1, "gas_price": 2, "priority_fee": 1, "max_fee": 3, "nonce": 0, "timeout": 1.5},
            takes={
                **dict.fromkeys(
                    ("gas", "gas_price", "priority_fee", "max_fee", "nonce"), ("None", *WORDS)
                ),
                "timeout": (*WORDS, "float", "whole float", "np.float32", "np.longdouble"),
            },
        ),
        "Settings": Door(
            Settings,
            (200, False, "shanghai"),
            takes={0: ("None", *PLACE, "np.uint8"), 1: ("True",), 2: TEXTS},
        ),
        # At a port that is taken: no node is left behind, and each other port would be one.
        "Node.start": Door(
            lambda port, chain_id: Node.start(port, chain_id),
            (taken_port, 1),
            skips={0: ("None", *PLACE, "np.uint8")},
        ),
    }


# Records that are given back, and what a chain asks a node and makes of its answers.
RECORDS = {"Begun", "Chain", "CompiledContract", "Deployment", "Node", "Receipt", "Solc"}
ANSWERS = {f"Chain.{name}" for name in ("ask", "number", "odd_answer", "quantity", "as_error")}
ANSWERS |= {f"Begun.{name}" for name in ("has_place_of", "has_receipt", "is_made_by", "sent_as")}

WITHOUT_ARGUMENTS = {"find_anvil", "find_solc", "install_solc"}


def test_every_function_has_a_door(doors: Mapping[str, Door]) -> None:
    others = RECORDS | ANSWERS | WITHOUT_ARGUMENTS | {"Form"}  # an enum: Python's own
    assert public_callables("zkpipe.verifier_contracts") == {*doors, *others}


def test_only_our_errors_come_out(
    doors: Mapping[str, Door], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not all_faults(doors, tmp_path, monkeypatch)


def test_no_field_of_a_transaction_is_dropped() -> None:
    """Nonce and gas of one that is sent are arguments of their own."""
    chain = Chain.embedded()
    to = "0x" + "11" * 20
    for name in ("nonce", "gas", "gasPrice", "from", "accessList", "VALUE"):
        with pytest.raises(KindError, match=f"takes no '{name}' in a transaction"):
            chain.transact({"to": to, name: 1})
    assert chain.transact({"to": to, "value": 5, "data": b""}).gas_used == 21_000
