"""A ceremony of both phases by command, and what the commands tell of its key from then on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workshop import CIRCUITS, done, invoke, refused
from zkpipe.prover.ceremony import deciding
from zkpipe.prover.errors import CeremonyError

VALUE = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
VERIFY = ("key", "verify", "key.zkey", "--circuit", "square.py", "--ptau", "final.ptau")


def facts(*words: object) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = json.loads(done(*words, "--json"))
    return answer


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Powers by Alice and a key by Bob, and the lines of a list that trusts them."""
    folder = tmp_path_factory.mktemp("kit")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        shutil.copy(CIRCUITS / "square.py", folder)
        done("ptau", "new", 6, "0.ptau")
        alice = facts("ptau", "contribute", "0.ptau", "1.ptau", "--name", "Alice")
        done("ptau", "prepare", "1.ptau", "final.ptau")
        done("setup", "square.py", "0.zkey", "--ptau", "final.ptau")
        bob = facts("key", "contribute", "0.zkey", "1.zkey", "--name", "Bob")
        done("key", "beacon", "1.zkey", "key.zkey", VALUE, 10)
        done("setup", "square.py", "dev.zkey", "--dev")
        Path("people.txt").write_text(f"{alice['hash']} Alice\n{bob['hash']} Bob\n")
    return folder


@pytest.fixture(autouse=True)
def shop(kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, and folders of its own."""
    folder = tmp_path / "shop"
    shutil.copytree(kit, folder)
    monkeypatch.chdir(folder)
    for name in ("STATE", "CONFIG"):
        (tmp_path / name).mkdir(mode=0o700)
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    return folder


def told() -> list[str]:
    """What each command that tells it says of key.zkey."""
    exported = facts("export", "verifier", "key.zkey", "verifier.sol")
    return [
        facts("key", "info", "key.zkey")["provenance"],
        facts("info", "key.zkey")["provenance"],
        exported["provenance"],
        facts("info", "verifier.sol")["says_of_its_key"],
    ]


def test_a_verified_key_is_known_from_then_on_by_its_file_alone() -> None:
    assert told() == ["Unverified"] * 4
    answer = facts(*VERIFY, "--contributions", "people.txt")
    assert (answer["provenance"], answer["because"]) == ("Ceremony", None)
    assert (answer["trusted"], answer["trusted_powers"]) == ([1], [1])
    assert told() == ["Ceremony"] * 4
    assert "Ceremony: this is kept" in done(*VERIFY, "--contributions", "people.txt")
    done("export", "vkey", "key.zkey", "vkey.json")
    assert facts("info", "vkey.json")["provenance"] == "Unverified"
    result = invoke(*VERIFY)  # no list any more
    assert result.exit_code == 0
    assert "stays Unverified, because no list says whom you trust" in result.stdout
    assert told() == ["Unverified"] * 4


def test_the_list_may_lie_in_the_configuration_folder(tmp_path: Path) -> None:
    folder = tmp_path / "CONFIG" / "zkpipe"
    folder.mkdir(mode=0o700)
    shutil.copy("people.txt", folder / "trusted.txt")
    assert facts(*VERIFY)["provenance"] == "Ceremony"
    done("export", "vkey", "key.zkey", "vkey.json")
    digest = facts("info", "vkey.json")["digest"]
    (folder / "trusted.txt").write_text(f"vkey {digest} ours\n")
    assert facts("info", "vkey.json")["provenance"] == "Ceremony"
    (folder / "trusted.txt").chmod(0o666)
    result = invoke("info", "vkey.json")
    assert "can be written to by others" in result.stderr
    assert "Unverified" in result.stdout


def test_a_development_key_says_so_everywhere() -> None:
    assert facts("key", "info", "dev.zkey")["provenance"] == "Development"
    assert facts("info", "dev.zkey")["provenance"] == "Development"
    done("export", "vkey", "dev.zkey", "vkey.json")
    assert facts("info", "vkey.json")["provenance"] == "Development"
    value = json.loads(Path("vkey.json").read_text())
    del value["zkpipe_development"]
    Path("bare.json").write_text(json.dumps(value))
    assert facts("info", "bare.json")["provenance"] == "Unverified"
    assert facts("export", "verifier", "dev.zkey", "verifier.sol")["provenance"] == "Development"


def test_powers_that_were_verified_need_not_be_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verified_again(*_: object) -> None:
        raise CeremonyError("The powers are verified.", "This test wants to see when.")

    monkeypatch.setattr(deciding, "verify_opened", verified_again)
    words = (*VERIFY, "--contributions", "people.txt")
    refused(*words, says="The powers are verified.", status=1)
    done("ptau", "verify", "final.ptau")
    [kept] = (tmp_path / "STATE" / "zkpipe" / "ptau").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert facts(*words)["provenance"] == "Ceremony"
