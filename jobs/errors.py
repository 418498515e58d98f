"""The errors of jobs, in the tree of ground.errors.

ZkpipeError
└── JobError        a job file, a batch or a job that cannot be done as it is
    ├── JournalError   a journal that is not what was written
    └── ServiceError   a service that cannot be started or used as it is
        └── DamagedError   what the service has stored is not what it wrote
"""

from __future__ import annotations

from zkpipe.ground.errors import ZkpipeError


class JobError(ZkpipeError):
    """A job's file, a batch or a job that cannot be done as it stands."""


class JournalError(JobError):
    """A journal that is not what was written: something is lost, or was changed."""


class ServiceError(JobError):
    """A service that cannot be started or used as it is set up."""


class DamagedError(ServiceError):
    """What the service has stored of a job is not what it wrote."""
