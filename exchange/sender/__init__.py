"""Send transactions of the exchange, never one twice.

    sender      Sender: plans, sends and waits; see there for what it promises
    fence       what a home that was restored must use up before it signs anything new
    advancing   one attempt: look, sign, send, send again
    looking     what the chain says of an attempt
    signing     the bytes of an attempt
    ends        the receipt of an attempt, or why there is none
    outbox      all attempts, on the disk before a node sees them
    rows        an attempt as a row of the outbox
    attempts    tasks, and the attempts at one
    home        what the sender needs of a home

The names below are loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if TYPE_CHECKING:
    from zkpipe.exchange.sender.attempts import Attempt, AttemptState, Outcome, Task
    from zkpipe.exchange.sender.sender import Sender
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.exchange.sender.attempts": "Attempt Outcome AttemptState Task",
            "zkpipe.exchange.sender.sender": "Sender",
        },
    )

__all__ = ["Attempt", "AttemptState", "Outcome", "Sender", "Task"]
