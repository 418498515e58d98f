"""Proofs under a key that was prepared come from the file, as long as the key is that file."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import zkpipe.prover.groth16.mapped_key as mapping
from tests.prover.groth16.statements import Statement, many_infinities, outputs_only
from tests.prover.prepared.proofs import STATEMENT, other_key, proves
from zkpipe.accel.executors.choice import processor
from zkpipe.accel.machines.backend import MACHINES, has_ifma
from zkpipe.prover import (
    DEVELOPMENT,
    ProvingKey,
    precompute,
    prepare_key,
    prove,
    prove_batch,
    remove_prepared,
    setup,
    verify,
)
from zkpipe.prover.formats.prepared_key import HEAD, TERMS
from zkpipe.prover.groth16.mapped_key import is_mapped
from zkpipe.prover.groth16.prepared import prepared_key, prepared_records
from zkpipe.prover.groth16.query_msms import least_memory


@pytest.mark.parametrize("name", [n for n in MACHINES if n != "avx512" or has_ifma()])
@pytest.mark.parametrize("statement", [STATEMENT, many_infinities(), outputs_only()])
def test_a_prepared_key_holds_what_a_proof_would_make_of_the_key(
    name: str, statement: Statement, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKPIPE_BACKEND", name)
    path = tmp_path / "key.zkey"
    setup(statement.system, DEVELOPMENT).save(path)
    own = ProvingKey.load(path)
    on = processor(own.curve)
    due, records = prepared_key(own, on), prepared_records(own, on)
    made = prepare_key(path)
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.size == made.path.stat().st_size
    key = ProvingKey.load(path)
    monkeypatch.setattr(ProvingKey, "rows", lambda *_: pytest.fail("the key is read"))
    found = prepared_key(key, on)
    for part in ("a", "b", "h_and_l"):
        one, other = getattr(due, part), getattr(found, part)
        assert one.rows.words.tobytes() == other.rows.words.tobytes()
        assert one.finite.tobytes() == other.finite.tobytes()
        assert one.count == other.count
    for name in TERMS:
        assert (getattr(records, name) == getattr(prepared_records(key, on), name)).all()
    assert verify(key.verifying_key, prove(key, statement.witness), statement.public)


def test_proofs_batches_and_multiples_come_from_the_file(prepared: Path, path: Path) -> None:
    key = ProvingKey.load(path)
    on = processor(key.curve)
    for proof in prove_batch(key, [STATEMENT.witness] * 3):
        assert verify(key.verifying_key, proof, STATEMENT.public)
    assert is_mapped(key, on)
    precompute(key)
    assert verify(key.verifying_key, prove(key, STATEMENT.witness), STATEMENT.public)
    assert is_mapped(key, on)


def test_records_are_not_looked_at_again_until_they_are_read_from_the_key(
    prepared: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import zkpipe.prover.formats.zkey as zkey

    looked: list[int] = []
    monkeypatch.setattr(zkey, "check_records", lambda *_: looked.append(1))
    proves(path, mapped=True)
    assert not looked
    key = ProvingKey.load(path)
    _ = key.a_query
    assert not looked
    for _ in range(2):
        _ = key.coefficients
    assert looked == [1]
    prepared.unlink()
    ProvingKey.load(path)
    assert looked == [1, 1]


def test_proving_within_memory_uses_the_key_itself(
    prepared: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mapping, "mapped_key", lambda *_: pytest.fail("the file is used"))
    key = ProvingKey.load(path)
    proof = prove(key, STATEMENT.witness, least_memory(key))
    assert verify(key.verifying_key, proof, STATEMENT.public)
    assert not is_mapped(key, processor(key.curve))


# --- the key's file is another


def touch(path: Path) -> None:
    os.utime(path)


def rewrite(path: Path) -> None:
    path.write_bytes(path.read_bytes())


def copy_back(path: Path) -> None:
    shutil.copy2(path, path.with_suffix(".copy"))
    path.with_suffix(".copy").replace(path)


@pytest.mark.parametrize("change", [touch, rewrite, copy_back, other_key])
def test_a_key_that_is_not_that_file_any_more_is_used_itself(
    change: Callable[[Path], None], prepared: Path, path: Path
) -> None:
    time.sleep(0.02)  # clocks of file systems are coarse
    change(path)
    proves(path, mapped=False)
    prepare_key(path)
    proves(path, mapped=True)


def test_another_key_at_that_inode_does_not_get_the_file(
    prepared: Path, path: Path, tmp_path: Path
) -> None:
    """Were the times equal, too, the proof's check would tell."""
    time.sleep(0.02)
    other_key(tmp_path / "other.zkey")
    path.write_bytes((tmp_path / "other.zkey").read_bytes())  # the inode stays
    assert prepare_key(path).path == prepared
    proves(path, mapped=True)


# --- while it is in use


def test_a_prepared_key_that_is_replaced_or_removed_is_used_on(prepared: Path, path: Path) -> None:
    key = ProvingKey.load(path)
    prove(key, STATEMENT.witness)
    prepare_key(path)
    assert verify(key.verifying_key, prove(key, STATEMENT.witness), STATEMENT.public)
    late = ProvingKey.load(path)
    assert remove_prepared(path) == [prepared]
    assert verify(late.verifying_key, prove(late, STATEMENT.witness), STATEMENT.public)
    assert remove_prepared(path) == []
    proves(path, mapped=False)


def test_a_file_that_was_cut_short_between_load_and_proof_is_not_mapped(
    prepared: Path, path: Path
) -> None:
    key = ProvingKey.load(path)
    os.truncate(prepared, HEAD)
    assert verify(key.verifying_key, prove(key, STATEMENT.witness), STATEMENT.public)
    assert not is_mapped(key, processor(key.curve))


def test_a_machine_s_points_are_not_used_on_another(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_ifma():
        pytest.skip("one machine only")
    monkeypatch.setenv("ZKPIPE_BACKEND", "avx512")
    prepare_key(path)
    proves(path, mapped=True)
    monkeypatch.setenv("ZKPIPE_BACKEND", "scalar")
    proves(path, mapped=False)
    prepare_key(path)
    proves(path, mapped=True)
