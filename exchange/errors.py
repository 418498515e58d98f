"""The errors of the data exchange, in the tree of ground.errors.

ZkpipeError
└── ExchangeError             something that the exchange cannot do as it is asked
    ├── StructError           a value does not fit the type that a contract has for it
    ├── SignatureError        a signature of an action is none, or stands there twice
    ├── DeploymentError       the contracts of an exchange are not as they should be
    │   ├── CouncilError      accounts that cannot be a council
    │   ├── ConstructorError  a contract takes what this version does not know
    │   ├── OtherChainError   a manifest, or a deployment that was begun, is of another chain
    │   ├── NotDeployedError  no code lies where a contract should be
    │   ├── OtherCodeError    other code lies there
    │   └── OtherCouncilError the council on the chain is not the manifest's
    ├── OutboxError           the record of what was sent is in use, damaged, or of another chain
    ├── NotFinalError         what was sent is not final yet; nothing is lost
    ├── DeadlineError         the time for a transaction is over: it is not, and never, mined
    └── IndexingError         the index is of another exchange, or is told what cannot be
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


class StructError(ExchangeError):
    """A value does not fit the type that a contract has for it."""


class SignatureError(ExchangeError):
    """A signature of an action is none, or stands there twice."""


class DeploymentError(ExchangeError):
    """The contracts of an exchange are not as they should be."""


class CouncilError(DeploymentError):
    """Accounts that cannot be a council: CircuitRegistry would refuse them."""


class ConstructorError(DeploymentError):
    """A contract's constructor takes what this version of zkpipe does not know."""


class OtherChainError(DeploymentError):
    """A manifest, or a deployment that was begun, is of another chain."""


class NotDeployedError(DeploymentError):
    """No code lies where a contract of the exchange should be."""


class OtherCodeError(DeploymentError):
    """What lies where a contract of the exchange should be is not its code."""


class OtherCouncilError(DeploymentError):
    """The council on the chain is not the one of the manifest."""


class IndexingError(ExchangeError):
    """The index is damaged or of another exchange, or a node tells it what cannot be."""
