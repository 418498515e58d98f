"""The gas that a transaction is given above its estimate."""

from __future__ import annotations

import pytest

from zkpipe.verifier_contracts.transactions.beginning import gas_limit

CAP = 2**24  # EIP-7825


@pytest.mark.parametrize("estimate", [21_000, 250_000, 13_000_000])
def test_a_quarter_is_spare(estimate: int) -> None:
    assert all(0 <= gas_limit(estimate) - estimate * 5 // 4 < 2**14 for _ in range(100))


@pytest.mark.parametrize("estimate", [13_490_000, 15_000_000, CAP - 2**14])
def test_the_spare_gas_does_not_take_a_transaction_beyond_what_a_chain_allows(
    estimate: int,
) -> None:
    """A group of 250 proofs, the most, is estimated at 13.5 million."""
    assert all(estimate <= gas_limit(estimate) < CAP for _ in range(100))


def test_what_needs_more_gas_than_that_gets_it_on_chains_that_give_it() -> None:
    assert gas_limit(20_000_000) >= 25_000_000
