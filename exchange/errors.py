"""The errors of the data exchange, in the tree of ground.errors.

ZkpipeError
└── ExchangeError             something that the exchange cannot do as it is asked
    ├── StructError           a value does not fit the type that a contract has for it
    ├── SignatureError        a signature of an action is none, or stands there twice
    └── DeploymentError       the contracts of an exchange are not as they should be
        ├── CouncilError      accounts that cannot be a council
        ├── ConstructorError  a contract takes what this version does not know
        ├── OtherChainError   a manifest, or a deployment that was begun, is of another chain
        ├── NotDeployedError  no code lies where a contract should be
        ├── OtherCodeError    other code lies there
        └── OtherCouncilError the council on the chain is not the manifest's
"""

from __future__ import annotations

from zkpipe.ground.errors import ZkpipeError


class ExchangeError(ZkpipeError):
    """Something that the exchange cannot do as it is asked."""


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
