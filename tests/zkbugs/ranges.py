"""Values whose range was taken for granted: digits, limbs, remainders, operands of comparisons."""

from __future__ import annotations

from tests.zkbugs.corpus import Bug
from zkpipe.accel.bn254 import R
from zkpipe.circuits import (
    Array,
    Bool,
    Field,
    Int,
    Private,
    Public,
    UInt,
    check,
    circuit,
    component,
    hint,
    narrow,
    select,
)
from zkpipe.circuits.gadgets import from_bits, poseidon, to_bits

# --- ChaCha20, XorWords: the digits of the words are no bits


def digits_of(x: int) -> list[int]:
    return [x >> i & 1 for i in range(4)]


@circuit
def xor_words_broken(a: Private[UInt[4]], b: Private[UInt[4]]) -> Public[Field]:
    left, right = (hint(digits_of, x, returns=Array[Field, 4]) for x in (a, b))
    check(sum(d * 2**i for i, d in enumerate(left)) == a)
    check(sum(d * 2**i for i, d in enumerate(right)) == b)
    return sum((x + y - 2 * x * y) * 2**i for i, (x, y) in enumerate(zip(left, right, strict=True)))


@circuit
def xor_words_corrected(a: Private[UInt[4]], b: Private[UInt[4]]) -> Public[Field]:
    left, right = (hint(digits_of, x, returns=Array[Bool, 4]) for x in (a, b))
    check(from_bits(left) == a)
    check(from_bits(right) == b)
    return sum((x + y - 2 * x * y) * 2**i for i, (x, y) in enumerate(zip(left, right, strict=True)))


XOR_WORDS = Bug(
    "Unsound XOR gadget",
    xor_words_broken,
    xor_words_corrected,
    {"a": 5, "b": 3},
    wire="hint_0",
    lie={0: [5, 0, 0, 0], 1: [3, 0, 0, 0]},
)

# --- ChaCha20, Add32Bits: a carry, and a sum that nothing holds to 32 bits


@circuit
def add_words_broken(a: Private[UInt[32]], b: Private[UInt[32]]) -> Public[Field]:
    carry = hint(lambda a, b: (a + b) >> 32, a, b, returns=Bool)
    return a + b - carry * 2**32


@circuit
def add_words_corrected(a: Private[UInt[32]], b: Private[UInt[32]]) -> Public[Field]:
    carry = hint(lambda a, b: (a + b) >> 32, a, b, returns=Bool)
    return narrow(a + b - carry * 2**32, UInt[32])


ADD_WORDS = Bug(
    "Unsound Addition Gadget",
    add_words_broken,
    add_words_corrected,
    {"a": 2**32 - 1, "b": 5},
    wire="out",
    lie={0: [0]},
)

# --- ChaCha20, RotateLeft32Bits: in = part1 * 2^(32 - L) + part2, with parts of any size


def parts(x: int) -> tuple[int, int]:
    return x >> 25, x % (1 << 25)


@circuit
def rotate_broken(x: Private[UInt[32]]) -> Public[Field]:
    high, low = hint(parts, x, returns=(Field, Field))
    check(high * 2**25 + low == x)
    return low * 2**7 + high


@circuit
def rotate_corrected(x: Private[UInt[32]]) -> Public[Field]:
    high, low = hint(parts, x, returns=(UInt[7], UInt[25]))
    check(high * 2**25 + low == x)
    return low * 2**7 + high


ROTATE = Bug(
    "Unsound Left Rotation",
    rotate_broken,
    rotate_corrected,
    {"x": 0xDEADBEEF},
    wire="out",
    lie={0: [0, 0xDEADBEEF]},
)

# --- circom-bigint, BigMod: the remainder is below the divisor, as a number of no bounds


@circuit
def big_mod_broken(a: Private[UInt[16]], m: Private[UInt[8]]) -> Public[Field]:
    check(m != 0, "no divisor")
    quotient, rest = hint(divmod, a, m, returns=(UInt[16], Field))
    check(quotient * m + rest == a, "no quotient")
    return rest


@circuit
def big_mod_corrected(a: Private[UInt[16]], m: Private[UInt[8]]) -> Public[Field]:
    check(m != 0, "no divisor")
    quotient, rest = hint(divmod, a, m, returns=(UInt[16], UInt[8]))
    check(quotient * m + rest == a, "no quotient")
    check(rest < m, "no remainder")
    return rest


BIG_MOD = Bug(
    "Missing range checks in BigMod",
    big_mod_broken,
    big_mod_corrected,
    {"a": 1000, "m": 7},
    wire="out",
    lie={0: [143, R - 1]},
)

# --- Unirep, EpochKeyLite: LessThan(8) of a nonce that may be p - 1


@circuit
def epoch_nonce_broken(nonce: Private[Field], secret: Private[Field]) -> Public[Field]:
    below = 1 - to_bits(nonce + 2**8 - 3, 9)[8]
    check(below == 1, "no nonce of this epoch")
    return poseidon([secret, nonce])


@circuit
def epoch_nonce_corrected(nonce: Private[UInt[8]], secret: Private[Field]) -> Public[Field]:
    check(nonce < 3, "no nonce of this epoch")
    return poseidon([secret, nonce])


EPOCH_NONCE = Bug(
    "Missing Range Checks on Comparison Circuits",
    epoch_nonce_broken,
    epoch_nonce_corrected,
    {"nonce": 2, "secret": 77},
    forbidden=[({"nonce": -1, "secret": 77}, "takes a UInt[8]")],
)

# --- Dark Forest, RangeProof: LessThan of a value of any size


@circuit
def range_proof_broken(x: Private[Field]) -> None:
    """|x| <= 100, by one comparison of x + 100 with 201 in 9 bits."""
    check(to_bits(x + 100 + 2**9 - 201, 10)[9] == 0, "out of range")


@circuit
def range_proof_corrected(x: Private[Int[9]]) -> None:
    check(abs(x) <= 100, "out of range")


RANGE_PROOF = Bug(
    "Dark Forest v0.3: Missing Bit Length Check",
    range_proof_broken,
    range_proof_corrected,
    {"x": 50},
    forbidden=[({"x": -300}, "takes an Int[9]"), ({"x": -150}, "out of range")],
)

# --- telepathy, I2OSP: a value in as many bytes as hold it plus r


def bytes_of(x: int) -> list[int]:
    return list(x.to_bytes(32, "little"))


@circuit
def to_bytes_broken(x: Private[Field]) -> Public[Array[UInt[8], 32]]:
    digits = hint(bytes_of, x, returns=Array[UInt[8], 32])
    total = x * 0
    for i, digit in enumerate(digits):
        total = total + (digit + x * 0) * pow(256, i, R)
    check(total == x, "other bytes")
    return digits


@circuit
def to_bytes_corrected(x: Private[Field]) -> Public[Array[UInt[8], 32]]:
    digits = hint(lambda x: bytes_of(x)[:31], x, returns=Array[UInt[8], 31])
    check(sum(digit * 256**i for i, digit in enumerate(digits)) == x, "other bytes")
    return [*digits, 0]


TO_BYTES = Bug(
    "Zero Padding for Sha256 in ExpandMessageXMD is vulnerable to an overflow",
    to_bytes_broken,
    to_bytes_corrected,
    {"x": 0},
    wire="out",
    lie={0: list(R.to_bytes(32, "little"))},
)

# --- selfxyz, PackBytesAndPoseidon: [256, 0] and [0, 1] are packed to one number


@circuit
def packed_hash_broken(data: Private[Array[Field, 3]]) -> Public[Field]:
    return poseidon([data[0] + 256 * data[1] + 65536 * data[2]])


@circuit
def packed_hash_corrected(data: Private[Array[UInt[8], 3]]) -> Public[Field]:
    return poseidon([data[0] + 256 * data[1] + 65536 * data[2]])


PACKED_HASH = Bug(
    "Second Pre-Image Attacks On PackBytesAndPoseidon May Be Used To Register Arbitrary Passports "
    "And DSC Certificates",
    packed_hash_broken,
    packed_hash_corrected,
    {"data": [0, 1, 0]},
    forbidden=[({"data": [256, 0, 0]}, "takes a UInt[8]")],
)

# --- selfxyz, CountryNotInList: a forbidden country in letters that are no bytes


@circuit
def country_broken(country: Private[Array[UInt[8], 2]], packed: Public[Field],
                   forbidden: Private[Array[Field, 2]]) -> None:  # fmt: skip
    check(forbidden[0] + 256 * forbidden[1] == packed, "another list")
    same = (country[0] == forbidden[0]) & (country[1] == forbidden[1])
    check(~same, "a forbidden country")


@circuit
def country_corrected(country: Private[Array[UInt[8], 2]], packed: Public[Field],
                   forbidden: Private[Array[UInt[8], 2]]) -> None:  # fmt: skip
    check(forbidden[0] + 256 * forbidden[1] == packed, "another list")
    same = (country[0] == forbidden[0]) & (country[1] == forbidden[1])
    check(~same, "a forbidden country")


_RU = 82 + 256 * 85
COUNTRY = Bug(
    "Forbidden Country Check Bypass via Packed Byte Overflow",
    country_broken,
    country_corrected,
    {"country": [67, 72], "packed": _RU, "forbidden": [82, 85]},
    forbidden=[
        ({"country": [82, 85], "packed": _RU, "forbidden": [82 + 256, 84]}, "takes a UInt[8]"),
    ],
)

# --- selfxyz, REGISTER_ID: an index plus a length that runs round the field


@circuit
def key_offset_broken(offset: Private[Field], size: Private[Field]) -> None:
    """LessEqThan(12): offset + size <= 1000."""
    check(to_bits(offset + size + 2**12 - 1001, 13)[12] == 0, "past the end")


@circuit
def key_offset_corrected(offset: Private[UInt[11]], size: Private[UInt[11]]) -> None:
    check(offset + size <= 1000, "past the end")


KEY_OFFSET = Bug(
    "The registration and disclosure circuits lack range checks for the input indices",
    key_offset_broken,
    key_offset_corrected,
    {"offset": 500, "size": 300},
    forbidden=[({"offset": -500, "size": 300}, "takes a UInt[11]")],
)

# --- telepathy, Rotate: big integers whose limbs are of any size


@circuit
def limbs_broken(limbs: Private[Array[Field, 2]], salt: Private[Field]) -> Public[Field]:
    return poseidon([limbs[0] + 2**55 * limbs[1], salt])


@circuit
def limbs_corrected(limbs: Private[Array[UInt[55], 2]], salt: Private[Field]) -> Public[Field]:
    return poseidon([limbs[0] + 2**55 * limbs[1], salt])


LIMBS = Bug(
    "Prover can lock user funds by including ill-formed BigInts in public key commitment",
    limbs_broken,
    limbs_corrected,
    {"limbs": [7, 9], "salt": 1},
    forbidden=[({"limbs": [7 + 2**55, 8], "salt": 1}, "takes a UInt[55]")],
)

# --- telepathy, G1BigIntToSignFlag: a coordinate that is not reduced has another sign

P = 101


@circuit
def sign_flag_broken(y: Private[UInt[8]]) -> Public[Bool]:
    return y > (P - 1) // 2


@circuit
def sign_flag_corrected(y: Private[UInt[8]]) -> Public[Bool]:
    check(y < P, "not reduced")
    return y > (P - 1) // 2


SIGN_FLAG = Bug(
    "Prover can lock user funds by supplying non-reduced Y values to G1BigIntToSignFlag",
    sign_flag_broken,
    sign_flag_corrected,
    {"y": 7},
    forbidden=[({"y": 7 + P}, "not reduced")],
)

# --- telepathy, CoreVerifyPubkeyG1: a comparison is made and its answer thrown away


@component
def big_less_than(x: UInt[8]) -> Bool:
    return x < P


@circuit
def unread_comparison_broken(x: Private[UInt[8]]) -> Public[UInt[8]]:
    big_less_than(x)  # whose result nobody reads; `x < P` alone would not compile
    return x


@circuit
def unread_comparison_corrected(x: Private[UInt[8]]) -> Public[UInt[8]]:
    check(big_less_than(x), "not below p")
    return x


UNREAD_COMPARISON = Bug(
    "Template CoreVerifyPubkeyG1 does not perform input validation (Simplified)",
    unread_comparison_broken,
    unread_comparison_corrected,
    {"x": 100},
    forbidden=[({"x": 200}, "not below p")],
)

# --- Penumbra, checked_add: a carry that the prover may leave out


@circuit
def limb_sum_broken(
    a: Private[Array[UInt[64], 2]], b: Private[Array[UInt[64], 2]]
) -> Public[Array[Field, 2]]:
    carry = hint(lambda a, b: (a[0] + b[0]) >> 64, a, b, returns=Bool)
    return [a[0] + b[0] - carry * 2**64, a[1] + b[1] + carry]


@circuit
def limb_sum_corrected(
    a: Private[Array[UInt[64], 2]], b: Private[Array[UInt[64], 2]]
) -> Public[Array[Field, 2]]:
    carry = hint(lambda a, b: (a[0] + b[0]) >> 64, a, b, returns=Bool)
    return [narrow(a[0] + b[0] - carry * 2**64, UInt[64]), a[1] + b[1] + carry]


LIMB_SUM = Bug(
    "Unsound fixed-point addition",
    limb_sum_broken,
    limb_sum_corrected,
    {"a": [2**64 - 1, 3], "b": [2, 4]},
    wire="out[0]",
    lie={0: [0]},
)

# --- zkevm-circuits, RLP: bytes that may be anything


def two_bytes(x: int) -> list[int]:
    return [x >> 8, x & 255]


@circuit
def rlp_bytes_broken(value: Private[UInt[16]]) -> Public[Array[Field, 2]]:
    high, low = hint(two_bytes, value, returns=Array[Field, 2])
    check(256 * high + low == value, "other bytes")
    return [high, low]


@circuit
def rlp_bytes_corrected(value: Private[UInt[16]]) -> Public[Array[Field, 2]]:
    high, low = hint(two_bytes, value, returns=Array[UInt[8], 2])
    check(256 * high + low == value, "other bytes")
    return [high, low]


RLP_BYTES = Bug(
    "Missing range check for byte values in RLP Circuit",
    rlp_bytes_broken,
    rlp_bytes_corrected,
    {"value": 0xC820},
    wire="out[0]",
    lie={0: [0, 0xC820]},
)

# --- zkevm-circuits, LtChip: lhs - rhs = diff - lt * range, with a diff of any size


@circuit
def lt_chip_broken(a: Private[UInt[8]], b: Private[UInt[8]]) -> Public[Bool]:
    less, diff = hint(lambda a, b: (a < b, (a - b) % 256), a, b, returns=(Bool, Field))
    check(a - b == diff - less * 256, "no difference")
    return less


@circuit
def lt_chip_corrected(a: Private[UInt[8]], b: Private[UInt[8]]) -> Public[Bool]:
    less, diff = hint(lambda a, b: (a < b, (a - b) % 256), a, b, returns=(Bool, UInt[8]))
    check(a - b == diff - less * 256, "no difference")
    return less


LT_CHIP = Bug(
    "Missing range checks for the LtChip",
    lt_chip_broken,
    lt_chip_corrected,
    {"a": 5, "b": 9},
    wire="out",
    lie={0: [0, R - 4]},
)

# --- zkevm-circuits, MulAdd: a * b + c = low + 2^16 * high, with limbs of any size


def product_limbs(a: int, b: int, c: int) -> tuple[int, int]:
    return (a * b + c) % (1 << 16), (a * b + c) >> 16


@circuit
def mul_add_broken(
    a: Private[UInt[16]], b: Private[UInt[16]], c: Private[UInt[16]]
) -> Public[Array[Field, 2]]:
    low, high = hint(product_limbs, a, b, c, returns=(Field, Field))
    check(low + 2**16 * high == a * b + c, "another product")
    return [low, high]


@circuit
def mul_add_corrected(
    a: Private[UInt[16]], b: Private[UInt[16]], c: Private[UInt[16]]
) -> Public[Array[Field, 2]]:
    low, high = hint(product_limbs, a, b, c, returns=(UInt[16], UInt[16]))
    check(low + 2**16 * high == a * b + c, "another product")
    return [low, high]


MUL_ADD = Bug(
    "Missing range checks in MulAdd chip",
    mul_add_broken,
    mul_add_corrected,
    {"a": 50000, "b": 40000, "c": 7},
    wire="out[0]",
    lie={0: [50000 * 40000 + 7, 0]},
)

# --- zkevm-circuits, ExpCircuit: the parity of an exponent is no bit


@circuit
def parity_broken(exponent: Private[UInt[16]]) -> Public[Field]:
    half, odd = hint(lambda e: (e // 2, e % 2), exponent, returns=(UInt[15], Field))
    check(2 * half + odd == exponent, "another exponent")
    return odd


@circuit
def parity_corrected(exponent: Private[UInt[16]]) -> Public[Field]:
    half, odd = hint(lambda e: (e // 2, e % 2), exponent, returns=(UInt[15], Bool))
    check(2 * half + odd == exponent, "another exponent")
    return odd


PARITY = Bug(
    "ExpCircuit has a under-constrained exponentiation algorithm ",
    parity_broken,
    parity_corrected,
    {"exponent": 1001},
    wire="out",
    lie={0: [499, 3]},
)

# --- risc0, division: two remainders of one size, and anything for a divisor of zero


@circuit
def division_broken(
    a: Private[Int[8]], b: Private[Int[8]]
) -> tuple[Public[Int[16]], Public[Int[9]]]:
    quotient, rest = hint(
        lambda a, b: divmod(a, b) if b else (0, a), a, b, returns=(Int[9], Int[9])
    )
    check(quotient * b + rest == a, "no quotient")
    check((abs(rest) < abs(b)) | (b == 0), "too large a remainder")
    return quotient, rest


@circuit
def division_corrected(
    a: Private[Int[8]], b: Private[Int[8]]
) -> tuple[Public[Int[16]], Public[Int[9]]]:
    return a // b, a % b


DIVISION = Bug(
    "Underconstrained vulnerability in division",
    division_broken,
    division_corrected,
    {"a": 7, "b": 2},
    wire="out",
    lie={0: [4, -1]},
    forbidden=[({"a": 7, "b": 0}, "divisor of a division is zero")],
)

# --- zkevm-circuits, ModGadget: a mod 0 is a


@circuit
def mod_zero_broken(a: Private[UInt[8]], n: Private[UInt[8]]) -> Public[UInt[8]]:
    quotient, rest = hint(
        lambda a, n: divmod(a, n) if n else (0, a), a, n, returns=(UInt[8], UInt[8])
    )
    check(quotient * n + rest == a, "no quotient")
    check((rest < n) | (n == 0), "too large a remainder")
    return rest


@circuit
def mod_zero_corrected(a: Private[UInt[8]], n: Private[UInt[8]]) -> Public[UInt[8]]:
    by_zero = hint(lambda n: n == 0, n, returns=Bool)
    check(by_zero == (n == 0), "another flag")
    return select(by_zero, 0, a % (n + by_zero))


MOD_ZERO = Bug(
    "ModGadget is underconstrained and allows incorrect MULMOD operations to be proven",
    mod_zero_broken,
    mod_zero_corrected,
    {"a": 200, "n": 7},
    wire="hint_0",
    lie={0: [55, 200]},
    at={"a": 200, "n": 0},
)

# --- zkevm-circuits, RlpU64Gadget: a flag that may be false of a value below 128


@circuit
def below_128_broken(value: Private[UInt[8]]) -> Public[Bool]:
    flag = hint(lambda v: v < 128, value, returns=Bool)
    check(~flag | (value < 128), "not below 128")
    return flag


@circuit
def below_128_corrected(value: Private[UInt[8]]) -> Public[Bool]:
    flag = hint(lambda v: v < 128, value, returns=Bool)
    check(flag == (value < 128), "another flag")
    return flag


BELOW_128 = Bug(
    "The RlpU64Gadget is underconstrained when is_lt_128 is false",
    below_128_broken,
    below_128_corrected,
    {"value": 5},
    wire="out",
    lie={0: [0]},
)

# --- Penumbra, IncomingViewingKeyVar: reduction by a smaller modulus, of what is not reduced


@circuit
def viewing_key_broken(digest: Private[UInt[32]]) -> Public[UInt[24]]:
    quotient, key = hint(lambda d: divmod(d, 9999991), digest, returns=(UInt[24], UInt[24]))
    check(quotient * 9999991 + key == digest, "another key")
    return key


@circuit
def viewing_key_corrected(digest: Private[UInt[32]]) -> Public[UInt[24]]:
    quotient, key = hint(lambda d: divmod(d, 9999991), digest, returns=(UInt[24], UInt[24]))
    check(quotient * 9999991 + key == digest, "another key")
    check(key < 9999991, "not reduced")
    return key


VIEWING_KEY = Bug(
    "Double spending due to incoming viewing key (ivk) derivation not constrained",
    viewing_key_broken,
    viewing_key_corrected,
    {"digest": 3 * 9999991 + 5},
    wire="out",
    lie={0: [2, 9999991 + 5]},
)

# --- mpt-circuit, configure_nonce: the old nonce is held to 8 bytes twice, the new one never


@circuit
def nonce_broken(old: Private[Field], new: Private[Field]) -> Public[Field]:
    narrow(old, UInt[64])
    narrow(old, UInt[64])
    return poseidon([old, new])


@circuit
def nonce_corrected(old: Private[Field], new: Private[Field]) -> Public[Field]:
    narrow(old, UInt[64])
    narrow(new, UInt[64])
    return poseidon([old, new])


NONCE = Bug(
    "Incorrect constraints in configure_nonce",
    nonce_broken,
    nonce_corrected,
    {"old": 4, "new": 5},
    forbidden=[({"old": 4, "new": 2**64}, "`new` does not fit UInt[64]")],
)

BUGS = [
    XOR_WORDS,
    ADD_WORDS,
    ROTATE,
    BIG_MOD,
    EPOCH_NONCE,
    RANGE_PROOF,
    TO_BYTES,
    PACKED_HASH,
    COUNTRY,
    KEY_OFFSET,
    LIMBS,
    SIGN_FLAG,
    UNREAD_COMPARISON,
    LIMB_SUM,
    RLP_BYTES,
    LT_CHIP,
    MUL_ADD,
    PARITY,
    DIVISION,
    MOD_ZERO,
    BELOW_128,
    VIEWING_KEY,
    NONCE,
]
