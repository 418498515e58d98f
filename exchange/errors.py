"""The errors of the data exchange, in the tree of ground.errors.

ZkpipeError
└── ExchangeError             something that the exchange cannot do as it is asked
    ├── OutboxError           the record of what was sent is in use, damaged, or of another chain
    ├── NotFinalError         what was sent is not final yet; nothing is lost
    └── DeadlineError         the time for a transaction is over: it is not, and never, mined
"""

from __future__ import annotations

from typing import ClassVar

from zkpipe.ground.errors import ZkpipeError


class ExchangeError(ZkpipeError):
    """Something that the exchange cannot do as it is asked."""


class OutboxError(ExchangeError):
    """The record of what was sent cannot be used: in use, damaged, or of another chain."""


class NotFinalError(ExchangeError):
    """What was sent did not become final in the time that was given; asking again goes on."""


class DeadlineError(ExchangeError):
    """The deadline passed before the transaction was mined; it never will be (exit status 1)."""

    exit_status: ClassVar[int] = 1
