"""Constraints of each gadget, held fast: a change here is a decision."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Bool,
    Decimal,
    Field,
    Fixed,
    Int,
    Point,
    Private,
    Rounded,
    UFixed,
    UInt,
    all_of,
    any_of,
    check,
    circuit,
    component,
    lookup,
    maximum,
    member,
    minimum,
    narrow,
    select,
)
from zkpipe.circuits.gadgets import (
    ElGamalCiphertext,
    Signature,
    argmin,
    blake2s,
    ecdh,
    eddsa_mimc_sponge_verify,
    eddsa_mimc_verify,
    eddsa_verify,
    elgamal_decrypt,
    elgamal_encrypt,
    from_bits,
    keccak256,
    less_than,
    mimc7,
    mimc_sponge,
    not_member,
    one_hot,
    pack,
    pedersen_commit,
    poseidon,
    poseidon2,
    poseidon2_permutation,
    poseidon_decrypt,
    poseidon_encrypt,
    poseidon_sponge,
    ripemd160,
    rotate_left,
    round_div,
    schnorr_verify,
    sha3_256,
    sha256,
    sha512,
    sort,
    stream_encrypt,
    switcher,
    to_bits,
    unpack,
    unwrap_key,
    wrap_key,
)
from zkpipe.circuits.gadgets.gates import chi, choose, exclusive_or, majority, sum_bits
from zkpipe.circuits.language.values.signal import spare
from zkpipe.circuits.system import ConstraintSystem


def compiled(types: tuple[Any, ...], body: Callable[..., object]) -> ConstraintSystem:
    """A circuit of up to three private inputs around a body; what it returns is thrown away."""
    a, b, c = [*types, Field, Field][:3]

    @circuit
    def measured(x: Private[a], y: Private[b], z: Private[c]) -> None:
        spare(body(x, y, z))

    return measured.trace()


def used(value: Any) -> None:
    """Take a Bool as a value, not as a check."""
    spare(value * 1)


def pedersen_commit_of(x: Any, y: Any, z: Any) -> None:
    pedersen_commit(x, y)


def verified(verify: Callable[..., Any]) -> Callable[..., None]:
    """A signature's answer as a value."""
    return lambda key, signature, message: used(verify(key, signature, message))


def decrypted(x: Any, y: Any, z: Any) -> Any:
    return elgamal_decrypt(x, y)


def ciphered(message: list[Any], key: Any) -> Any:
    return poseidon_encrypt(message, key, 0)


def ciphered_with(x: Any, y: Any, z: Any) -> Any:
    return poseidon_encrypt([x], [x, y], z)


def deciphered(ciphertext: list[Any], key: Any) -> Any:
    return poseidon_decrypt(ciphertext, key, 0, 3)


def of_halves(x: Any) -> None:
    """Bits of a quotient and a remainder."""
    _ = to_bits(x // 16, 28), to_bits(x % 16, 4)


def word_sum(x: Any, y: Any) -> list[Any]:
    """x + y mod 2^32."""
    powers = [1 << i for i in range(32)]
    return sum_bits(powers * 2, [*to_bits(x, 32), *to_bits(y, 32)], 0, 32)


CUBES = [k**3 for k in range(256)]
ROWS = [[(k + j) ** 3 for j in range(8)] for k in range(16)]
SQUARE = [[k**j for j in range(16)] for k in range(16)]
ODD = [x for x in range(256) if x.bit_count() % 2]
U32, I32, F32 = UInt[32], Int[32], Fixed[32, 16]
U64, U250 = UInt[64], UInt[250]
COUNTS: list[tuple[str, tuple[Any, ...], Callable[..., object], int]] = [
    ("range check of UInt[32]", (U32,), lambda x, y, z: None, 32),
    ("range check of Bool", (Bool,), lambda x, y, z: None, 1),
    ("check(a < b), UInt[32]", (U32, U32), lambda x, y, z: check(x < y), 64 + 32),
    ("check(a >= b), UInt[32]", (U32, U32), lambda x, y, z: check(x >= y), 64 + 32),
    ("a < b, UInt[32]", (U32, U32), lambda x, y, z: used(x < y), 64 + 33),
    ("a >= b, Int[32]", (I32, I32), lambda x, y, z: used(x >= y), 64 + 33),
    ("a < 2^31, UInt[32]", (U32,), lambda x, y, z: used(x < 2**31), 32),
    ("a < b known from bounds", (UInt[8],), lambda x, y, z: used(x < 256), 8),
    ("a == b", (Field, Field), lambda x, y, z: used(x == y), 2),
    ("a != b", (Field, Field), lambda x, y, z: used(x != y), 2),
    ("check(a == b)", (Field, Field), lambda x, y, z: check(x == y), 1),
    ("check(a * b == c)", (Field, Field, Field), lambda x, y, z: check(x * y == z), 1),
    ("check(a * b + c == 1)", (Field, Field, Field), lambda x, y, z: check(x * y + z == 1), 1),
    ("check(a != b)", (Field, Field), lambda x, y, z: check(x != y), 1),
    ("check(~(a == b))", (Field, Field), lambda x, y, z: check(~(x == y)), 1),
    ("check(flag)", (Bool,), lambda x, y, z: check(x), 1 + 1),
    ("check of two at once", (U32, U32), lambda x, y, z: check((x < y) & (z != 0)), 64 + 32 + 1),
    ("Bool == Bool", (Bool, Bool), lambda x, y, z: used(x == y), 2 + 1),
    ("two of two Bools", (Bool, Bool), lambda x, y, z: used(x + y == 2), 2 + 1),
    ("two of three Bools", (Bool,) * 3, lambda x, y, z: used(x + y + z == 2), 3 + 2),
    ("Bool == 1", (Bool,), lambda x, y, z: used(x == 1), 1),
    ("and", (Bool, Bool), lambda x, y, z: used(x & y), 2 + 1),
    ("or", (Bool, Bool), lambda x, y, z: used(x | y), 2 + 1),
    ("xor", (Bool, Bool), lambda x, y, z: used(x ^ y), 2 + 1),
    ("not", (Bool,), lambda x, y, z: used(~x), 1),
    ("all of 32 bits", (U32,), lambda x, y, z: used(all_of(to_bits(x, 32))), 32 + 2),
    ("any of 32 bits", (U32,), lambda x, y, z: used(any_of(to_bits(x, 32))), 32 + 2),
    ("select", (Bool, Field, Field), lambda x, y, z: select(x, y, z), 1 + 1),
    ("minimum, UInt[32]", (U32, U32), lambda x, y, z: minimum(x, y), 64 + 33 + 1),
    ("maximum, UInt[32]", (U32, U32), lambda x, y, z: maximum(x, y), 64 + 33 + 1),
    ("abs, Int[32]", (I32,), lambda x, y, z: abs(x), 32 + 1),
    ("to_bits of what was range-checked", (U32,), lambda x, y, z: to_bits(x, 32), 32),
    ("to_bits(Field, 253)", (Field,), lambda x, y, z: to_bits(x, 253), 253),
    ("to_bits(Field, 254)", (Field,), lambda x, y, z: to_bits(x, 254), 307),
    ("bits strictly, twice", (Field,), lambda x, y, z: (to_bits(x, 254), to_bits(x, 254)), 307),
    ("254 bits of UInt[32]", (U32,), lambda x, y, z: to_bits(x, 254), 32),
    ("less_than, Field", (Field, Field), lambda x, y, z: used(less_than(x, y)), 2 * 307 + 260),
    ("less_than(Field, r // 2)", (Field,), lambda x, y, z: used(less_than(x, R // 2)), 307 + 163),
    ("a Point that enters", (Point,), lambda x, y, z: None, 3),
    ("p + q", (Point, Point), lambda x, y, z: x + y, 3 + 3 + 6),
    ("p + constant", (Point,), lambda x, y, z: x + Point.BASE, 3 + 3),
    ("p.double()", (Point,), lambda x, y, z: x.double(), 3 + 5),
    ("p * 8", (Point,), lambda x, y, z: x * 8, 3 + 15),
    ("check(p == q)", (Point, Point), lambda x, y, z: check(x == y), 3 + 3 + 2),
    ("p * UInt[253]", (Point, UInt[253]), lambda x, y, z: x * y, 3 + 253 + 1550),
    ("constant * UInt[253]", (UInt[253],), lambda x, y, z: Point.BASE * x, 253 + 429),
    ("Pedersen commitment", (U64, U250), pedersen_commit_of, 64 + 250 + 540),
    ("eddsa_verify", (Point, Signature, Field), verified(eddsa_verify), 317 + 2655),
    ("eddsa_mimc_verify", (Point, Signature, Field), verified(eddsa_mimc_verify), 317 + 4154),
    ("with MiMCSponge", (Point, Signature, Field), verified(eddsa_mimc_sponge_verify), 317 + 5631),
    ("schnorr_verify", (Point, Signature, Field), verified(schnorr_verify), 317 + 2655),
    ("ecdh, UInt[252]", (UInt[252], Point), lambda x, y, z: ecdh(x, y), 252 + 3 + 1558),
    ("elgamal_encrypt", (Point, Point, U250), elgamal_encrypt, 3 + 3 + 250 + 1963),
    ("elgamal_decrypt", (ElGamalCiphertext, UInt[252]), decrypted, 6 + 252 + 1568),
    ("sum of ElGamal's", (ElGamalCiphertext,) * 2, lambda x, y, z: x + y, 6 + 6 + 12),
    ("wrap_key", (Field, Point, U250), wrap_key, 3 + 250 + 1747),
    ("unwrap_key", (Field, Point, UInt[252]), unwrap_key, 3 + 252 + 1771),
    ("stream_encrypt of 4", (Field, Field), lambda x, y, z: stream_encrypt([x] * 4, y), 4 * 237),
    ("poseidon_encrypt of 3", (Field, Point), lambda x, y, z: ciphered([x] * 3, y), 3 + 522),
    ("poseidon_encrypt of 12", (Field, Point), lambda x, y, z: ciphered([x] * 12, y), 3 + 1314),
    ("a nonce of 128 bits", (Field, Field, UInt[128]), ciphered_with, 128 + 525),
    ("poseidon_decrypt of 3", (Field, Point), lambda x, y, z: deciphered([x] * 4, y), 3 + 522),
    ("x & y, UInt[32]", (U32, U32), lambda x, y, z: x & y, 64 + 32),
    ("x & y, x | y and x ^ y", (U32, U32), lambda x, y, z: (x & y, x | y, x ^ y), 64 + 32),
    ("(x ^ y) ^ (x & 255)", (U32, U32), lambda x, y, z: (x ^ y) ^ (x & 255), 64 + 32 + 8),
    ("x & 255, x | 1 << 9, ~x", (U32,), lambda x, y, z: (x & 255, x | 1 << 9, ~x), 32),
    ("bits of x << 3 | x >> 29", (U32,), lambda x, y, z: to_bits(x << 3 | x >> 29, 35), 32),
    ("x << y, UInt[5]", (U32, UInt[5]), lambda x, y, z: x << y, 32 + 5 + 5),
    ("x >> y, UInt[5]", (U32, UInt[5]), lambda x, y, z: x >> y, 32 + 5 + 31),
    ("x >> y, UInt[8]", (U32, UInt[8]), lambda x, y, z: x >> y, 32 + 8 + 32 + 1 + 1),
    ("1 << y, UInt[6]", (UInt[6],), lambda x, y, z: 1 << x, 6 + 5),
    ("sort of 3, UInt[32]", (U32,) * 3, lambda x, y, z: sort([x, y, z]), 96 + 3 * 34),
    ("argmin of 3, UInt[32]", (U32,) * 3, lambda x, y, z: argmin([x, y, z]), 96 + 2 * 34),
    ("round_div(x, 10)", (U32,), lambda x, y, z: round_div(x, 10), 32 + 38),
    ("round_div(x, 7)", (U32,), lambda x, y, z: round_div(x, 7), 32 + 35),
    ("not_member of 256", (U32,), lambda x, y, z: used(not_member(x, CUBES)), 32 + 35),
    ("not_member of a Field", (Field,), lambda x, y, z: used(not_member(x, CUBES * 3)), 257),
    ("rotate_left(x, 7)", (U32,), lambda x, y, z: rotate_left(x, 7), 32),
    ("rotate_left(x, y)", (U32, UInt[5]), lambda x, y, z: rotate_left(x, y), 32 + 5 + 5 + 64),
    ("pack and unpack", (U32, U32), lambda x, y, z: unpack(pack([x, y], 32), 2, 32), 64 + 64),
    ("switcher", (Bool, Field, Field), lambda x, y, z: switcher(x, y, z), 1 + 1),
    ("one_hot of 16", (UInt[4],), lambda x, y, z: one_hot(x, 16), 4 + 11),
    ("bits of from_bits", (U32,), lambda x, y, z: to_bits(from_bits(to_bits(x, 32)[::-1]), 32), 32),
    ("from_bits", (U32,), lambda x, y, z: from_bits(to_bits(x, 32)[8:]), 32),
    ("narrow(Field, UInt[8])", (Field,), lambda x, y, z: narrow(x, UInt[8]), 8),
    ("narrow known from bounds", (UInt[8],), lambda x, y, z: narrow(x, UInt[16]), 8),
    ("x // 1 and x % 1", (UInt[253],), lambda x, y, z: (x // 1, x % 1), 253),
    ("x // 16, UInt[32]", (U32,), lambda x, y, z: x // 16, 32),
    ("x // 10, UInt[32]", (U32,), lambda x, y, z: x // 10, 32 + 29 + 4 + 1),
    ("x // 10 and x % 10", (U32,), lambda x, y, z: (x // 10, x % 10), 32 + 29 + 4 + 1),
    ("x // y, UInt[32]", (U32, U32), lambda x, y, z: x // y, 64 + 32 + 1 + 32 + 32),
    ("x // 10 // 10", (U32,), lambda x, y, z: x // 10 // 10, 32 + (29 + 4 + 1) + (26 + 4 + 1)),
    ("x // 3, UInt[253]", (UInt[253],), lambda x, y, z: x // 3, 253 + 252 + 2 + 1),
    ("bits of x // 16 and x % 16", (U32,), lambda x, y, z: of_halves(x), 32),
    ("x // 16 of a Field's 32 bits", (Field,), lambda x, y, z: narrow(x, U32) // 16, 32),
    ("check(x <= 999), UInt[32]", (U32,), lambda x, y, z: check(x <= 999), 32 + 2),
    ("check(x >= 1900), UInt[12]", (UInt[12],), lambda x, y, z: check(x >= 1900), 12 + 3),
    ("check(x <= 2^16), UInt[32]", (U32,), lambda x, y, z: check(x <= 2**16), 32 + 2),
    ("x <= 999 as a value", (U32,), lambda x, y, z: used(x <= 999), 32 + 5),
    ("x <= 0b01010101 as a value", (UInt[8],), lambda x, y, z: used(x <= 85), 8 + 6),
    ("x < y and x <= y", (U32, U32), lambda x, y, z: (used(x < y), used(x <= y)), 64 + 33 + 3),
    ("x < y and y <= x", (U32, U32), lambda x, y, z: (used(x < y), used(y <= x)), 64 + 33),
    ("minimum and maximum", (U32, U32), lambda x, y, z: (minimum(x, y), maximum(x, y)), 64 + 38),
    ("a sum beside a constant", (U32, U32), lambda x, y, z: used(x + y <= 999), 64 + 34),
    ("x >= 0, Int[32]", (I32,), lambda x, y, z: used(x >= 0), 32),
    ("check(x >= 0), Int[32]", (I32,), lambda x, y, z: check(x >= 0), 32 + 1),
    ("x < 0 and abs and bits", (I32,), lambda x, y, z: (abs(x), used(x < 0)), 32 + 1),
    ("narrow(UInt[32], UInt[8])", (U32,), lambda x, y, z: narrow(x, UInt[8]), 32 + 1),
    ("narrow twice", (U32,), lambda x, y, z: (narrow(x, UInt[8]), narrow(x, UInt[8])), 32 + 1),
    ("more bits than it has", (UInt[8],), lambda x, y, z: to_bits(x, 32), 8),
    ("bits of 2^32 - 1 - x", (U32,), lambda x, y, z: to_bits(2**32 - 1 - x, 32), 32),
    (
        "lookup of 16 variables",
        (UInt[4], Field),
        lambda x, y, z: lookup([y, z] * 8, x),
        4 + 15,
    ),
    ("lookup of 256 variables", (UInt[8], Field), lambda x, y, z: lookup([y, z] * 128, x), 8 + 255),
    ("lookup of 10 variables", (UInt[4], Field), lambda x, y, z: lookup([y, z] * 5, x), 4 + 1 + 9),
    ("lookup of 4 constants", (UInt[2],), lambda x, y, z: lookup([3, 1, 4, 1], x), 2 + 1),
    ("lookup of 16 constants", (UInt[4],), lambda x, y, z: lookup(CUBES[:16], x), 4 + 5),
    ("lookup of 256 constants", (UInt[8],), lambda x, y, z: lookup(CUBES, x), 8 + 36),
    ("lookup of 16 records of 8", (UInt[4],), lambda x, y, z: lookup(ROWS, x), 4 + 11),
    (
        "lookup of 16 x 16 constants",
        (UInt[4], UInt[4]),
        lambda x, y, z: lookup(SQUARE, x, y),
        8 + 37,
    ),
    ("lookup of 10 by a Field", (Field,), lambda x, y, z: lookup(CUBES[:10], x), 4 + 1 + 5),
    ("check(member), 5 values", (Field,), lambda x, y, z: check(member(x, CUBES[:5])), 4),
    ("member, 5 values", (Field,), lambda x, y, z: used(member(x, CUBES[:5])), 4 + 2),
    ("member of 40 in UInt[8]", (UInt[8],), lambda x, y, z: used(member(x, ODD[:40])), 8 + 37),
    ("check(member) of a range", (UInt[8],), lambda x, y, z: check(member(x, range(100))), 8 + 2),
    ("check(member) of three", (UInt[8],), lambda x, y, z: check(member(x, [1, 5, 9])), 8 + 2),
    ("member of what it never is", (UInt[8],), lambda x, y, z: used(member(x, [300, 400])), 8),
    ("range check of Fixed[32, 16]", (F32,), lambda x, y, z: None, 32),
    ("Fixed sums", (F32, F32), lambda x, y, z: x + y - 1.5, 64),
    ("Fixed times integer", (F32, UInt[8]), lambda x, y, z: x * y, 32 + 8 + 1),
    ("Fixed times Fixed", (F32, F32), lambda x, y, z: x * y, 64 + 1 + 63),
    ("Fixed times 0.5", (F32,), lambda x, y, z: x * 0.5, 32),
    ("Fixed times a rate", (F32,), lambda x, y, z: x * narrow(0.1, Rounded[F32]), 32 + 44),
    ("whole part of a Fixed", (F32,), lambda x, y, z: x // 1, 32),
    ("Fixed / 4", (F32,), lambda x, y, z: x / 4, 32),
    ("Fixed beside another", (F32, F32), lambda x, y, z: used(x < y), 64 + 33),
    ("Fixed beside 1.5", (F32,), lambda x, y, z: check(x >= 1.5), 32 + 2),
    ("range check of Decimal[9, 2]", (Decimal[9, 2],), lambda x, y, z: None, 31 + 7),
    ("range check of UFixed[32, 16]", (UFixed[32, 16],), lambda x, y, z: None, 32),
    ("Decimal[9, 2] times 1.19", (Decimal[9, 2],), lambda x, y, z: x * Fraction(119, 100), 78),
    ("x ** 5", (Field,), lambda x, y, z: x**5, 3),
    ("x * x * x + y", (Field, Field), lambda x, y, z: x * x * x + y, 2),
    ("constants fold", (Field,), lambda x, y, z: (x * 0 + 7) ** 5 * x - x * 3, 0),
    ("exclusive_or", (Bool,) * 3, lambda x, y, z: exclusive_or(x, y, z), 3 + 1),
    ("exclusive_or of two", (Bool,) * 2, lambda x, y, z: exclusive_or(x, y), 2 + 1),
    ("majority", (Bool,) * 3, lambda x, y, z: majority(x, y, z), 3 + 1),
    ("choose", (Bool,) * 3, lambda x, y, z: choose(x, y, z), 3 + 1),
    ("chi", (Bool,) * 3, lambda x, y, z: chi(x, y, z), 3 + 1),
    ("a sum of two words", (U32, U32), lambda x, y, z: word_sum(x, y), 64 + 33),
    ("sha256 of a byte", (UInt[8],), lambda x, y, z: sha256([x]), 8 + 16293),
    ("keccak256 of a byte", (UInt[8],), lambda x, y, z: keccak256([x]), 8 + 83056),
    ("sha3_256 of a byte", (UInt[8],), lambda x, y, z: sha3_256([x]), 8 + 83065),
    ("sha512 of a byte", (UInt[8],), lambda x, y, z: sha512([x]), 8 + 41590),
    ("blake2s of a byte", (UInt[8],), lambda x, y, z: blake2s([x]), 8 + 19765),
    ("ripemd160 of a byte", (UInt[8],), lambda x, y, z: ripemd160([x]), 8 + 15461),
    ("sha256 of 63 bytes", (UInt[8],), lambda x, y, z: sha256([x] * 63), 8 + 29870),
    ("poseidon of 1", (Field,), lambda x, y, z: poseidon([x]), 213),
    ("poseidon of 2", (Field, Field), lambda x, y, z: poseidon([x, y]), 240),
    ("poseidon of sums", (Field, Field), lambda x, y, z: poseidon([x + 1, x + y * 5]), 240),
    ("check(poseidon == c)", (Field,), lambda x, y, z: check(poseidon([x, y]) == z), 240),
    ("poseidon of poseidon", (Field,), lambda x, y, z: poseidon([poseidon([x, y]), z]), 480),
    ("sponge of 2", (Field, Field), lambda x, y, z: poseidon_sponge([x, y]), 240),
    ("sponge of 16", (Field, Field), lambda x, y, z: poseidon_sponge([x, y] * 8), 609),
    ("sponge of 17", (Field, Field), lambda x, y, z: poseidon_sponge([[x, y] * 8, z]), 609 + 216),
    ("sponge of 100", (Field, Field), lambda x, y, z: poseidon_sponge([x, y] * 50), 3969),
    ("poseidon2", (Field, Field), lambda x, y, z: poseidon2([x, y]), 186),
    ("poseidon2 of three", (Field,) * 3, lambda x, y, z: poseidon2_permutation([x, y, z]), 240),
    ("mimc7", (Field, Field), lambda x, y, z: mimc7(x, y), 364),
    ("mimc_sponge of 2", (Field,) * 3, lambda x, y, z: mimc_sponge([x, y], z, 1), 1317),
    ("mimc_sponge, 2 outputs", (Field,) * 3, lambda x, y, z: mimc_sponge([x], y, 2), 1317),
]


@pytest.mark.parametrize(("what", "types", "body", "count"), COUNTS, ids=[c[0] for c in COUNTS])
def test_each_gadget_costs_what_it_did(
    what: str, types: tuple[Any, ...], body: Callable[..., object], count: int
) -> None:
    assert compiled(types, body).constraint_count == count


def entries(system: ConstraintSystem) -> int:
    return sum(len(matrix.wires) for matrix in (system.a, system.b, system.c))


@pytest.mark.parametrize("steps", [100, 2000])
def test_a_chain_of_squares_costs_a_row_and_four_entries_a_step(steps: int) -> None:
    def chain(x: Any, y: Any, z: Any) -> None:
        for _ in range(steps):
            x = x * x + x

    system = compiled((Field,), chain)
    assert system.constraint_count == steps
    assert entries(system) <= 4 * steps
    assert int(np.diff(system.c.starts).max()) <= 2


def test_a_sum_of_products_that_grows_costs_no_row_of_its_own() -> None:
    def inner(x: Any, y: Any, z: Any) -> None:
        total = z
        for i in range(3000):
            total = total + (x + i) * (y - i)
        check(total == 0)

    system = compiled((Field, Field), inner)
    assert system.constraint_count == 3000
    assert entries(system) <= 6 * 3000


def test_a_sum_of_inputs_alone_gets_one_row_in_a_thousand_terms() -> None:
    @component
    def dot(x: Field) -> Field:
        total = x
        for i in range(2, 5002):
            total = total + x**2 * i
        return total

    system = compiled((Field,), lambda x, y, z: dot(x))
    assert system.constraint_count < 5000 + 6
