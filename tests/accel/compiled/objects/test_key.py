"""The key of a shared object changes with all that its machine code depends on."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from zkpipe.accel.compiled.objects import key
from zkpipe.accel.compiled.objects.key import key_of_sources, object_key


def test_the_quick_key_is_that_of_the_contents() -> None:
    assert object_key() == key_of_sources()
    assert object_key() == key_of_sources()  # remembered now


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("processor", lambda: "another processor"),
        ("machine", lambda: SimpleNamespace(name="another")),
        ("FORMAT", -1),
    ],
)
def test_another_processor_back_end_or_format_has_another_key(
    name: str, other: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a home that two machines share, one would execute the other's code."""
    before = key_of_sources()
    monkeypatch.setattr(key, name, other)
    assert key_of_sources() != before
    assert object_key() == key_of_sources()
