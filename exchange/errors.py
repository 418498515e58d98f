"""The errors of the data exchange, in the tree of ground.errors.

ZkpipeError
└── ExchangeError       something that the exchange cannot do as it is asked
    ├── StructError     a value does not fit the type that a contract has for it
    └── SignatureError  a signature of an action is none, or stands there twice
"""

from __future__ import annotations

from zkpipe.ground.errors import ZkpipeError


class ExchangeError(ZkpipeError):
    """Something that the exchange cannot do as it is asked."""


class StructError(ExchangeError):
    """A value does not fit the type that a contract has for it."""


class SignatureError(ExchangeError):
    """A signature of an action is none, or stands there twice."""
