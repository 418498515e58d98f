"""The search for canaries finds each of them, however it is written, and nothing else."""

from __future__ import annotations

import base64
import gzip
import io
import json
import secrets
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exchange.canaries import LONG, Canaries

SECRET = bytes.fromhex("fb9eab7e0f3c57d2a1e8fbef00c4b6d391fffe3fbe7d5a6c11223344556677f9")
WAYS: dict[str, Callable[[bytes], bytes]] = {
    "raw": lambda data: data,
    "hex": lambda data: data.hex().encode(),
    "HEX": lambda data: data.hex().upper().encode(),
    "as Python shows it": lambda data: repr(b"a" + data + b"b").encode(),
    "base64": base64.b64encode,
    "base64url": base64.urlsafe_b64encode,
    "decimal": lambda data: str(int.from_bytes(data, "big")).encode(),
    "decimal of the other end": lambda data: str(int.from_bytes(data, "little")).encode(),
    "reversed": lambda data: data[::-1],
    "reversed hex": lambda data: data[::-1].hex().encode(),
    "array": lambda data: json.dumps(list(data)).encode(),
    "dense array": lambda data: json.dumps(list(data), separators=(",", ":")).encode(),
}


def planted() -> Canaries:
    canaries = Canaries()
    canaries.plant("it", SECRET)
    return canaries


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_found_in_each_encoding(way: str) -> None:
    for before in (b"", b"x", b"xy"):
        found = planted().in_bytes(before + WAYS[way](SECRET) + b"tail", "here")
        assert [(f.name, f.place) for f in found][:1] == [("it", "here")]


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_found_in_much_at_each_place_and_at_its_ends(way: str) -> None:
    written = WAYS[way](SECRET)
    for before in (0, *range(LONG, LONG + 5)):
        for after in range(5) if before else (LONG,):
            text = secrets.token_bytes(before) + written + secrets.token_bytes(after)
            assert planted().in_bytes(text, "here")


@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("after", range(4))
def test_a_secret_is_found_within_a_longer_text_in_base64(before: int, after: int) -> None:
    whole = secrets.token_bytes(before) + SECRET + secrets.token_bytes(after)
    assert planted().in_bytes(base64.b64encode(whole), "here")
    assert planted().in_bytes(base64.urlsafe_b64encode(whole), "here")


def test_what_differs_in_one_byte_is_not_found() -> None:
    for way in WAYS.values():
        for at in (2, 15, 29):  # at its ends, base64 leaves bits to its neighbours
            other = bytearray(SECRET)
            other[at] ^= 1
            assert planted().in_bytes(way(bytes(other)), "here") == []


@pytest.mark.parametrize("number", [12345678901234567890, 1 << 250 | 7 << 100 | 11])
def test_a_number_is_found_as_text_as_a_word_and_in_hex(number: int) -> None:
    canaries = Canaries()
    canaries.plant("number", number)
    for text in (str(number), f"{number:x}", f"{number:064x}", f"{number:#X}"):
        assert canaries.in_bytes(f"a {text} b", "here")
    for order in ("big", "little"):
        assert canaries.in_bytes(number.to_bytes(32, order), "here")


def test_a_text_is_found_as_json_and_windows_have_it() -> None:
    canaries = Canaries()
    canaries.plant("password", 'pässword "7"')
    assert canaries.in_bytes(json.dumps({"a": 'pässword "7"'}), "here")
    assert canaries.in_bytes('pässword "7"'.encode("utf-16-le"), "here")
    assert canaries.in_bytes(repr('pässword "7"'.encode()), "here")
    assert canaries.in_bytes(ascii('pässword "7"'), "here")
    assert canaries.in_bytes('x pässword "7" y', "here")


@pytest.mark.parametrize("secret", [412, b"abcde", "apple", 2**46])
def test_a_secret_too_short_to_look_for_is_refused(secret: int | bytes | str) -> None:
    with pytest.raises(AssertionError, match="too short"):
        Canaries().plant("score", secret)


def test_folders_are_searched_with_names_and_archives(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "clear").write_bytes(b"..." + SECRET)
    (tmp_path / SECRET.hex()).write_bytes(b"")
    (tmp_path / "packed.gz").write_bytes(gzip.compress(SECRET.hex().encode()))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("inner.json", json.dumps(list(SECRET)))
    (tmp_path / "packed.zip").write_bytes(archive.getvalue())
    places = " ".join(sighting.place for sighting in planted().in_folder(tmp_path))
    for expected in ("clear", f"the name {SECRET.hex()}", "packed.gz, unpacked", "inner.json"):
        assert expected in places
    but = [tmp_path / "a", tmp_path / SECRET.hex()]
    left = planted().in_folder(tmp_path, but=but)
    assert left
    assert all("packed" in sighting.place for sighting in left)


def test_errors_are_searched_to_their_causes() -> None:
    def fails() -> None:
        try:
            int("x" + SECRET.hex())
        except ValueError:
            raise KeyError("clean") from None

    with pytest.raises(KeyError) as raised:
        fails()
    assert any(sighting.place == "ValueError" for sighting in planted().in_errors(raised.value))


def test_what_python_shows_of_objects_is_searched() -> None:
    assert planted().in_texts([{"a": SECRET.hex()}])
    assert planted().in_texts([object()]) == []


def test_the_words_and_the_environment_of_a_process_are_searched() -> None:
    code = "import subprocess, sys; subprocess.run(['sleep', '0.3'], env={'A': sys.stdin.read()})"
    word = [sys.executable, "-c", "import time; time.sleep(0.3)", SECRET.hex()]
    with (
        subprocess.Popen(word) as process,  # noqa: S603 # our own words
        planted().on_process(process.pid) as found,
    ):
        process.wait()
    assert {sighting.place for sighting in found} == {"cmdline of a process"}
    parent = [sys.executable, "-c", code]
    with (
        subprocess.Popen(parent, stdin=subprocess.PIPE) as process,  # noqa: S603 # the same
        planted().on_process(process.pid) as found,
    ):
        process.communicate(SECRET.hex().encode())
    assert {sighting.place for sighting in found} == {"environ of a process"}
