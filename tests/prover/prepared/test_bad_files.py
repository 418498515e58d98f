"""Prepared keys that are flipped, cut, foreign or planted: the proof comes from the key itself."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.prover.prepared.proofs import STATEMENT, WRONG, header_of, other_key, overwrite, proves
from zkpipe.accel.executors.choice import processor
from zkpipe.ground.errors import ZkpipeWarning
from zkpipe.ground.files import mapped
from zkpipe.prover import (
    Proof,
    ProvingKey,
    precompute,
    prepare_key,
    prove,
    prove_batch,
    verify,
)
from zkpipe.prover.errors import UnprovableError
from zkpipe.prover.formats.prepared_key import HEAD, arrays
from zkpipe.prover.groth16.mapped_key import is_mapped

proving = import_module("zkpipe.prover.groth16.prove")  # where a function hides it


def planted_link(prepared: Path) -> None:
    prepared.rename(prepared.with_suffix(".real"))
    prepared.symlink_to(prepared.with_suffix(".real"))


def second_name(prepared: Path) -> None:
    os.link(prepared, prepared.with_suffix(".second"))


def a_pipe(prepared: Path) -> None:
    prepared.unlink()
    os.mkfifo(prepared, 0o600)


REFUSED: dict[str, Callable[[Path], object]] = {
    "link": planted_link,
    "second name": second_name,
    "pipe": a_pipe,
    "group may write": lambda path: path.chmod(0o620),
    "all may read": lambda path: path.chmod(0o604),
    "group may write to the folder": lambda path: path.parent.chmod(0o770),
    "all may write to the folder": lambda path: path.parent.chmod(0o703),
    "sticky folder": lambda path: path.parent.chmod(0o1777),
    "cut short": lambda path: os.truncate(path, path.stat().st_size - 1),
    "cut in the head": lambda path: os.truncate(path, 100),
    "emptied": lambda path: os.truncate(path, 0),
    "longer": lambda path: os.truncate(path, path.stat().st_size + 4096),
    "of another version": lambda path: overwrite(
        path, 0, path.read_bytes()[:HEAD].replace(b'"version": "', b'"version": "9')[:HEAD]
    ),
    "of another machine": lambda path: overwrite(
        path, 0, path.read_bytes()[:HEAD].replace(b'"machine": "', b'"machine": "9')[:HEAD]
    ),
    "of another wire count": lambda path: overwrite(
        path, 0, path.read_bytes()[:HEAD].replace(b'"wires": ', b'"wires": 1')[:HEAD]
    ),
    "more rows than points": lambda path: overwrite(
        path, 0, path.read_bytes()[:HEAD].replace(b'"rows": [', b'"rows": [9')[:HEAD]
    ),
}


@pytest.mark.parametrize("how", REFUSED)
def test_a_file_that_others_could_have_written_or_of_another_form_is_not_opened(
    how: str, prepared: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    REFUSED[how](prepared)
    monkeypatch.setattr(mapped.OwnFile, "map", lambda _: pytest.fail("it is mapped"))
    proves(path, mapped=False)


@pytest.mark.parametrize("of", ["file", "folder"])
def test_a_file_or_folder_of_another_user_is_not_opened(
    of: str, prepared: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is another user than the owner, whom a zkpipe that is theirs would trust."""
    if os.geteuid() == 0:
        os.chown(prepared if of == "file" else prepared.parent, 65534, -1)
    else:
        monkeypatch.setattr(mapped, "user_number", lambda: os.geteuid() + 1)
    proves(path, mapped=False)


def test_no_flip_in_the_head_changes_a_proof(prepared: Path, path: Path) -> None:
    """What it says is compared with the key; the SHA-256 is for people."""
    head = prepared.read_bytes()[:HEAD]
    length = len(head.rstrip())
    chance = np.random.default_rng(1)
    for at in map(int, chance.choice(length, 40, replace=False)):
        overwrite(prepared, at, bytes([head[at] ^ 1 << int(chance.integers(8))]))
        key = ProvingKey.load(path)
        proof = prove(key, STATEMENT.witness)
        assert verify(key.verifying_key, proof, STATEMENT.public)
        assert prepared.exists()
        overwrite(prepared, 0, head)


PARTS = ("a", "b", "h_and_l", "starts", "wires", "kinds", "coefficients")


@pytest.mark.parametrize("fill", ["flip", "ones", "zeros", "random"])
@pytest.mark.parametrize("part", PARTS)
def test_a_flipped_file_is_thrown_away_and_the_proof_made_from_the_key(
    part: str, fill: str, prepared: Path, path: Path
) -> None:
    begin, size = header_of(prepared).parts()[part]
    data = prepared.read_bytes()[begin : begin + size]
    chance = np.random.default_rng(3)
    changed = {
        "flip": bytes(byte ^ 1 if i % 44 == 12 else byte for i, byte in enumerate(data)),
        "ones": b"\xff" * size,
        "zeros": bytes(size),
        "random": chance.bytes(size),
    }[fill]
    overwrite(prepared, begin, changed)
    key = ProvingKey.load(path)
    with pytest.warns(ZkpipeWarning, match=WRONG):
        proof = prove(key, STATEMENT.witness)
    assert verify(key.verifying_key, proof, STATEMENT.public)
    assert not prepared.exists()
    assert not is_mapped(key, processor(key.curve))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert verify(key.verifying_key, prove(key, STATEMENT.witness), STATEMENT.public)
    proves(path, mapped=False)


def test_a_record_of_a_wire_or_row_that_is_not_there_stops_the_kernel(
    prepared: Path, path: Path
) -> None:
    header = header_of(prepared)
    for field in ("wires", "starts"):
        data = np.frombuffer(bytearray(prepared.read_bytes()), np.uint8)
        whole = prepared.read_bytes()
        arrays(header, data)[field][5] = 0xFFFF_FFFF
        overwrite(prepared, 0, data.tobytes())
        key = ProvingKey.load(path)
        with pytest.warns(ZkpipeWarning, match=WRONG):
            prove(key, STATEMENT.witness)
        prepared.write_bytes(whole)
        prepared.chmod(0o600)


def test_the_points_of_another_key_are_thrown_away(
    prepared: Path, path: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.zkey"
    other_key(other)
    foreign = prepare_key(other).path.read_bytes()
    overwrite(prepared, HEAD, foreign[HEAD:])
    key = ProvingKey.load(path)
    with pytest.warns(ZkpipeWarning, match=WRONG):
        proofs = prove_batch(key, [STATEMENT.witness] * 2)
    assert all(verify(key.verifying_key, proof, STATEMENT.public) for proof in proofs)


def test_multiples_of_flipped_points_are_thrown_away(prepared: Path, path: Path) -> None:
    begin, size = header_of(prepared).parts()["a"]
    overwrite(prepared, begin, b"\x55" * size)
    key = ProvingKey.load(path)
    precompute(key)
    with pytest.warns(ZkpipeWarning, match=WRONG):
        assert verify(key.verifying_key, prove(key, STATEMENT.witness), STATEMENT.public)


def test_a_witness_without_a_proof_leaves_the_prepared_key(prepared: Path, path: Path) -> None:
    bad = STATEMENT.witness.values.copy()
    bad[-1, 0] ^= 1
    witness = type(STATEMENT.witness)(bad, STATEMENT.witness.public_count)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UnprovableError):
            prove(ProvingKey.load(path), witness)
    proves(path, mapped=True)


def test_a_thread_whose_proof_is_from_a_file_that_another_has_left_makes_it_again(
    prepared: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, size = header_of(prepared).parts()["a"]
    overwrite(prepared, begin, b"\x55" * size)
    key = ProvingKey.load(path)
    computed, left = threading.Event(), threading.Event()
    made, proofs = proving._made, []

    def slowly(*given: Any) -> list[Proof | None]:
        found = made(*given)
        if threading.current_thread() is late and not computed.is_set():
            computed.set()
            assert left.wait(60)
        return found

    monkeypatch.setattr(proving, "_made", slowly)
    late = threading.Thread(target=lambda: proofs.append(prove(key, STATEMENT.witness)))
    late.start()
    assert computed.wait(60)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # both may say so
        proofs.append(prove(key, STATEMENT.witness))
        left.set()
        late.join()
    assert [verify(key.verifying_key, proof, STATEMENT.public) for proof in proofs] == [True, True]
