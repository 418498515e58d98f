"""The gadgets that are counted, what others need for the same, and what we aim at.

Figures of circomlib are measured by `benchmarks.gadgets.circomlib`. Those of gnark are of its
commit 8558b82 with the R1CS builder of Groth16; with a dagger they are of circuits that commit to
lookups, which is no plain R1CS. Published ones are named in the notes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from zkpipe.benchmarks.gadgets import circuits, curve_circuits, word_circuits
from zkpipe.benchmarks.gadgets.counting import Counts, whole, without_inputs
from zkpipe.circuits import UInt
from zkpipe.circuits.define.circuit import Circuit
from zkpipe.circuits.gadgets import (
    blake2s,
    eddsa_mimc_sponge_verify,
    eddsa_mimc_verify,
    eddsa_verify,
    keccak256,
    mimc7,
    mimc_sponge,
    poseidon,
    poseidon2,
    poseidon_sponge,
    ripemd160,
    round_div,
    schnorr_verify,
    sha3_256,
    sha256,
    sha512,
)


@dataclass(frozen=True)
class Statement:
    """A gadget with the figures beside it.

    gadget     as a person writes it
    circuit    makes the circuit of it
    count      the size of the circuit, or what it has beside its inputs, whose rows are not the
               gadget's
    circomlib  the template beside it, a name of circomlib.TEMPLATES
    gnark      its rows there
    published  the least rows that anybody has published
    target     our aim
    note       why the target is missed, or what differs
    """

    gadget: str
    circuit: Callable[[], Circuit]
    count: Callable[[Circuit], Counts] = whole
    circomlib: str | None = None
    gnark: str = ""
    published: str = ""
    target: str = ""
    note: str = ""


def _of_fields(count: int, gadget: Callable[..., object]) -> Callable[[], Circuit]:
    return partial(circuits.of_fields, count, gadget)


def _poseidon(count: int, published: str = "") -> Statement:
    rows = {1: "213", 2: "240", 3: "261", 4: "297", 6: "354", 8: "402", 12: "504", 16: "609"}
    return Statement(
        f"`poseidon(inputs)` of {count}",
        _of_fields(count, poseidon),
        circomlib=f"Poseidon({count})",
        published=published,
        target=rows[count],
    )


def _comparison(bits: int, gnark: str = "") -> Statement:
    return Statement(
        f"`a < b` of two `UInt[{bits}]`",
        partial(circuits.comparison, bits),
        without_inputs,
        f"LessThan({bits})",
        gnark,
        target=str(bits + 1),
    )


def _lookup(bits: int, gnark: str) -> Statement:
    return Statement(
        f"`lookup` among {1 << bits} values, its index included",
        partial(circuits.table_of, bits),
        circomlib=f"Multiplexer(1,{1 << bits})",
        gnark=gnark,
        target=str((1 << bits) + (4 if bits == 4 else 8)),
    )


_SIGNATURES = (
    "The target takes six rows for each bit of the challenge. The last four take twelve here, as a "
    "multiple of the key by a number above the order of the subgroup may be any point; and more "
    "rows check that the key has no low order."
)

_NEXT = (
    "One row for each gate of three bits. The target packs gates of two rounds into one row; that "
    "this is sound with our bounds has still to be proved."
)

SECTIONS: dict[str, list[Statement]] = {
    "Bits and comparisons": [
        Statement(
            "range of a `UInt[32]`",
            partial(circuits.range_check, 32),
            circomlib="Num2Bits(32)",
            gnark="33",
            target="32",
        ),
        Statement(
            "`to_bits(x, 254)`",
            lambda: circuits.strict_bits,
            circomlib="Num2Bits_strict",
            gnark="508",
            target="307",
        ),
        _comparison(32, "36"),
        _comparison(64, "68"),
        _comparison(252),
        Statement(
            "`less_than(a, b)` of two `Field`",
            lambda: circuits.order,
            circomlib="LessThan of strict bits",
            gnark="1,277",
        ),
        Statement(
            "`less_than(x, r // 2 + 1)` of a `Field`",
            lambda: circuits.order_of_half,
            circomlib="Sign of strict bits",
            target="416",
            note="One or two rows for each run of equal bits of the constant. The target has one, "
            "of which a factor is free.",
        ),
        Statement(
            "`a == b`", lambda: circuits.equality, circomlib="IsEqual", gnark="2", target="2"
        ),
        Statement(
            "`select(flag, a, b)`",
            lambda: circuits.choice,
            without_inputs,
            "Mux1",
            target="1",
        ),
        _lookup(4, "20"),
        _lookup(8, "264"),
        Statement(
            "`lookup` among 16 lists of 8, its index included",
            lambda: circuits.record_of_table,
            circomlib="MultiMux4(8)",
            target="124",
        ),
    ],
    "Words and lists": [
        Statement(
            "`x & y` of two `UInt[32]`, as for `^` and or",
            partial(word_circuits.of_numbers, 2, 32, operator.and_, UInt[32]),
            without_inputs,
        ),
        Statement(
            "`rotate_left(x, 7)`",
            lambda: word_circuits.rotation,
            without_inputs,
        ),
        Statement(
            "`switcher(flag, a, b)`",
            lambda: word_circuits.switched,
            without_inputs,
            "Switcher",
            "2",
            target="1",
        ),
        Statement(
            "`one_hot(index, 16)`",
            lambda: word_circuits.decoded,
            without_inputs,
        ),
        Statement(
            "`sort` of 8 `UInt[32]`",
            lambda: word_circuits.sorted_list,
            without_inputs,
        ),
        Statement(
            "`argmin` of 8 `UInt[32]`",
            lambda: word_circuits.place_of_least,
            without_inputs,
        ),
        Statement(
            "`round_div(x, y)` of two `UInt[32]`",
            partial(word_circuits.of_numbers, 2, 32, round_div, UInt[33]),
            without_inputs,
        ),
        Statement(
            "`not_member(x, table)` of a `UInt[32]` and 1,000 constants",
            partial(word_circuits.absent, 1000),
            without_inputs,
        ),
        Statement(
            "`check_merkle_absence`, a `Field`, depth 20",
            lambda: word_circuits.absent_from_tree,
            without_inputs,
        ),
    ],
    "Hashes": [
        _poseidon(1),
        _poseidon(2, "240 (fluidex/circuits, issue 178)"),
        *(_poseidon(count) for count in (3, 4, 6, 8, 12, 16)),
        Statement(
            "`poseidon_ex` of 16, 17 results",
            lambda: circuits.all_of_poseidon,
            circomlib="PoseidonEx(16,17)",
            target="612",
        ),
        Statement(
            "`poseidon_sponge(values)` of 64",
            _of_fields(64, poseidon_sponge),
            note="609 for the first 16 values, and 612 for every 16 more.",
        ),
        Statement("`poseidon2` of 2", _of_fields(2, poseidon2), gnark="186", target="186"),
        Statement(
            "`mimc7(x, key)`",
            _of_fields(2, lambda values: mimc7(*values)),
            circomlib="MiMC7(91)",
            gnark="330",
            target="364",
            note="gnark's MiMC has 110 rounds of x^5.",
        ),
        Statement(
            "`mimc_sponge` of 2, one result",
            _of_fields(2, lambda values: mimc_sponge(values, 0, 1)[0]),
            circomlib="MiMCSponge(2,220,1)",
            target="1,320",
        ),
    ],
    "Hashes of bytes": [
        *(
            Statement(
                f"`sha256` of {count} bytes",
                partial(word_circuits.of_bytes, count, sha256),
                without_inputs,
                f"Sha256({8 * count})",
                gnark,
                published,
                target,
                _NEXT,
            )
            for count, gnark, published, target in (
                (
                    32,
                    "165,890†",
                    "15,168 (aptos-labs/keyless-zk-proofs, pull request 124)",
                    "15,168",
                ),
                (64, "200,567†", "2 x 15,168", "25,900"),
                (128, "235,839†", "3 x 15,168", "41,000"),
            )
        ),
        Statement(
            "`sha256_compress` of a block and a state",
            lambda: word_circuits.compression,
            without_inputs,
            "Sha256compression",
            published="15,168",
            target="15,168",
            note=_NEXT,
        ),
        Statement(
            "`sha512` of 32 bytes",
            partial(word_circuits.of_bytes, 32, sha512),
            without_inputs,
        ),
        Statement(
            "`keccak256` of 32 bytes",
            partial(word_circuits.of_bytes, 32, keccak256),
            without_inputs,
            gnark="237,598†",
            published="150,848 (vocdoni/keccak256-circom)",
            target="87,744",
        ),
        Statement(
            "`sha3_256` of 32 bytes",
            partial(word_circuits.of_bytes, 32, sha3_256),
            without_inputs,
            target="87,744",
        ),
        Statement(
            "`blake2s` of 64 bytes",
            partial(word_circuits.of_bytes, 64, blake2s),
            without_inputs,
            published="21,006 (zcash/zips, pull request 198)",
        ),
        Statement(
            "`ripemd160` of 32 bytes",
            partial(word_circuits.of_bytes, 32, ripemd160),
            without_inputs,
            published="22,893 (lurk-lab/bellpepper-gadgets, pull request 46)",
        ),
    ],
    "Points and signatures": [
        Statement(
            "a `Point` that enters", lambda: curve_circuits.point, whole, "BabyCheck", "4", "", "3"
        ),
        Statement(
            "`p + q`",
            lambda: curve_circuits.sum_of_points,
            without_inputs,
            "BabyAdd",
            "6",
            target="6",
        ),
        Statement(
            "`Point.double()`",
            lambda: curve_circuits.double,
            without_inputs,
            "BabyDbl",
            "5",
            "5 (zcash, issue 2277)",
            "5",
        ),
        Statement(
            "`Point.times(bits)` of 253 bits",
            lambda: curve_circuits.multiple,
            without_inputs,
            "EscalarMulAny(253)",
            "3,320†",
            "2,254 for 251 bits (sapling-crypto, pull request 85)",
            "1,560",
        ),
        Statement(
            "`Point.times(bits)` of a constant point, 253 bits",
            lambda: curve_circuits.multiple_of_base,
            without_inputs,
            "EscalarMulFix(253)",
            "3,317†",
            target="430",
        ),
        Statement(
            "`Point.BASE * secret`, a `UInt[253]`, its range included",
            lambda: curve_circuits.public_key,
            circomlib="BabyPbk",
            target="680",
            note="The target was an estimate.",
        ),
        Statement(
            "`pedersen_commit` of 250 and 250 bits, their ranges included",
            lambda: curve_circuits.commitment,
            circomlib="two EscalarMulFix(250)",
        ),
        Statement(
            "`pedersen_hash_of_bits` of 256",
            lambda: curve_circuits.pedersen_of_bits,
            without_inputs,
            "Pedersen(256)",
            target="452",
        ),
        Statement(
            "`eddsa_verify`, key and signature entered",
            partial(curve_circuits.signature, eddsa_verify),
            circomlib="EdDSAPoseidon",
            gnark="7,049 (Poseidon2)",
            target="2,960",
            note=_SIGNATURES,
        ),
        Statement(
            "`eddsa_mimc_verify`, key and signature entered",
            partial(curve_circuits.signature, eddsa_mimc_verify),
            circomlib="EdDSAMiMC",
            gnark="7,769",
            target="4,500",
            note=_SIGNATURES,
        ),
        Statement(
            "`eddsa_mimc_sponge_verify`, key and signature entered",
            partial(curve_circuits.signature, eddsa_mimc_sponge_verify),
            circomlib="EdDSAMiMCSponge",
            target="5,900",
            note=_SIGNATURES,
        ),
        Statement(
            "`schnorr_verify`, key and signature entered",
            partial(curve_circuits.signature, schnorr_verify),
        ),
    ],
    "Encryption": [
        Statement("`ecdh` with a secret of 252 bits", lambda: curve_circuits.shared_secret),
        Statement("`elgamal_encrypt`, a nonce of 250 bits", lambda: curve_circuits.encrypted_point),
        Statement(
            "`elgamal_decrypt`, a secret of 252 bits", lambda: curve_circuits.decrypted_point
        ),
        Statement("`wrap_key`, a nonce of 250 bits", lambda: curve_circuits.wrapped),
        Statement("`unwrap_key`, a secret of 252 bits", lambda: curve_circuits.unwrapped),
        Statement("`poseidon_encrypt` of 3 elements", lambda: curve_circuits.encrypted),
        Statement("`poseidon_decrypt` of 3 elements", lambda: curve_circuits.decrypted),
        Statement("`stream_encrypt` of 3 elements", lambda: curve_circuits.streamed),
    ],
    "Trees": [
        *(
            Statement(
                f"`merkle_root` of depth {depth}",
                partial(circuits.member, depth),
                without_inputs,
                f"Merkle({depth})",
                gnark,
                target=f"{241 * depth:,}",
            )
            for depth, gnark in ((20, "7,688 (Poseidon2)"), (32, "12,188 (Poseidon2)"))
        ),
        *(
            Statement(
                f"`merkle_root_at` of {arity**depth:,} places, nodes of {arity}",
                partial(circuits.place, depth, arity),
                without_inputs,
            )
            for depth, arity in ((20, 2), (10, 4), (5, 16))
        ),
        Statement(
            "`merkle_update` of depth 20",
            partial(circuits.update, 20),
            note="With the place's bits, and both roots.",
        ),
        *(
            Statement(
                f"`smt_root` of {levels} levels",
                partial(circuits.sparse_member, levels),
                whole,
                f"SMTVerifier({levels})",
                target=f"{aim:,}",
                note="circomlib's is for members and absent keys, chosen by a signal.",
            )
            for levels, aim in ((10, 3647), (20, 6157), (32, 9169))
        ),
        Statement(
            "`smt_root_without` of 20 levels",
            partial(circuits.sparse_absent, 20),
            without_inputs,
            "SMTVerifier(20)",
            target="6,157",
        ),
        Statement(
            "`smt_insert` of 20 levels",
            partial(circuits.sparse_insertion, 20),
            circomlib="SMTProcessor(20)",
            target="11,119",
            note="circomlib's changes in three ways, chosen by a signal.",
        ),
        Statement(
            "`smt_delete` of 20 levels",
            partial(circuits.sparse_deletion, 20),
            circomlib="SMTProcessor(20)",
            target="11,119",
            note="It proves that a leaf beside the key rises, which circomlib's does not.",
        ),
        Statement(
            "`smt_update` of 20 levels",
            partial(circuits.sparse_update, 20),
            circomlib="SMTProcessor(20)",
            target="11,119",
            note="circomlib's changes in three ways, chosen by a signal.",
        ),
    ],
}
