"""What a row is known by: nobody without the batch's secret can tell, or try, what is in it."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from pathlib import Path

import pytest

from tests.jobs.batch import shop
from zkpipe.accel.bn254 import R
from zkpipe.jobs.batch.identity import SECRET_BYTES, BatchSecret, batch_secret
from zkpipe.jobs.errors import JobError

CIRCUIT, KEY = "11" * 32, "22" * 32
SECRET = Path("proofs.batch/secret")


def test_an_identity_is_an_hmac_of_circuit_key_and_inputs() -> None:
    value, flat = bytes(range(32)), [1, R - 1, 2**200]
    rows = hmac.new(value, b"zkpipe batch row 1", hashlib.sha256).digest()
    message = bytes.fromhex(CIRCUIT) + bytes.fromhex(KEY) + (3).to_bytes(8, "little")
    message += b"".join(x.to_bytes(32, "little") for x in flat)
    expected = hmac.new(rows, message, hashlib.sha256).digest()
    assert BatchSecret(value).identity(CIRCUIT, KEY, flat) == expected


def test_identities_differ_where_anything_does() -> None:
    one = BatchSecret(b"a" * 32)
    same = {
        one.identity(CIRCUIT, KEY, [1, 2]),
        BatchSecret(b"a" * 32).identity(CIRCUIT, KEY, [1, 2]),
    }
    assert len(same) == 1
    others = [
        one.identity(CIRCUIT, KEY, [1, 2]),
        one.identity("12" * 32, KEY, [1, 2]),
        one.identity(CIRCUIT, "12" * 32, [1, 2]),
        one.identity(KEY, CIRCUIT, [1, 2]),
        one.identity(CIRCUIT, KEY, [2, 1]),
        one.identity(CIRCUIT, KEY, [1, 3]),
        one.identity(CIRCUIT, KEY, [1]),
        one.identity(CIRCUIT, KEY, [1, 2, 0]),
        one.identity(CIRCUIT, KEY, [1 + (2 << 128), 0]),
        BatchSecret(b"b" * 32).identity(CIRCUIT, KEY, [1, 2]),
        one.seal(b"", b""),
    ]
    assert len(set(others)) == len(others)


def test_a_secret_is_random_and_not_shown(tmp_path: Path) -> None:
    one, two = (batch_secret(tmp_path / name) for name in "ab")
    assert one.identity(CIRCUIT, KEY, [1]) != two.identity(CIRCUIT, KEY, [1])
    assert one.identity(CIRCUIT, KEY, [1]) == batch_secret(tmp_path / "a").identity(
        CIRCUIT, KEY, [1]
    )
    assert len((tmp_path / "a").read_bytes()) == SECRET_BYTES
    assert repr(one) == "BatchSecret(...)"


@pytest.mark.usefixtures("place")
def test_the_same_residue_written_otherwise_is_the_same_row() -> None:
    shop.table([("A", 1, 2, -1)])
    shop.job()
    shop.run()
    shop.table([("A", 1, 2, R - 1)])
    assert shop.run()["proved_now"] == 0
    shop.table([("A", 1, 2, hex(R - 1))])
    assert shop.run()["proved_now"] == 0
    shop.table([("A", 1, 2, R - 2)])
    assert shop.run()["proved_now"] == 1


@pytest.mark.usefixtures("place")
def test_the_folder_and_all_in_it_are_the_owners_alone() -> None:
    mask = os.umask(0)
    try:
        shop.table(shop.values(2))
        shop.job()
        shop.run()
    finally:
        os.umask(mask)
    assert stat.S_IMODE(SECRET.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in SECRET.parent.iterdir()} == {0o600}


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_secret_that_others_may_read_or_write_is_refused(mode: int) -> None:
    shop.table(shop.values(1))
    shop.job()
    shop.run()
    SECRET.chmod(mode)
    for verb in ("run", "status", "resume"):
        result = shop.raw(verb=verb)
        assert result.exit_code == 2
        assert f"{SECRET} is not to be trusted" in result.stderr
    SECRET.chmod(0o600)
    shop.run()


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("mode", [0o720, 0o702, 0o750, 0o705, 0o777])
def test_a_folder_that_others_may_enter_is_refused(mode: int) -> None:
    shop.table(shop.values(1))
    shop.job()
    SECRET.parent.mkdir()
    SECRET.parent.chmod(mode)
    result = shop.raw()
    assert result.exit_code == 2
    assert "own folder is not to be trusted" in result.stderr
    assert not SECRET.exists()


@pytest.mark.usefixtures("place")
def test_a_link_in_the_place_of_the_secret_is_refused() -> None:
    shop.table(shop.values(1))
    shop.job()
    shop.run()
    SECRET.rename("elsewhere")
    SECRET.symlink_to(Path("elsewhere").absolute())
    assert shop.raw().exit_code == 2


def test_a_secret_of_another_length_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    for size in (0, 31, 33):
        path.write_bytes(b"x" * size)
        path.chmod(0o600)
        with pytest.raises(JobError, match=f"{size} bytes"):
            batch_secret(path)
