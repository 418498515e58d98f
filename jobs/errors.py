"""The errors of jobs, in the tree of ground.errors.

ZkpipeError
└── JobError        a job file, a batch or a job that cannot be done as it is
    ├── JournalError   a journal that is not what was written
    └── ServiceError   a service that cannot be started or used as it is
        ├── DamagedError    what the service has stored is not what it wrote
        ├── UnservedError   a circuit that is not there, or not served
        ├── RequestError    a request that is refused
        ├── FullError       no more jobs can wait
        └── StoppingError   the service ends
"""

from __future__ import annotations

from collections.abc import Mapping

from zkpipe.ground.errors import ZkpipeError


class JobError(ZkpipeError):
    """A job's file, a batch or a job that cannot be done as it stands."""


class JournalError(JobError):
    """A journal that is not what was written: something is lost, or was changed."""


class ServiceError(JobError):
    """A service that cannot be started or used as it is set up."""


class DamagedError(ServiceError):
    """What the service has stored of a job is not what it wrote."""


class UnservedError(ServiceError):
    """A circuit that is not there, or that is not served as it is; the evidence is for the log.

    is_there  whether the folder has its key
    """

    def __init__(self, problem: str, fix: str, *, is_there: bool, why: str = "") -> None:
        super().__init__(problem, fix, (why,) if why else ())
        self.is_there = is_there


class RequestError(ServiceError):
    """A request that is refused.

    status   of HTTP
    headers  more of the answer's
    """

    def __init__(
        self, status: int, problem: str, fix: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(problem, fix)
        self.status = status
        self.headers = dict(headers or {})


class FullError(ServiceError):
    """No more jobs can wait. `seconds`: when to ask again."""

    def __init__(self, problem: str, fix: str, seconds: int) -> None:
        super().__init__(problem, fix)
        self.seconds = seconds


class StoppingError(ServiceError):
    """The service ends."""
