"""The record beside a ceremony's key: it goes with the key, and whatever it says proves nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.prover.ceremony.powers import write_powers
from zkpipe.circuits import ConstraintSystem, Field, Private, Public, Witness, circuit
from zkpipe.ground.errors import ZkpipeWarning
from zkpipe.ground.files.reading import FileError
from zkpipe.prover import ProvingKey, prove, setup, verify
from zkpipe.prover.ceremony import PreparedPowers, beacon_key, contribute_key, verify_key
from zkpipe.prover.circuit_record import record_path
from zkpipe.prover.errors import WitnessError
from zkpipe.prover.formats.circuit_record import read_record, told_of
from zkpipe.prover.formats.zkey import read_head
from zkpipe.verifier_contracts import solidity_verifier


@circuit
def sums(x: Private[Field], y: Public[Field]) -> tuple[Public[Field], Public[Field]]:
    return x * x, x + y


@circuit
def other(x: Private[Field], y: Public[Field]) -> tuple[Public[Field], Public[Field]]:
    return x * (x + 1), x + y


@dataclass(frozen=True)
class Keys:
    """The folder of a ceremony, and its circuit."""

    folder: Path
    system: ConstraintSystem

    @property
    def key(self) -> Path:
        return self.folder / "final.zkey"

    @property
    def record(self) -> Path:
        return record_path(self.key)

    def plant(self, **members: object) -> None:
        """A record in which some members are others; None leaves one out."""
        old = json.loads(self.record.read_text())
        new = {name: value for name, value in (old | members).items() if value != "LEFT OUT"}
        self.record.write_text(json.dumps(new))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("records")
    system, ptau = sums.compile(), write_powers(folder / "final.ptau", 4)
    setup(system, ptau).save(folder / "initial.zkey")
    contribute_key(folder / "initial.zkey", folder / "first.zkey", "Alice")
    beacon_key(folder / "first.zkey", folder / "final.zkey", b"beacon", 10)
    return Keys(folder, system)


@pytest.fixture
def keys(made: Keys, tmp_path: Path) -> Keys:
    """A copy, to be written to."""
    shutil.copytree(made.folder, tmp_path / "keys")
    return Keys(tmp_path / "keys", made.system)


def proves_as_before(keys: Keys) -> ProvingKey:
    """The key is opened, without an exception; proofs hold for what is true, and for no more."""
    key = ProvingKey.load(keys.key)
    keys.system.solve(x=3, y=4).save(keys.folder / "w.wtns")
    witness = Witness.load(keys.folder / "w.wtns")
    public = witness.public_for(key)
    proof = prove(key, witness)
    assert verify(key.verifying_key, proof, public)
    assert not verify(key.verifying_key, proof, [public[1], public[0], *public[2:]])
    return key


def test_the_record_goes_from_the_first_key_to_the_last_as_it_is(made: Keys) -> None:
    records = [record_path(made.folder / f"{n}.zkey") for n in ("initial", "first", "final")]
    assert len({path.read_bytes() for path in records}) == 1
    assert records[0].name == "initial.zkey.circuit.json"
    key = ProvingKey.load(made.key)
    assert key.circuit == made.system.identity
    assert key.public_names == made.system.public_names
    assert prove(key, made.system.solve(x=3, y=4))


def test_a_key_that_is_saved_again_has_it_inside(keys: Keys) -> None:
    again = keys.folder / "again.zkey"
    ProvingKey.load(keys.key).save(again)
    assert not record_path(again).exists()
    assert ProvingKey.load(again).circuit == keys.system.identity
    assert ProvingKey.load(again).public_names == keys.system.public_names
    contribute_key(again, keys.folder / "more.zkey")
    assert not record_path(keys.folder / "more.zkey").exists()
    told = told_of(read_head(keys.folder / "more.zkey"))
    assert (told.circuit, told.public_names) == (keys.system.identity, keys.system.public_names)


def test_a_key_without_a_record_serves_and_gives_none_on(keys: Keys) -> None:
    keys.record.unlink()
    key = proves_as_before(keys)
    assert (key.circuit, key.public_names) == (None, None)
    contribute_key(keys.key, keys.folder / "more.zkey")
    assert not record_path(keys.folder / "more.zkey").exists()
    shutil.copy(record_path(keys.folder / "initial.zkey"), keys.record)  # it serves all of them
    assert ProvingKey.load(keys.key).circuit == keys.system.identity


def test_a_record_of_another_key_is_told_and_not_used(keys: Keys) -> None:
    """Of the circuit as it was before it was changed, and of the same circuit on other powers."""
    others = [(other.compile(), 4, 5), (keys.system, 5, 7)]
    for i, (system, power, tau) in enumerate(others):
        ptau = write_powers(keys.folder / f"{i}.ptau", power, tau=tau)
        setup(system, ptau).save(keys.folder / "stale.zkey")
        shutil.copy(record_path(keys.folder / "stale.zkey"), keys.record)
        with pytest.warns(ZkpipeWarning, match="is the record of another key") as warned:
            key = proves_as_before(keys)
        assert [w.message.kind for w in warned] == ["record-of-another-key"]  # type: ignore[union-attr]
        assert (key.circuit, key.public_names) == (None, None)
        with pytest.warns(ZkpipeWarning, match="another key"):
            contribute_key(keys.key, keys.folder / f"more{i}.zkey")
        assert not record_path(keys.folder / f"more{i}.zkey").exists()


HOSTILE: list[dict[str, object]] = [
    {"digest": "0" * 63},
    {"digest": "F" * 64},
    {"digest": 5},
    {"digest": None},
    {"circuit": "*/ contract"},
    {"circuit": "a\nb"},
    {"circuit": "a\x1b[31mb"},
    {"circuit": "\u202egnp"},
    {"circuit": "a" * 400_000},
    {"public_names": ["*/", "b", "c"]},
    {"public_names": ["a\n", "b", "c"]},
    {"public_names": ["\u202ea", "b", "c"]},
    {"public_names": ["\u2067a", "b", "c"]},
    {"public_names": ["a\x00", "b", "c"]},
    {"public_names": ["a", "a", "c"]},
    {"public_names": ["a", "b"]},
    {"public_names": ["a", "b", "c", "d"]},
    {"public_names": "abc"},
    {"public_names": {"a": 1}},
    {"public_names": ["a", "b", 5]},
    {"public_names": ["a" * 300_000, "b", "c"]},
    {"public_names": [f"n{i}" for i in range(100_000)]},
    {"public_names": []},
    {"key": 5},
    {"key": "x" * 64},
    {"format": "zkpipe circuit of a key 2"},
    {"format": "LEFT OUT"},
    {"digest": "LEFT OUT"},
    {"more": 1},
]


@pytest.mark.parametrize("members", HOSTILE)
def test_a_record_that_is_none_costs_its_key_nothing(keys: Keys, members: dict[str, Any]) -> None:
    keys.plant(**members)
    with pytest.warns(ZkpipeWarning, match="It is not used") as warned:
        key = ProvingKey.load(keys.key)
    assert (key.circuit, key.public_names) == (None, None)
    for warning in warned:
        said = str(warning.message)
        assert len(said) < 1000
        assert all(c.isprintable() or c == "\n" for c in said)
    source = solidity_verifier(key.verifying_key, "V")
    assert "input[0] =" not in source


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def lost(path: Path) -> None:
    path.unlink()
    path.symlink_to("nothing")


def device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def open_to_all(path: Path) -> None:
    path.chmod(0o666)


@pytest.mark.parametrize(
    "spoil",
    [folder, pipe, lost, device, open_to_all,
     lambda path: path.write_bytes(b""), lambda path: path.write_bytes(b"\xff\xfe"),
     lambda path: path.write_bytes(b"[" * 100_000), lambda path: path.write_bytes(b"{}"),
     lambda path: path.write_bytes(b"zkey" + bytes(100)),
     lambda path: os.truncate(path, 1 << 40)],
)  # fmt: skip
def test_what_is_no_file_of_the_key_s_owner_is_told_and_not_used(
    keys: Keys, spoil: Callable[[Path], object]
) -> None:
    spoil(keys.record)
    with pytest.warns(ZkpipeWarning, match="It is not used"):
        key = proves_as_before(keys)
    assert key.circuit is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_record_of_another_user_s_is_not_used_unless_the_key_is_theirs(keys: Keys) -> None:
    os.chown(keys.record, 12345, 12345)
    with pytest.warns(ZkpipeWarning, match="can be written by others than"):
        assert ProvingKey.load(keys.key).circuit is None
    os.chown(keys.key, 12345, 12345)
    assert ProvingKey.load(keys.key).circuit == keys.system.identity


def test_a_planted_digest_makes_the_key_one_of_no_other_circuit(keys: Keys) -> None:
    another = other.compile()
    keys.plant(digest=another.digest, circuit="other")
    assert proves_as_before(keys).circuit == another.identity
    with pytest.raises(WitnessError, match="What travels with the key says otherwise, and is wron"):
        prove(ProvingKey.load(keys.key), another.solve(x=3, y=4))
    with pytest.raises(WitnessError, match="the key of circuit other") as caught:
        prove(ProvingKey.load(keys.key), keys.system.solve(x=3, y=4))
    assert "what travels with the key is wrong" in caught.value.fix


def test_the_verdict_on_a_key_is_the_same_whatever_lies_beside_it(keys: Keys) -> None:
    powers = PreparedPowers.load(keys.folder / "final.ptau")
    found = verify_key(keys.key, keys.system, powers).hashes
    keys.plant(digest=other.compile().digest, public_names=["a", "b", "c"])
    assert verify_key(keys.key, keys.system, powers).hashes == found
    keys.record.write_bytes(b"nothing")
    assert verify_key(keys.key, keys.system, powers).hashes == found


def test_a_file_that_is_no_record_is_not_written_over(keys: Keys) -> None:
    """Nor is the work begun that would end in one."""
    place = record_path(keys.folder / "new.zkey")
    place.write_text("my notes")
    with pytest.raises(FileError, match="is no record of a key's circuit"):
        setup(keys.system, keys.folder / "final.ptau").save(keys.folder / "new.zkey")
    with pytest.raises(FileError, match="is no record of a key's circuit"):
        contribute_key(keys.key, keys.folder / "new.zkey")
    assert not (keys.folder / "new.zkey").exists()
    assert place.read_text() == "my notes"


def test_a_record_is_read_again_as_it_was_written(made: Keys) -> None:
    found = read_record(made.record)
    assert found.circuit == made.system.identity
    assert found.circuit.name == "sums"
    assert found.public_names == made.system.public_names
    assert read_record(made.record, 3) == found


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """A file that others may write to says so by its mode."""
    before = os.umask(0o022)
    yield
    os.umask(before)
