"""The generated verifier: what it takes, what it calls false, when it reverts.

Keys and proofs come from py_ecc (conftest's Trapdoor) or from snarkjs; the chains are py-evm, whose
precompiles are py_ecc, and anvil. Names in brackets are those of the classes of attack.
"""

from __future__ import annotations

import secrets
from types import SimpleNamespace

import pytest
from eth_utils import keccak
from py_ecc import optimized_bn128 as curve

from zkpipe.prover import Proof, VerifyingKey
from zkpipe.verifier_contracts import Settings, calldata, compile_solidity, solidity_verifier
from zkpipe.verifier_contracts.errors import ArgumentError, RevertError

P, R = curve.field_modulus, curve.curve_order
PUBLIC = (R - 1, 0, 12345)
A, B, C, INPUT = 0, 2, 6, 8  # where they begin among the words of a call


def encode(selector: bytes, words: list[int]) -> bytes:
    return selector + b"".join(word.to_bytes(32, "big") for word in words)


def words_of(arguments: tuple) -> list[int]:
    a, b, c, *inputs = arguments
    return [*a, *b[0], *b[1], *c, *(inputs[0] if inputs else ())]


def selector_of(count: int) -> bytes:
    last = f",uint256[{count}]" if count else ""
    return keccak(text=f"verifyProof(uint256[2],uint256[2][2],uint256[2]{last})")[:4]


def error(text: str, number: int) -> bytes:
    return keccak(text=text)[:4] + number.to_bytes(32, "big")


BAD_B = error("PrecompileFailed(uint256)", 8)


@pytest.fixture(scope="module")
def world(real, judge, contracts, oracle):
    """A verifier with three public values on the real node, its twin, a right proof."""
    trapdoor = oracle.trapdoor("three", len(PUBLIC))
    key = trapdoor.key()
    verifier = real.deploy(compile_solidity(solidity_verifier(key, "V")), "V")

    def swapped(point):
        (x0, x1), (y0, y1) = point
        return (x1, x0, y1, y0)

    twin = real.deploy(
        contracts, "Twin", key.alpha, *map(swapped, (key.beta, key.gamma, key.delta)), key.ic
    )
    proof = trapdoor.proof(PUBLIC)
    selector = selector_of(len(PUBLIC))
    return SimpleNamespace(
        trapdoor=trapdoor,
        key=key,
        proof=proof,
        verifier=verifier,
        selector=selector,
        words=words_of(calldata(proof, PUBLIC)),
        encode=lambda words: encode(selector, words),
        ours=judge(verifier),
        twin=judge(twin),
    )


def verdicts(world, cases: list[list[int]]) -> list[bool | bytes]:
    """Ours on each list of words, after checking that the twin says the same."""
    calls = [world.encode(words) for words in cases]
    ours, twin = world.ours.verdicts(calls), world.twin.verdicts(calls)
    assert [v if isinstance(v, bool) else "revert" for v in ours] == [
        v if isinstance(v, bool) else "revert" for v in twin
    ]
    return ours


def with_b(words: list[int], point: tuple[tuple[int, int], tuple[int, int]]) -> list[int]:
    (x0, x1), (y0, y1) = point
    return [*words[:B], x1, x0, y1, y0, *words[C:]]


def with_word(words: list[int], position: int, value: int) -> list[int]:
    return [*words[:position], value, *words[position + 1 :]]


# What is right is true.


# The embedded chain takes seconds for each pairing: it need not have all counts.
@pytest.mark.parametrize(
    ("chain", "count"),
    [("node", 0), ("node", 1), ("node", 2), ("embedded", 2)],
    indirect=["chain"],
)
def test_a_right_proof_is_true_and_another_public_value_false(chain, oracle, count):
    trapdoor = oracle.trapdoor("some", count)
    public = tuple(secrets.randbelow(R) for _ in range(count))
    contract = chain.deploy(compile_solidity(solidity_verifier(trapdoor.key(), "V")), "V")
    proof = trapdoor.proof(public)
    assert contract.call("verifyProof", *calldata(proof, public)) is True
    if count:
        other = (*public[:-1], (public[-1] + 1) % R)
        assert contract.call("verifyProof", *calldata(proof, other)) is False
    else:
        other_proof = oracle.trapdoor("other", 0).proof(())
        assert contract.call("verifyProof", *calldata(other_proof, ())) is False


def test_snarkjs_proofs_are_true_under_its_key(chain, peer):
    key = VerifyingKey.load(peer.key)
    contract = chain.deploy(compile_solidity(solidity_verifier(key, "V")), "V")
    for made in peer.proofs:
        a, b, c, public = made["call"]
        numbers = [[int(v, 16) for v in a], [[int(v, 16) for v in w] for w in b]]
        call = (*numbers, [int(v, 16) for v in c], [int(v, 16) for v in public])
        assert contract.call("verifyProof", *call) is True
        call[3][0] += 1
        assert contract.call("verifyProof", *call) is False


@pytest.mark.parametrize("value", [0, 1, R - 1])
def test_the_ends_of_the_scalar_field_are_public_values(world, value):
    public = (value,) * len(PUBLIC)
    words = words_of(calldata(world.trapdoor.proof(public), public))
    assert verdicts(world, [words]) == [True]


def test_maulings_of_a_right_proof_verify_too(world, oracle):
    """[P1] By design: who needs one use per statement must not use the proof's bytes for it."""
    trapdoor = world.trapdoor
    a, b, c = trapdoor.logs(PUBLIC)
    scale, shift = 1 + secrets.randbelow(R - 1), secrets.randbelow(R)
    cases = []
    for mauled in (
        (-a, -b, c),
        (scale * a, pow(scale, -1, R) * b, c),
        (a, b + shift * trapdoor.delta, c + shift * a),
    ):
        la, lb, lc = mauled
        proof = Proof(oracle.g1(la), oracle.g2(lb), oracle.g1(lc))
        cases.append(words_of(calldata(proof, PUBLIC)))
    assert verdicts(world, cases) == [True] * 3


def test_many_calls_in_one_transaction_do_not_disturb_each_other(world):
    wrong = with_word(world.words, INPUT, 7)
    assert verdicts(world, [world.words, world.words, wrong, world.words, wrong]) == [
        True,
        True,
        False,
        True,
        False,
    ]


# What is not in its range is false: each proof has one encoding.


def test_no_alias_of_a_public_value_is_taken(world):
    """[P2] x + k r for every position and k that fits, r itself, all ones."""
    cases = [
        with_word(world.words, INPUT + i, alias)
        for i, value in enumerate(PUBLIC)
        for alias in [value + k * R for k in range(1, 6)] + [R, 2**256 - 1]
        if alias < 2**256
    ]
    assert len(cases) > 18
    assert set(verdicts(world, cases)) == {False}


def test_no_alias_of_a_coordinate_is_taken(world):
    """[P5] c + k p for every coordinate and k that fits, p itself, all ones."""
    cases = [
        with_word(world.words, i, alias)
        for i in range(8)
        for alias in [world.words[i] + k * P for k in range(1, 6)] + [P, 2**256 - 1]
        if alias < 2**256
    ]
    assert len(cases) > 40
    assert set(verdicts(world, cases)) == {False}


def test_no_alias_of_the_y_of_a_is_taken(world):
    """[A4] snarkjs' verifier takes y' with (q - y') mod 2^256 = q - y mod q: four of them."""
    y = world.words[1]
    aliases = [(P - (P - y) - k * P) % 2**256 for k in range(1, 6)] + [
        (y + 2**256 - k * P) % 2**256 for k in range(1, 6)
    ]
    cases = [with_word(world.words, 1, alias) for alias in aliases if alias != y]
    assert True not in verdicts(world, cases)


# A and C off the curve are false, a bad B reverts.


def test_a_point_a_or_c_off_the_curve_is_false(world):
    cases = []
    for start in (A, C):
        x, y = world.words[start : start + 2]
        points = (0, 0), (x, (y + 1) % P), (y, x), (0, 1), (1, 0), (P - 1, P - 1)
        cases += [[*world.words[:start], *p, *world.words[start + 2 :]] for p in points]
    assert set(verdicts(world, cases)) == {False}


def test_a_negated_point_is_false(world):
    cases = [with_word(world.words, y, P - world.words[y]) for y in (A + 1, C + 1)]
    negative_b = [*world.words[: B + 2], *(P - w for w in world.words[B + 2 : C])]
    cases.append([*negative_b, *world.words[C:]])
    assert verdicts(world, cases) == [False] * 3


def test_the_proof_of_zeros_is_false(world):
    assert verdicts(world, [[0] * 8 + list(PUBLIC)]) == [False]


def test_a_b_at_infinity_is_false(world):
    """The precompile takes it for the neutral element, so the pairing says no."""
    assert verdicts(world, [[*world.words[:B], 0, 0, 0, 0, *world.words[C:]]]) == [False]


def test_a_b_that_is_no_point_of_its_group_reverts(world, oracle):
    """[P4] Off the curve, halves of its coordinates swapped, on it but outside the group."""
    (x0, x1), (y0, y1) = world.proof.b
    bad = [((1, 2), (3, 4)), ((x1, x0), (y1, y0)), ((x0, x1), ((y0 + 1) % P, y1))]
    cases = [with_b(world.words, point) for point in (*bad, oracle.off_group_point)]
    assert verdicts(world, cases) == [BAD_B] * 4


def test_the_embedded_chain_refuses_the_same(embedded, oracle):
    trapdoor = oracle.trapdoor("some", 1)
    contract = embedded.deploy(compile_solidity(solidity_verifier(trapdoor.key(), "V")), "V")
    a, b, c, (value,) = calldata(trapdoor.proof((5,)), (5,))
    assert contract.call("verifyProof", a, b, c, [value + R]) is False
    assert contract.call("verifyProof", (a[0], a[1] + P), b, c, [value]) is False
    assert contract.call("verifyProof", (a[0], a[1] ^ 1), b, c, [value]) is False
    assert contract.call("verifyProof", (0, 0), ((0, 0), (0, 0)), (0, 0), [value]) is False
    (x0, x1), (y0, y1) = oracle.off_group_point
    with pytest.raises(RevertError, match=r"PrecompileFailed\(8\)") as caught:
        contract.call("verifyProof", a, ((x1, x0), (y1, y0)), c, [value])
    assert (caught.value.name, caught.value.arguments) == ("PrecompileFailed", (8,))
    with pytest.raises(ArgumentError, match="do not fit"):
        contract.call("verifyProof", a, b, c, [value, value])


# Calldata are exactly one call.


def test_calldata_of_another_length_revert(world):
    call = world.encode(world.words)
    trailing = [call + bytes(n) for n in (1, 31, 32, 64)]
    short = [call[:-n] for n in (1, 31, 32, 64, 352 - 4, 352)]
    answers = world.ours.verdicts(trailing + short)
    expected = [error("CalldataLength(uint256)", len(data)) for data in trailing]
    assert answers == expected + [b""] * len(short)


def test_another_selector_reverts(world):
    call = world.encode(world.words)
    for other in (selector_of(2), selector_of(0), b"\0\0\0\0"):
        assert world.ours.verdicts([other + call[4:]]) == [b""]


def test_no_ether_can_be_sent_to_it(world):
    with pytest.raises(RevertError):
        world.verifier.transact("verifyProof", *calldata(world.proof, PUBLIC), value=1)


def test_fuzzed_calldata_are_never_true_and_get_the_answer_of_the_twin(world):
    """[E3] Bits flipped, words swapped, replaced by edges and by each other."""
    edges = (0, 1, 2, P - 1, P, R - 1, R, 2**255, 2**256 - 1)
    size = len(world.words)
    cases = []
    for _ in range(300):
        words = list(world.words)
        for _ in range(1 + secrets.randbelow(3)):
            i, j = secrets.randbelow(size), secrets.randbelow(size)
            match secrets.randbelow(4):
                case 0:
                    words[i] ^= 1 << secrets.randbelow(256)
                case 1:
                    words[i] = secrets.choice(edges)
                case 2:
                    words[i], words[j] = words[j], words[i]
                case 3:
                    words[i] = secrets.randbits(256)
        if words != world.words:
            cases.append(words)
    accepted = [
        words
        for words, verdict in zip(cases, verdicts(world, cases), strict=True)
        if verdict is True
    ]
    assert accepted == []


# However it is compiled, the answers are the same.

VARIANTS = [
    Settings(optimizer_runs=runs, via_ir=via_ir, evm_version=evm)
    for runs, via_ir, evm in [
        (1_000_000, False, "paris"),
        (1_000_000, True, "cancun"),
        (None, False, "shanghai"),
        (None, True, "prague"),
        (1, True, "paris"),
    ]
]


@pytest.mark.parametrize("settings", VARIANTS, ids=str)
def test_every_way_of_compiling_gives_the_same_answers(world, real, judge, oracle, settings):
    """[E4]"""
    source = solidity_verifier(world.key, "V")
    variant = judge(real.deploy(compile_solidity(source, settings), "V"))
    cases = [world.words, with_b(world.words, oracle.off_group_point)]
    cases += [with_word(world.words, i, (word + 1) % P) for i, word in enumerate(world.words)]
    cases += [with_word(world.words, i, word + P) for i, word in enumerate(world.words)]
    calls = [world.encode(words) for words in cases]
    calls += [calls[0] + b"\0", calls[0][:-1]]
    assert variant.verdicts(calls) == world.ours.verdicts(calls)
