"""The numbers of States.sol: what WrongState and the contracts' views say.

No number stands for two states, so WrongState(n) tells by n whose state it is. 0 is what does not
exist. A state never goes back to a lower number.
"""

from __future__ import annotations

from enum import IntEnum


class CircuitState(IntEnum):
    """Of a circuit in CircuitRegistry."""

    PROPOSED = 11
    ACTIVE = 12
    RETIRED = 13


class LineageState(IntEnum):
    """Of a lineage in DataCatalogue."""

    PUBLISHED = 21
    FROZEN = 22
    DESTROYED = 23


class GrantState(IntEnum):
    """Of a grant in UsageGrants."""

    APPLIED = 31
    ACTIVE = 32
    EXHAUSTED = 33
    REVOKED = 34
    CLOSED = 35


class JobState(IntEnum):
    """Of a job on a board; RUNNING and DELIVERED belong to joint scores."""

    OPEN = 41
    RUNNING = 42
    PROVED = 43
    DELIVERED = 44
    CLOSED = 45
    VOID = 46
    FAILED = 47


class TemplateState(IntEnum):
    """Of a template in CredentialRegistry."""

    CURRENT = 51
    DEPRECATED = 52


class Kind(IntEnum):
    """What a circuit is for."""

    REGISTER = 1
    UPDATE = 2
    PRESENT = 3
    STATS = 4
    QUERY = 5
    SCORE = 6
    BAND = 7


class Level(IntEnum):
    """Of the evidence of an entry in EvidenceLedger."""

    CLAIMED = 0
    SIGNED = 1
    OPENED = 2
    PROVED = 3


class Stage(IntEnum):
    """Of an asset's life, in EvidenceLedger."""

    COLLECT = 1
    TRANSFER = 2
    STORE = 3
    PROCESS = 4
    USE = 5
    SHARE = 6
    DESTROY = 7
