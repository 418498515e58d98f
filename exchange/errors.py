"""The errors of the data exchange, in the tree of ground.errors.

ZkpipeError
└── ExchangeError   something that the exchange cannot do as it is asked
"""

from __future__ import annotations

from zkpipe.ground.errors import ZkpipeError


class ExchangeError(ZkpipeError):
    """Something that the exchange cannot do as it is asked."""
