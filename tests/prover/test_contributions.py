"""Keys whose delta anybody can compute from their history, and histories that are none."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from py_ecc import optimized_bn128 as bn128

from tests.prover.formats.key_material import g1, g2, to_py_ecc
from zkpipe.accel.bn254 import BN254, R
from zkpipe.ground.errors import FormatError, ZkpipeError
from zkpipe.prover import Proof, ProvingKey, verify
from zkpipe.prover.contributions import DEVELOPMENT_HASH, check_history, empty_history, read_history
from zkpipe.prover.errors import InsecureKeyError
from zkpipe.prover.points import g1_words, g2_words

VECTOR = Path(__file__).parents[1] / "vectors" / "formats" / "bits.zkey"
BEACON = bytes([2, 10, 3, 32]) + bytes(range(32))
NAMED = bytes([1, 5]) + b"first"
SECRETS = [pow(5, 10**20 * (i + 1) ** 7, R) for i in range(6)]


def record(delta: int, kind: int = 0, parameters: bytes | None = None) -> bytes:
    """A contribution after which delta is this."""
    if parameters is None:
        parameters = BEACON if kind == 1 else NAMED
    points = (
        g1_words(g1(3), BN254).tobytes()
        + g1_words(g1(5), BN254).tobytes()
        + g2_words(g2(7), BN254).tobytes()
    )
    head = g1_words(g1(delta), BN254).tobytes() + points + bytes(64)
    return head + struct.pack("<II", kind, len(parameters)) + parameters


def history(*records: bytes, circuit: bytes = bytes(64)) -> bytes:
    return circuit + struct.pack("<I", len(records)) + b"".join(records)


def check_key_history(steps: bytes, delta: int, *, development: bool = False) -> None:
    check_history(steps, g1_words(g1(delta), BN254), development)


A, B, C, *_ = SECRETS
SOUND = {
    "one contribution": ([(A, 0)], A),
    "two": ([(A, 0), (B, 0)], B),
    "a contribution, then a beacon": ([(A, 0), (B, 1)], B),
    "a beacon, then a contribution": ([(A, 1), (B, 0)], B),
    "one that changes nothing among others": ([(A, 0), (A, 0), (B, 1)], B),
    "one that is taken back, then a real one": ([(A, 0), (1, 0), (B, 0), (C, 1)], C),
    "a contribution to its negative, then a real one": ([(-1, 0), (B, 0)], B),
}
UNSOUND = {
    "a beacon": ([(A, 1)], A),
    "beacons": ([(A, 1), (B, 1), (C, 1)], C),
    "a contribution that changes nothing, then a beacon": ([(1, 0), (A, 1)], A),
    "a beacon, then a contribution that changes nothing": ([(A, 1), (A, 0)], A),
    "a sign": ([(-1, 0), (A, 1)], A),
    "a small factor after a beacon": ([(A, 1), (500 * A, 0)], 500 * A),
    "a small part after a beacon": ([(A, 1), (A * pow(3, -1, R), 0)], A * pow(3, -1, R)),
    "many small factors after a beacon": (
        [(A, 1), (2 * A, 0), (4 * A, 0), (-2 * A, 0), (12 * A, 0), (A, 0), (6 * A, 0)],
        6 * A,
    ),
    "one that the next takes back": ([(A, 0), (1, 0)], 1),
    "one that the next takes back but for a small factor": ([(A, 0), (7, 0)], 7),
    "one that the next takes back, then a beacon": ([(A, 0), (1, 0), (B, 1)], B),
    "a beacon, then one that is taken back": ([(A, 1), (B, 0), (-A, 0), (C, 1)], C),
    "small factors around a beacon": ([(2, 0), (A, 1), (-7 * A, 0), (B, 1)], B),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_contribution_that_is_no_beacon_makes_a_key(name: str) -> None:
    steps, delta = SOUND[name]
    check_key_history(history(*(record(*step) for step in steps)), delta)


@pytest.mark.parametrize("name", UNSOUND)
def test_without_such_a_contribution_there_is_no_key(name: str) -> None:
    steps, delta = UNSOUND[name]
    made = history(*(record(*step) for step in steps))
    with pytest.raises(InsecureKeyError, match="beacons or change nothing") as caught:
        check_key_history(made, delta)
    assert "contribute" in caught.value.fix
    check_key_history(made, delta, development=True)


@pytest.mark.parametrize("nothing", [b"", history(), empty_history(development=False)])
def test_without_any_contribution_there_is_no_key(nothing: bytes) -> None:
    with pytest.raises(InsecureKeyError, match="Nobody contributed"):
        check_key_history(nothing, A)
    check_key_history(nothing, A, development=True)


@pytest.mark.parametrize("development", [False, True])
def test_a_history_that_leads_elsewhere_is_refused(development: bool) -> None:
    for steps in ([record(A)], [record(A), record(B)], [record(B), record(-A)]):
        with pytest.raises(InsecureKeyError, match="do not lead to its delta"):
            check_key_history(history(*steps), A if len(steps) > 1 else B, development=development)


def changed(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


ONE = history(record(A))
KIND = 68 + 384
MALFORMED = {
    "type 2": changed(ONE, KIND, struct.pack("<I", 2)),
    "type 2^32 - 1": changed(ONE, KIND, struct.pack("<I", 2**32 - 1)),
    "type 256": changed(ONE, KIND, struct.pack("<I", 256)),
    "a relabelled beacon": history(record(A, 0, BEACON)),
    "a relabelled beacon with a name": history(record(A, 0, NAMED + BEACON)),
    "half of a beacon": history(record(A, 0, BEACON[2:])),
    "a beacon without its hash": history(record(A, 1, BEACON[:2])),
    "a beacon without its exponent": history(record(A, 1, BEACON[2:])),
    "a beacon without anything": history(record(A, 1, b"")),
    "an unknown parameter": history(record(A, 0, bytes([4, 0]))),
    "parameter 0": history(record(A, 0, bytes([0, 0]))),
    "a name twice": history(record(A, 0, NAMED + NAMED)),
    "parameters out of order": history(record(A, 1, BEACON[2:] + BEACON[:2])),
    "a name past the end": history(record(A, 0, bytes([1, 6]) + b"first")),
    "a name without a length": history(record(A, 0, bytes([1]))),
    "parameters past the end": changed(ONE, KIND + 4, struct.pack("<I", 8)),
    "parameters of 2^32 - 1 bytes": changed(ONE, KIND + 4, struct.pack("<I", 2**32 - 1)),
    "fewer bytes of parameters": changed(ONE, KIND + 4, struct.pack("<I", 5)),
    "a byte more": ONE + b"\0",
    "a record more": changed(ONE, 64, struct.pack("<I", 2)),
    "2^32 - 1 records": changed(ONE, 64, struct.pack("<I", 2**32 - 1)),
    "no record": changed(ONE, 64, struct.pack("<I", 0)),
    "delta infinity": changed(ONE, 68, bytes(64)),
    "delta off its curve": changed(ONE, 68, bytes(63) + b"\1"),
    "delta past p": changed(ONE, 68, b"\xff" * 64),
    "no count": bytes(64),
    "nothing but a byte": b"\0",
}


@pytest.mark.parametrize("name", MALFORMED)
@pytest.mark.parametrize("development", [False, True])
def test_a_malformed_history_is_refused(name: str, development: bool) -> None:
    with pytest.raises(FormatError, match="Section 10 of the key, its history, is malformed"):
        check_key_history(MALFORMED[name], A, development=development)


def test_no_truncation_is_read() -> None:
    steps = history(record(A), record(B, 1), record(C))
    for size in range(1, len(steps)):
        with pytest.raises(FormatError):
            read_history(steps[:size])
    assert [step.beacon for step in read_history(steps)] == [False, True, False]


def test_long_histories_are_read() -> None:
    steps = history(*[record(A), record(B)] * 400, record(C, 1))
    check_key_history(steps, C)
    assert len(read_history(steps)) == 801


# --- a whole key


def beacon_secret(seed: bytes) -> int:
    """What anybody computes from a beacon; here any function of it will do."""
    return int.from_bytes(hashlib.sha256(seed).digest(), "big") % R


def test_the_delta_of_a_beacon_forges_and_no_such_key_is_read(tmp_path: Path) -> None:
    key, secret = ProvingKey.load(VECTOR), beacon_secret(BEACON)
    weak = replace(
        key,
        delta_g1=g1_words(g1(secret), BN254),
        delta_g2=g2_words(g2(secret), BN254),
        history=history(record(A), record(secret)),
    )
    verifying = weak.verifying_key
    total = to_py_ecc(verifying.ic[0])
    for point in verifying.ic[1:]:
        total = bn128.add(total, bn128.multiply(to_py_ecc(point), 4711))
    c = bn128.normalize(bn128.multiply(bn128.neg(total), pow(secret, -1, R)))
    forged = Proof(verifying.alpha, verifying.beta, (int(c[0]), int(c[1])))
    assert verify(verifying, forged, [4711, 4711])
    weak.save(tmp_path / "a.zkey")
    data = (tmp_path / "a.zkey").read_bytes()
    for steps in (history(record(secret, 1)), history(record(1), record(secret, 1))):
        with pytest.raises(InsecureKeyError, match="anyone can forge"):
            replace(weak, history=steps)
        broken = with_history(data, steps)
        (tmp_path / "b.zkey").write_bytes(broken)
        with pytest.raises(InsecureKeyError, match="anyone can forge"):
            ProvingKey.load(tmp_path / "b.zkey")


def with_history(data: bytes, steps: bytes) -> bytes:
    """A .zkey with another section 10."""
    out, at = data[:12], 12
    for _ in range(struct.unpack_from("<I", data, 8)[0]):
        kind, size = struct.unpack_from("<IQ", data, at)
        body = steps if kind == 10 else data[at + 12 : at + 12 + size]
        out += struct.pack("<IQ", kind, len(body)) + body
        at += 12 + size
    return out


WAYS: dict[str, Callable[[ProvingKey], object]] = {
    "dropped": lambda key: replace(key, history=b""),
    "emptied": lambda key: replace(key, history=empty_history(development=False)),
    "of another key": lambda key: replace(key, history=history(record(A))),
    "no bytes": lambda key: replace(key, history="first"),  # type: ignore[arg-type]
    "a stream's": lambda key: replace(key.stream(), history=b""),
}


@pytest.mark.parametrize("way", WAYS)
def test_objects_are_held_to_it_too(way: str) -> None:
    with pytest.raises(ZkpipeError):
        WAYS[way](ProvingKey.load(VECTOR))


def test_a_development_key_passes_by_its_mark(tmp_path: Path) -> None:
    key = ProvingKey.load(VECTOR)
    for steps in (b"", empty_history(development=True), DEVELOPMENT_HASH + key.history[64:]):
        replace(key, development=True, history=steps).save(tmp_path / "a.zkey")
        assert ProvingKey.load(tmp_path / "a.zkey").verifying_key.development


@pytest.mark.parametrize(
    "history", [None, 5, "", [], bytearray(), np.empty(0), np.array([1, 2])], ids=repr
)
def test_a_history_that_is_not_of_bytes_is_refused(history: Any) -> None:
    with pytest.raises(ZkpipeError):
        replace(ProvingKey.load(VECTOR), history=history)
