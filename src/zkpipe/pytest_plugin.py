"""The functions of circuits.testing as fixtures of pytest, which finds this module by itself.

    def test_age(accepts, rejects, lies):
        accepts(of_age, {...})

`pytest --circuit-seed N` draws other random inputs and lies. A fixture imports what it needs when a
test asks for it: this module needs pytest alone, and test suites without circuits pay nothing. They
hold no state and are of session scope, which hypothesis' @given asks for.
"""

from __future__ import annotations

from argparse import ArgumentError, ArgumentTypeError
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

SEED = "zkpipe_circuit_seed"  # among the options; another plugin may have one like ours


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --circuit-seed; not where another plugin has an option of this name."""
    with suppress(ValueError, ArgumentError):
        parser.getgroup("zkpipe", "circuits").addoption(
            "--circuit-seed",
            dest=SEED,
            type=_seed,
            default=0,
            metavar="N",
            help="Seed of the random inputs and lies of the fixtures for circuits.",
        )


def _seed(text: str) -> int:
    """The number that a text is; raises what pytest tells as a mistake in its usage."""
    if not (text.isascii() and text.isdecimal()):
        raise ArgumentTypeError(f"a seed is a whole number from 0, not {text!r}")
    return int(text)


def _seeded(name: str, request: pytest.FixtureRequest) -> Callable[..., Any]:
    from zkpipe.circuits import testing

    return partial(getattr(testing, name), seed=request.config.getoption(SEED, 0))


@pytest.fixture(scope="session")
def accepts() -> Callable[..., Any]:
    """circuits.testing.accepts: inputs have a witness, with the plain run's outputs."""
    from zkpipe.circuits.testing import accepts

    return accepts


@pytest.fixture(scope="session")
def costs() -> Callable[..., Any]:
    """circuits.testing.costs: a circuit's number of constraints, pinned."""
    from zkpipe.circuits.testing import costs

    return costs


@pytest.fixture(scope="session")
def rejects(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """circuits.testing.rejects: inputs are refused, also to a prover who lies."""
    return _seeded("rejects", request)


@pytest.fixture(scope="session")
def lies(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """circuits.testing.lies: no lie about advice changes what is proven."""
    return _seeded("lies", request)


@pytest.fixture(scope="session")
def mutations(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """circuits.testing.mutations: no wire of a witness can be changed alone."""
    return _seeded("mutations", request)


@pytest.fixture(scope="session")
def deletions(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """circuits.testing.deletions: the deletion of each constraint would be noticed."""
    return _seeded("deletions", request)


@pytest.fixture(scope="session")
def agrees(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """circuits.testing.agrees: the constraints say what the plain run computes."""
    return _seeded("agrees", request)
