"""The contracts of an exchange on a chain: deploy them, and check that they are what they say.

The names below are loaded when they are first used (zkpipe.lazy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.lazy import late

if TYPE_CHECKING:
    from zkpipe.exchange.deployment.council import Council
    from zkpipe.exchange.deployment.deploying import deploy
    from zkpipe.exchange.deployment.manifest import Manifest
    from zkpipe.exchange.deployment.opening import is_open, opening_action
else:
    __getattr__, __dir__ = late(
        __name__,
        {
            "zkpipe.exchange.deployment.council": "Council",
            "zkpipe.exchange.deployment.deploying": "deploy",
            "zkpipe.exchange.deployment.manifest": "Manifest",
            "zkpipe.exchange.deployment.opening": "is_open opening_action",
        },
    )

__all__ = ["Council", "Manifest", "deploy", "is_open", "opening_action"]
