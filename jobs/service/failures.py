"""What clients are told of jobs that the service could not prove: never a path of the server."""

from __future__ import annotations

from zkpipe.jobs.service.job import Result


def failed(circuit: str, problem: str, fix: str) -> Result:
    """A job that has failed."""
    return Result(circuit, problem=problem, fix=fix)


def too_long(circuit: str, seconds: float) -> Result:
    """It took too long."""
    return failed(
        circuit,
        f"The proof takes longer than the {seconds:g} seconds that a job may.",
        "Ask whoever runs the service to raise --time-limit.",
    )


def no_memory(circuit: str) -> Result:
    """It took too much memory, also alone."""
    return failed(
        circuit,
        "The proof takes more memory than a worker may have, also with nothing beside it.",
        "Ask whoever runs the service to raise --memory-limit.",
    )


def dead(circuit: str) -> Result:
    """Its worker ended too often."""
    return failed(
        circuit,
        "The worker that proves this has ended each time it was tried. It is not tried again.",
        "Tell whoever runs the service. DELETE the job before you send it again.",
    )


def not_here(circuit: str) -> Result:
    """Something is missing or full here."""
    return failed(
        circuit,
        f"The service cannot prove {circuit} as it is set up; its log says why.",
        "Tell whoever runs it. DELETE the job before you send it again.",
    )
