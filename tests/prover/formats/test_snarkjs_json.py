from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.circuits.formats.hostile_files import assert_refused
from tests.prover.formats.key_material import g1, g2, torsion_point, twist_point_outside_g2
from zkpipe.accel.bn254 import P, R
from zkpipe.ground.errors import FormatError, RangeError, ZkpipeError
from zkpipe.prover import Proof, VerifyingKey, load_public, save_public
from zkpipe.prover.errors import InsecureKeyError, ProofError

VECTORS = Path(__file__).parents[2] / "vectors" / "formats"
PROOF = json.loads((VECTORS / "proof.json").read_text())
KEY = json.loads((VECTORS / "verification_key.json").read_text())
PUBLIC = json.loads((VECTORS / "public.json").read_text())

Change = Callable[[Any], object]


def put(*path: str | int, value: object) -> Change:
    """Set a value inside a JSON value."""

    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


def drop(*path: str | int) -> Change:
    """Remove a value from inside a JSON value."""

    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return change


def plus_p(*path: str | int) -> Change:
    """Add p to a coordinate: another form of the same value."""

    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = str(int(document[path[-1]]) + P)

    return change


def changed(document: object, change: Change) -> bytes:
    other = copy.deepcopy(document)
    change(other)
    return json.dumps(other).encode()


def g1_json(point: tuple[int, int]) -> list[str]:
    return [str(point[0]), str(point[1]), "1"]


def g2_json(point: tuple[tuple[int, int], tuple[int, int]]) -> list[list[str]]:
    return [[str(v) for v in point[0]], [str(v) for v in point[1]], ["1", "0"]]


BAD_NUMBERS: list[object] = [
    "", "-1", "+1", " 1", "1 ", "01", "0x1", "1e3", "1_0", "1.0", "١٢", "1" * 79, 5, True, None,
    ["1"], {}, "one",
]  # fmt: skip

BAD_PROOFS: dict[str, tuple[Change, type[ZkpipeError]]] = {
    **{
        f"{name} missing": (drop(name), FormatError)
        for name in ("pi_a", "pi_b", "pi_c", "protocol")
    },
    "another protocol": (put("protocol", value="plonk"), FormatError),
    "no protocol name": (put("protocol", value=1), FormatError),
    "another curve": (put("curve", value="bls12381"), FormatError),
    "the curve in capitals": (put("curve", value="BN128"), FormatError),
    "the curve null": (put("curve", value=None), FormatError),
    "a field more": (put("extra", value=1), FormatError),
    **{
        f"a coordinate {value!a}": (put("pi_a", 0, value=value), FormatError)
        for value in BAD_NUMBERS
    },
    "A.x in hexadecimal": (put("pi_a", 0, value=hex(int(PROOF["pi_a"][0]))), FormatError),
    "A with two coordinates": (drop("pi_a", 2), FormatError),
    "A with four coordinates": (put("pi_a", value=[*PROOF["pi_a"], "1"]), FormatError),
    "A an object": (put("pi_a", value={"x": "1"}), FormatError),
    "A with z = 2": (put("pi_a", 2, value="2"), FormatError),
    "A with z = 1 as a number": (put("pi_a", 2, value=1), FormatError),
    "A infinity": (put("pi_a", value=["0", "1", "0"]), FormatError),
    "B infinity": (put("pi_b", value=[["0", "0"], ["1", "0"], ["0", "0"]]), FormatError),
    "B with z = u": (put("pi_b", 2, value=["0", "1"]), FormatError),
    "B with three parts": (put("pi_b", 0, value=["1", "2", "3"]), FormatError),
    "B with coordinates of Fp": (put("pi_b", 0, value="1"), FormatError),
    "C infinity": (put("pi_c", value=["0", "1", "0"]), FormatError),
    "A zero": (put("pi_a", value=["0", "0", "1"]), ProofError),
    "B zero": (put("pi_b", value=[["0", "0"], ["0", "0"], ["1", "0"]]), ProofError),
    "C zero": (put("pi_c", value=["0", "0", "1"]), ProofError),
    "A.x plus p": (plus_p("pi_a", 0), ProofError),
    "A.y plus p": (plus_p("pi_a", 1), ProofError),
    "B.x0 plus p": (plus_p("pi_b", 0, 0), ProofError),
    "B.x1 plus p": (plus_p("pi_b", 0, 1), ProofError),
    "B.y0 plus p": (plus_p("pi_b", 1, 0), ProofError),
    "B.y1 plus p": (plus_p("pi_b", 1, 1), ProofError),
    "C.x plus p": (plus_p("pi_c", 0), ProofError),
    "C.y plus p": (plus_p("pi_c", 1), ProofError),
    "A off the curve": (put("pi_a", 1, value="5"), ProofError),
    "C off the curve": (put("pi_c", 0, value="5"), ProofError),
    "B off the curve": (put("pi_b", 0, 1, value="5"), ProofError),
    "B with its parts exchanged": (put("pi_b", 0, value=PROOF["pi_b"][0][::-1]), ProofError),
    "B outside the group": (
        put("pi_b", value=g2_json(twist_point_outside_g2(1))),
        ProofError,
    ),
    "B of the cofactor's order": (put("pi_b", value=g2_json(torsion_point(2))), ProofError),
}

BAD_KEYS: dict[str, tuple[Change, type[ZkpipeError]]] = {
    **{
        f"{name} missing": (drop(name), FormatError)
        for name in ("protocol", "nPublic", "vk_alpha_1", "vk_beta_2", "vk_gamma_2", "IC")
    },
    "another protocol": (put("protocol", value="fflonk"), FormatError),
    "another curve": (put("curve", value="bn254"), FormatError),
    "a field more": (put("vk_extra", value=1), FormatError),
    "nPublic one more": (put("nPublic", value=3), FormatError),
    "nPublic one less": (put("nPublic", value=1), FormatError),
    "nPublic true": (put("nPublic", value=True), FormatError),
    "nPublic text": (put("nPublic", value="2"), FormatError),
    "nPublic negative": (put("nPublic", value=-1), FormatError),
    "IC one longer": (put("IC", value=[*KEY["IC"], g1_json(g1(77))]), FormatError),
    "IC one shorter": (drop("IC", 2), FormatError),
    "no IC, and nPublic -1": (
        lambda key: key.update(IC=[], nPublic=-1),
        InsecureKeyError,
    ),
    "IC no list": (put("IC", value="points"), FormatError),
    "IC[0] infinity": (put("IC", 0, value=["0", "1", "0"]), FormatError),
    "IC[1].x plus p": (plus_p("IC", 1, 0), InsecureKeyError),
    "IC[2] equal to IC[1]": (put("IC", 2, value=KEY["IC"][1]), InsecureKeyError),
    "alpha off the curve": (put("vk_alpha_1", 0, value="5"), InsecureKeyError),
    "beta outside the group": (put("vk_beta_2", value=g2_json(torsion_point(1))), InsecureKeyError),
    "delta the generator": (put("vk_delta_2", value=g2_json(g2(1))), InsecureKeyError),
    "delta minus gamma": (put("vk_delta_2", value=g2_json(g2(-1))), InsecureKeyError),
    "gamma equal to delta": (put("vk_gamma_2", value=KEY["vk_delta_2"]), InsecureKeyError),
    "alphabeta a number": (put("vk_alphabeta_12", value=1), FormatError),
    "alphabeta too short": (drop("vk_alphabeta_12", 1), FormatError),
    "alphabeta no digits": (put("vk_alphabeta_12", 1, 2, 1, value="x"), FormatError),
    "gamma null": (put("vk_gamma_2", value=None), FormatError),
    "the mark of development no truth value": (put("zkpipe_development", value=1), FormatError),
}

BAD_TEXTS = {
    "empty": b"",
    "no object": b"[1, 2]",
    "a number": b"12",
    "null": b"null",
    "cut short": json.dumps(PROOF).encode()[:-1],
    "nested deep": b'{"pi_a":' * 100000,
    "huge integer": b'{"nPublic": ' + b"9" * 100000 + b"}",
    "a name twice": b'{"protocol": "groth16", "protocol": "groth16"}',
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("name", BAD_PROOFS)
def test_a_bad_proof_is_refused(tmp_path: Path, name: str) -> None:
    change, kind = BAD_PROOFS[name]
    error = assert_refused(Proof.load, tmp_path / "proof.json", name, changed(PROOF, change))
    assert type(error) is kind


@pytest.mark.parametrize("name", BAD_KEYS)
def test_a_bad_verifying_key_is_refused(tmp_path: Path, name: str) -> None:
    change, kind = BAD_KEYS[name]
    error = assert_refused(VerifyingKey.load, tmp_path / "vkey.json", name, changed(KEY, change))
    assert type(error) is kind


@pytest.mark.parametrize("name", BAD_TEXTS)
@pytest.mark.parametrize("load", [Proof.load, VerifyingKey.load])
def test_a_text_that_is_no_such_object_is_refused(
    tmp_path: Path, load: Callable[[Path], object], name: str
) -> None:
    assert isinstance(assert_refused(load, tmp_path / "a", name, BAD_TEXTS[name]), FormatError)


def test_reads_the_proof_that_snarkjs_made_and_writes_it_back(tmp_path: Path) -> None:
    proof = Proof.load(VECTORS / "proof.json")
    assert g1_json(proof.a) == PROOF["pi_a"]
    assert g2_json(proof.b) == PROOF["pi_b"]
    assert g1_json(proof.c) == PROOF["pi_c"]
    proof.save(tmp_path / "proof.json")
    assert json.loads((tmp_path / "proof.json").read_text()) == PROOF


def test_a_proof_without_the_name_of_its_curve_is_read_as_rapidsnark_writes_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "proof.json").write_bytes(changed(PROOF, drop("curve")))
    assert Proof.load(tmp_path / "proof.json") == Proof.load(VECTORS / "proof.json")


def test_proofs_made_from_a_proof_are_proofs_too() -> None:
    """P1: (-A, -B, C) has right points; that it verifies by design is why bytes are no id."""
    assert Proof(g1(-5), g2(-7), g1(9)) != Proof(g1(5), g2(7), g1(9))


def test_reads_the_key_that_snarkjs_exported_and_writes_it_back(tmp_path: Path) -> None:
    key = VerifyingKey.load(VECTORS / "verification_key.json")
    assert key.public_count == KEY["nPublic"] == 2
    key.save(tmp_path / "vkey.json")
    written = json.loads((tmp_path / "vkey.json").read_text())
    assert written == {name: KEY[name] for name in KEY if name != "vk_alphabeta_12"}
    assert VerifyingKey.load(tmp_path / "vkey.json") == key


def test_a_development_key_carries_its_mark(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(changed(KEY, put("zkpipe_development", value=True)))
    key = VerifyingKey.load(tmp_path / "a.json")
    assert key.development
    key.save(tmp_path / "b.json")
    assert json.loads((tmp_path / "b.json").read_text())["zkpipe_development"] is True
    assert VerifyingKey.load(tmp_path / "b.json").development


@pytest.mark.parametrize("load", [Proof.load, VerifyingKey.load, load_public])
def test_mutated_texts_are_refused_or_read(tmp_path: Path, load: Callable[[Path], object]) -> None:
    name = {Proof.load: "proof", VerifyingKey.load: "verification_key", load_public: "public"}[load]
    data = (VECTORS / f"{name}.json").read_bytes()
    rng = random.Random(5)  # noqa: S311 - test data that must come back the same
    path = tmp_path / "a.json"
    refused = 0
    for _ in range(300):
        text = bytearray(data)
        for _ in range(rng.randint(1, 3)):
            text[rng.randrange(len(text))] = rng.choice(b'0123456789"[]{},:ab\\ \xff\0')
        path.write_bytes(bytes(text))
        try:
            load(path)
        except ZkpipeError:
            refused += 1
    assert refused > 100


@pytest.mark.parametrize("name", ["proof", "verification_key", "public"])
def test_every_truncation_is_refused(tmp_path: Path, name: str) -> None:
    load: dict[str, Callable[[Path], object]] = {
        "proof": Proof.load,
        "verification_key": VerifyingKey.load,
        "public": load_public,
    }
    data = (VECTORS / f"{name}.json").read_bytes().rstrip()
    for size in range(len(data)):
        assert_refused(load[name], tmp_path / "a.json", f"{size} bytes", data[:size])


def test_public_values_come_back(tmp_path: Path) -> None:
    for values in ([], [0], [R - 1, 0, 1, 2**200]):
        save_public(tmp_path / "public.json", values)
        assert load_public(tmp_path / "public.json") == values
    assert load_public(VECTORS / "public.json") == [int(text) for text in PUBLIC]


@pytest.mark.parametrize("value", [R, R + 1, 5 * R + 3, P, 2**256 - 1])
@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_public_value_not_below_r_is_refused(tmp_path: Path, value: int, index: int) -> None:
    texts = ["1", "2", "3"]
    texts[index] = str(value)
    data = json.dumps(texts).encode()
    error = assert_refused(load_public, tmp_path / "public.json", str(value), data)
    assert isinstance(error, RangeError)
    assert f"value {index}, " in error.problem


@pytest.mark.parametrize("value", BAD_NUMBERS, ids=ascii)
def test_a_public_value_that_is_no_decimal_string_is_refused(tmp_path: Path, value: object) -> None:
    data = json.dumps(["1", value]).encode()
    assert_refused(load_public, tmp_path / "public.json", repr(value), data)


@pytest.mark.parametrize("text", [b"", b"{}", b'"1"', b"1", b"null", b'["1"', b'["1"] ["2"]'])
def test_public_values_that_are_no_list_are_refused(tmp_path: Path, text: bytes) -> None:
    assert_refused(load_public, tmp_path / "public.json", repr(text), text)


@pytest.mark.parametrize("value", [-1, R, 1.0, True, "1", None])
def test_a_public_value_out_of_the_field_is_not_written(tmp_path: Path, value: Any) -> None:
    with pytest.raises(RangeError):
        save_public(tmp_path / "public.json", [1, value])
    assert list(tmp_path.iterdir()) == []


KINDS: dict[str, Callable[[Path], object]] = {
    "proof": Proof.load,
    "verification_key": VerifyingKey.load,
    "public": load_public,
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_file_of_another_kind_is_told_for_what_it_is(name: str, other: str) -> None:
    if name != other:
        with pytest.raises(FormatError, match=r"\.json is a .*, not a") as caught:
            KINDS[name](VECTORS / f"{other}.json")
        reader = {"proof": "Proof.load", "verification_key": "VerifyingKey.load"}
        assert reader.get(other, "load_public") in caught.value.fix


def test_inputs_are_no_public_values(tmp_path: Path) -> None:
    (tmp_path / "input.json").write_text('{"income": 0.5}')
    error = assert_refused(load_public, tmp_path / "input.json", "inputs", b'{"income": 0.5}')
    assert "not a list of public values" in error.problem


def test_a_proving_key_is_told_with_the_way_to_its_verifying_key(tmp_path: Path) -> None:
    for rest in (bytes(8), b"\xff" * 100, b"[" * 1000):
        (tmp_path / "a.zkey").write_bytes(b"zkey" + rest)
        with pytest.raises(FormatError, match="is a proving key") as caught:
            VerifyingKey.load(tmp_path / "a.zkey")
        assert "verifying_key" in caught.value.fix
        with pytest.raises(FormatError, match="is a proving key"):
            Proof.load(tmp_path / "a.zkey")


@pytest.mark.parametrize("value", [0.4, 1638, "1638.0", "-1", "01", None])
def test_the_advice_for_a_public_value_is_to_write_it_as_a_string(
    tmp_path: Path, value: object
) -> None:
    data = json.dumps(["1", value]).encode()
    error = assert_refused(load_public, tmp_path / "public.json", repr(value), data)
    assert "Public value 1, counted from 0, is not a string" in error.problem
    assert error.fix.startswith('Write it as such a string: "1638".')
    assert ("number of units" in error.fix) == isinstance(value, float)
