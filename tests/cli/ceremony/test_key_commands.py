"""The commands of `zkpipe key`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workshop import CIRCUITS, done, invoke, refused
from tests.prover.ceremony.powers import write_powers

VALUE = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(CIRCUITS / "square.py", tmp_path)
    write_powers(Path("final.ptau"), 4)
    done("setup", "square.py", "initial.zkey", "--ptau", "final.ptau")


def facts(*words: object) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = json.loads(done(*words, "--json"))
    return answer


VERIFY = ("key", "verify", "final.zkey", "--circuit", "square.py", "--ptau", "final.ptau")


def contributed() -> list[Mapping[str, Any]]:
    """first.zkey by Alice, final.zkey with a beacon."""
    return [
        facts("key", "contribute", "initial.zkey", "first.zkey", "--name", "Alice"),
        facts("key", "beacon", "first.zkey", "final.zkey", VALUE, 10),
    ]


def test_a_ceremony_from_the_command_line_ends_in_a_key_that_proves() -> None:
    first, second = contributed()
    assert (first["contribution"], first["name"], first["beacon"]) == (1, "Alice", False)
    assert (second["contribution"], second["name"], second["beacon"]) == (2, "", True)
    assert second["previous_hash"] == first["hash"]
    told = facts(*VERIFY)
    assert told["holds"] is True
    assert told["trusted"] is None
    assert told["circuit_hash"] == first["circuit_hash"]
    assert [one["hash"] for one in told["contributions"]] == [first["hash"], second["hash"]]
    assert [one["beacon"] for one in told["contributions"]] == [None, VALUE]
    shown = facts("key", "info", "final.zkey")
    assert shown["contributions"] == told["contributions"]
    assert shown["circuit_hash"] == told["circuit_hash"]
    Path("input.json").write_text('{"root": 12}')
    done("witness", "square.py", "input.json", "square.wtns")
    done("prove", "final.zkey", "square.wtns", "proof.json", "public.json")
    done("export", "vkey", "final.zkey", "vkey.json")
    done("verify", "vkey.json", "public.json", "proof.json")


def test_people_are_told_what_to_compare() -> None:
    contributed()
    told = done(*VERIFY)
    assert "one person can make up a whole history" in told
    assert "stays Unverified, because" in told
    assert "taken as final.ptau has them" in " ".join(told.split())
    assert "Alice" in done("key", "info", "final.zkey")
    assert facts("key", "info", "initial.zkey")["contributions"] == []


def test_a_list_of_trusted_contributions_decides_the_status() -> None:
    """A beacon is nobody, even if a list names it. These powers have no contributors."""
    first, second = contributed()
    Path("trusted.txt").write_text(f"{'00' * 64} Bob\n{first['hash']} Alice\n")
    result = invoke(*VERIFY, "--contributions", "trusted.txt", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["trusted"], told["trusted_powers"]) == ([1], [])
    assert told["provenance"] == "Unverified"
    assert "contributions to the powers of tau" in told["because"]
    for line in (f"{'00' * 64} Bob\n", f"{second['hash']} beacon\n", ""):
        Path("trusted.txt").write_text(line)
        result = invoke(*VERIFY, "--contributions", "trusted.txt")
        assert result.exit_code == 1
        assert "stays Unverified, because none of the contributions to the key" in result.stdout
    Path("trusted.txt").write_text("Alice\n")
    refused(*VERIFY, "--contributions", "trusted.txt", says="Line 1 of trusted.txt")


def test_an_attestation_has_what_is_to_be_published() -> None:
    told = done("key", "contribute", "initial.zkey", "first.zkey", "--attestation", "alice.txt")
    text = Path("alice.txt").read_text()
    assert told.startswith(text)
    shown = facts("key", "info", "first.zkey")
    assert text.startswith("zkpipe attestation of a contribution\n")
    for value in (shown["circuit_hash"], shown["contributions"][0]["hash"], "00" * 64):
        assert value in text
    refused("prove", "alice.txt", "w", "p", "q", says="an attestation")
    told = done("key", "beacon", "first.zkey", "closed.zkey", VALUE, 10, "--attestation", "b.txt")
    shown = facts("key", "info", "closed.zkey")
    hash_ = shown["contributions"][1]["hash"]
    assert Path("b.txt").read_text().splitlines()[-1].split() == ["beacon", hash_]


def test_chance_of_the_user_s_comes_from_a_file_and_is_not_asked_for_without_a_terminal() -> None:
    Path("chance").write_bytes(b"dice")
    done("key", "contribute", "initial.zkey", "first.zkey", "--entropy-file", "chance")
    refused(
        "key", "contribute", "initial.zkey", "a", "--entropy-file", "none", says="cannot be read"
    )


def test_a_key_that_does_not_hold_ends_with_status_1_and_names_the_place() -> None:
    contributed()
    data = bytearray(Path("final.zkey").read_bytes())
    whole = bytes(data)
    place = len(whole) - 31 - 4 - 8 - 64  # the transcript of the beacon
    data[place] ^= 1
    Path("final.zkey").unlink()
    Path("final.zkey").write_bytes(data)
    refused(*VERIFY, says="Contribution 2 does not hold: its transcript", status=1)
    shutil.copy("initial.zkey", "final.zkey")
    refused(*VERIFY, says="Nobody contributed", status=1)


def test_files_that_are_there_are_replaced_only_with_force() -> None:
    contributed()
    refused("key", "contribute", "initial.zkey", "first.zkey", says="--force")
    refused("key", "beacon", "first.zkey", "final.zkey", VALUE, 10, says="--force")
    refused("key", "contribute", "first.zkey", "first.zkey", "--force", says="input")
    done("key", "contribute", "initial.zkey", "first.zkey", "--force")


def test_wrong_files_and_values_are_named() -> None:
    refused("key", "contribute", "final.ptau", "k", says="powers-of-tau file")
    refused("key", "info", "square.py", says="a Python file")
    done("setup", "square.py", "dev.zkey", "--dev")
    refused("key", "contribute", "dev.zkey", "k", says="is a development key")
    assert facts("key", "info", "dev.zkey")["development"] is True
    for value in ("", "0x", "1", "0g", "01 02", "٠١", "00" * 256):
        refused("key", "beacon", "initial.zkey", "k", value, 10, says="HEX")
    for exponent in (9, 64, "ten"):
        refused("key", "beacon", "initial.zkey", "k", VALUE, exponent, says="EXPONENT")
    refused("key", "beacon", "initial.zkey", "k", VALUE, 41, says="more hashes")
    refused("key", "contribute", "initial.zkey", "k", "--name", "a" * 65, says="65 letters")
