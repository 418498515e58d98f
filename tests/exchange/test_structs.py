"""The contracts' structs: their types are those of Structs.sol, and values are checked once."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from eth_abi import encode
from eth_utils import keccak

from zkpipe.exchange import states, structs
from zkpipe.exchange.errors import StructError
from zkpipe.exchange.structs import (
    JobSpec,
    Policy,
    Presentation,
    Record,
    Scheme,
    Segment,
    Sigs,
    Step,
    Struct,
    Terms,
)

SOLIDITY = Path(__file__).parents[2] / "verifier_contracts" / "contracts" / "exchange"
ALL = [Record, Policy, Segment, Terms, Step, JobSpec, Scheme, Presentation, Sigs]
WHO = "0x52908400098527886E0F7030069857D2E4169EE7"
TERMS = Terms(
    board=WHO,
    grantee=WHO,
    payee=WHO,
    lineage=b"\x01" * 32,
    circuit=b"\x02" * 32,
    salt=5,
    price=6,
    expiry=7,
    max_uses=8,
)


def solidity_structs() -> dict[str, list[tuple[str, str]]]:
    """Type and name of each field of each struct of Structs.sol."""
    text = (SOLIDITY / "Structs.sol").read_text()
    found = re.findall(r"^struct (\w+) \{(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    return {name: re.findall(r"^\s+([\w\[\]]+) (\w+);", body, re.MULTILINE) for name, body in found}


def test_there_is_a_struct_here_for_each_of_solidity_s() -> None:
    assert {struct.__name__ for struct in ALL} == set(solidity_structs())


@pytest.mark.parametrize("struct", ALL, ids=lambda struct: struct.__name__)
def test_fields_have_solidity_s_order_names_and_types(struct: type[Struct]) -> None:
    written = solidity_structs()

    def abi(kind: str) -> str:
        base, brackets = re.fullmatch(r"(\w+)((?:\[\d*\])*)", kind).groups()
        if base in written:
            return f"({','.join(abi(k) for k, _ in written[base])}){brackets}"
        return kind

    def python_s(name: str) -> str:
        return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()

    own = written[struct.__name__]
    assert struct.abi() == f"({','.join(abi(kind) for kind, _ in own)})"
    assert [f.name for f in fields(struct)] == [python_s(name) for _, name in own]


def test_numbers_of_states_kinds_levels_and_stages_are_solidity_s() -> None:
    text = (SOLIDITY / "States.sol").read_text()
    written = {n: int(v) for n, v in re.findall(r"^uint8 constant (\w+) = (\d+);", text, re.M)}
    enums = {
        "CIRCUIT": states.CircuitState,
        "LINEAGE": states.LineageState,
        "GRANT": states.GrantState,
        "JOB": states.JobState,
        "TEMPLATE": states.TemplateState,
        "KIND": states.Kind,
    }
    ours = {f"{part}_{m.name}": m.value for part, enum in enums.items() for m in enum}
    assert ours == written
    numbers = [m.value for part, enum in enums.items() if part != "KIND" for m in enum]
    assert len(set(numbers)) == len(numbers)


def test_an_id_is_the_digest_of_what_abi_encode_writes() -> None:
    """Spelt out with eth_abi's own types."""
    numbers = ["uint256", "uint256", "uint128", "uint64", "uint32", "uint32"]
    types = f"({','.join(['address'] * 3 + ['bytes32'] * 3 + numbers)})"
    values = (WHO, WHO, WHO, b"\x01" * 32, b"\x02" * 32, bytes(32), 0, 5, 6, 7, 0, 8)
    whole = encode(["uint256", "address", types], [1337, WHO, values])
    assert TERMS.grant(1337, WHO) == keccak(whole)
    assert TERMS.as_tuple == values


def test_a_scheme_s_word_is_its_digest_shifted() -> None:
    scheme = Scheme(
        lender=WHO, lineages=(b"\x01" * 32,), circuits=(b"\x02" * 32,), doc=b"\x03" * 32
    )
    values = (WHO, [b"\x01" * 32], [b"\x02" * 32], bytes(32), b"\x03" * 32)
    whole = keccak(encode(["(address,bytes32[],bytes32[],bytes32,bytes32)"], [values]))
    assert scheme.word == int.from_bytes(whole, "big") >> 8


@pytest.mark.parametrize("struct", [TERMS, Scheme()], ids=["Terms", "Scheme"])
def test_each_field_changes_the_id(struct: Struct) -> None:
    other = {int: 99, bytes: b"\x99" * 32, str: "0x" + "99" * 20, tuple: (b"\x99" * 32,)}

    def digest(of: Struct) -> bytes:
        return of.grant(1, WHO) if isinstance(of, Terms) else of.word.to_bytes(32, "big")

    ids = {digest(struct)}
    for field in fields(struct):
        value = getattr(struct, field.name)
        ids.add(digest(replace(struct, **{field.name: other[type(value)]})))
    assert len(ids) == 1 + len(fields(struct))


def test_values_become_python_s_own_and_addresses_get_their_checksum() -> None:
    changed = replace(TERMS, board=WHO.lower(), max_uses=np.uint32(3), doc="0x" + "ab" * 32)
    assert changed.board == WHO
    assert type(changed.max_uses) is int
    assert changed.doc == b"\xab" * 32
    assert replace(TERMS, board=WHO.lower()) == TERMS
    spec = JobSpec(
        opener=WHO,
        nonce=1,
        opener_key=2,
        auditor_key=3,
        prove_by=4,
        deliver_by=5,
        steps=[Step(terms=TERMS, submitter=WHO, root=bytes(32))],
    )
    assert type(spec.steps) is tuple
    assert spec.as_tuple[10] == ((TERMS.as_tuple, WHO, bytes(32)),)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("board", "0x12"),
        ("board", "0x52908400098527886E0F7030069857D2E4169Ee7"),  # a wrong checksum
        ("board", None),
        ("lineage", b"\x01" * 31),
        ("lineage", b"\x01" * 33),
        ("lineage", 5),
        ("price", 1 << 128),
        ("price", -1),
        ("price", True),
        ("price", "5"),
        ("price", 5.0),
        ("max_uses", 1 << 32),
        ("expiry", 1 << 64),
    ],
)
def test_what_does_not_fit_is_refused_and_the_field_named(field: str, value: object) -> None:
    with pytest.raises(StructError, match=f"^{field} of a Terms does not fit") as refused:
        replace(TERMS, **{field: value})
    assert str(value) not in refused.value.problem or len(str(value)) < 3


def test_lists_and_structs_within_are_checked() -> None:
    for value in (5, b"\x01" * 32, [b"\x01"], "ab"):
        with pytest.raises(StructError, match="lineages of a Scheme"):
            Scheme(lineages=value)
    with pytest.raises(StructError, match="terms of a Step"):
        Step(terms=TERMS.as_tuple, submitter=WHO, root=bytes(32))
    with pytest.raises(StructError, match="proof of a Segment"):
        Segment(root=bytes(32), circuit=bytes(32), rows=1, units=1, deadline=1, proof=(1,) * 7)


def test_an_id_of_a_record_is_its_own_digest() -> None:
    record = Record(
        verifier=WHO,
        developer=WHO,
        codehash=bytes(32),
        key_digest=bytes(32),
        r1cs_hash=bytes(32),
        source_hash=bytes(32),
        ceremony_hash=bytes(32),
        schema_hash=bytes(32),
        columns=1,
        leak_bits=2,
        shape=3,
        kind=4,
        results=5,
        words=6,
        provenance=7,
        floor_safe=True,
        development=False,
    )
    words = [int(WHO, 16)] * 2 + [0] * 6 + [1, 2, 3, 4, 5, 6, 7, 1, 0]
    assert record.circuit == keccak(b"".join(word.to_bytes(32, "big") for word in words))
    assert structs.NOBODY == "0x" + "0" * 40
