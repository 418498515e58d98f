"""Records and lists that somebody else put in place are not believed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.prover.provenance.conftest import Made, trusting
from zkpipe.ground.errors import FormatError, ZkpipeWarning
from zkpipe.prover import Provenance, ProvingKey
from zkpipe.prover.ceremony.deciding import decide_provenance
from zkpipe.prover.provenance import kept
from zkpipe.prover.provenance.kept import kept_key, kept_key_of_digest, kept_ptau
from zkpipe.prover.provenance.trusted import users_list

STRANGER = 65534
root = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files of another user")


@pytest.fixture
def record(made: Made, home: Path) -> Path:
    """The right record of the key."""
    found, powers = made.verified()
    decide_provenance(found, powers, trusting(made.phase1[0], found.hashes[0]))
    return home / "state" / "zkpipe" / "keys" / f"{found.sha256}.json"


def provenance(made: Made) -> Provenance:
    return ProvingKey.load(made.key).provenance


def test_the_right_record_is_believed(made: Made, record: Path) -> None:
    assert provenance(made) is Provenance.CEREMONY
    found = kept_key(record.stem)
    assert found is not None
    assert kept_key_of_digest(found.key_digest) == found
    assert kept_key_of_digest("ab" * 32) is None


@pytest.mark.parametrize("part", ["", "..", "../.."])
@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_one_that_others_can_write_is_not(made: Made, record: Path, part: str, mode: int) -> None:
    """The test's folders are of root, whose group is nobody's own."""
    path = (record / part).resolve() if part else record
    path.chmod(mode)
    if os.geteuid() != 0 and not mode & 0o002:
        pytest.skip("the user's own group is nobody else")
    with pytest.warns(ZkpipeWarning, match="can be written to by others"):
        assert provenance(made) is Provenance.UNVERIFIED


@root
@pytest.mark.parametrize("part", ["", "..", "../.."])
def test_one_of_another_user_is_not(made: Made, record: Path, part: str) -> None:
    os.chown((record / part).resolve() if part else record, STRANGER, STRANGER)
    with pytest.warns(ZkpipeWarning, match=f"belongs to user {STRANGER}"):
        assert provenance(made) is Provenance.UNVERIFIED


@root
def test_a_link_that_another_user_made_is_not_followed(made: Made, record: Path) -> None:
    aside = record.with_name("aside.json")
    record.rename(aside)
    record.symlink_to(aside)
    assert provenance(made) is Provenance.CEREMONY  # all of it is the user's own
    os.lchown(record, STRANGER, STRANGER)
    with pytest.warns(ZkpipeWarning, match=f"belongs to user {STRANGER}"):
        assert provenance(made) is Provenance.UNVERIFIED


def test_a_link_into_a_folder_that_all_can_write_to_is_not_followed(
    made: Made, record: Path, tmp_path: Path
) -> None:
    common = tmp_path / "common"
    common.mkdir()
    common.chmod(0o777)
    (common / "r.json").write_bytes(record.read_bytes())
    record.unlink()
    record.symlink_to(common / "r.json")
    with pytest.warns(ZkpipeWarning, match="can be written to by others"):
        assert provenance(made) is Provenance.UNVERIFIED


def test_a_record_beside_the_key_proves_nothing(made: Made, record: Path) -> None:
    data = record.read_bytes()
    record.unlink()
    beside = [made.key.with_suffix(".json"), made.key.parent / record.name]
    for path in beside:
        path.write_bytes(data)
    try:
        assert provenance(made) is Provenance.UNVERIFIED
    finally:
        for path in beside:
            path.unlink()


def changed(**fields: object) -> Callable[[dict[str, object]], object]:
    return lambda record: {**record, **fields}


@pytest.mark.parametrize(
    "change",
    [
        changed(format="zkpipe verified key 2"),
        changed(key="ab" * 32),
        changed(key_digest="AB" * 32),
        changed(circuit=None),
        changed(powers="ab"),
        changed(powers=""),  # of a public file, which has no hashes
        changed(phase1=[]),
        changed(phase2=[]),
        changed(phase2=["ab" * 32]),
        changed(phase2="ab" * 64),
        changed(date="2026-11-30"),
        changed(more=1),
        lambda record: {name: value for name, value in record.items() if name != "date"},
        lambda record: [record],
        lambda record: None,
    ],
)
def test_one_of_another_form_is_not_believed(
    made: Made, record: Path, change: Callable[[dict[str, object]], object]
) -> None:
    record.write_text(json.dumps(change(json.loads(record.read_text()))))
    with pytest.warns(ZkpipeWarning, match="counts as unverified"):
        assert provenance(made) is Provenance.UNVERIFIED


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000, b" " * (1 << 17)])
def test_one_that_is_no_json_is_not_believed(made: Made, record: Path, data: bytes) -> None:
    record.write_bytes(data)
    with pytest.warns(ZkpipeWarning, match="counts as unverified"):
        assert provenance(made) is Provenance.UNVERIFIED


def test_one_of_another_verifying_key_is_not_believed(made: Made, record: Path) -> None:
    value = json.loads(record.read_text())
    record.write_text(json.dumps({**value, "key_digest": "ab" * 32}))
    assert provenance(made) is Provenance.UNVERIFIED


def test_a_record_of_powers_is_looked_at_as_well(made: Made, record: Path) -> None:
    [path] = (record.parent.parent / "ptau").iterdir()
    assert kept_ptau(path.stem)
    assert not kept_ptau("ab" * 32)
    right = json.loads(path.read_text())
    for wrong in ({**right, "ptau": "ab" * 32}, {**right, "format": ""}, {"ptau": path.stem}, []):
        path.write_text(json.dumps(wrong))
        with pytest.warns(ZkpipeWarning):
            assert not kept_ptau(path.stem)
    path.write_text(json.dumps(right))
    path.chmod(0o602)
    with pytest.warns(ZkpipeWarning, match="can be written to by others"):
        assert not kept_ptau(path.stem)


def test_a_list_that_others_can_write_to_names_nobody(home: Path) -> None:
    folder = home / "config" / "zkpipe"
    assert users_list() is None
    folder.mkdir(parents=True, mode=0o700)
    path = folder / "trusted.txt"
    path.write_text(f"{'ab' * 64} Alice\n")
    found = users_list()
    assert found is not None
    assert found.contributions == {b"\xab" * 64: "Alice"}
    for place in (path, folder):
        mode = place.stat().st_mode
        place.chmod(mode | 0o002)
        with pytest.warns(ZkpipeWarning, match="Nobody in it is trusted"):
            assert users_list() is None
        place.chmod(mode)
    path.write_text("Alice\n")
    with pytest.raises(FormatError, match="Line 1"):
        users_list()


def test_a_record_in_the_working_folder_proves_nothing(
    made: Made, record: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """The specification of XDG wants paths that are not whole to be passed over."""
    monkeypatch.chdir(home)
    for place in ("state", "./state"):
        monkeypatch.setenv("XDG_STATE_HOME", place)
        assert provenance(made) is Provenance.UNVERIFIED
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    assert provenance(made) is Provenance.CEREMONY


def test_nothing_is_kept_where_the_user_has_no_folder(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "state_folder", lambda: None)
    found, powers = made.verified()
    decided = decide_provenance(found, powers, trusting(made.phase1[0], found.hashes[0]))
    assert decided.provenance is Provenance.UNVERIFIED
    assert "XDG_STATE_HOME" in decided.because
    assert provenance(made) is Provenance.UNVERIFIED
