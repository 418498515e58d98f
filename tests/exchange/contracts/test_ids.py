"""Ids of random structs: the contracts' and Python's are the same, bit for bit."""

from __future__ import annotations

import random
from dataclasses import fields
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from eth_utils import to_checksum_address

from tests.exchange.contracts.setting.world import World
from tests.long_form import IS_LONG
from zkpipe.exchange.structs import JobSpec, Policy, Step, Struct, Terms

CASES = 200 if IS_LONG else 8


def drawn(kind: Any, rng: random.Random) -> Any:
    """A value of a field: often one of the ends of its type."""
    if get_origin(kind) is tuple:
        return tuple(drawn(get_args(kind)[0], rng) for _ in range(rng.randint(0, 4)))
    if isinstance(kind, type) and issubclass(kind, Struct):
        return struct(kind, rng)
    name = get_args(kind)[1]
    if name == "bool":
        return rng.random() < 0.5
    if name == "address":
        return to_checksum_address(rng.choice([bytes(20), b"\xff" * 20, rng.randbytes(20)]))
    if name == "bytes32":
        return rng.choice([bytes(32), b"\xff" * 32, rng.randbytes(32)])
    bits = int(name.removeprefix("uint"))
    return rng.choice([0, (1 << bits) - 1, rng.getrandbits(bits)])


def struct(kind: type[Struct], rng: random.Random, **given: Any) -> Any:
    hints = get_type_hints(kind, include_extras=True)
    values = {f.name: drawn(hints[f.name], rng) for f in fields(kind)}
    return kind(**values | given)


@pytest.mark.parametrize("seed", range(CASES))
def test_ids_are_the_contracts(world: World, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 # cases to try again
    terms, spec = struct(Terms, rng), struct(JobSpec, rng)
    assert all(type(step) is Step for step in spec.steps)
    assert world.grants("grantId", terms) == terms.grant(world.id, world.grants.address)
    assert world.board("jobId", spec) == spec.job(world.id, world.board.address)
    policy, salt = struct(Policy, rng, template=0), rng.getrandbits(256)
    _, happened = world.send(world.buyer, world.catalogue, "register", policy, salt)
    place = (world.id, world.catalogue.address, world.buyer, salt)
    assert happened.arguments["lineage"] == policy.lineage(*place)
    kept = world.catalogue("lineage", policy.lineage(*place))
    assert (kept["limitBits"], kept["floor"]) == (policy.limit_bits, policy.floor)
