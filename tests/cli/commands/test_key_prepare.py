"""zkpipe key prepare: a proof comes from what it made, and it says what it made."""

from __future__ import annotations

import hashlib
import json
import warnings
from pathlib import Path

import pytest

from tests.cli.workshop import done, invoke, refused
from zkpipe.ground.files import cache_folders
from zkpipe.prover.formats.prepared_key import HEAD


@pytest.fixture(autouse=True)
def cache(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, beside the kernels that are there."""
    folder = tmp_path / "cache" / "zkpipe"
    folder.mkdir(parents=True, mode=0o700)
    if kernels := next(cache_folders.readable_folders("kernels"), None):
        (folder / "kernels").symlink_to(kernels)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent))
    return folder / "prepared"


def prove(name: str = "order") -> str:
    with warnings.catch_warnings():
        result = invoke("prove", f"{name}.zkey", f"{name}.wtns", "p.json", "v.json")
    assert result.exit_code == 0, result.output
    done("verify", f"{name}.vkey.json", "v.json", "p.json")
    return result.stderr


def test_prepare_says_where_and_what_and_info_and_doctor_know(cache: Path) -> None:
    assert json.loads(done("key", "info", "order.zkey", "--json"))["prepared"] is None
    told = json.loads(done("key", "prepare", "order.zkey", "--json"))
    made = Path(told["prepared"])
    assert made.parent == cache
    assert told["bytes"] == made.stat().st_size
    assert told["sha256"] == hashlib.sha256(Path("order.zkey").read_bytes()).hexdigest()
    assert json.loads(done("key", "info", "order.zkey", "--json"))["prepared"] == str(made)
    assert str(made) in done("key", "info", "order.zkey")
    assert str(cache) in invoke("doctor").stdout
    gone = json.loads(done("key", "prepare", "order.zkey", "--remove", "--json"))
    assert gone["removed"] == [str(made)]
    assert "Nothing was prepared" in done("key", "prepare", "order.zkey", "--remove")
    assert "prepared keys" not in invoke("doctor").stdout


def test_prove_takes_the_prepared_key_and_throws_a_wrong_one_away() -> None:
    made = Path(json.loads(done("key", "prepare", "order.zkey", "--json"))["prepared"])
    assert prove() == ""
    with made.open("r+b") as file:
        file.seek(HEAD)
        file.write(b"\x77" * (made.stat().st_size - HEAD))
    assert "did not verify; one from the key itself does" in prove()
    assert not made.exists()
    assert prove() == ""


def test_what_is_no_key_is_refused() -> None:
    refused("key", "prepare", "order.wtns", says="order.wtns")
