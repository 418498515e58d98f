"""Proofs from prepared keys: of every small shape, on both back ends, from several threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from weakref import finalize

import numpy as np
import pytest

import zkpipe.prover.groth16.query_msms as summing
from tests.accel.edge_values import generator
from tests.prover.groth16.conftest import Proven
from tests.prover.groth16.statements import (
    Row,
    Statement,
    chain,
    many_infinities,
    no_public_values,
    one_constraint,
    outputs_only,
    random_statement,
)
from zkpipe.accel.bn254 import BN254, R
from zkpipe.accel.curves.points import file_points
from zkpipe.accel.executors.choice import executor
from zkpipe.accel.executors.processor import Processor
from zkpipe.accel.machines.backend import MACHINES, has_ifma
from zkpipe.accel.machines.machine import Machine
from zkpipe.accel.msm.multiples import Multiples
from zkpipe.accel.transforms import ntt as transforms
from zkpipe.accel.transforms.ntt import domain
from zkpipe.ground.errors import RangeError
from zkpipe.prover import DEVELOPMENT, Proof, ProvingKey, precompute, prove, setup, verify
from zkpipe.prover.groth16.prepared import prepared_key

BOTH = [name for name in MACHINES if name != "avx512" or has_ifma()]


@pytest.fixture(params=BOTH)
def back_end(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("ZKPIPE_BACKEND", request.param)
    return MACHINES[request.param]


def squares(rows: int, private: int) -> Statement:
    """Nothing public; `private` wires, each the square of the one before, in so many rows."""
    values = [1, 3]
    while len(values) <= private:
        values.append(values[-1] ** 2 % R)
    links = [1 + i % max(private - 1, 1) for i in range(rows)]
    made: list[Row] = [({x: 1}, {x: 1}, {x + 1: 1}) for x in links]
    return Statement(f"squares{rows}", tuple(made), tuple(values), private_inputs=1)


def nothing(private: int) -> Statement:
    """No row and no public value: the domain has one point, for the constant."""
    return Statement("nothing", (), (1, *range(2, 2 + private)), private_inputs=private)


SHAPES = {
    1: [nothing(0), nothing(1), nothing(40)],
    2: [squares(1, 2), squares(1, 40)],
    4: [one_constraint(), no_public_values(), squares(2, 9), squares(3, 33)],
    8: [outputs_only(), squares(4, 2), squares(7, 5), squares(7, 50), chain(5)],
    16: [many_infinities(), squares(8, 3), squares(15, 16), chain(13), chain(14)],
}


@pytest.mark.parametrize("size", SHAPES)
def test_keys_of_the_smallest_domains_prove_on_every_back_end(size: int, back_end: Machine) -> None:
    """A fixed fault: below 8 points H did not fill a block, and L was added in other places."""
    for statement in SHAPES[size]:
        key = setup(statement.system, DEVELOPMENT)
        assert key.domain_size == size
        for _ in range(2):  # the second from the key as it was prepared for the first
            proof = prove(key, statement.witness)
            assert verify(key.verifying_key, proof, statement.public)


def test_a_key_without_private_wires_proves(back_end: Machine) -> None:
    statement = outputs_only()
    key = setup(statement.system, DEVELOPMENT)
    assert len(key.l_query) == 0
    assert verify(key.verifying_key, prove(key, statement.witness), statement.public)


def test_a_key_with_infinity_in_all_queries_proves(back_end: Machine) -> None:
    statement = many_infinities()
    key = setup(statement.system, DEVELOPMENT)
    prepared = prepared_key(key, Processor(back_end, BN254))
    for bases, query in ((prepared.a, key.a_query), (prepared.b, key.b_g2_query)):
        assert bases.finite.tolist() == query.any(axis=1).tolist()
        assert not bases.finite.all()
    assert verify(key.verifying_key, prove(key, statement.witness), statement.public)


def test_one_key_serves_all_back_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    statement = random_statement(3, 40, 2, 3)
    key = setup(statement.system, DEVELOPMENT)
    for name in (*BOTH, *BOTH):
        monkeypatch.setenv("ZKPIPE_BACKEND", name)
        assert verify(key.verifying_key, prove(key, statement.witness), statement.public)
    assert set(key.kept["points"]) == {f"{name}, bn128" for name in BOTH}


def test_a_prepared_key_is_made_once_and_goes_with_its_key(back_end: Machine) -> None:
    statement = chain(5)
    key = setup(statement.system, DEVELOPMENT)
    gone: list[str] = []
    finalize(prepared_key(key, Processor(back_end, BN254)).a.rows.words.base, gone.append, "points")
    assert prepared_key(key, Processor(back_end, BN254)) is prepared_key(
        key, Processor(back_end, BN254)
    )
    assert not gone
    del key  # at once, without a search for circles: it may be gigabytes
    assert gone == ["points"]


def test_points_of_h_lie_as_the_quotient_comes_and_those_of_l_follow(back_end: Machine) -> None:
    statement = random_statement(4, 20, 2, 3)
    key = setup(statement.system, DEVELOPMENT)
    points = domain(key.domain_size)
    bases = prepared_key(key, Processor(back_end, BN254)).h_and_l
    lie = file_points(bases.rows, bases.field, bases.machine)[: bases.count]
    assert (lie == np.concatenate([key.h_query[points.reversed], key.l_query])).all()


# --- multiples


@pytest.mark.parametrize("size", SHAPES)
def test_proofs_from_multiples_verify_for_keys_of_every_small_shape(
    size: int, back_end: Machine
) -> None:
    for statement in SHAPES[size]:
        key = setup(statement.system, DEVELOPMENT)
        precompute(key)
        prepared = prepared_key(key, Processor(back_end, BN254))
        assert isinstance(prepared.a, Multiples)
        assert verify(key.verifying_key, prove(key, statement.witness), statement.public)
        precompute(key)  # once is enough
        assert prepared_key(key, Processor(back_end, BN254)) is prepared


@pytest.mark.parametrize("threads", ["1", "3"])
def test_sums_from_multiples_are_the_same_points(
    threads: str, back_end: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_THREADS", threads)
    statement = random_statement(11, 90, 2, 5)
    key = setup(statement.system, DEVELOPMENT)
    (plain,) = summing.query_msms(key, statement.witness.values, executor())
    precompute(key)
    (many,) = summing.query_msms(key, statement.witness.values, executor())
    for name in ("a", "b", "c"):
        assert (getattr(plain, name) == getattr(many, name)).all()


def test_multiples_keep_to_a_bound_of_memory() -> None:
    key = setup(chain(60).system, DEVELOPMENT)
    with pytest.raises(RangeError, match="MB are allowed"):
        precompute(key, max_memory=1000)
    precompute(key, max_memory=100_000_000)


# --- threads


def at_once(tasks: Sequence[Callable[[], Proof]]) -> list[Proof]:
    """All tasks begin together, each on a thread of its own."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], Proof]) -> Proof:
        barrier.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


@pytest.mark.parametrize("size", [1, 3, 30, 600])
def test_proofs_under_one_key_at_the_same_time_are_all_right(size: int, back_end: Machine) -> None:
    """The prepared key and the domain's twiddles are made while both threads ask for them."""
    statement = chain(size)
    key = setup(statement.system, DEVELOPMENT)
    transforms._domain.cache_clear()
    proofs = at_once([lambda: prove(key, statement.witness)] * 3)
    for proof in proofs:
        assert verify(key.verifying_key, proof, statement.public)
    assert len({proof.a for proof in proofs}) == len(proofs)


def test_proofs_under_several_keys_and_domains_at_the_same_time_are_all_right() -> None:
    statements = [chain(length) for length in (2, 20, 100, 200)]  # more sizes than domains kept
    keys = [setup(statement.system, DEVELOPMENT) for statement in statements]
    transforms._domain.cache_clear()

    def task(key: ProvingKey, statement: Statement) -> Callable[[], Proof]:
        return lambda: prove(key, statement.witness)

    proofs = at_once([task(*pair) for pair in zip(keys, statements, strict=True)])
    for key, proof, statement in zip(keys, proofs, statements, strict=True):
        assert verify(key.verifying_key, proof, statement.public)


# --- records in any order


def shuffled(key: ProvingKey, seed: int) -> ProvingKey:
    order = list(range(len(key.coefficients)))
    generator(seed).shuffle(order)
    return replace(key, coefficients=key.coefficients[order])


@pytest.mark.parametrize("seed", range(3))
def test_a_key_whose_records_are_shuffled_proves_just_as_well(seed: int, back_end: Machine) -> None:
    for statement in (random_statement(seed, 25, 2, 3), many_infinities()):
        key = shuffled(setup(statement.system, DEVELOPMENT), seed)
        assert verify(key.verifying_key, prove(key, statement.witness), statement.public)


def test_records_of_a_before_those_of_b_prove_too(proven: Proven) -> None:
    """As a tool might write them that goes through one matrix after the other."""
    order = np.argsort(proven.key.coefficients["matrix"], kind="stable")
    key = replace(proven.key, coefficients=proven.key.coefficients[order])
    proof = prove(key, proven.statement.witness)
    assert verify(key.verifying_key, proof, proven.public)


# --- a bound on memory


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_sums_of_chunks_are_the_sums_of_all(
    chunk: int, back_end: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summing, "LEAST_CHUNK", chunk)
    for statement in (random_statement(5, 60, 2, 3), many_infinities(), outputs_only()):
        key, values = setup(statement.system, DEVELOPMENT), statement.witness.values
        (whole,) = summing.query_msms(key, values, executor())
        parts = summing.query_msms_within(key, values, 0, executor())
        for name in ("a", "b", "c"):
            assert (getattr(whole, name) == getattr(parts, name)).all()
