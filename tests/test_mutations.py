"""The list of mutations is up to date: each applies to one place, and its tests exist."""

from __future__ import annotations

import pytest

from tests.mutate import Mutation, mutations, objection

ALL = mutations()


@pytest.mark.parametrize("mutation", ALL, ids=lambda m: m.name)
def test_a_mutation_applies_and_its_tests_exist(mutation: Mutation) -> None:
    assert objection(mutation) is None
    assert mutation.tests
    assert mutation.why.endswith(".")


def test_names_are_unique() -> None:
    assert len({mutation.name for mutation in ALL}) == len(ALL)
