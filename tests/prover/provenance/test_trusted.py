"""Lists of those whom a user trusts."""

from __future__ import annotations

from pathlib import Path

import pytest

from zkpipe.ground.errors import FormatError
from zkpipe.prover.ceremony.attestation import attestation
from zkpipe.prover.provenance.trusted import TrustedList

HASHES = [bytes([i]) * 64 for i in range(3)]


def test_a_list_has_contributions_with_names_and_keys(tmp_path: Path) -> None:
    path = tmp_path / "trusted.txt"
    path.write_text(
        f"# ours\n\n{HASHES[0].hex()} Alice of Example\n  {HASHES[1].hex().upper()}\n"
        f"vkey 0x{'ab' * 32}\nvkey {'cd' * 32} the bank's\n"
    )
    found = TrustedList.load(path)
    assert found.contributions == {HASHES[0]: "Alice of Example", HASHES[1]: ""}
    assert found.keys == {b"\xab" * 32, b"\xcd" * 32}
    assert found.among([HASHES[2], HASHES[1], HASHES[0]]) == [1, 2]
    assert found.among([HASHES[2]]) == []


def test_beacons_are_listed_as_such_and_are_nobody(tmp_path: Path) -> None:
    path = tmp_path / "trusted.txt"
    path.write_text(f"beacon {HASHES[0].hex()} block 123\n{HASHES[1].hex()} beacon\n")
    found = TrustedList.load(path)
    assert found.beacons == {HASHES[0]: "block 123"}
    assert found.contributions == {HASHES[1]: "beacon"}
    assert found.among(HASHES) == [1]


@pytest.mark.parametrize("first", [0, 1])
def test_nothing_is_a_beacon_and_a_person(first: int, tmp_path: Path) -> None:
    path = tmp_path / "trusted.txt"
    lines = [f"beacon {HASHES[0].hex()}", f"{HASHES[0].hex().upper()} Alice"]
    path.write_text("\n".join([lines[first], lines[1 - first]]))
    with pytest.raises(FormatError, match="both as a person's and as a beacon's"):
        TrustedList.load(path)


@pytest.mark.parametrize(
    "line",
    [
        "Alice",
        "beacon",
        "beacon " + "0" * 127,
        "BEACON " + "0" * 128,
        "beacon" + "0" * 128,
        "0" * 127 + " Alice",
        "0" * 129,
        "0" * 128 + "Alice",
        "0x" + "0" * 128,
        "g" * 128,
        "vkey",
        "vkey " + "0" * 63,
        "VKEY " + "0" * 64,
        "٣" * 128,
    ],
)
def test_a_line_of_anything_else_is_refused_by_its_number(line: str, tmp_path: Path) -> None:
    path = tmp_path / "trusted.txt"
    path.write_text(f"{HASHES[0].hex()} Alice\n{line}\n", encoding="utf-8")
    with pytest.raises(FormatError, match="Line 2 of"):
        TrustedList.load(path)


def test_who_gives_an_attestation_is_told_what_a_list_takes_of_it() -> None:
    text = attestation("a circuit's key", 1, "Alice", [("hash", HASHES[0])])
    last = text.splitlines()[-1]
    for line in (text, last):
        with pytest.raises(FormatError, match="Line 1 of") as raised:
            TrustedList.of(line.encode(), "alice.txt")
        assert "This is a line of an attestation" in raised.value.fix
    taken = last.removeprefix("hash").strip()
    assert TrustedList.of(taken.encode(), "list").among(HASHES) == [0]
    with pytest.raises(FormatError) as raised:
        TrustedList.of(b"Alice", "list")
    assert "attestation" not in raised.value.fix


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trusted.txt"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(FormatError, match="not a text"):
        TrustedList.load(path)


@pytest.mark.parametrize("end", ["\r", "\v", "\f", "\x1c", "\x1e", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("line", [f"{HASHES[0].hex()} Alice", "# do not trust"])
def test_no_line_hides_behind_a_name_or_a_comment(line: str, end: str, tmp_path: Path) -> None:
    path = tmp_path / "trusted.txt"
    path.write_bytes(f"# ours\n{line}{end}{HASHES[1].hex()} Mallory\n".encode())
    with pytest.raises(FormatError, match=r"Line 2 of .* ends lines"):
        TrustedList.load(path)


def test_a_list_of_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "trusted.txt"
    path.write_bytes(f"\ufeff# ours\r\n{HASHES[0].hex()} Alice\r\n\r\n".encode())
    assert TrustedList.load(path).contributions == {HASHES[0]: "Alice"}
