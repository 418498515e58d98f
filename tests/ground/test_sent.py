"""Errors on their way to another process."""

from __future__ import annotations

import pickle

from zkpipe.ground.errors import ZkpipeError


class TwoWords(Exception):
    """Pickled without complaint, and never unpickled: its class takes other arguments."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


class Shy:
    def __repr__(self) -> str:
        raise ValueError

    def __reduce__(self) -> str:
        raise ValueError


def test_a_field_that_cannot_be_made_again_is_shown_as_it_was() -> None:
    error = ZkpipeError("Wrong.", "Correct it.")
    error.cause, error.shy = TwoWords("a", "b"), Shy()  # type: ignore[attr-defined] # any field
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert repr(again.cause) == "TwoWords('a b')"
    assert repr(again.shy) == "<Shy>"
    assert (again.problem, again.fix) == ("Wrong.", "Correct it.")
    twice = pickle.loads(pickle.dumps(again))  # noqa: S301 - our own
    assert repr(twice.cause) == "TwoWords('a b')"
