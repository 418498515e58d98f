"""ElGamal: what is encrypted comes back, sums, and what nobody decrypts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accel.edge_values import generator
from tests.circuits.oracles.runs import outputs_of_many
from tests.long_form import IS_LONG
from zkpipe.accel.curves.baby_jubjub import BASE, COFACTOR, GENERATOR, L, add, multiply, negative
from zkpipe.circuits import (
    Bool,
    InputError,
    Point,
    Private,
    Public,
    UInt,
    UnsatisfiedError,
    check,
    circuit,
)
from zkpipe.circuits.gadgets import ElGamalCiphertext, elgamal_decrypt, elgamal_encrypt
from zkpipe.circuits.gadgets.baby_jubjub import PrivateKey

LOW_ORDER = [Point(*multiply(GENERATOR, L * i)) for i in range(COFACTOR)]
KEY = PrivateKey(bytes(32))
SECRET, PUBLIC = KEY.scalar, KEY.public_key
SEVEN = Point.BASE * 7


@circuit
def encrypted(
    message: Private[Point], key: Public[Point], nonce: Private[UInt[250]]
) -> Public[ElGamalCiphertext]:
    return elgamal_encrypt(message, key, nonce)


@circuit
def decrypted(ciphertext: Public[ElGamalCiphertext], secret: Private[UInt[252]]) -> Public[Point]:
    return elgamal_decrypt(ciphertext, secret)


ENCRYPTED, DECRYPTED = encrypted.compile(), decrypted.compile()


def flat(ciphertext: ElGamalCiphertext) -> list[int]:
    return [ciphertext.c1.x, ciphertext.c1.y, ciphertext.c2.x, ciphertext.c2.y]


def test_rows() -> None:
    assert ENCRYPTED.constraint_count == 6 + 250 + 1963
    assert DECRYPTED.constraint_count == 6 + 252 + 1568


def test_random_points_are_the_definitions_and_come_back() -> None:
    """(r B, M + 8 r A), by the plain curve's functions, and back by c2 - 8 a c1."""
    draw = generator(31)
    rows, want, backs, messages = [], [], [], []
    for _ in range(10_000 if IS_LONG else 100):
        secret, nonce = draw.randrange(1, L), draw.choice([1, draw.randrange(1, 2**250)])
        message, key = multiply(GENERATOR, draw.randrange(8 * L)), multiply(BASE, secret)
        c1, c2 = multiply(BASE, nonce), add(message, multiply(key, 8 * nonce))
        rows.append([*message, *key, nonce])
        want.append([*c1, *c2])
        backs.append([*c1, *c2, secret])
        messages.append([*message])
        assert add(c2, negative(multiply(c1, 8 * secret))) == message
    assert outputs_of_many(ENCRYPTED, rows) == want
    assert outputs_of_many(DECRYPTED, backs) == messages
    for (x, y, u, v, nonce), ciphertext in zip(rows[:30], want, strict=False):
        assert flat(elgamal_encrypt(Point(x, y), Point(u, v), nonce)) == ciphertext


def test_ciphertexts_add_up_and_are_made_others() -> None:
    first = elgamal_encrypt(SEVEN, PUBLIC, 11)
    second = elgamal_encrypt(Point.BASE * 5, PUBLIC, 13)
    assert elgamal_decrypt(first + second, SECRET) == Point.BASE * 12
    assert first + second == elgamal_encrypt(Point.BASE * 12, PUBLIC, 24)
    other = first + elgamal_encrypt(Point.IDENTITY, PUBLIC, 99)
    assert other.c1 != first.c1
    assert other.c2 != first.c2
    assert elgamal_decrypt(other, SECRET) == SEVEN

    @circuit
    def same(a: Public[ElGamalCiphertext], nonce: Private[UInt[8]]) -> Public[ElGamalCiphertext]:
        return a + elgamal_encrypt(Point.IDENTITY, PUBLIC, nonce)

    assert same(first, 99) == other
    assert same.compile().solve(a=first, nonce=99).public[:4] == flat(other)


def test_a_sum_whose_nonces_cancel_holds_its_second_point() -> None:
    """Such as a vote and its opposite, which anybody makes of it."""
    first = elgamal_encrypt(SEVEN, PUBLIC, 11)
    opposite = ElGamalCiphertext(-first.c1, -first.c2 + SEVEN)
    both = first + opposite
    assert both.c1 == Point.IDENTITY
    assert elgamal_decrypt(both, SECRET) == SEVEN
    assert decrypted(both, SECRET) == SEVEN
    assert outputs_of_many(DECRYPTED, [[*flat(both), SECRET]]) == [[SEVEN.x, SEVEN.y]]


@pytest.mark.parametrize("torsion", LOW_ORDER)
def test_torsion_in_the_nonces_point_tells_nothing_of_the_secret(torsion: Point) -> None:
    ciphertext = elgamal_encrypt(SEVEN, PUBLIC, 11)
    changed = ElGamalCiphertext(ciphertext.c1 + torsion, ciphertext.c2)
    assert elgamal_decrypt(changed, SECRET) == SEVEN
    assert elgamal_decrypt(ElGamalCiphertext(torsion, SEVEN), SECRET) == SEVEN


def test_another_secret_gives_another_point() -> None:
    ciphertext = elgamal_encrypt(SEVEN, PUBLIC, 11)
    assert elgamal_decrypt(ciphertext, SECRET + 1) != SEVEN
    assert elgamal_decrypt(ciphertext, SECRET + L) == SEVEN


@pytest.mark.parametrize("key", LOW_ORDER)
def test_nothing_is_encrypted_for_a_key_of_low_order(key: Point) -> None:
    """Everybody could decrypt it."""
    with pytest.raises(InputError, match="low order"):
        elgamal_encrypt(SEVEN, key, 11)
    with pytest.raises(UnsatisfiedError, match="low order"):
        ENCRYPTED.solve(message=SEVEN, key=key, nonce=11)


def test_a_nonce_of_zero_hides_nothing_and_is_refused() -> None:
    for nonce in (0, L):
        with pytest.raises(InputError, match="for nonce that is 0 modulo"):
            elgamal_encrypt(SEVEN, PUBLIC, nonce)
    with pytest.raises(UnsatisfiedError, match="nonce is 0 modulo"):
        ENCRYPTED.solve(message=SEVEN, key=PUBLIC, nonce=0)


def test_points_off_the_curve_do_not_enter_in_a_ciphertext() -> None:
    given = {"c1": {"x": 1, "y": 2}, "c2": SEVEN}
    with pytest.raises(InputError, match="not a point"):
        decrypted(given, SECRET)
    with pytest.raises(InputError, match="not a point"):
        DECRYPTED.solve(ciphertext={"c1": SEVEN, "c2": {"x": 1, "y": 2}}, secret=SECRET)


def test_a_ciphertext_is_compared_as_a_bool() -> None:
    ciphertext = elgamal_encrypt(SEVEN, PUBLIC, 11)

    @circuit
    def is_it(
        message: Private[Point], nonce: Private[UInt[8]], given: Public[ElGamalCiphertext]
    ) -> Public[Bool]:
        return elgamal_encrypt(message, PUBLIC, nonce) == given

    @circuit
    def is_not_it(message: Private[Point], given: Public[ElGamalCiphertext]) -> None:
        check(elgamal_encrypt(message, PUBLIC, 12) != given, "the same")

    assert is_it(SEVEN, 11, ciphertext) == 1
    assert is_it(SEVEN, 12, ciphertext) == 0
    assert is_it.compile().solve(message=SEVEN, nonce=12, given=ciphertext).public[0] == 0
    is_not_it(SEVEN, ciphertext)
    assert is_not_it.compile().solve(message=SEVEN, given=ciphertext)
    assert (ciphertext == ciphertext) is True
    assert ciphertext != elgamal_encrypt(SEVEN, PUBLIC, 12)


@pytest.mark.parametrize("other", [None, 5, SEVEN, (SEVEN, SEVEN)])
def test_other_things_are_refused(other: Any) -> None:
    ciphertext = elgamal_encrypt(SEVEN, PUBLIC, 11)
    with pytest.raises(InputError, match=r"for ciphertext\.\nGive an ElGamalCiphertext"):
        elgamal_decrypt(other, SECRET)
    for call in (
        lambda: ciphertext + other,
        lambda: ciphertext == other,
        lambda: ElGamalCiphertext(SEVEN, 5),
        lambda: ElGamalCiphertext(None, SEVEN),
        lambda: elgamal_encrypt(5, PUBLIC, 11),
        lambda: elgamal_encrypt(SEVEN, None, 11),
        lambda: elgamal_encrypt(SEVEN, PUBLIC, -1),
        lambda: elgamal_decrypt(ciphertext, None),
    ):
        with pytest.raises(InputError):
            call()
