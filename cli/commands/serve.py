"""serve."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpipe.cli.command import command
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.log_line import log_line
from zkpipe.cli.console.memory_size import MemorySize
from zkpipe.cli.console.progress import progress
from zkpipe.cli.console.words import FILE, SECONDS
from zkpipe.cli.machine.warm_up import compile_kernels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zkpipe.cli.console.answer import Fact
    from zkpipe.jobs.service.circuits import Circuits
    from zkpipe.jobs.service.provers import Children
    from zkpipe.jobs.service.settings import Settings

CHILD = "zkpipe.cli.jobs.proving_worker"
EXTRA = ("prometheus_client", "starlette", "uvicorn")


class Days(click.ParamType[float]):
    """A number of days above 0; a part of a day is one too."""

    name = "days"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number."""
        text = str(value)
        try:
            days = float(text) if text.isascii() else math.nan
        except ValueError:
            days = math.nan
        if not 0 < days <= 3650:
            self.fail(f"{text!r} is not a number of days above 0, such as 1 or 0.5.", param, ctx)
        return days


@command(
    "serve",
    example="zkpipe serve --keys . --check",
    status="Without --check it serves until a signal (INT, TERM), and then ends with status 0.",
)
@click.option(
    "--keys", metavar="DIR", type=FILE, required=True, help="NAME.zkey beside NAME.py or NAME.wasm."
)
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True)
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), default=8470, show_default=True)
@click.option(
    "--token-file", metavar="FILE", type=FILE, help="What requests must bear; of mode 0600."
)
@click.option("--volatile", is_flag=True, help="Keep jobs in memory; they end with the process.")
@click.option(
    "--keep", metavar="DAYS", type=Days(), default=1.0, show_default=True, help="Keep results."
)
@click.option("--state", metavar="DIR", type=FILE, help="Where jobs are kept.")
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(1, 256),
    default=2,
    show_default=True,
    help="Jobs that are proved at once.",
)
@click.option(
    "--queue",
    metavar="N",
    type=click.IntRange(1, 100_000),
    default=256,
    show_default=True,
    help="Jobs that may wait.",
)
@click.option(
    "--time-limit",
    metavar="SECONDS",
    type=SECONDS,
    default=600.0,
    show_default=True,
    help="For one job.",
)
@click.option(
    "--memory-limit", metavar="SIZE", type=MemorySize("256M"), help="For one worker: 800M, 4G."
)
@click.option(
    "--max-body",
    metavar="SIZE",
    type=MemorySize("1K"),
    default="16M",
    show_default=True,
    help="For one request.",
)
@click.option("--check", is_flag=True, help="Examine the circuits, say what is served, and end.")
def serve(**options: Any) -> Answer:
    """Prove what clients send over HTTP: POST /prove, GET /jobs/ID.

    DIR has NAME.zkey and NAME.py, or NAME.wasm of circom, for each circuit NAME.
    The log goes to standard error, a line for each job; inputs are never in it.
    """
    if options["state"] and options["volatile"]:
        raise click.UsageError(
            "Give --state or --volatile: with --volatile nothing is kept in a folder.",
            click.get_current_context(),
        )
    _require_extra()
    compile_kernels()
    settings = _settings(options)
    return _checked(settings) if options["check"] else _served(settings)


def _served(settings: Settings) -> Answer:
    from zkpipe.jobs.service.server import Service

    say = log_line()
    service = Service(settings, _source_of, _children(settings), say)
    for error in service.circuits.refused().values():
        say(" ".join([error.problem, *error.evidence, error.fix]))
    if not service.address.is_loopback:
        say(
            "Inputs travel in clear, as there is no TLS here: put a reverse proxy with TLS in "
            "front."
        )
    names = service.circuits.names()
    kept = "in memory" if settings.state is None else f"in {settings.state}"
    say(f"Jobs are kept {kept}.")
    say(f"Serving {', '.join(names)} at {service.address.url}")
    ended = service.run()
    facts = {"done": ended.done, "failed": ended.failed, "left": ended.left}
    forgotten = settings.state is None and ended.left
    left = f"{ended.left}, forgotten" if forgotten else f"{ended.left}, for the next start"
    rows = [("proved", ended.done), ("failed", ended.failed), ("left", left if ended.left else 0)]
    return Answer(facts, table(rows))


def _checked(settings: Settings) -> Answer:
    """Examine every circuit in a worker, as the service would."""
    from zkpipe.jobs.errors import ServiceError
    from zkpipe.jobs.service.address import read_token
    from zkpipe.jobs.service.circuits import Circuits
    from zkpipe.jobs.service.examining import examined

    if settings.token_file is not None:
        read_token(settings.token_file)
    circuits = Circuits(settings.keys, _source_of)
    _refuse_those_that_are_not_served(circuits)
    with progress(f"examining {', '.join(circuits.names())}"):
        found = examined(circuits, _children(settings), settings)
    if not found:
        raise ServiceError(
            f"{settings.keys} has no keys to serve.",
            "Put NAME.zkey and NAME.py, or NAME.wasm, side by side in it.",
        )
    facts: dict[str, Fact] = {
        name: {"development": one.development, "key": one.key_digest, "circuit": one.digest}
        for name, one in found.items()
    }
    rows = [
        (name, f"{'a development key, ' if one.development else ''}key {one.key_digest}")
        for name, one in found.items()
    ]
    return Answer({"circuits": facts}, table(rows))


def _refuse_those_that_are_not_served(circuits: Circuits) -> None:
    for error in circuits.refused().values():
        raise error


def _require_extra() -> None:
    """Raises MissingError if what only a service needs is not installed."""
    from importlib.util import find_spec

    from zkpipe.ground.errors import MissingError

    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        raise MissingError(
            f"A service needs {', '.join(missing)}, which is not installed.",
            "Run `pip install 'zkpipe[service]'`, or install the wheel with the extra `service`.",
        )


def _settings(options: Mapping[str, Any]) -> Settings:
    from zkpipe.jobs.service.kept.folder import usual_folder
    from zkpipe.jobs.service.settings import A_DAY, Settings

    keys: Path = options["keys"]
    state = None if options["volatile"] else options["state"] or usual_folder(keys)
    return Settings(
        keys=keys,
        state=state,
        host=options["host"],
        port=options["port"],
        token_file=options["token_file"],
        keep=options["keep"] * A_DAY,
        workers=options["workers"],
        queue=options["queue"],
        seconds=options["time_limit"],
        memory=options["memory_limit"],
        body=options["max_body"],
    )


def _children(settings: Settings) -> Children:
    import os

    from zkpipe.jobs.service.provers import Children

    threads = os.environ.get("ZKPIPE_THREADS") or str(settings.worker_threads)
    return Children(CHILD, {"ZKPIPE_THREADS": threads})


def _source_of(path: Path) -> Mapping[str, Any]:
    """A circuit's file as a worker wants it."""
    from zkpipe.cli.authors.circuit_name import CircuitName
    from zkpipe.cli.authors.solving_source import source_of

    return source_of(CircuitName(path)).as_json()
