"""EdDSA with MiMC, circomlibjs' own; Schnorr's signatures; and that no two kinds share a nonce."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.accel.edge_values import generator
from tests.circuits.gadgets.curve.refused_signatures import refused
from tests.long_form import IS_LONG
from zkpipe.accel.bn254 import R
from zkpipe.accel.curves.baby_jubjub import COFACTOR, GENERATOR, L, multiply
from zkpipe.circuits import (
    Bool,
    Circuit,
    CompileError,
    ConstraintSystem,
    Field,
    InputError,
    Point,
    Private,
    Public,
    UnsatisfiedError,
    Witness,
    check,
    circuit,
)
from zkpipe.circuits.gadgets import (
    Signature,
    eddsa_mimc_sponge_verify,
    eddsa_mimc_verify,
    eddsa_verify,
    mimc_sponge,
    poseidon,
    poseidon_ex,
    schnorr_verify,
)
from zkpipe.circuits.gadgets.baby_jubjub import (
    PrivateKey,
    schnorr_sign,
    sign,
    sign_mimc,
    sign_mimc_sponge,
)
from zkpipe.circuits.solve.many import solve_many
from zkpipe.circuits.testing import deletions, lies, rejects

CASES = json.loads(
    (Path(__file__).parents[3] / "vectors" / "circomlib" / "eddsa_mimc.json").read_text()
)
Kind = tuple[Callable[..., Signature], Callable[..., Any]]
KINDS: dict[str, Kind] = {
    "poseidon": (sign, eddsa_verify),
    "mimc7": (sign_mimc, eddsa_mimc_verify),
    "mimcsponge": (sign_mimc_sponge, eddsa_mimc_sponge_verify),
    "schnorr": (schnorr_sign, schnorr_verify),
}
NEW = [kind for kind in KINDS if kind != "poseidon"]
ROWS = {"mimc7": 4154, "mimcsponge": 5631, "schnorr": 2655}
KEY = PrivateKey(bytes(range(32)))
PUBLIC = KEY.public_key
LOW_ORDER = [Point(*multiply(GENERATOR, L * i)) for i in range(COFACTOR)]


@cache
def circuit_of(kind: str) -> Circuit:
    verify = KINDS[kind][1]

    @circuit
    def signed(key: Public[Point], signature: Private[Signature], m: Public[Field]) -> Public[Bool]:
        return verify(key, signature, m)

    return signed


@cache
def system_of(kind: str) -> ConstraintSystem:
    return circuit_of(kind).compile()


def in_circuit(kind: str, rows: list[list[int]]) -> list[int | str]:
    """Whether each of key, signature and message holds; where there is no witness a text."""
    outcomes = solve_many(system_of(kind), rows)
    return [int(w.public[0]) if isinstance(w, Witness) else "no witness" for w in outcomes]


def row(key: Point, signature: Signature, message: int) -> list[int]:
    return [key.x, key.y, signature.r.x, signature.r.y, signature.s, message]


@pytest.mark.parametrize("kind", NEW)
def test_the_analysis_proves_them(kind: str) -> None:
    assert system_of(kind).constraint_count == 3 + 314 + ROWS[kind]


@pytest.mark.parametrize("kind", ["mimc7", "mimcsponge"])
def test_the_vectors_of_circomlibjs(kind: str) -> None:
    """40 each: what it signed holds; what was changed does not, low order included, as it does."""
    cases = [case for case in CASES if case["kind"] == kind]
    rows = [[int(x) for x in (*case["pub"], *case["R8"], case["S"], case["msg"])] for case in cases]
    found: Counter[tuple[str, bool]] = Counter()
    for case, given, held in zip(cases, rows, in_circuit(kind, rows), strict=True):
        x, y, r_x, r_y, s, m = given
        try:
            plain = KINDS[kind][1](Point(x, y), Signature(Point(r_x, r_y), s), m)
        except InputError:  # no signature
            plain = False
        assert plain is (held == 1) is case["expected"], case["case"]
        found[case["case"], case["circomlibjs"]] += 1
    assert len(cases) == 40
    taken = {case for (case, is_taken) in found if is_taken}
    assert taken == {"valid", "identity A", "A of order 8"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_holds_for_its_key_message_and_kind_alone(kind: str) -> None:
    signer = KINDS[kind][0]
    other = PrivateKey(b"o" * 32).public_key
    for message in (0, 2**200 + 7):
        made = signer(KEY, message)
        assert made == signer(KEY, message - R if message else 0)
        for name, (_, verify) in KINDS.items():
            assert verify(PUBLIC, made, message) is (name == kind)
        verify = KINDS[kind][1]
        assert verify(PUBLIC, made, (message + 1) % R) is False
        assert verify(other, made, message) is False
        assert verify(PUBLIC, Signature(-made.r, made.s), message) is False
        assert verify(PUBLIC, Signature(made.r, L - made.s), message) is False
        for torsion in LOW_ORDER[1:]:
            assert verify(PUBLIC + torsion, made, message) is False
            assert verify(PUBLIC, Signature(made.r + torsion, made.s), message) is False


@pytest.mark.parametrize("kind", NEW)
def test_random_keys_and_messages_in_circuits(kind: str) -> None:
    draw = generator(61)
    rows, want = [], []
    for _ in range(10_000 if IS_LONG else 20):
        key, m = PrivateKey(draw.randbytes(32)), draw.randrange(R)
        made = KINDS[kind][0](key, m)
        wrong = draw.choice([0, 0, 1, 2, 3])
        public = key.public_key + Point.BASE if wrong == 3 else key.public_key
        forged = Signature(made.r, (made.s + (wrong == 1)) % L)
        rows.append(row(public, forged, (m + (wrong == 2)) % R))
        want.append(int(wrong == 0))
    assert in_circuit(kind, rows) == want


@pytest.mark.skipif(not IS_LONG, reason="minutes each: `make fuzz` takes them")
@pytest.mark.parametrize("kind", NEW)
def test_no_lie_makes_a_signature(kind: str) -> None:
    signer, verify = KINDS[kind]

    @circuit
    def signed(key: Public[Point], signature: Private[Signature], m: Public[Field]) -> None:
        check(verify(key, signature, m), "not signed")

    made = signer(KEY, 7)
    good = {"key": PUBLIC, "signature": made, "m": 7}
    rejected = [
        {**good, "m": 8},
        {**good, "key": PUBLIC + Point.BASE},
        {**good, "key": LOW_ORDER[3], "signature": Signature(Point.BASE * 77, 77)},
        {**good, "signature": Signature(made.r, made.s ^ 1)},
        {**good, "signature": Signature(made.r + LOW_ORDER[3], made.s)},
    ]
    lies(signed, good)
    for inputs in rejected:
        rejects(signed, inputs, "not signed")


@pytest.mark.skipif(not IS_LONG, reason="half an hour each: `make fuzz` takes them")
@pytest.mark.parametrize("kind", NEW)
def test_the_deletion_of_a_row_of_a_signature_is_noticed(kind: str) -> None:
    """All rows, up to 5,000; of more, 500."""
    made = KINDS[kind][0](KEY, 7)
    good = {"key": PUBLIC, "signature": made, "m": 7}
    told = [
        good,
        {**good, "m": 8},
        {**good, "key": LOW_ORDER[3], "signature": Signature(Point.BASE * 77, 77)},
        {**good, "signature": Signature(made.r + LOW_ORDER[3], made.s)},
    ]
    without_witness = [
        {**good, "key": key, "signature": signature}
        for key, signature, _ in refused(PUBLIC, made.r, made.s)
    ]
    sample = None if system_of(kind).constraint_count <= 5_000 else 500
    deletions(circuit_of(kind), told, without_witness, sample=sample)


@pytest.mark.parametrize("kind", NEW)
def test_keys_of_low_order_have_no_signature(kind: str) -> None:
    forged = Signature(Point.BASE * 77, 77)
    assert [KINDS[kind][1](key, forged, 5) for key in LOW_ORDER] == [False] * 8
    assert in_circuit(kind, [row(key, forged, 5) for key in LOW_ORDER]) == [0] * 8


@pytest.mark.parametrize("kind", NEW)
def test_a_second_signature_of_a_first_has_no_witness(kind: str) -> None:
    made = next(s for m in range(400) if (s := KINDS[kind][0](KEY, m)).s + L < 1 << 251)
    given = {"key": PUBLIC, "signature": {"r": made.r, "s": made.s + L}, "m": 0}
    with pytest.raises(InputError, match="not below the order of the subgroup"):
        system_of(kind).solve(**given)
    (found,) = solve_many(system_of(kind), [[*row(PUBLIC, made, 0)[:4], made.s + L, 0]])
    assert isinstance(found, UnsatisfiedError)


def test_schnorrs_hash_is_of_the_point_the_key_and_the_message() -> None:
    """s B = R + 8 c A with the c that the module says, by the definition."""
    made = schnorr_sign(KEY, 7)
    tag = int.from_bytes(b"zkpipe.schnorr", "big")
    c = poseidon_ex([made.r.x, made.r.y, PUBLIC.x, PUBLIC.y, 7], tag, 1)[0]
    assert Point.BASE * made.s == made.r + PUBLIC * (8 * c)


def test_mimcs_hash_is_circomlibs() -> None:
    made = sign_mimc_sponge(KEY, 7)
    h = mimc_sponge([made.r.x, made.r.y, PUBLIC.x, PUBLIC.y, 7], 0, 1)[0]
    assert Point.BASE * made.s == made.r + PUBLIC * (8 * h)


def test_a_known_vector_of_schnorr() -> None:
    """Ours, so that what is signed today holds tomorrow."""
    made = schnorr_sign(KEY, 7)
    assert (made.r.x, made.r.y, made.s) == (
        2536091859774260627596648779248032331345062485917416120887526733643502463638,
        6262281634177945578141721021283718479198656750599327214115111156057637257421,
        2440654435797112619710014952524394789913706805283198599246066693091153703683,
    )


def test_no_two_kinds_have_a_nonce_in_common() -> None:
    """For one message, or one key would follow from two signatures."""
    for message in (0, 7, R - 1):
        assert len({signer(KEY, message).r.x for signer, _ in KINDS.values()}) == len(KINDS)


def test_circomlibjs_has_one_nonce_for_all_kinds_which_tells_the_key() -> None:
    """Why ours differ: S - S' = (h - h') s, of its own numbers."""
    case = next(c for c in CASES if c["kind"] == "mimcsponge" and c["case"] == "valid")
    key = PrivateKey(bytes.fromhex(case["sk"]))
    public, m = key.public_key, int(case["msg"])
    with_poseidon = sign(key, m)  # as circomlibjs signs
    r = with_poseidon.r
    assert [str(r.x), str(r.y)] == case["R8"]
    hashed = [r.x, r.y, public.x, public.y, m]
    difference = mimc_sponge(hashed, 0, 1)[0] - poseidon(hashed)
    told = (int(case["S"]) - with_poseidon.s) * pow(8 * difference, -1, L) % L
    assert Point.BASE * told == public


@pytest.mark.parametrize("kind", NEW)
@pytest.mark.parametrize("given", [(PUBLIC, PUBLIC), (5, None), (None, (PUBLIC, 1))])
def test_other_things_are_refused(kind: str, given: tuple[Any, Any]) -> None:
    signer, verify = KINDS[kind]
    with pytest.raises(InputError, match=r"public_key|signature"):
        verify(*given, 1)
    with pytest.raises(InputError, match="private_key"):
        signer(given[0], 1)
    with pytest.raises(InputError, match="message"):
        signer(KEY, R)

    @circuit
    def wrong(m: Private[Field]) -> Public[Bool]:
        return verify(*given, m)

    with pytest.raises(CompileError):
        wrong.compile()
