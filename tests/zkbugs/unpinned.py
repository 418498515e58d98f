"""Values that a prover was trusted to compute: assigned, and never constrained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.zkbugs.corpus import Bug
from zkpipe.circuits import Array, Bool, Field, Private, Public, UInt, check, circuit, hint, select
from zkpipe.circuits.gadgets import from_bits, poseidon, to_bits

# --- circomlib, MiMCSponge: outs[0] <-- S[nInputs - 1].xL_out


def mimc_round(x: int, k: int) -> int:
    return (x + k) ** 7


@circuit
def mimc_broken(x: Private[Field], k: Private[Field]) -> Public[Field]:
    return hint(mimc_round, x, k, returns=Field)


@circuit
def mimc_corrected(x: Private[Field], k: Private[Field]) -> Public[Field]:
    return (x + k) ** 7


MIMC = Bug(
    "MiMC Hash: Assigned but not Constrained",
    mimc_broken,
    mimc_corrected,
    {"x": 1, "k": 1},
    wire="out",
    lie={0: [4242]},
)

# --- telepathy, ArrayXOR: out[i] <-- a[i] ^ b[i]


@circuit
def array_xor_broken(
    a: Private[Array[Bool, 3]], b: Private[Array[Bool, 3]]
) -> Public[Array[Bool, 3]]:
    return [hint(lambda x, y: x ^ y, x, y, returns=Bool) for x, y in zip(a, b, strict=True)]


@circuit
def array_xor_corrected(
    a: Private[Array[Bool, 3]], b: Private[Array[Bool, 3]]
) -> Public[Array[Bool, 3]]:
    return [x ^ y for x, y in zip(a, b, strict=True)]


ARRAY_XOR = Bug(
    "ArrayXOR is under constrained",
    array_xor_broken,
    array_xor_corrected,
    {"a": [0, 1, 1], "b": [1, 1, 0]},
    wire="out[1]",
    lie={1: [1]},
)

# --- spartan-ecdsa, K: slo and shi <-- the halves of s


def halves(s: int) -> tuple[int, int]:
    return s % (1 << 128), s >> 128


@circuit
def scalar_halves_broken(s: Private[UInt[250]]) -> Public[Array[UInt[128], 2]]:
    low, high = hint(halves, s, returns=(UInt[128], UInt[122]))
    return [low, high]


@circuit
def scalar_halves_corrected(s: Private[UInt[250]]) -> Public[Array[UInt[128], 2]]:
    low, high = hint(halves, s, returns=(UInt[128], UInt[122]))
    check(low + high * 2**128 == s, "not the halves")
    return [low, high]


HALVES = Bug(
    "Under constrained circuits compromising the soundness of the system",
    scalar_halves_broken,
    scalar_halves_corrected,
    {"s": (5 << 128) + 7},
    wire="out[0]",
    lie={0: [8, 5]},
)

# --- lurk, selector_dot_product: a variable `zero` that nothing holds to 0


@circuit
def default_zero_broken(chosen: Private[Bool], x: Private[Field]) -> Public[Field]:
    zero = hint(lambda: 0, returns=Field)
    return select(chosen, x, zero)


@circuit
def default_zero_corrected(chosen: Private[Bool], x: Private[Field]) -> Public[Field]:
    return select(chosen, x, 0)


DEFAULT_ZERO = Bug(
    "Soundness failure due to 0 value not enforced",
    default_zero_broken,
    default_zero_corrected,
    {"chosen": 0, "x": 7},
    wire="hint_0",
    lie={0: [99]},
)

# --- lurk, multi_case_aux: an accumulator whose first value nothing holds to 1


@circuit
def accumulator_broken(flags: Private[Array[Bool, 3]]) -> Public[Field]:
    none = hint(lambda: 1, returns=Field)
    for flag in flags:
        none = none * (1 - flag)
    return 1 - none  # one is set


@circuit
def accumulator_corrected(flags: Private[Array[Bool, 3]]) -> Public[Field]:
    none = 1
    for flag in flags:
        none = none * (1 - flag)
    return 0 * flags[0] + 1 - none


ACCUMULATOR = Bug(
    "Soundness failure due toaccumulator 1 initial value not enforced",
    accumulator_broken,
    accumulator_corrected,
    {"flags": [0, 0, 0]},
    wire="hint_0",
    lie={0: [0]},
)

# --- neptune, poseidon_hash_allocated: padding that nothing holds to 0


def mixed(values: Sequence[Any]) -> Any:
    """A round of a hash."""
    return sum((3 + i) * value**5 for i, value in enumerate(values)) ** 5


@circuit
def padding_broken(x: Private[Field], y: Private[Field]) -> Public[Field]:
    return mixed([x, y, hint(lambda: 0, returns=Field), hint(lambda: 0, returns=Field)])


@circuit
def padding_corrected(x: Private[Field], y: Private[Field]) -> Public[Field]:
    return mixed([x, y, 0, 0])


PADDING = Bug(
    "Zero padding not enforced",
    padding_broken,
    padding_corrected,
    {"x": 3, "y": 4},
    wire="hint_0",
    lie={0: [5], 1: [6]},
)

# --- arkworks r1cs-std, mul_by_inverse: the inverse is never checked


def inverse(d: int) -> int:
    from zkpipe.accel.bn254 import R

    return pow(d, -1, R) if d else 0


@circuit
def mul_by_inverse_broken(x: Private[Field], d: Private[Field]) -> Public[Field]:
    return x * hint(inverse, d, returns=Field)


@circuit
def mul_by_inverse_corrected(x: Private[Field], d: Private[Field]) -> Public[Field]:
    inverted = hint(inverse, d, returns=Field)
    check(inverted * d == 1, "no inverse")
    return x * inverted


MUL_BY_INVERSE = Bug(
    "Enforce mul_by_inverse",
    mul_by_inverse_broken,
    mul_by_inverse_corrected,
    {"x": 12, "d": 4},
    wire="hint_0",
    lie={0: [1]},
    forbidden=[({"x": 12, "d": 0}, "no inverse")],
)

# --- zkevm-circuits, RLP: tag_value is never compared with what was accumulated


def value_of(digits: list[int]) -> int:
    return sum(digit << 8 * i for i, digit in enumerate(reversed(digits)))


@circuit
def tag_value_broken(digits: Private[Array[UInt[8], 3]]) -> Public[UInt[24]]:
    tag = hint(value_of, digits, returns=UInt[24])
    accumulated = 0
    for digit in digits:
        accumulated = 256 * accumulated + digit
    return tag


@circuit
def tag_value_corrected(digits: Private[Array[UInt[8], 3]]) -> Public[UInt[24]]:
    tag = hint(value_of, digits, returns=UInt[24])
    accumulated = 0
    for digit in digits:
        accumulated = 256 * accumulated + digit
    check(tag == accumulated, "another value")
    return tag


TAG_VALUE = Bug(
    "Equality between tag_value and the final tag_value_acc not checked",
    tag_value_broken,
    tag_value_corrected,
    {"digits": [1, 2, 3]},
    wire="out",
    lie={0: [77]},
)

# --- zkevm-circuits, CALL: whether an address is warm is the prover's word


@circuit
def warm_broken(seen: Private[Array[UInt[16], 3]], address: Public[UInt[16]]) -> Public[UInt[12]]:
    warm = hint(lambda seen, a: a in seen, seen, address, returns=Bool)
    return select(warm, 100, 2600)


@circuit
def warm_corrected(
    seen: Private[Array[UInt[16], 3]], address: Public[UInt[16]]
) -> Public[UInt[12]]:
    cold = 1
    for other in seen:
        cold = cold * (1 - (other == address))
    return select(cold != 0, 2600, 100)


WARM = Bug(
    "Underconstrained warm status on CALL opcodes allows gas cost forgery",
    warm_broken,
    warm_corrected,
    {"seen": [5, 6, 7], "address": 9},
    wire="hint_0",
    lie={0: [1]},
)

# --- zkevm-circuits, invalid creation: the first byte is no byte of the memory


@circuit
def first_byte_broken(memory: Private[Array[UInt[8], 2]], length: Private[UInt[2]]) -> None:
    first = hint(lambda m: m[0], memory, returns=UInt[8])
    check(first == 0xEF, "another first byte")
    check(length != 0, "empty")


@circuit
def first_byte_corrected(memory: Private[Array[UInt[8], 2]], length: Private[UInt[2]]) -> None:
    check(memory[0] == 0xEF, "another first byte")
    check(length != 0, "empty")


FIRST_BYTE = Bug(
    "The “invalid creation” error handling circuit is unconstrained",
    first_byte_broken,
    first_byte_corrected,
    {"memory": [0xEF, 0], "length": 2},
    lie={0: [0xEF]},
    at={"memory": [0x60, 0], "length": 2},
    forbidden=[({"memory": [0x60, 0], "length": 2}, "another first byte")],
)

# --- summa: a constant that was assigned to a cell to be checked


@circuit
def constant_cell_broken(left: Private[UInt[8]], right: Private[UInt[8]]) -> None:
    one = hint(lambda: 1, returns=Bool)
    check((left < right) == one, "not below")


@circuit
def constant_cell_corrected(left: Private[UInt[8]], right: Private[UInt[8]]) -> None:
    check((left < right) == 1, "not below")


CONSTANT_CELL = Bug(
    "Constant assignment to check bug",
    constant_cell_broken,
    constant_cell_corrected,
    {"left": 3, "right": 5},
    lie={0: [0]},
    at={"left": 5, "right": 3},
    forbidden=[({"left": 5, "right": 3}, "not below")],
)

# --- sp1, recursive verifier: is_complete is a flag that the prover sets


@circuit
def is_complete_broken(first: Private[UInt[8]], last: Private[UInt[8]]) -> Public[Bool]:
    return hint(lambda f, last: f == 0 and last == 255, first, last, returns=Bool)


@circuit
def is_complete_corrected(first: Private[UInt[8]], last: Private[UInt[8]]) -> Public[Bool]:
    return (first == 0) & (last == 255)


IS_COMPLETE = Bug(
    "Underconstrained is_complete flag in recursive verifier",
    is_complete_broken,
    is_complete_corrected,
    {"first": 0, "last": 9},
    wire="out",
    lie={0: [1]},
)

# --- zkevm-proverjs, main.pil: a jump's address is a free input


@circuit
def jump_broken(opcode: Private[UInt[2]]) -> Public[UInt[16]]:
    return hint(lambda op: [3, 50, 700, 900][op], opcode, returns=UInt[16])


@circuit
def jump_corrected(opcode: Private[UInt[2]]) -> Public[UInt[16]]:
    low, high = to_bits(opcode, 2)
    return select(high, select(low, 900, 700), select(low, 50, 3))


JUMP = Bug(
    "Missing constraint in PIL leading to execution flow hijack",
    jump_broken,
    jump_corrected,
    {"opcode": 2},
    wire="out",
    lie={0: [12345]},
)

# --- zkevm-proverjs, storage.pil: the bits of a key's path are no bits


def bits_of(key: int) -> list[int]:
    return [key >> i & 1 for i in range(4)]


@circuit
def key_path_broken(key: Private[UInt[4]], steps: Private[Array[Field, 4]]) -> Public[Field]:
    path = hint(bits_of, key, returns=Array[Field, 4])
    check(sum(bit * 2**i for i, bit in enumerate(path)) == key, "another path")
    return poseidon([bit * step for bit, step in zip(path, steps, strict=True)])


@circuit
def key_path_corrected(key: Private[UInt[4]], steps: Private[Array[Field, 4]]) -> Public[Field]:
    path = hint(bits_of, key, returns=Array[Bool, 4])
    check(from_bits(path) == key, "another path")
    return poseidon([bit * step for bit, step in zip(path, steps, strict=True)])


KEY_PATH = Bug(
    "Missing constraint in PIL leading to proving fake inclusion in the SMT",
    key_path_broken,
    key_path_corrected,
    {"key": 6, "steps": [1, 2, 3, 4]},
    wire="hint_0",
    lie={0: [6, 0, 0, 0]},
)

BUGS = [
    MIMC,
    ARRAY_XOR,
    HALVES,
    DEFAULT_ZERO,
    ACCUMULATOR,
    PADDING,
    MUL_BY_INVERSE,
    TAG_VALUE,
    WARM,
    FIRST_BYTE,
    CONSTANT_CELL,
    IS_COMPLETE,
    JUMP,
    KEY_PATH,
]
