"""The errors of the data exchange, in the tree of ground.errors.

ZkpipeError
└── ExchangeError               something that the exchange cannot do as it is asked
    ├── SchemaError             a schema, or a circuit asked of one, that the exchange cannot serve
    ├── TableError              data that do not fit their schema: by column and row, not by value
    ├── StructError             a value does not fit the type that a contract has for it
    ├── SignatureError          a signature of an action is none, of another, or there twice
    ├── NotDecidedError         too few of those who must sign an action have
    ├── DeploymentError         the contracts of an exchange are not as they should be
    │   ├── CouncilError        accounts that cannot be a council
    │   ├── ConstructorError    a contract takes what this version does not know
    │   ├── OtherChainError     a manifest, or a deployment that was begun, is of another chain
    │   ├── NotDeployedError    no code lies where a contract should be
    │   ├── OtherCodeError      other code lies there
    │   └── OtherCouncilError   the council on the chain is not the manifest's
    ├── OutboxError             the record of what was sent is in use, damaged, or of another chain
    ├── NotFinalError           what was sent is not final yet; nothing is lost
    ├── DeadlineError           the time for a transaction is over: it is not, and never, mined
    ├── IdentityError           no identity, or a change of one that its owner cannot make
    ├── EvidenceError           an entry of the ledger that cannot be made, opened or confirmed
    ├── NotJoinedError          a home has joined no exchange, or another one
    ├── CaseError               a case does not go as it must
    │   └── RefusedError        a party of it was refused what it asked for
    ├── UnknownSubjectError     an id that the exchange does not know, or not yet
    ├── CircuitError            a circuit that was not checked, or is not what it is said to be
    ├── CatalogueError          what an owner must not publish, or cannot
    │   ├── ReturnsTooSoonError rows come back too soon after they were withdrawn
    │   ├── NearCopyError       rows are repeated beside too few others
    │   ├── BudgetRenewedError  a lineage anew for a schema whose earlier one has spent bits
    │   └── RemovalError        units whose removal would show them
    ├── TermsError              a grant or a job that the contracts or its provers would refuse
    ├── AnswerError             an answer that is not there yet, or not as it was proved
    ├── IndexingError           the index is of another exchange, or is told what cannot be
    ├── ExportError             an audit bundle cannot be written from what the node tells
    ├── BundleError             an audit bundle does not show what it should: the answer is no
    └── HomeError               a home that cannot be made, opened or used as it is asked
        ├── HomeInUseError      another process writes to it
        ├── PasswordError       the password is none, or not the one of this home or backup
        ├── SecretMissingError  the vault has no such secret
        ├── SecretExistsError   the vault has another secret of that name
        └── DamagedError        a file of a home, or a backup, is not what was written
            ├── TruncatedError  it is cut short
            ├── SwappedError    it is the file of another secret
            └── OtherHomeError  it is a file of another home

A warning is an ExchangeWarning.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from zkpipe.ground.errors import ZkpipeError, ZkpipeWarning


class ExchangeWarning(ZkpipeWarning):
    """Something that is likely not what was meant, or that was left undone before."""


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
    """A signature of an action is none, is of another action or signer, or stands there twice."""


class NotDecidedError(ExchangeError):
    """Too few of those who must sign an action have signed it (exit status 1)."""

    exit_status: ClassVar[int] = 1


class IdentityError(ExchangeError):
    """What is no identity, or a change of one that its owner cannot make."""


class EvidenceError(ExchangeError):
    """An entry of the ledger that cannot be made, opened or confirmed as it is asked."""


class NotJoinedError(ExchangeError):
    """A home has joined no exchange, or another one than is meant."""


class CaseError(ExchangeError):
    """A case does not go as it must: somebody was refused, or was not (exit status 1)."""

    exit_status: ClassVar[int] = 1


class RefusedError(CaseError):
    """A party of a case was refused what it asked for. `name`: of the error, or a contract's."""

    def __init__(self, problem: str, fix: str, name: str) -> None:
        super().__init__(problem, fix)
        self.name = name


class UnknownSubjectError(ExchangeError):
    """The exchange knows no such lineage, circuit, grant, job or entry, or not yet."""


class TermsError(ExchangeError):
    """A grant or a job that the contracts, or those who would serve it, are sure to refuse."""


class AnswerError(ExchangeError):
    """An answer that is not there yet, or that is not what was proved (exit status 1)."""

    exit_status: ClassVar[int] = 1


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


class HomeError(ExchangeError):
    """A home that cannot be made, opened or used as it is asked."""


class HomeInUseError(HomeError):
    """Another process writes to the home. `process`: its number, if it is known."""

    def __init__(self, problem: str, fix: str, process: int | None = None) -> None:
        super().__init__(problem, fix)
        self.process = process


class PasswordError(HomeError):
    """A password that can be none, or that does not open the home or the backup."""


class SecretMissingError(HomeError):
    """The vault has no secret of that kind and name: it was never made, or it was erased."""


class SecretExistsError(HomeError):
    """The vault has another secret of that kind and name. Secrets are never replaced."""


class DamagedError(HomeError):
    """A file of a home, or a backup, that is not what was written: a part of it was changed."""


class TruncatedError(DamagedError):
    """A file that is cut short."""


class SwappedError(DamagedError):
    """A file that holds another secret than its name says."""


class OtherHomeError(DamagedError):
    """A file that belongs to another home."""


class SchemaError(ExchangeError):
    """A schema that says what no table can hold, or a circuit asked of a schema that lacks it."""


class TableError(ExchangeError):
    """Data that do not fit their schema. It names columns and rows, never a value."""


class CircuitError(ExchangeError):
    """A circuit that was not checked here, or is not what its record or its file says."""


class CatalogueError(ExchangeError):
    """Something that an owner must not publish, or cannot as it is asked."""


class ReturnsTooSoonError(CatalogueError):
    """Rows come back that were withdrawn, with too few new units: answers would tell of those."""


class NearCopyError(CatalogueError):
    """Rows that another segment has, beside too few others: two answers would tell of those."""


class BudgetRenewedError(CatalogueError):
    """A new lineage would have a new budget for data of which answers were given already."""


class RemovalError(CatalogueError):
    """Units whose removal would show what they hold to who knows the answers before and after."""


class IndexingError(ExchangeError):
    """The index is damaged or of another exchange, or a node tells it what cannot be."""


class ExportError(ExchangeError):
    """An audit bundle cannot be written: of what the node tells, something does not fit."""


class BundleError(ExchangeError):
    """An audit bundle does not show what it should; `place` names where (exit status 1)."""

    exit_status: ClassVar[int] = 1

    def __init__(self, place: str, problem: str, fix: str, evidence: Iterable[str] = ()) -> None:
        super().__init__(f"{place}: {problem}", fix, evidence)
        self.place = place
