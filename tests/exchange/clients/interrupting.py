"""A command that is ended after its transaction was sent, and before anyone saw it final."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.sender import Attempt, AttemptState, Sender


class Ended(BaseException):
    """As a signal would end it."""


def interrupted(
    monkeypatch: pytest.MonkeyPatch, session: Session, change: Callable[[], Any]
) -> Attempt:
    """Begin a change and end it once its transaction is out; its attempt, as the outbox has it."""

    def end(sender: Sender, attempt: Attempt, until: float) -> Attempt:
        sender.step()
        raise Ended

    with monkeypatch.context() as patch:
        patch.setattr(Sender, "_final", end)
        with pytest.raises(Ended):
            change()
    (attempt,) = session.sender.pending()
    assert attempt.state in (AttemptState.SENT, AttemptState.MINED)
    return attempt


def sent_by(session: Session) -> int:
    """How many transactions of the home's account were mined."""
    return session.chain.quantity("eth_getTransactionCount", session.me, "latest")
