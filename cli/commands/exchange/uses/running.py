"""job run, monitor: the provider's loop, and what happens; the group `zkpipe job`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.uses.asking import expire, open_, result
from zkpipe.cli.commands.exchange.uses.granting import OWN
from zkpipe.cli.commands.exchange.working import looks, viewing, working, works
from zkpipe.cli.console import signals
from zkpipe.cli.console.answer import Answer, Fact, printable, table
from zkpipe.cli.files.piped import Piped

if TYPE_CHECKING:
    from zkpipe.exchange.clients.view import View
    from zkpipe.exchange.loop import Status

PAUSE = 2.0  # seconds between looks at the chain
GLANCE = 0.1


@click.group("job")
def job() -> None:
    """Questions under a grant: opened, proved, delivered, read and watched."""


ENDED = {
    "closed": "answered, and its secret is erased",
    "void": "ended without a proof",
    "failed": "ended without an answer",
}


@command(
    "run",
    example=f"zkpipe job run --once --home owner {OWN}",
    status="Without --once it serves until a signal (INT, TERM), and then ends with status 0, also "
    "while it starts. Exit status 3: no node answers, while it starts or with --once.",
)
@click.option("--once", is_flag=True, help="Do what can be done without waiting, and end.")
@click.option("--retry", is_flag=True, help="Try jobs again that failed too often.")
@works
def run(
    once: bool, retry: bool, home: Path, password_file: Path | Piped | None, rpc: str
) -> Answer:
    """Prove and deliver the jobs that ask the account of a home.

    A job is proved once it is final, if the home holds its segment and has checked its circuit. Its
    answer leaves the home sealed, and what opens it only once the use is counted for good. Stop it
    when you like, even by force: it goes on where it was, and sends nothing twice. Only one command
    at a time works in a home; `job monitor` may look at the same time. A job that failed three
    times, or with which the process ended ten times, is tried no more until you give --retry. If a
    file of a circuit or of a segment is damaged, its jobs wait until you mend it, and others go on.
    """
    with signals.ends_well(serves=not once):
        return _run(once, retry, home, password_file, rpc)
    return Answer({"jobs": [], "ended": {}}, "It was told to end before it served.")


def _run(
    once: bool, retry: bool, home: Path, password_file: Path | Piped | None, rpc: str
) -> Answer:
    from zkpipe.exchange.loop import Loop

    with working(home, password_file, rpc) as session, signals.held():
        loop = Loop(session)
        if retry:
            loop.retry()
        found = loop.run(signals.has_to_end, once=once)
        signals.too_late()
    ended = {f"0x{job.hex()}": state.name.lower() for job, state in loop.ended.items()}
    found = [one for one in found if one.job not in loop.ended]
    facts: dict[str, Fact] = {"jobs": [_facts(one) for one in found], "ended": dict(ended)}
    rows = [
        *((job, ENDED[state]) for job, state in ended.items()),
        *((f"0x{one.job.hex()}", _said(one)) for one in found),
    ]
    return Answer(facts, table(rows) if rows else "No job waits.")


def _facts(one: Status) -> dict[str, Fact]:
    return {
        "job": "0x" + one.job.hex(),
        "stage": one.stage.value,
        "reason": None if one.reason is None else one.reason.name.lower(),
        "says": None if one.reason is None else one.reason.value,
    }


def _said(one: Status) -> str:
    return one.stage.value + ("" if one.reason is None else f": {one.reason.value}")


@command(
    "monitor",
    example="zkpipe job monitor --home owner --rpc http://127.0.0.1:8545",
    status="With --follow it prints until a signal (INT, TERM), and then ends with status 0. Exit "
    "status 3: no node answers.",
)
@click.option("--follow", is_flag=True, help="Go on, and print what happens as it happens.")
@click.option(
    "--since",
    metavar="BLOCK",
    type=click.IntRange(0, 1 << 62),
    default=0,
    help="Leave out what was told before this block.",
)
@looks
def monitor(follow: bool, since: int, home: Path, rpc: str) -> Answer:
    """Print what happened on an exchange, and what you should look at: a line of JSON each.

    An event is printed once it is final. Alerts are of the account of the home: few uses or bits
    left, credentials revoked, jobs that are not proved or delivered and whose time is nearly over,
    jobs that its loop does not serve, and a loop that gives no sign of life.
    """
    from zkpipe.exchange.home import Header
    from zkpipe.exchange.loop.monitor import alerts, events

    account = Header.load(home).address
    if follow:
        with signals.ends_well(serves=True), viewing(home, rpc) as view, signals.held():
            _follow(view, account, home, since)
            signals.too_late()
        click.get_current_context().exit(0)
    with viewing(home, rpc) as view:
        told = list(events(view, since, view.final.block))
        found = [one.shown() for one in alerts(view, account, home)]
    lines = "\n".join(json.dumps(line) for line in (*told, *found))
    facts: dict[str, Fact] = {"events": told, "alerts": found}  # type: ignore[dict-item] # no number in it has a point
    return Answer(facts, lines or "Nothing happened, and nothing is to be looked at.")


def _follow(view: View, account: str, home: Path, since: int) -> None:
    """Print events and alerts until a signal. A node that fails is asked again."""
    from zkpipe.exchange.errors import IndexingError
    from zkpipe.exchange.loop.monitor import alerts, events
    from zkpipe.verifier_contracts.errors import NodeMissingError, TransactionError

    known: set[tuple[object, str]] = set()  # numbers in alerts change; what they are about stays
    while not signals.has_to_end():
        try:
            end = view.final.block
            for event in events(view, since, end):
                _print(event)
            since = max(since, end + 1)
            found = alerts(view, account, home)
        except (NodeMissingError, TransactionError, IndexingError) as error:
            _print({"alert": "node_failed", "says": error.problem})
        else:
            for alert in found:
                if (alert.concern, alert.subject) not in known:
                    _print(alert.shown())
            known = {(alert.concern, alert.subject) for alert in found}
        until = time.monotonic() + PAUSE
        while time.monotonic() < until and not signals.has_to_end():
            time.sleep(GLANCE)


def _print(line: object) -> None:
    click.echo(printable(json.dumps(line)))


for _made in (open_, expire, result, run, monitor):
    job.add_command(_made)
