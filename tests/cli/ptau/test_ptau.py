"""zkpipe ptau: what it answers, refuses and replaces."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.circuits.formats.hostile_files import patched, section
from tests.cli.workshop import done, invoke, refused
from tests.prover.ceremony.powers import write_powers
from tests.prover.ceremony.transcripts import flipped, records_of, with_records
from zkpipe.prover.ceremony.phase1 import prepare
from zkpipe.prover.ceremony.phase1.bases import LagrangeBases
from zkpipe.prover.ceremony.ptau_file import read_ptau
from zkpipe.prover.ceremony.public_files import DIGESTS, file_digest, is_public

VALUE = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a ceremony: 0.ptau, 1.ptau of Alice, 2.ptau with a beacon."""
    monkeypatch.chdir(tmp_path)
    done("ptau", "new", 2, "0.ptau")
    done("ptau", "contribute", "0.ptau", "1.ptau", "--name", "Alice")
    done("ptau", "beacon", "1.ptau", "2.ptau", VALUE, 10)
    return tmp_path


def facts(*words: object) -> dict[str, object]:
    return dict(json.loads(done(*words, "--json")))


def test_the_attestations_hash_is_in_the_final_file(shop: Path) -> None:
    made = facts("ptau", "contribute", "2.ptau", "3.ptau", "--name", "Bob", "--attestation", "a")
    text = Path("a").read_text()
    assert text == made["attestation"]
    assert text.splitlines()[-1] == f"hash          {made['hash']}"
    assert re.search("^name +Bob$", text, re.MULTILINE)
    for command in ("verify", "info"):
        told = facts("ptau", command, "3.ptau")
        assert told["contributions"][-1] == {  # type: ignore[index]
            "number": 3,
            "name": "Bob",
            "beacon": False,
            "value": None,
            "exponent": None,
            "hash": made["hash"],
        }
    assert f"{made['hash']} Bob" in done("ptau", "verify", "3.ptau")


def test_verify_says_what_holds(shop: Path) -> None:
    told = facts("ptau", "verify", "2.ptau")
    assert told["holds"] is True
    assert (told["power"], told["ceremony_power"]) == (2, 2)
    assert told["public_file"] is False
    assert "1, and a beacon" in done("ptau", "verify", "2.ptau")


def test_verify_says_what_a_truncated_file_leaves_open(shop: Path) -> None:
    done("ptau", "truncate", "2.ptau", "small.ptau", 1)
    assert "not checked" in done("ptau", "verify", "small.ptau")
    assert facts("ptau", "verify", "small.ptau")["truncated"] is True


def test_a_prepared_file_holds(shop: Path) -> None:
    assert facts("ptau", "prepare", "2.ptau", "final.ptau")["power"] == 2
    assert facts("ptau", "verify", "final.ptau")["prepared"] is True
    assert facts("info", "final.ptau")["prepared_for_phase_2"] is True


def test_a_file_that_does_not_hold_ends_with_1(shop: Path) -> None:
    data = Path("2.ptau").read_bytes()
    at = section(data, 7).body + 4 + 1216 + 216  # the challenge of the first contribution
    Path("bad.ptau").write_bytes(flipped(data, at))
    refused("ptau", "verify", "bad.ptau", says="Contribution 2: its proof that tau", status=1)
    refused("ptau", "verify", "0.ptau", says="Nobody has contributed", status=1)


def test_a_malformed_file_ends_with_2(shop: Path) -> None:
    Path("bad.ptau").write_bytes(Path("2.ptau").read_bytes()[:-1])
    for words in (("verify", "bad.ptau"), ("info", "bad.ptau"), ("contribute", "bad.ptau", "x")):
        refused("ptau", *words, says="claims")


def test_a_file_of_another_kind_is_named(shop: Path) -> None:
    Path("vkey.json").write_text('{"protocol": "groth16", "nPublic": 1}')
    refused("ptau", "verify", "vkey.json", says="is a verifying key, not a powers-of-tau file")
    refused("ptau", "contribute", "vkey.json", "x", says="a verifying key")


def test_a_file_that_is_there_is_replaced_only_if_forced(shop: Path) -> None:
    for words in (
        ("new", 2, "1.ptau"),
        ("contribute", "0.ptau", "1.ptau"),
        ("beacon", "0.ptau", "1.ptau", VALUE, 10),
        ("prepare", "2.ptau", "1.ptau"),
        ("truncate", "2.ptau", "1.ptau", 1),
    ):
        refused("ptau", *words, says="--force")
        done("ptau", *words, "--force")


def test_an_input_is_never_replaced(shop: Path) -> None:
    refused("ptau", "contribute", "1.ptau", "1.ptau", "--force", says="is an input")


@pytest.mark.parametrize("value", ["", "0", "xyz0", "01 02", "０１", "00" * 256, "0x"])
def test_a_beacon_that_is_no_hexadecimal_is_refused(shop: Path, value: str) -> None:
    refused("ptau", "beacon", "1.ptau", "new.ptau", value, 10, says="HEX")


def test_a_beacon_may_begin_with_0x(shop: Path) -> None:
    done("ptau", "beacon", "1.ptau", "new.ptau", f"0x{VALUE}", 10)
    assert Path("new.ptau").read_bytes() == Path("2.ptau").read_bytes()


@pytest.mark.parametrize("exponent", ["9", "41", "64", "1e3"])
def test_an_exponent_out_of_range_is_refused(shop: Path, exponent: str) -> None:
    assert invoke("ptau", "beacon", "1.ptau", "new.ptau", VALUE, exponent).exit_code == 2


def test_entropy_may_come_from_a_file(shop: Path) -> None:
    Path("dice").write_bytes(b"\xff6 1 3 3 2 5")
    done("ptau", "contribute", "1.ptau", "3.ptau", "--entropy-file", "dice")
    done("ptau", "verify", "3.ptau")
    refused("ptau", "contribute", "1.ptau", "4.ptau", "--entropy-file", "none", says="none")


def test_nobody_contributes_to_a_truncated_file(shop: Path) -> None:
    done("ptau", "truncate", "2.ptau", "small.ptau", 1)
    refused("ptau", "contribute", "small.ptau", "new.ptau", says="is truncated")


def test_there_are_public_files_of_2_8_to_2_28() -> None:
    assert sorted(DIGESTS) == list(range(8, 29))
    assert all(re.fullmatch("[0-9a-f]{128}", digest) for digest in DIGESTS.values())
    assert len(set(DIGESTS.values())) == 21


def test_a_file_that_is_like_a_public_one_is_none(shop: Path) -> None:
    """Of its size, with as many contributions and a beacon, prepared and truncated."""
    person, beacon = records_of(Path("2.ptau"))
    like = with_records(write_powers(Path("8.ptau"), 8), [person] * 54 + [beacon], Path("8.ptau"))
    at = section(like.read_bytes(), 1).body + 40  # the power of its ceremony
    like.write_bytes(patched(like.read_bytes(), at, "I", 28))
    assert read_ptau(like).truncated
    assert not is_public(read_ptau(like))


def test_no_other_file_is_a_public_one(shop: Path) -> None:
    file = read_ptau(Path("2.ptau"))
    assert not is_public(file)
    assert file_digest(file) == hashlib.blake2b(Path("2.ptau").read_bytes()).hexdigest()


@pytest.mark.parametrize("command", ["verify", "info"])
def test_the_value_of_a_beacon_is_said(shop: Path, command: str) -> None:
    """Who agreed on a beacon compares it: any other may have been chosen among many."""
    assert f" (beacon {VALUE}, 2^10)" in done("ptau", command, "2.ptau")
    *_, beacon = facts("ptau", command, "2.ptau")["contributions"]  # type: ignore[misc]
    assert (beacon["beacon"], beacon["value"], beacon["exponent"]) == (True, VALUE, 10)


@pytest.mark.parametrize("command", ["verify", "info"])
def test_a_name_forges_no_row_of_a_listing(shop: Path, command: str) -> None:
    """Neither by the end of a line, nor by one that a terminal breaks where spaces end."""
    forged = f"Eve{' ' * 60}  3  {'0' * 128} Carol"
    records = [
        replace(records_of(Path("1.ptau"))[0], name=name) for name in (forged, "A\nB\x1b[1m")
    ]
    for record in records:
        with_records(Path("1.ptau"), [record], Path("forged.ptau"))
        shown = done("ptau", command, "forged.ptau")
        assert "0" * 64 not in shown
        assert "   " not in shown.splitlines()[-1].partition(record.response_hash().hex())[2]
        assert sum(line.startswith("  ") for line in shown.splitlines()) == 1
        assert "\x1b" not in shown


def test_prepare_goes_on_where_it_was_interrupted(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done("ptau", "prepare", "2.ptau", "whole.ptau")
    monkeypatch.setattr(prepare, "TOGETHER", 0)
    written, write = list[int](), LagrangeBases.write

    def interrupted(self: LagrangeBases, read: object, n: int, out: object) -> None:
        if len(written) == 4:
            raise KeyboardInterrupt
        written.append(n)
        write(self, read, n, out)  # type: ignore[arg-type] # passed on

    with monkeypatch.context() as patched:
        patched.setattr(LagrangeBases, "write", interrupted)
        assert invoke("ptau", "prepare", "2.ptau", "final.ptau").exit_code != 0
    assert Path(".final.ptau.unfinished").exists()
    assert not Path("final.ptau").exists()
    done("ptau", "prepare", "2.ptau", "final.ptau")
    assert Path("final.ptau").read_bytes() == Path("whole.ptau").read_bytes()
    assert [path.name for path in shop.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    "words",
    [
        ("contribute", "1.ptau", "3.ptau"),
        ("beacon", "1.ptau", "3.ptau", VALUE, "10"),
        ("verify", "1.ptau"),
        ("prepare", "1.ptau", "3.ptau"),
    ],
    ids=lambda words: words[0],
)
def test_every_step_says_what_memory_it_takes_at_least(shop: Path, words: tuple[str, ...]) -> None:
    refused("ptau", *words, "--max-memory", "1M", says="of memory, and 1.0 MB are allowed")
    assert not Path("3.ptau").exists()
    done("ptau", *words, "--max-memory", "1G")
