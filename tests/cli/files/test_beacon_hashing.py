"""How long a beacon takes is said before it is computed."""

from __future__ import annotations

from zkpipe.cli.files.chance import beacon_hashing


def test_what_takes_less_than_a_minute_is_not_said() -> None:
    assert beacon_hashing([]) == ""
    assert beacon_hashing([10, 20, 26]) == ""


def test_hours_are_said_with_the_number_of_hashes() -> None:
    assert beacon_hashing([32]) == ": a beacon's 4,294,967,296 hashes take about 35 min 47 s"
    assert beacon_hashing([40]).endswith("1,099,511,627,776 hashes take about 152 h 42 min")
