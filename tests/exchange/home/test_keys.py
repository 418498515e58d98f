"""Keys and the numbers of seals: golden vectors, made with the standard library's HMAC alone."""

from __future__ import annotations

import hashlib
import hmac
import itertools

import pytest

from zkpipe.circuits import Point
from zkpipe.circuits.gadgets import stream_decrypt, stream_encrypt, unwrap_key, wrap_key
from zkpipe.circuits.gadgets.baby_jubjub import PrivateKey
from zkpipe.exchange.home.keys import Keys, first_nonce, seal_numbers
from zkpipe.ground.errors import KindError

R = 21888242871839275222246405745257275088548364400416034343698204186575808495617  # EIP-196
L = 2736030358979909402780800718157159386076813972158567259200215660948447373041  # EIP-2494
SECRET = bytes(range(32))
CTX = (1 << 247) + 12345
MESSAGE = [7, R - 1, 1 << 247]


def by_the_book(secret: bytes, ctx: int, message: list[int], first: int) -> int:
    data = bytes([first]) + ctx.to_bytes(32, "big")
    data += b"".join(element.to_bytes(32, "big") for element in message)
    return int.from_bytes(hmac.new(secret, data, hashlib.sha512).digest(), "big") % R


# Made with `by_the_book` once, and written down: a change of both would show.
GOLDEN = {
    (0, ()): (
        1607175426212576807260745501525584425053771317426318501347477294678574309626,
        4167729465101503322447555484631761839574006059341392905401552278506280718930,
    ),
    (CTX, (7, R - 1, 1 << 247)): (
        344481215265792623277039373814758237854608539250267555999374174696645989658,
        19781320063115527334790863029163852102232418285084074477233388939899537052024,
    ),
}
GOLDEN_SEAL_KEY = (
    1402669340021559823693521968651071554947412243951078029350636385983051843926,
    9383006804157346223036271144695961640955627899719557175215127903025507031229,
)


@pytest.mark.parametrize(("ctx", "message"), GOLDEN)
def test_the_numbers_of_a_seal_are_golden(ctx: int, message: tuple[int, ...]) -> None:
    numbers = seal_numbers(SECRET, ctx, message)
    assert (numbers.nonce, numbers.key) == GOLDEN[ctx, message]
    assert numbers.nonce == by_the_book(SECRET, ctx, list(message), 0) % L
    assert numbers.key == by_the_book(SECRET, ctx, list(message), 1)


def test_the_seal_key_of_a_master_secret_is_golden() -> None:
    keys = Keys(SECRET)
    made = hmac.new(SECRET, b"zkpipe.v1.home.seal", hashlib.sha256).digest()
    assert keys.seal.seed == made
    assert (keys.public.seal.x, keys.public.seal.y) == GOLDEN_SEAL_KEY


def test_the_same_three_give_the_same_numbers_and_any_other_gives_others() -> None:
    def of(secret: bytes, ctx: int, message: list[int]) -> tuple[int, int]:
        numbers = seal_numbers(secret, ctx, message)
        return numbers.nonce, numbers.key

    assert of(SECRET, CTX, MESSAGE) == of(SECRET, CTX, MESSAGE)
    contexts = [CTX, CTX + 1, CTX ^ 1 << 247, 0, R - 1]
    messages = [MESSAGE, MESSAGE[::-1], MESSAGE[:2], [*MESSAGE, 0], [], [0], [0, 0], [7, R - 1, 0]]
    secrets = [SECRET, SECRET[::-1], bytes(32)]
    found = [of(*three) for three in itertools.product(secrets, contexts, messages)]
    flat = list(itertools.chain(*found))
    assert len(set(flat)) == len(flat)


def test_a_context_is_not_taken_for_a_part_of_the_message() -> None:
    assert seal_numbers(SECRET, 5, [6]).key != seal_numbers(SECRET, 5, [6, 0]).key
    assert seal_numbers(SECRET, 0, [5]).key != seal_numbers(SECRET, 5, []).key


def test_a_nonce_is_never_0_modulo_the_order() -> None:
    assert first_nonce(iter([L, 0, 3 * L, L + 5, 9])) == 5
    assert first_nonce(iter([L - 1])) == L - 1
    for i in range(50):
        assert 0 < seal_numbers(SECRET, i, [i]).nonce < L


def test_a_second_draw_has_a_byte_behind_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def number(_secret: bytes, first: bytes, tail: bytes) -> int:
        asked.append(first + tail)
        return 0 if len(asked) < 3 else 8

    monkeypatch.setattr("zkpipe.exchange.home.keys._number", number)
    assert seal_numbers(SECRET, 1, [2]).nonce == 8
    tail = (1).to_bytes(32, "big") + (2).to_bytes(32, "big")
    assert asked == [b"\0" + tail, b"\0" + tail + b"\1", b"\0" + tail + b"\2", b"\1" + tail]


def test_what_is_sealed_with_them_is_opened_by_the_recipient_and_the_auditor() -> None:
    recipient, auditor, stranger = Keys(SECRET).seal, Keys(bytes(32)).auditor(4), PrivateKey(SECRET)
    numbers = seal_numbers(SECRET, CTX, MESSAGE)
    ephemeral = Point.BASE * numbers.nonce
    sealed = stream_encrypt(MESSAGE, numbers.key)
    for key in (recipient, auditor):
        wrapped = wrap_key(numbers.key, key.public_key, numbers.nonce)
        assert stream_decrypt(sealed, unwrap_key(wrapped, ephemeral, key.scalar)) == MESSAGE
        assert unwrap_key(wrapped, ephemeral, stranger.scalar) != numbers.key


def test_keys_are_all_different() -> None:
    for master in (SECRET, bytes(32)):
        keys = Keys(master)
        seeds = [keys.holder, keys.issuer, keys.seal, *(keys.auditor(i) for i in (0, 1, 10, 11))]
        assert len({key.seed for key in seeds}) == 7
    assert Keys(SECRET).seal.seed != Keys(bytes(32)).seal.seed


@pytest.mark.parametrize(
    ("secret", "ctx", "message"),
    [
        (SECRET[:31], 1, [1]),
        (SECRET + b"\0", 1, [1]),
        (SECRET, R, [1]),
        (SECRET, -1, [1]),
        (SECRET, True, [1]),
        (SECRET, 1, [R]),
        (SECRET, 1, [-1]),
        (SECRET, 1, ["1"]),
        (SECRET, 1, 5),
    ],
)
def test_other_things_are_refused(secret: bytes, ctx: int, message: list[int]) -> None:
    with pytest.raises(KindError):
        seal_numbers(secret, ctx, message)


@pytest.mark.parametrize("epoch", [-1, 1 << 32, True, "1", 1.0])
def test_an_epoch_is_a_number(epoch: int) -> None:
    with pytest.raises(KindError):
        Keys(SECRET).auditor(epoch)
