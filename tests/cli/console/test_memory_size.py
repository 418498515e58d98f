"""--max-memory of `zkpipe prove`: amounts as people write them."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from tests.cli.workshop import invoke
from zkpipe.cli.console.memory_size import MEMORY

PROVE = ("prove", "square.zkey", "square.wtns", "proof.json", "public.json", "--max-memory")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1),
        ("800M", 800_000_000),
        ("1.5G", 1_500_000_000),
        ("2gb", 2_000_000_000),
        ("64K", 64_000),
        ("1T", 10**12),
    ],
)
def test_amounts_are_read_in_units_of_a_thousand(text: str, expected: int) -> None:
    assert MEMORY.convert(text, None, None) == expected


@pytest.mark.parametrize("text", ["", "-1", "1e3", "1.5X", "G", "1 G", "1..5G", "٣"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(click.UsageError, match="is not an amount of memory"):
        MEMORY.convert(text, None, None)


def test_a_small_circuit_is_proven_within_its_bound(shop: Path) -> None:
    assert invoke(*PROVE, "100M").exit_code == 0


def test_a_bound_below_what_the_key_takes_is_told(shop: Path) -> None:
    result = invoke(*PROVE, "1K")
    assert result.exit_code == 2
    assert "Proving with this key takes at least" in result.output
