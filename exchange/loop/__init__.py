"""The provider's loop: it proves and delivers what a home's account is asked for.

stages     how far a job is, and why one is refused
material   what a home can prove: its segments and circuits
checking   whether a job is to be served
proving    a job's proof, and what opens it
sending    what the sender is given of it
tries      how often a job was tried in vain, on the disk
heartbeat  that the loop is alive, for the monitor
loop       Loop: one round after another
monitor    what happens on an exchange, and what somebody should look at

The names below are loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if TYPE_CHECKING:
    from zkpipe.exchange.loop.checking import Limits
    from zkpipe.exchange.loop.heartbeat import Heartbeat
    from zkpipe.exchange.loop.loop import Loop
    from zkpipe.exchange.loop.stages import Reason, Stage, Status
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.exchange.loop.checking": "Limits",
            "zkpipe.exchange.loop.heartbeat": "Heartbeat",
            "zkpipe.exchange.loop.loop": "Loop",
            "zkpipe.exchange.loop.stages": "Reason Stage Status",
        },
    )

__all__ = ["Heartbeat", "Limits", "Loop", "Reason", "Stage", "Status"]
