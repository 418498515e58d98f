"""A manifest is believed only as far as the chain bears it out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from jsonschema import Draft202012Validator

from tests.exchange.deployment.conftest import told
from tests.long_form import IS_LONG
from zkpipe.exchange.deployment import Council, Manifest, deploy
from zkpipe.exchange.deployment.layout import ORDER, addresses_from, creation_code
from zkpipe.exchange.errors import (
    ConstructorError,
    CouncilError,
    NotDeployedError,
    OtherChainError,
    OtherCodeError,
    OtherCouncilError,
)
from zkpipe.exchange.signatures import Action, what_of
from zkpipe.ground.errors import FormatError
from zkpipe.verifier_contracts import Chain
from zkpipe.verifier_contracts.abi import signature
from zkpipe.verifier_contracts.errors import RevertError
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts

SCHEMA = Path(__file__).resolve().parents[3] / "docs" / "schemas" / "manifest.schema.json"
MEMBER = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"


def test_a_manifest_has_one_text(deployed: SimpleNamespace, tmp_path: Path) -> None:
    manifest = deployed.manifest
    manifest.save(tmp_path / "m.json")
    data = (tmp_path / "m.json").read_bytes()
    assert Manifest.load(tmp_path / "m.json") == manifest
    value = json.loads(data)
    assert value["format"] == "zkpipe exchange 1"
    assert json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n" == data.decode()
    for other in (json.dumps(value).encode(), data[:-1], data + b"\n", b""):
        with pytest.raises(FormatError):
            Manifest.from_bytes(other, "it")


def test_its_json_schema_takes_it_and_refuses_what_it_lacks(deployed: SimpleNamespace) -> None:
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    value = json.loads(deployed.manifest.to_bytes())
    assert list(validator.iter_errors(value)) == []
    for name in value:
        assert not validator.is_valid({key: part for key, part in value.items() if key != name})
    assert not validator.is_valid({**value, "other": 1})


@pytest.mark.parametrize(
    "change",
    [
        {"format": "zkpipe exchange 2"},
        {"chainId": "1"},
        {"chainId": True},
        {"chainId": -1},
        {"genesis": "0x00"},
        {"genesis": None},
        {"block": 1 << 70},
        {"depth": None},
        {"deployer": MEMBER},
        {"deployer": 7},
        {"council": {"members": [], "threshold": 0}},
        {"council": {"members": [MEMBER], "threshold": 2}},
        {"council": {"members": [MEMBER.swapcase()], "threshold": 1}},
        {"council": {"members": [MEMBER], "threshold": 1, "auditorKey": "5"}},
        {"council": None},
        {"contracts": {}},
        {"contracts": None},
        {"more": 1},
    ],
    ids=str,
)
def test_a_manifest_of_another_form_is_refused(
    deployed: SimpleNamespace, change: dict[str, object]
) -> None:
    value = json.loads(deployed.manifest.to_bytes()) | change
    data = (json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n").encode()
    with pytest.raises(FormatError):
        Manifest.from_bytes(data, "it")


@pytest.mark.parametrize("name", ORDER)
def test_no_address_of_a_manifest_can_be_changed_alone(
    deployed: SimpleNamespace, name: str
) -> None:
    text = deployed.manifest.to_bytes().decode()
    other = text.replace(deployed.manifest.addresses[name], MEMBER)
    assert other != text
    with pytest.raises(FormatError, match="was changed"):
        Manifest.from_bytes(other.encode(), "it")


def test_a_manifest_of_another_chain_is_told(deployed: SimpleNamespace) -> None:
    for change in ({"chain_id": 1}, {"genesis": "0x" + "ab" * 32}):
        with pytest.raises(OtherChainError, match="The manifest is of chain"):
            replace(deployed.manifest, **change).check(deployed.chain)


def test_where_nothing_was_deployed_nothing_is(deployed: SimpleNamespace) -> None:
    with pytest.raises(NotDeployedError, match="where PoseidonT3 should be"):
        replace(deployed.manifest, deployer=MEMBER).check(deployed.chain)


def test_another_digest_of_a_code_is_told(deployed: SimpleNamespace) -> None:
    codes = dict(deployed.manifest.codes) | {"UsageGrants": "00" * 32}
    with pytest.raises(OtherCodeError, match="digest of UsageGrants"):
        replace(deployed.manifest, codes=codes).check(deployed.chain)


def test_any_byte_of_any_code_counts(node: Chain, council: Council) -> None:
    """Of the last byte, and of an immutable: a contract's own address, or another's."""
    manifest = deploy(node, council)
    places = {name: exchange_contracts()[name].immutables or ((5, 1),) for name in ORDER}
    for name in ORDER if IS_LONG else ("PoseidonT3", "CircuitRegistry", "JobBoard"):
        address = manifest.addresses[name]
        code = node.code(address)
        for at in (len(code) - 1, places[name][-1][0] + places[name][-1][1] - 1):
            changed = code[:at] + bytes([code[at] ^ 1]) + code[at + 1 :]
            told(node, "anvil_setCode", address, "0x" + changed.hex())
            with pytest.raises(OtherCodeError, match=f"is not {name} as"):
                manifest.check(node)
        told(node, "anvil_setCode", address, "0x")
        with pytest.raises(NotDeployedError, match=f"where {name} should be"):
            manifest.check(node)
        told(node, "anvil_setCode", address, "0x" + code.hex())
    manifest.check(node)


def test_a_council_that_was_replaced_is_told(council: Council, members: list[object]) -> None:
    chain = Chain.embedded()
    manifest = deploy(chain, council)
    forged = replace(manifest, members=(MEMBER,), threshold=1)
    with pytest.raises(OtherCouncilError):
        forged.check(chain)
    registry = manifest.contract(chain, "CircuitRegistry")
    action = Action(
        chain_id=chain.chain_id,
        contract=registry.address,
        target=registry.address,
        what=what_of("setCouncil", ["address[]", "uint256"], [MEMBER], 1),
        nonce=0,
        deadline=1 << 40,
    )
    signing = sorted(members[1:], key=lambda m: int(m.address, 16))
    sigs = (1 << 40, [m.address for m in signing], [action.signed_by(m) for m in signing])
    registry.transact("setCouncil", [MEMBER], 1, sigs)
    with pytest.raises(OtherCouncilError, match="not the one of the manifest") as caught:
        manifest.check(chain)
    assert f"1 of {MEMBER}" in str(caught.value)
    manifest.check_contracts(chain)
    renewed = manifest.renewed(chain)
    renewed.check(chain)
    assert (renewed.members, renewed.threshold) == ((MEMBER,), 1)


def test_a_contract_names_the_errors_of_the_others(deployed: SimpleNamespace) -> None:
    """UsageGrants reverts with an error of CircuitRegistry's council."""
    grants = deployed.manifest.contract(deployed.chain, "UsageGrants")
    with pytest.raises(RevertError) as caught:
        grants.call("setBoard", MEMBER, True, (0, [], []))
    assert caught.value.name == "TooLate"
    abi = deployed.manifest.contract(deployed.chain, "Settlement").abi
    errors = [signature(entry) for entry in abi if entry["type"] == "error"]
    assert len(errors) == len(set(errors))
    assert {"GrantRevoked()", "ProofRejected(bytes32)", "WrongOpening(uint256)"} <= set(errors)


# Constructors, which may change with the contracts.


@pytest.mark.parametrize(
    "change",
    [
        {"name": "registry_"},
        {"type": "uint256"},
        {"internalType": "contract DataCatalogue"},
        {"internalType": "struct X"},
    ],
)
def test_a_constructor_that_takes_something_else_is_told(
    council: Council, change: dict[str, str]
) -> None:
    contract = exchange_contracts()["Settlement"]
    [constructor] = [entry for entry in contract.abi if entry["type"] == "constructor"]
    [parameter] = constructor["inputs"]
    changed = constructor | {"inputs": [parameter | change]}
    abi = [changed if entry is constructor else entry for entry in contract.abi]
    addresses = addresses_from(MEMBER)
    assert creation_code(contract, addresses, council).endswith(
        bytes.fromhex(addresses["CircuitRegistry"][2:])
    )
    with pytest.raises(ConstructorError, match="The constructor of Settlement takes"):
        creation_code(replace(contract, abi=abi), addresses, council)


@pytest.mark.parametrize(
    ("members", "threshold", "key"),
    [
        ((), 0, 5),
        ((MEMBER,), 0, 5),
        ((MEMBER,), 2, 5),
        ((MEMBER, MEMBER), 1, 5),
        ((MEMBER, MEMBER.lower()), 1, 5),
        (("0x" + "00" * 20,), 1, 5),
        (("0x" + "00" * 19,), 1, 5),
        ((MEMBER[:-1] + "F",), 1, 5),
        ((7,), 1, 5),
        (None, 1, 5),
        ((MEMBER,), 1, 1),
        ((MEMBER,), 1, 0),
        (
            (MEMBER,),
            1,
            21888242871839275222246405745257275088548364400416034343698204186575808495617,
        ),
    ],
)
def test_no_council_is_taken_that_the_contract_would_refuse(
    members: object, threshold: int, key: int
) -> None:
    with pytest.raises(CouncilError):
        Council(members, threshold, key)  # type: ignore[arg-type]


def test_the_members_of_a_council_stand_in_one_order() -> None:
    other = "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"
    council = Council((MEMBER.lower(), other), 1, 5)
    assert council == Council((other, MEMBER), 1, 5)
    assert council.members == (other, MEMBER)
    assert Council.from_json(council.to_json()) == council
    for wrong in (None, {}, council.to_json() | {"auditorKey": 5}, {"members": [MEMBER]}):
        with pytest.raises(CouncilError):
            Council.from_json(wrong)
