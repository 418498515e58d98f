"""Of an attribute that a circuit, component or system does not have, what to write instead."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from zkpipe.circuits import Field, Private, Public, circuit, component


@circuit
def doubled(x: Private[Field]) -> Public[Field]:
    return x + x


@component
def squared(x: Field) -> Field:
    return x * x


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("solve", "Write doubled.compile().solve."),
        ("save", "Write doubled.compile().save."),
        ("constraint_count", "Write doubled.compile().constraint_count."),
        ("prove", "Write zkpipe.prove(proving_key, doubled.compile().solve(...))."),
        ("setup", "Write zkpipe.setup(doubled.compile(), source)."),
        ("verify", "Write zkpipe.verify(verifying_key, proof, public)."),
    ],
)
def test_a_circuit_says_whose_it_is(name: str, fix: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(doubled, name)
    assert str(caught.value) == f"The circuit doubled has no attribute `{name}`. {fix}"


@pytest.mark.parametrize(
    "name", ["solve", "save", "constraint_count", "digest", "public_names", "check"]
)
def test_what_is_said_to_be_the_systems_is(name: str) -> None:
    assert hasattr(doubled.compile(), name)


@pytest.mark.parametrize("name", ["compile", "solve", "prove"])
def test_a_component_says_that_a_circuit_calls_it(name: str) -> None:
    with pytest.raises(AttributeError, match="Call squared in a function under @circuit"):
        getattr(squared, name)


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("prove", r"zkpipe\.prove\(proving_key, system\.solve\(\.\.\.\)\)"),
        ("setup", r"zkpipe\.setup\(system, source\)"),
        ("compile", "is what a circuit was compiled to"),
    ],
)
def test_a_system_says_which_function_takes_it(name: str, fix: str) -> None:
    with pytest.raises(AttributeError, match=fix):
        getattr(doubled.compile(), name)


@pytest.mark.parametrize("owner", [doubled, squared, doubled.compile()], ids=repr)
def test_other_names_are_missing_as_anywhere(owner: Any) -> None:
    assert not hasattr(owner, "nothing")
    assert getattr(owner, "nothing", 3) == 3
    with pytest.raises(AttributeError, match=r"has no attribute `nothing`\.$"):
        _ = owner.nothing
    assert copy.copy(owner) is not None
    assert copy.deepcopy(owner) is not None
    assert pickle.loads(pickle.dumps(owner)) is not None  # noqa: S301 - our own
