"""Where a program gets a password from, without its user."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.exchange.home.own import PASSWORD
from zkpipe.exchange.errors import PasswordError
from zkpipe.exchange.home import from_descriptor, from_environment

NAME = "ZKPIPE_TEST_PASSWORD"


@contextmanager
def pipe(data: bytes) -> Iterator[int]:
    read, write = os.pipe()
    os.write(write, data)
    os.close(write)
    try:
        yield read
    finally:
        os.close(read)


def test_a_variable_is_read_once_and_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, PASSWORD + " ä")
    assert from_environment(NAME) == (PASSWORD + " ä").encode()
    assert NAME not in os.environ
    with pytest.raises(PasswordError, match=f"no variable {NAME}"):
        from_environment(NAME)


@pytest.mark.parametrize("value", ["", "\udcff\udcfe"])
def test_a_variable_without_a_text_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(PasswordError):
        from_environment(NAME)
    assert NAME not in os.environ


@pytest.mark.parametrize(
    "data", [b"%s", b"%s\n", b"%s\r\n", b"\xef\xbb\xbf%s\n", b"%s\nmore\nlines"]
)
def test_a_descriptor_gives_its_first_line(data: bytes) -> None:
    with pipe(data % PASSWORD.encode()) as handle:
        assert from_descriptor(handle) == PASSWORD.encode()


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\xfe\n", b"x" * 5000])
def test_a_descriptor_without_a_password_is_refused(data: bytes) -> None:
    with pipe(data) as handle, pytest.raises(PasswordError):
        from_descriptor(handle)


def test_a_descriptor_that_is_closed_is_told() -> None:
    with pipe(b"x") as handle:
        pass
    with pytest.raises(PasswordError, match=f"Descriptor {handle} cannot be read"):
        from_descriptor(handle)
