"""What the prover's public functions are given: the objects they take, or a sentence."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.doors import Door, all_faults, public_callables
from tests.zoo import Column
from zkpipe.accel.bn254 import BN254, R
from zkpipe.circuits import Private, Public, UInt, Witness, circuit
from zkpipe.ground.errors import KindError, RangeError
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.sizes import allowed, needed, size_of_text
from zkpipe.prover import (
    DEVELOPMENT,
    Proof,
    ProvingKey,
    VerifyingKey,
    load_public,
    precompute,
    prepare_key,
    prove,
    prove_batch,
    remove_prepared,
    save_public,
    setup,
    setup_to_file,
    verify,
    verify_batch,
)
from zkpipe.prover.errors import ProofError, WitnessError

PATHS = ("digits",)  # a text that may be a path
COUNTS = ("None", "enum", "np.uint8", "0-d", "odd number")
PLACES = ("enum", "np.uint8", "np.uint64", "0-d", "odd number", "r", "huge")
SIZES = ("None", "np.uint64", "r", "huge")
ENDS = ("None", *PLACES)
ARRAYS = ("array", "array in steps", "big-endian array", "array of Python")
TWO = ("deque", "column", "named tuple", "user's list", *ARRAYS)  # two integers in their order
EMPTY = ("empty list", "empty tuple", "empty array")
ANY = (*EMPTY, *TWO)


@circuit
def square(x: Private[UInt[8]], y: Public[UInt[8]]) -> Public[UInt[16]]:
    return x * x + y


@pytest.fixture(scope="module")
def proven() -> tuple[ProvingKey, Witness, Proof]:
    """Of 3 squared and 4, with two public values: 13 and 4."""
    system = square.compile()
    key, witness = setup(system, DEVELOPMENT), system.solve(x=3, y=4)
    return key, witness, prove(key, witness)


@pytest.fixture(scope="module")
def doors(
    proven: tuple[ProvingKey, Witness, Proof], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Door]:
    """Each function with what it takes."""
    folder = tmp_path_factory.mktemp("doors")
    system = square.compile()
    key, witness, proof = proven
    verifying, public = key.verifying_key, [13, 4]
    names = {}
    for name, value in (("key.zkey", key), ("vkey.json", verifying), ("proof.json", proof)):
        names[name] = folder / name
        value.save(names[name])
    save_public(folder / "public.json", public)
    parts = {f.name: getattr(key, f.name) for f in fields(ProvingKey)}
    return {
        "Proof": Door(Proof, (proof.a, proof.b, proof.c, BN254)),
        "Proof.save": Door(proof.save, (folder / "p",), takes={0: PATHS}),
        "Proof.load": Door(Proof.load, (names["proof.json"],)),
        "VerifyingKey": Door(
            VerifyingKey,
            (verifying.alpha, verifying.beta, verifying.gamma, verifying.delta, verifying.ic, True),
            {"curve": BN254},
            takes={5: ("True",)},
        ),
        "VerifyingKey.save": Door(verifying.save, (folder / "v",), takes={0: PATHS}),
        "VerifyingKey.load": Door(VerifyingKey.load, (names["vkey.json"],)),
        "ProvingKey": Door(
            ProvingKey,
            (),
            parts,
            takes={"development": ("True",), "public_names": ("None",), "circuit": ("None",)},
        ),
        "ProvingKey.save": Door(key.save, (folder / "k",), takes={0: PATHS}),
        "ProvingKey.load": Door(ProvingKey.load, (names["key.zkey"],)),
        "ProvingKey.rows": Door(key.rows, ("a_query", 0, None), takes={1: PLACES, 2: ENDS}),
        "ProvingKey.length": Door(key.length, ("a_query",)),
        "setup": Door(setup, (system, DEVELOPMENT, BN254)),
        "setup_to_file": Door(setup_to_file, (system, DEVELOPMENT, folder / "s"), takes={2: PATHS}),
        "prove": Door(prove, (key, witness), {"max_memory": 10**9}, {"max_memory": SIZES}),
        "prove_batch": Door(prove_batch, (key, [witness]), takes={1: EMPTY}),
        "precompute": Door(precompute, (key,), {"max_memory": 10**9}, {"max_memory": SIZES}),
        "prepare_key": Door(prepare_key, (names["key.zkey"],)),
        "remove_prepared": Door(remove_prepared, (names["key.zkey"],)),
        "verify": Door(verify, (verifying, proof, public), takes={2: TWO}),
        "verify_batch": Door(verify_batch, (verifying, [proof], [public])),
        "load_public": Door(
            load_public,
            (folder / "public.json",),
            {"count": 2},
            {"count": COUNTS},
        ),
        "save_public": Door(
            save_public,
            (folder / "q", public),
            takes={0: PATHS, 1: ANY},
        ),
    }


def test_every_function_has_a_door(doors: Mapping[str, Door]) -> None:
    readers = {"ProvingKey.stored"}  # of a file whose parts the reader has checked
    enums = {"Provenance"}  # Python's own
    assert set(doors) == public_callables("zkpipe.prover") - readers - enums


def test_only_our_errors_come_out(
    doors: Mapping[str, Door], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not all_faults(doors, tmp_path, monkeypatch)


# --- the rule for public values, path by path


@pytest.mark.parametrize(
    "public",
    [
        (13, 4),
        [np.int64(13), np.uint8(4)],
        np.array([13, 4], np.uint8),
        np.array([13, 4], object),
        Column([13, 4]),
        deque([13, 4]),
    ],
    ids=lambda public: type(public).__name__,
)
def test_public_values_are_whole_numbers_in_a_list_or_an_array(
    proven: tuple[ProvingKey, Witness, Proof], public: Any, tmp_path: Path
) -> None:
    key, _, proof = proven
    assert verify(key.verifying_key, proof, public)
    assert verify_batch(key.verifying_key, [proof], [public]) == [True]
    save_public(tmp_path / "public.json", public)
    assert load_public(tmp_path / "public.json") == [13, 4]


@pytest.mark.parametrize(
    "public",
    [{13, 4}, {13: 4}, b"\x0d\x04", "13", iter([13, 4]), [13.0, 4], ["13", "4"], [13 + R, 4], True],
    ids=lambda public: f"{type(public).__name__}",
)
def test_other_public_values_are_refused_by_all(
    proven: tuple[ProvingKey, Witness, Proof], public: Any, tmp_path: Path
) -> None:
    key, _, proof = proven
    with pytest.raises((RangeError, ProofError)):
        verify(key.verifying_key, proof, public)
    with pytest.raises((RangeError, ProofError)):
        verify_batch(key.verifying_key, [proof], [public])
    with pytest.raises(RangeError):
        save_public(tmp_path / "public.json", public)
    assert not (tmp_path / "public.json").exists()


@pytest.mark.parametrize("spelt", [tuple, deque, Column, lambda x: np.array(x, object)])
def test_a_batch_is_two_lists_of_any_kind(
    proven: tuple[ProvingKey, Witness, Proof], spelt: Any
) -> None:
    key, _, proof = proven
    publics = np.array([[13, 4], [13, 5]], np.uint8)
    for given in (publics, spelt([[13, 4], [13, 5]])):
        assert verify_batch(key.verifying_key, spelt([proof, proof]), given) == [True, False]


def test_swapped_arguments_are_told(proven: tuple[ProvingKey, Witness, Proof]) -> None:
    key, witness, proof = proven
    with pytest.raises(WitnessError, match="was given a Witness and a ProvingKey"):
        prove(witness, key)  # type: ignore[arg-type]
    with pytest.raises(ProofError, match="was given a Proof and a VerifyingKey"):
        verify(proof, key.verifying_key, [13, 4])  # type: ignore[arg-type]


# --- amounts of memory


@pytest.mark.parametrize("most", [10**9, "1G", "1000M", "1gb", np.int64(10**9)])
def test_memory_is_a_number_of_bytes_or_a_text_as_of_the_command(
    proven: tuple[ProvingKey, Witness, Proof], most: Any
) -> None:
    key, witness, _ = proven
    assert verify(key.verifying_key, prove(key, witness, most), witness.public)
    precompute(key, most)


@pytest.mark.parametrize("most", ["1 gigabyte", "", "-1", "1e9", -1, 1e9, True, None.__class__])
def test_no_other_amount_of_memory_is_taken(
    proven: tuple[ProvingKey, Witness, Proof], most: Any
) -> None:
    key, witness, _ = proven
    with pytest.raises(KindError, match="an amount of memory"):
        prove(key, witness, most)
    with pytest.raises(KindError, match="an amount of memory"):
        precompute(key, most)


@pytest.mark.parametrize("size", [1, 999_999, 1_000_001, 1_310_720, 1_049_999, 10**9 + 1])
@pytest.mark.parametrize("less", [1, 1000, 100_000, 1_000_000])
def test_what_is_needed_never_reads_as_what_is_allowed(size: int, less: int) -> None:
    """Rounded to whole megabytes, 1.3 needed and 1.2 allowed both were 1."""
    assert needed(size) != allowed(max(size - less, 0))
    assert size_of_text(needed(size).replace(" ", "").replace(",", "")) >= size  # type: ignore[operator]


def test_the_amount_that_a_message_names_is_enough(
    proven: tuple[ProvingKey, Witness, Proof],
) -> None:
    key, witness, _ = proven
    with pytest.raises(RangeError, match="takes at least") as caught:
        prove(key, witness, "1M")
    least = caught.value.problem.split("at least ")[1].split(" MB")[0]
    prove(key, witness, f"{least}M")


# --- advice


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        (0.4, "number of units"),
        (np.float32(0.5), "number of units"),
        (Fraction(2, 5), "number of units"),
        (Decimal("0.4"), "number of units"),
        ("4", "load_public"),
        (-4, "add the field's order r"),
        (4 + R, "below the field's order r"),
        (True, "below the field's order r"),
        (None, "below the field's order r"),
    ],
    ids=repr,
)
def test_a_public_value_that_is_refused_comes_with_advice(
    proven: tuple[ProvingKey, Witness, Proof], value: Any, advice: str
) -> None:
    key, _, proof = proven
    with pytest.raises(RangeError, match=r"^Public value `\w+`") as caught:
        verify(key.verifying_key, proof, [13, value])
    assert advice in caught.value.fix
    nameless = replace(key.verifying_key, public_names=None)
    with pytest.raises(RangeError, match="Public value 1, counted from 0, is not"):
        verify(nameless, proof, [13, value])


def test_a_setup_without_a_source_says_what_to_give() -> None:
    for source in ((), (None,), (7,)):
        with pytest.raises(RangeError, match="setup") as caught:
            setup(square.compile(), *source)  # type: ignore[call-overload]
        assert "zkpipe.DEVELOPMENT" in caught.value.fix
    with pytest.raises(FileError, match="dev cannot be read"):
        setup(square.compile(), "dev")
