"""Batches (class P13): each proof is judged as `verify` judges it; two wrong ones make no right.

What a batch adds to a single verification are its random numbers: that they are large enough, never
0, and drawn when proofs and public values can no longer change.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from py_ecc import optimized_bn128 as bn128

import zkpipe.prover.groth16.verify_batch as batches
from tests.oracles import pairings
from tests.prover.formats.key_material import from_py_ecc, g1, g2, to_py_ecc
from tests.prover.groth16.conftest import Proven
from tests.prover.groth16.statements import no_public_values, one_constraint, sum_of_powers
from zkpipe.accel.bn254 import BN254, P, R
from zkpipe.accel.curves.pairing import one_of_fp12
from zkpipe.accel.fields.limbs import from_montgomery
from zkpipe.ground.errors import RangeError
from zkpipe.prover import DEVELOPMENT, Proof, ProvingKey, prove, setup, verify, verify_batch
from zkpipe.prover.errors import ProofError
from zkpipe.prover.points import g1_words

COUNT = 9  # one more than lanes


@pytest.fixture(scope="module")
def proofs(proven: Proven) -> tuple[Proof, ...]:
    """COUNT proofs of one statement, all different."""
    return tuple(prove(proven.key, proven.statement.witness) for _ in range(COUNT))


def moved(proof: Proof, step: int) -> Proof:
    """The proof with C + [step] G."""
    x, y = bn128.normalize(bn128.add(to_py_ecc(proof.c), to_py_ecc(g1(step))))
    return Proof(proof.a, proof.b, (int(x), int(y)))


def negated(proof: Proof) -> Proof:
    """Another proof of the same statement: (-A, -B, C)."""
    x, y = proof.a
    return Proof((x, P - y), from_py_ecc(bn128.neg(to_py_ecc(proof.b))), proof.c)


# --- answers


def test_a_batch_of_right_proofs_is_all_true(proven: Proven, proofs: tuple[Proof, ...]) -> None:
    for n in range(1, COUNT + 1):
        assert verify_batch(proven.verifying_key, proofs[:n], [proven.public] * n) == [True] * n


def test_an_empty_batch_has_no_answers(proven: Proven) -> None:
    assert verify_batch(proven.verifying_key, [], []) == []
    assert verify_batch(proven.verifying_key, (), ()) == []


@pytest.mark.parametrize("place", range(COUNT))
@pytest.mark.parametrize("part", ["public", "C"])
def test_one_wrong_proof_is_named_at_every_place(
    proven: Proven, proofs: tuple[Proof, ...], place: int, part: str
) -> None:
    batch, publics = list(proofs), [list(proven.public) for _ in proofs]
    if part == "public":
        publics[place][1] += 1
    else:
        batch[place] = moved(batch[place], 5)
    expected = [i != place for i in range(COUNT)]
    assert verify_batch(proven.verifying_key, batch, publics) == expected


@pytest.mark.parametrize("places", [(0, 1), (0, 8), (3, 4), (2, 7)])
def test_two_wrong_proofs_that_make_up_for_each_other_are_both_named(
    proven: Proven, proofs: tuple[Proof, ...], places: tuple[int, int]
) -> None:
    """C_i + D and C_j - D: with equal coefficients their errors cancel."""
    i, j = places
    batch, step = list(proofs), 3**100
    batch[i], batch[j] = moved(batch[i], step), moved(batch[j], -step)
    expected = [k not in places for k in range(COUNT)]
    assert verify_batch(proven.verifying_key, batch, [proven.public] * COUNT) == expected


def test_with_equal_coefficients_they_would_pass(
    monkeypatch: pytest.MonkeyPatch, proven: Proven, proofs: tuple[Proof, ...]
) -> None:
    """A control: what refuses them is that the coefficients are random."""
    monkeypatch.setattr(secrets, "token_bytes", bytes)
    batch = [moved(proofs[0], 7), moved(proofs[1], -7), proofs[2]]
    assert verify_batch(proven.verifying_key, batch, [proven.public] * 3) == [True] * 3


def test_public_values_that_were_exchanged_are_both_named() -> None:
    """The sums over a batch of public values stay the same."""
    statement = one_constraint()
    key = setup(statement.system, DEVELOPMENT)
    made = [prove(key, statement.witness_of([1, root * root, root])) for root in (2, 3, 4)]
    assert verify_batch(key.verifying_key, made, [[4], [9], [16]]) == [True] * 3
    assert verify_batch(key.verifying_key, made, [[9], [4], [16]]) == [False, False, True]
    assert verify_batch(key.verifying_key, made, [[5], [8], [16]]) == [False, False, True]


def test_all_proofs_wrong_are_all_named(proven: Proven, proofs: tuple[Proof, ...]) -> None:
    publics = [[value + 1 for value in proven.public]] * COUNT
    assert verify_batch(proven.verifying_key, proofs, publics) == [False] * COUNT
    assert verify_batch(proven.verifying_key, proofs[:1], publics[:1]) == [False]


def test_proofs_of_another_key_are_named(proven: Proven, proofs: tuple[Proof, ...]) -> None:
    other = setup(proven.statement.system, DEVELOPMENT)
    foreign = prove(other, proven.statement.witness)
    batch = [proofs[0], foreign, proofs[1], foreign]
    answers = verify_batch(proven.verifying_key, batch, [proven.public] * 4)
    assert answers == [True, False, True, False]
    answers = verify_batch(other.verifying_key, batch, [proven.public] * 4)
    assert answers == [False, True, False, True]


def test_one_proof_may_come_several_times_and_mauled(
    proven: Proven, proofs: tuple[Proof, ...]
) -> None:
    """Its points then are equal and opposite."""
    one = proofs[0]
    batch = [one, one, negated(one), one, negated(one), moved(one, 1), moved(one, 1)]
    answers = verify_batch(proven.verifying_key, batch, [proven.public] * 7)
    assert answers == [True] * 5 + [False] * 2


def test_statements_without_public_values_are_verified_in_batches() -> None:
    statement = no_public_values()
    key = setup(statement.system, DEVELOPMENT)
    made = [prove(key, statement.witness) for _ in range(3)]
    assert verify_batch(key.verifying_key, made, [[], (), []]) == [True] * 3
    made[1] = moved(made[1], 1)
    assert verify_batch(key.verifying_key, made, [[]] * 3) == [True, False, True]
    with pytest.raises(ProofError, match="Proof 2 of the batch: 1 public values"):
        verify_batch(key.verifying_key, made, [[], [], [0]])


@pytest.mark.parametrize("threads", ["1", "3"])
def test_wrong_proofs_are_named_in_a_batch_of_several_tasks(
    monkeypatch: pytest.MonkeyPatch, proven: Proven, proofs: tuple[Proof, ...], threads: str
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    n = 150
    batch = [proofs[i % COUNT] for i in range(n)]
    publics = [list(proven.public) for _ in range(n)]
    assert verify_batch(proven.verifying_key, batch, publics) == [True] * n
    wrong = {0, 63, 64, 127, 128, 149}
    for i in wrong:
        publics[i][0] ^= 1
    assert verify_batch(proven.verifying_key, batch, publics) == [i not in wrong for i in range(n)]


FORMS = ["right", "mauled", "public", "C", "A and C swapped", "random", "C made up for"]


def formed(proven: Proven, proof: Proof, form: str, place: int) -> tuple[Proof, list[int]]:
    """A proof and public values of one form, right or wrong."""
    public = list(proven.public)
    if form == "mauled":
        return negated(proof), public
    if form == "public":
        return proof, [public[0], (public[1] + place) % R]  # at place 0 it is right
    if form == "C":
        return moved(proof, place + 1), public
    if form == "A and C swapped":
        return Proof(proof.c, proof.b, proof.a), public
    if form == "random":
        return Proof(g1(place + 2), g2(place + 3), g1(place + 4)), public
    if form == "C made up for":
        return moved(proof, (-1) ** place), public
    return proof, public


@settings(max_examples=40, deadline=None, derandomize=True)
@example(forms=["C made up for"] * 8)
@example(forms=["right"] * 17)
@given(forms=st.lists(st.sampled_from(FORMS), max_size=20))
def test_a_batch_agrees_with_verify_on_every_mix(
    proven: Proven, proofs: tuple[Proof, ...], forms: list[str]
) -> None:
    mix = [formed(proven, proofs[i % COUNT], form, i) for i, form in enumerate(forms)]
    singly = [verify(proven.verifying_key, *one) for one in mix]
    batch, publics = [proof for proof, _ in mix], [public for _, public in mix]
    assert verify_batch(proven.verifying_key, batch, publics) == singly


def test_the_product_of_a_range_is_py_eccs(
    monkeypatch: pytest.MonkeyPatch, proven: Proven, proofs: tuple[Proof, ...]
) -> None:
    """By definition: v_1^rho_1 v_2^rho_2, four pairings each, of a right proof and a wrong one."""
    key, wrong, draws = proven.verifying_key, [1, 2], [12345, 2**127 + 99]
    token = b"".join(t.to_bytes(16, "little") for t in draws)
    monkeypatch.setattr(secrets, "token_bytes", lambda n: token[:n])
    copied = batches._copied(key, proofs[:2], [proven.public, wrong])
    combination = batches._Combination.drawn(copied)
    assert combination.rho == [2 * t + 1 for t in draws]

    def value(proof: Proof, public: list[int]) -> Any:
        bound = to_py_ecc(key.ic[0])
        for x, point in zip(public, key.ic[1:], strict=True):
            bound = bn128.add(bound, bn128.multiply(to_py_ecc(point), x))
        x, y = bn128.normalize(bound)
        pairs: list[Any] = [((proof.a[0], P - proof.a[1]), proof.b), (key.alpha, key.beta)]
        pairs += [((int(x), int(y)), key.gamma), (proof.c, key.delta)]
        return pairings.pairing_product(pairs)

    right = value(proofs[0], proven.public)
    assert right == bn128.FQ12.one()
    x, y = bn128.normalize(
        bn128.add(
            *(
                bn128.multiply(to_py_ecc(p.c), r)
                for p, r in zip(proofs, combination.rho, strict=False)
            )
        )
    )
    product = combination.product(0, 2, g1_words((int(x), int(y)), BN254))
    expected = value(proofs[1], wrong) ** combination.rho[1]
    assert pairings.to_py_ecc12(from_montgomery(product, P)) == expected


# --- malformed input


def test_as_many_lists_of_public_values_as_proofs_are_asked_for(
    proven: Proven, proofs: tuple[Proof, ...]
) -> None:
    for n, count in ((0, 1), (1, 0), (2, 1), (2, 3)):
        with pytest.raises(ProofError, match=f"{n} proofs and {count} lists of public values"):
            verify_batch(proven.verifying_key, proofs[:n], [proven.public] * count)


@pytest.mark.parametrize("place", [0, 1, 4])
@pytest.mark.parametrize("value", [R, R + 1, -1, 2**256, 1.0, True, "1", None, np.float64(1)])
def test_a_public_value_not_in_its_one_form_is_refused_with_its_proofs_number(
    proven: Proven, proofs: tuple[Proof, ...], place: int, value: Any
) -> None:
    publics = [list(proven.public) for _ in range(5)]
    publics[place][1] = value
    with pytest.raises(RangeError, match=f"Proof {place} of the batch: Public value 1"):
        verify_batch(proven.verifying_key, proofs[:5], publics)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_right_public_value_plus_multiples_of_r_is_refused(
    proven: Proven, proofs: tuple[Proof, ...], times: int
) -> None:
    publics = [list(proven.public) for _ in range(2)]
    publics[1][0] += times * R
    with pytest.raises(RangeError, match="Proof 1 of the batch: Public value 0"):
        verify_batch(proven.verifying_key, proofs[:2], publics)


def test_a_wrong_number_of_public_values_is_refused_with_its_proofs_number(
    proven: Proven, proofs: tuple[Proof, ...]
) -> None:
    one, two = proven.public
    for wrong in ([], [one], [one, two, 0], [one, two] * 2):
        with pytest.raises(ProofError, match=r"Proof 1 of the batch.*this key has 2"):
            verify_batch(proven.verifying_key, proofs[:2], [[one, two], wrong])


NO_LISTS: dict[str, Callable[[list[Any]], Any]] = {
    "None": lambda items: None,
    "an iterator": iter,
    "a dict": lambda items: dict(enumerate(items)),
    "a text": lambda items: "12",
    "a number": len,
}


@pytest.mark.parametrize("name", NO_LISTS)
def test_what_is_no_list_is_refused(proven: Proven, proofs: tuple[Proof, ...], name: str) -> None:
    key, disguised = proven.verifying_key, NO_LISTS[name]
    with pytest.raises(ProofError, match="Give a list of proofs"):
        verify_batch(key, disguised(list(proofs[:2])), [proven.public] * 2)
    with pytest.raises(ProofError, match="Give a list of proofs"):
        verify_batch(key, proofs[:2], disguised([proven.public] * 2))
    with pytest.raises(RangeError, match=r"Proof 1 of the batch.*not as a list"):
        verify_batch(key, proofs[:2], [proven.public, disguised(list(proven.public))])


def test_what_is_no_proof_or_no_key_is_refused(proven: Proven, proofs: tuple[Proof, ...]) -> None:
    points = (proofs[1].a, proofs[1].b, proofs[1].c)
    mixed: list[Any] = [proofs[0], points]
    with pytest.raises(ProofError, match=r"Proof 1 of the batch.* a tuple"):
        verify_batch(proven.verifying_key, mixed, [proven.public] * 2)
    wrong: Any = proven.key
    for n in (0, 1):
        with pytest.raises(ProofError, match="a ProvingKey for a key"):
            verify_batch(wrong, proofs[:n], [proven.public] * n)


# --- the coefficients


@pytest.fixture
def copied(proven: Proven, proofs: tuple[Proof, ...]) -> Any:
    return batches._copied(proven.verifying_key, proofs[:4], [proven.public] * 4)


def test_coefficients_are_odd_of_128_random_bits_and_differ(copied: Any) -> None:
    drawn = [rho for _ in range(50) for rho in batches._Combination.drawn(copied).rho]
    assert len(set(drawn)) == len(drawn)
    assert all(rho % 2 == 1 and 0 < rho < 2**129 for rho in drawn)
    for bit in range(1, 129):  # every one of them is 0 somewhere and 1 somewhere
        assert {rho >> bit & 1 for rho in drawn} == {0, 1}


@pytest.mark.parametrize(("byte", "rho"), [(0x00, 1), (0xFF, 2**129 - 1)])
def test_no_coefficient_is_0_whatever_is_drawn(
    monkeypatch: pytest.MonkeyPatch, copied: Any, byte: int, rho: int
) -> None:
    monkeypatch.setattr(secrets, "token_bytes", lambda n: bytes([byte]) * n)
    assert batches._Combination.drawn(copied).rho == [rho] * 4


def test_coefficients_are_drawn_anew_for_every_batch(
    monkeypatch: pytest.MonkeyPatch, proven: Proven, proofs: tuple[Proof, ...]
) -> None:
    asked: list[int] = []

    def token_bytes(n: int) -> bytes:
        asked.append(n)
        return bytes(range(1, n + 1))

    monkeypatch.setattr(secrets, "token_bytes", token_bytes)
    for n in (1, 3, 3):
        assert all(verify_batch(proven.verifying_key, proofs[:n], [proven.public] * n))
    assert asked == [16, 48, 48]


def test_nothing_is_drawn_for_malformed_input(
    monkeypatch: pytest.MonkeyPatch, proven: Proven, proofs: tuple[Proof, ...]
) -> None:
    def token_bytes(_: int) -> bytes:
        raise AssertionError

    monkeypatch.setattr(secrets, "token_bytes", token_bytes)
    with pytest.raises(RangeError):
        verify_batch(proven.verifying_key, proofs[:2], [proven.public, [R, R]])


@pytest.mark.parametrize("first", [True, False])
def test_input_that_changes_when_coefficients_are_drawn_is_judged_as_it_was(
    monkeypatch: pytest.MonkeyPatch, proven: Proven, proofs: tuple[Proof, ...], first: bool
) -> None:
    """P13: who knows the coefficients could make wrong proofs that cancel."""
    right, wrong = list(proven.public), [1, 2]
    before, after = (right, wrong) if first else (wrong, right)
    batch, publics = list(proofs[:3]), [list(before), list(right), list(right)]
    draw = secrets.token_bytes

    def token_bytes(n: int) -> bytes:
        publics[0][:] = after
        publics[1] = wrong
        batch[2] = moved(proofs[2], 1)
        return draw(n)

    monkeypatch.setattr(secrets, "token_bytes", token_bytes)
    assert verify_batch(proven.verifying_key, batch, publics) == [first, True, True]
    assert publics[0] == after


class Fickle(list[Any]):
    """A list that is read as one thing once, and as another from then on."""

    def __init__(self, once: list[Any], later: list[Any]) -> None:
        super().__init__(later)
        self.readings = iter([once])

    def __iter__(self) -> Iterator[Any]:
        return iter(next(self.readings, list(self[:])))


@pytest.mark.parametrize("first", [True, False])
def test_lists_are_read_once(proven: Proven, proofs: tuple[Proof, ...], first: bool) -> None:
    key, right, wrong = proven.verifying_key, list(proven.public), [1, 2]
    public = Fickle(right, wrong) if first else Fickle(wrong, right)
    assert verify_batch(key, proofs[:2], [right, public]) == [True, first]
    assert verify(key, proofs[0], Fickle(right, wrong) if first else Fickle(wrong, right)) is first
    good, bad = list(proofs[:2]), [proofs[0], moved(proofs[1], 1)]
    batch = Fickle(good, bad) if first else Fickle(bad, good)
    assert verify_batch(key, batch, [right] * 2) == [True, first]
    publics = Fickle([right, right], [right, wrong])
    if not first:
        publics = Fickle([right, wrong], [right, right])
    assert verify_batch(key, proofs[:2], publics) == [True, first]


# --- the cost of naming wrong proofs


@pytest.mark.parametrize(("wrong", "most"), [(1, 8), (2, 14), (4, 24)])
def test_k_wrong_ones_of_n_take_some_k_log_n_products(
    monkeypatch: pytest.MonkeyPatch,
    proven: Proven,
    proofs: tuple[Proof, ...],
    wrong: int,
    most: int,
) -> None:
    """Of 128: the whole, and one for each range that is cut, at most k log2(n)."""
    products: list[tuple[int, int]] = []
    product = batches._Combination.product

    def counted(self: Any, begin: int, end: int, sum_c: Any) -> Any:
        products.append((begin, end))
        return product(self, begin, end, sum_c)

    monkeypatch.setattr(batches._Combination, "product", counted)
    batch, publics = [proofs[i % COUNT] for i in range(128)], [list(proven.public)] * 128
    for k in range(wrong):
        publics[k * 128 // wrong] = [1, 2]
    assert verify_batch(proven.verifying_key, batch, publics).count(False) == wrong
    assert len(products) <= most
    assert len(set(products)) == len(products)


def test_a_batch_that_holds_takes_one_product(
    monkeypatch: pytest.MonkeyPatch, proven: Proven, proofs: tuple[Proof, ...]
) -> None:
    calls: list[int] = []
    exponentiation = batches.final_exponentiation

    def counted(loops: Any, curve: Any) -> Any:
        calls.append(len(loops))
        return exponentiation(loops, curve)

    monkeypatch.setattr(batches, "final_exponentiation", counted)
    assert all(verify_batch(proven.verifying_key, proofs, [proven.public] * COUNT))
    assert calls == [COUNT + 3]


# --- what a key keeps


def test_the_arrays_that_a_key_keeps_cannot_be_written_to(proven: Proven) -> None:
    words = proven.verifying_key.words
    assert proven.verifying_key.words is words
    for name in ("alpha", "beta", "gamma", "delta", "ic", "alpha_beta"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(words, name)[...] = 0
    assert words.alpha_beta.shape == (1, 48)
    assert not (words.alpha_beta[0] == one_of_fp12()).all()


def test_a_keys_arrays_are_not_part_of_what_it_is(proven: Proven) -> None:
    key = proven.verifying_key
    assert key.words is not None
    again: ProvingKey = proven.key
    fresh = type(key)(key.alpha, key.beta, key.gamma, key.delta, key.ic, key.development)
    assert fresh == key
    assert hash(fresh) == hash(key)
    assert "words" not in repr(key)
    assert again.verifying_key is key
    other = setup(sum_of_powers().system, DEVELOPMENT).verifying_key
    assert (other.words.alpha_beta != key.words.alpha_beta).any()
