"""The batch verifier: n proofs of one key in n + 3 pairings, and what does not get through it.

Keys and proofs come from py_ecc (conftest's Trapdoor), which knows all logarithms: it can make
wrong proofs that cancel each other for coefficients that it knows. Names in brackets are the
classes of attack. The judge is anvil, whose pairing is not ours.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest
from eth_utils import keccak
from py_ecc import optimized_bn128 as curve

from zkpipe.prover import Proof, verify_batch
from zkpipe.verifier_contracts import (
    Form,
    Settings,
    batch_calldata,
    compile_solidity,
    key_digest,
    solidity_verifier,
)
from zkpipe.verifier_contracts.errors import RevertError

P, R = curve.field_modulus, curve.curve_order
COUNT = 2
STRIDE = 8 + COUNT  # words of a proof
B, C, INPUT = 2, 6, 8  # where they begin in it
TAKES = f"(uint256[2],uint256[2][2],uint256[2],uint256[{COUNT}])[]"
VERIFY = keccak(text=f"verifyProofs({TAKES})")[:4]
HASHED = "calldatacopy(add(m, 0x20), 0x24, sub(calldatasize(), 0x24)) // n and the proofs"


@dataclass(frozen=True)
class Logs:
    """A proof and its public values by their logarithms; it need not be right."""

    a: int
    b: int
    c: int
    public: tuple[int, ...]

    def fault(self, trapdoor) -> int:
        """Log of e(-A, B) e(alpha, beta) e(L, gamma) e(C, delta): 0 for a right proof."""
        ic, *others = trapdoor.ic
        inputs = ic + sum(x * y for x, y in zip(self.public, others, strict=True))
        known = trapdoor.alpha * trapdoor.beta + inputs * trapdoor.gamma + self.c * trapdoor.delta
        return (known - self.a * self.b) % R


def encoded(batch: list[list[int]], place: int = 0x20, count: int | None = None) -> bytes:
    """A call of verifyProofs with the words of each proof."""
    words = [place, len(batch) if count is None else count, *(w for proof in batch for w in proof)]
    return VERIFY + b"".join(word.to_bytes(32, "big") for word in words)


def error(text: str, *numbers: int) -> bytes:
    return keccak(text=text)[:4] + b"".join(n.to_bytes(32, "big") for n in numbers)


NO_PROOFS = error("NoProofs()")
BAD_B = error("PrecompileFailed(uint256)", 8)


@pytest.fixture(scope="module")
def world(real, judge, oracle):
    """A batch verifier on the real node, and three right proofs under its key."""
    trapdoor = oracle.trapdoor("batch", COUNT)
    key = trapdoor.key()
    source = solidity_verifier(key, "V", form=Form.BATCH)
    contract = real.deploy(compile_solidity(source), "V")

    def words(logs: Logs) -> list[int]:
        (x0, x1), (y0, y1) = oracle.g2(logs.b)
        return [*oracle.g1(logs.a), x1, x0, y1, y0, *oracle.g1(logs.c), *logs.public]

    publics = [(R - 1, 0), (12, 13), (7, 7)]
    right = [Logs(*trapdoor.logs(public), public) for public in publics]
    return SimpleNamespace(
        trapdoor=trapdoor,
        key=key,
        source=source,
        contract=contract,
        right=right,
        batch=[words(logs) for logs in right],
        words=words,
        judge=judge(contract),
        judged=judge,
    )


def changed(batch: list[list[int]], proof: int, word: int, value: int) -> list[list[int]]:
    copy = [list(words) for words in batch]
    copy[proof][word] = value
    return copy


def with_b(batch: list[list[int]], proof: int, point) -> list[list[int]]:
    (x0, x1), (y0, y1) = point
    copy = [list(words) for words in batch]
    copy[proof][B:C] = [x1, x0, y1, y0]
    return copy


# What is right is true.


@pytest.mark.parametrize(
    ("chain", "count"), [("node", 0), ("node", 1), ("embedded", 1)], indirect=["chain"]
)
def test_right_batches_are_true_and_one_other_value_false(chain, oracle, count):
    trapdoor = oracle.trapdoor("some batch", count)
    source = solidity_verifier(trapdoor.key(), "V", form=Form.BATCH)
    contract = chain.deploy(compile_solidity(source), "V")
    publics = [tuple(secrets.randbelow(R) for _ in range(count)) for _ in range(2)]
    proofs = [trapdoor.proof(public) for public in publics]
    assert contract.call("verifyProofs", batch_calldata(proofs, publics)) is True
    assert contract.call("verifyProofs", batch_calldata(proofs[:1], publics[:1])) is True
    other = [*proofs[1:], Proof(proofs[0].a, proofs[0].b, proofs[1].c)]
    assert contract.call("verifyProofs", batch_calldata(other, publics[::-1])) is False


def test_the_same_proof_may_stand_in_a_batch_twice(world):
    assert world.judge.verdicts([encoded([*world.batch, world.batch[0]])]) == [True]
    [(verdict, _)] = world.judge.answers([encoded([world.batch[1]] * 30)], 3_000_000)
    assert verdict is True


def test_maulings_of_right_proofs_verify_too_and_are_recorded_as_the_same(world):
    """[P1] By design. The event is of the public values, which are the same."""
    k, shift = 2 + secrets.randbelow(R - 2), secrets.randbelow(R)
    first, two, three = world.right
    mauled = [
        replace(first, a=-first.a % R, b=-first.b % R),
        replace(two, a=k * two.a % R, b=pow(k, -1, R) * two.b % R),
        replace(
            three,
            b=(three.b + shift * world.trapdoor.delta) % R,
            c=(three.c + shift * three.a) % R,
        ),
    ]
    batch = [world.words(logs) for logs in mauled]
    assert world.judge.verdicts([encoded(batch)]) == [True]
    logs = [record(world, words).logs for words in (world.batch, batch)]
    (one,), (other,) = logs
    assert one["topics"] == other["topics"]


# One wrong proof is enough, and wrong proofs do not cancel each other.


def test_one_wrong_proof_at_any_place_makes_the_batch_false(world, oracle):
    """[P13] A wrong value, a wrong C, a negated A, another proof's B."""
    cases = []
    for i in range(3):
        words = world.batch[i]
        cases += [
            changed(world.batch, i, INPUT, (words[INPUT] + 1) % R),
            changed(world.batch, i, 1, P - words[1]),
            with_b(world.batch, i, oracle.g2(5)),
            [*world.batch[:i], world.words(replace(world.right[i], c=77)), *world.batch[i + 1 :]],
        ]
    assert world.judge.verdicts([encoded(case) for case in cases]) == [False] * 12


def test_two_wrong_proofs_that_cancel_for_coefficients_one_are_refused(world):
    """[P13] C1 + D and C2 - D: the product of both equations holds, neither does alone."""
    one, two, three = world.right
    shift = 1 + secrets.randbelow(R - 1)
    wrong = [replace(one, c=(one.c + shift) % R), replace(two, c=(two.c - shift) % R), three]
    assert sum(logs.fault(world.trapdoor) for logs in wrong) % R == 0
    assert world.judge.verdicts([encoded([world.words(logs) for logs in wrong])]) == [False]


def coefficients(digest: bytes, message: bytes, count: int) -> list[int]:
    """As the contract's comments define them."""
    seed = keccak(digest + message)
    hashes = (keccak(seed + i.to_bytes(32, "big")) for i in range(count))
    return [int.from_bytes(value) % R for value in hashes]


PARTS = ["a", "b", "c", 0, 1]  # of a proof; numbers are public values


def balanced(world, batch: list[Logs], weights: list[int], proof: int, part) -> list[Logs]:
    """The batch with one part of a proof such that the weighted faults are 0 in all."""
    logs, trapdoor = batch[proof], world.trapdoor
    others = sum(
        w * x.fault(trapdoor) for w, x in zip(weights, batch, strict=True) if x is not logs
    )
    wanted = -others * pow(weights[proof], -1, R) % R
    missing = (wanted - logs.fault(trapdoor)) % R
    match part:
        case "a":
            logs = replace(logs, a=(logs.a - missing * pow(logs.b, -1, R)) % R)
        case "b":
            logs = replace(logs, b=(logs.b - missing * pow(logs.a, -1, R)) % R)
        case "c":
            logs = replace(logs, c=(logs.c + missing * pow(trapdoor.delta, -1, R)) % R)
        case i:
            step = missing * pow(trapdoor.gamma * trapdoor.ic[i + 1], -1, R)
            public = [*logs.public]
            public[i] = (public[i] + step) % R
            logs = replace(logs, public=tuple(public))
    return [*batch[:proof], logs, *batch[proof + 1 :]]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("proof", [0, 1])
def test_a_part_chosen_after_the_coefficients_of_the_rest_does_not_pass(world, proof, part):
    """[P13] The coefficients that the part was chosen for are no longer those of the batch."""
    batch = [replace(world.right[0], c=5), replace(world.right[1], c=6)]
    call = encoded([world.words(logs) for logs in batch])
    digest = bytes.fromhex(key_digest(world.key))
    weights = coefficients(digest, call[36:], len(batch))
    forged = balanced(world, batch, weights, proof, part)
    faults = [logs.fault(world.trapdoor) for logs in forged]
    assert all(faults)
    assert sum(w * x for w, x in zip(weights, faults, strict=True)) % R == 0
    assert world.judge.verdicts([encoded([world.words(logs) for logs in forged])]) == [False]


def test_the_seed_is_of_the_key_and_of_every_byte_of_the_batch(world, real):
    """[P13] A copy of the contract that tells its seed, and one that tells a coefficient."""
    call = encoded(world.batch)
    digest = bytes.fromhex(key_digest(world.key))
    told = "{ mstore(0x00, %s) return(0x00, 0x20) }"
    seed, second = "let s := 0", "s := addmod(s, coefficient, R)"
    tells_seed = world.source.replace(seed, f"{told % 'seed'} {seed}", 1)
    of_second = f"if eq(i, 1) {told % 'coefficient'} {second}"
    tells_second = world.source.replace(second, of_second, 1)
    answers = []
    for source in (tells_seed, tells_second):
        assert source != world.source
        contract = real.deploy(compile_solidity(source), "V")
        answers.append(real.call({"to": contract.address, "data": f"0x{call.hex()}"}))
    assert answers[0] == keccak(digest + call[36:])
    assert int.from_bytes(answers[1]) == coefficients(digest, call[36:], 2)[1]


def test_the_same_attack_forges_where_the_seed_leaves_the_proofs_out(world, real):
    """The control: what the tests above refuse would be accepted."""
    blind = world.source.replace(HASHED, "mstore(add(m, 0x20), n)")
    blind = blind.replace("keccak256(m, sub(calldatasize(), 0x04))", "keccak256(m, 0x40)")
    assert blind.count("keccak256(m, 0x40)") == 1
    contract = world.judged(real.deploy(compile_solidity(blind), "V"))
    digest = bytes.fromhex(key_digest(world.key))
    weights = coefficients(digest, (2).to_bytes(32, "big"), 2)
    batch = [replace(world.right[0], c=5), replace(world.right[1], c=6)]
    calls = [
        encoded([world.words(logs) for logs in balanced(world, batch, weights, 1, part)])
        for part in PARTS
    ]
    assert contract.verdicts(calls) == [True] * len(PARTS)
    assert world.judge.verdicts(calls) == [False] * len(PARTS)


# Each batch has one encoding.


def test_no_alias_of_any_number_is_taken(world):
    """[P2] [P5] x + k r, c + k p, the modulus itself, all ones, for every word of two proofs."""
    batch = world.batch[:2]
    cases = [
        changed(batch, i, j, alias)
        for i in range(2)
        for j in range(STRIDE)
        for modulus in [P if j < INPUT else R]
        for alias in [batch[i][j] + k * modulus for k in range(1, 6)] + [modulus, 2**256 - 1]
        if alias < 2**256
    ]
    assert len(cases) > 100
    assert set(world.judge.verdicts([encoded(case) for case in cases])) == {False}


def test_calldata_are_one_array_of_exact_length(world):
    """[E3] Short, long, another place, a length that is not that of what follows."""
    call = encoded(world.batch)
    padded = VERIFY + (0x40).to_bytes(32, "big") + bytes(32) + call[36:]
    cases = [call + b"\0", call + bytes(32), call + bytes(32 * STRIDE), padded]
    cases += [call[:-1], call[:-32], call[: -32 * STRIDE], call[:68], call[:36], call[:4]]
    cases += [encoded(world.batch, count=n) for n in (0, 1, 2, 4, 2**64 - 1, 2**64, 2**255)]
    cases += [
        encoded(world.batch, place=p) for p in (0, 1, 0x1F, 0x21, 0x40, 2**64 - 1, 2**256 - 1)
    ]
    verdicts = world.judge.verdicts(cases)
    assert not [v for v in verdicts if isinstance(v, bool)]


def test_no_other_place_of_the_array_is_a_second_encoding(world):
    """[E3] At place 1 the length is 256 and the word after's first byte; proofs follow it."""
    many = 256
    body = (world.batch * (many // 3 + 1))[:many]
    flat = b"".join(word.to_bytes(32, "big") for words in body for word in words)
    shifted = VERIFY + (1).to_bytes(32, "big") + b"\0" + flat + bytes(31)
    assert len(shifted) == 68 + 32 * STRIDE * many
    [(verdict, _)] = world.judge.answers([shifted], 15_000_000)
    assert verdict == error("CalldataLength(uint256)", len(shifted))


def test_an_empty_batch_is_neither_right_nor_wrong(world):
    calls = [encoded([]), encoded([], place=0)]
    first, second = world.judge.verdicts(calls)
    assert first == NO_PROOFS
    assert second == error("CalldataLength(uint256)", 68)


def test_points_off_the_curve_and_at_infinity_are_false(world):
    cases = []
    for start in (0, C):
        x, y = world.batch[1][start : start + 2]
        for point in ((0, 0), (x, (y + 1) % P), (y, x), (P - 1, P - 1)):
            case = changed(world.batch, 1, start, point[0])
            cases.append(changed(case, 1, start + 1, point[1]))
    cases.append(with_b(world.batch, 1, ((0, 0), (0, 0))))
    assert world.judge.verdicts([encoded(case) for case in cases]) == [False] * len(cases)


def test_a_b_that_is_no_point_of_its_group_reverts(world, oracle):
    """[P4] At every place: off the curve, halves swapped, on it but outside the group."""
    (x1, x0, y1, y0) = world.batch[0][B:C]
    bad = [((1, 2), (3, 4)), ((x1, x0), (y1, y0)), oracle.off_group_point]
    cases = [with_b(world.batch, i, point) for i in range(3) for point in bad]
    assert world.judge.verdicts([encoded(case) for case in cases]) == [BAD_B] * 9


# Gas.


def test_a_right_batch_is_true_or_reverts_whatever_the_gas(world):
    """[E2] Never false for want of gas."""
    call = encoded(world.batch)
    limits = list(range(1000, 500_000, 5000))
    answers = [v for v, _ in world.judge.answers([call] * len(limits), limits)]
    assert False not in answers
    assert answers[-1] is True
    named = {v for v in answers if v is not True}
    assert named == {b"", *(error("PrecompileFailed(uint256)", n) for n in (7, 8))}


def test_a_bad_point_burns_no_more_than_the_bound_on_the_pairing(world, oracle):
    bad = encoded(with_b(world.batch, 2, oracle.off_group_point))
    [(_, right), (answer, burnt)] = world.judge.answers([encoded(world.batch), bad], 10_000_000)
    assert answer == BAD_B
    price = 45_000 + 34_000 * (3 + len(world.batch))
    bound = world.contract.call("PAIRING_GAS") + 3 * world.contract.call("PAIR_GAS")
    assert 0 <= bound - price * 9 // 8 < 400
    assert burnt - right <= price // 8 + 400


# Recording.


def record(world, batch: list[list[int]]):
    names = [(w[:2], (w[2:4], w[4:6]), w[C:INPUT], w[INPUT:]) for w in batch]
    return world.contract.transact("recordProofs", names)


def test_recording_emits_the_digest_of_all_public_values_and_their_number(world):
    (log,) = record(world, world.batch).logs
    values = [word for words in world.batch for word in words[INPUT:]]
    statements = keccak(b"".join(value.to_bytes(32, "big") for value in values))
    topics = [bytes.fromhex(topic.removeprefix("0x")) for topic in log["topics"]]
    assert topics == [keccak(text="ProofsRecorded(bytes32,uint256)"), statements]
    assert int(log["data"], 16) == len(world.batch)
    assert log["address"] == world.contract.address.lower()


def test_a_wrong_batch_is_not_recorded(world):
    wrong = changed(world.batch, 1, INPUT, 1)
    with pytest.raises(RevertError) as caught:
        record(world, wrong)
    assert caught.value.name == "WrongProofs"
    with pytest.raises(RevertError) as caught:
        world.contract.call("recordProofs", [])
    assert caught.value.name == "NoProofs"


# The contract and Python are of one mind.


def test_python_and_the_contract_judge_mutated_batches_alike(world, oracle):
    """Batches with a random number of mutated proofs; what Proof refuses counts as wrong."""
    calls, expected = [], []
    for _ in range(40):
        logs = [world.right[secrets.randbelow(3)] for _ in range(1 + secrets.randbelow(3))]
        batch = [world.words(one) for one in logs]
        for i in range(len(batch)):
            batch[i] = mutated(world, logs[i], batch[i])
        calls.append(encoded(batch))
        expected.append(all_right(world.key, batch))
    verdicts = [v is True for v in world.judge.verdicts(calls)]
    assert verdicts == expected
    assert {True, False} == set(verdicts)


def mutated(world, logs: Logs, words: list[int]) -> list[int]:
    """A proof that was mauled, or changed in a word or in a log; most often left as it is."""
    kind = secrets.randbelow(8)
    if kind == 0:
        k = 2 + secrets.randbelow(R - 2)
        return world.words(replace(logs, a=logs.a * k % R, b=logs.b * pow(k, -1, R) % R))
    if kind == 1:
        return world.words(replace(logs, **{secrets.choice("abc"): 1 + secrets.randbelow(R - 1)}))
    if kind == 2:
        at = secrets.randbelow(STRIDE)
        value = words[at] ^ (1 << secrets.randbelow(256))
        return [*words[:at], value, *words[at + 1 :]]
    return words


def all_right(key, batch: list[list[int]]) -> bool:
    """What verify_batch says; numbers and points that Python refuses are wrong."""
    from zkpipe.ground.errors import ZkpipeError

    proofs, publics = [], []
    try:
        for a0, a1, x1, x0, y1, y0, c0, c1, *public in batch:
            proofs.append(Proof((a0, a1), ((x0, x1), (y0, y1)), (c0, c1)))
            publics.append(public)
        return all(verify_batch(key, proofs, publics))
    except ZkpipeError:
        return False


def test_both_ways_of_compiling_give_the_same_answers(world, real):
    """[E4] The assembly does not depend on where solc keeps its own words."""
    compiled = compile_solidity(world.source, Settings(via_ir=True, evm_version="cancun"))
    other = world.judged(real.deploy(compiled, "V"))
    cases = [world.batch, changed(world.batch, 1, INPUT, 1), world.batch[:1]]
    calls = [encoded(case) for case in cases]
    assert other.verdicts(calls) == world.judge.verdicts(calls) == [True, False, True]
