"""catalogue circuit approve, retire: what the council decides of circuits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.catalogue.data import NODE
from zkpipe.cli.commands.exchange.identifiers import ID, shown_id
from zkpipe.cli.commands.exchange.parties.deciding import Asked, Call, decides
from zkpipe.cli.console.answer import Answer

if TYPE_CHECKING:
    from zkpipe.exchange.clients.view import View

MEMBER = "--home member --password-file password"


@command(
    "approve",
    example=f"zkpipe catalogue circuit approve CIRCUIT --action approve.json {MEMBER} {NODE}\n"
    f"zkpipe catalogue circuit approve CIRCUIT signature.json {MEMBER} {NODE}",
    status="Exit status 1: too few have signed it; 3: no node answers.",
)
@click.argument("which", metavar="CIRCUIT", type=ID)
@decides
def approve(which: bytes, asked: Asked) -> Answer:
    """List a proposed circuit, for the council: its proofs count from then on.

    Write what is to be signed with --action, have each member sign it with `zkpipe exchange sign`,
    and give the signatures here. Members compare the circuit first: `circuit verify`.
    """
    return asked.decided(lambda view: _decision(view, "approve", which))


@command(
    "retire",
    example=f"zkpipe catalogue circuit retire CIRCUIT --action retire.json {MEMBER} {NODE}",
    status="Exit status 1: too few have signed it; 3: no node answers.",
)
@click.argument("which", metavar="CIRCUIT", type=ID)
@decides
def retire(which: bytes, asked: Asked) -> Answer:
    """Take a circuit off the list for good, for the council: its proofs count no more.

    It is signed as `approve` is. Grants of it can be used no more.
    """
    return asked.decided(lambda view: _decision(view, "retire", which))


def _decision(view: View, function: str, which: bytes) -> Call:
    from zkpipe.exchange.clients.facts import row_of
    from zkpipe.exchange.errors import CatalogueError
    from zkpipe.exchange.states import CircuitState

    state = CircuitState(row_of(view.latest, "circuits", "circuit", which)["state"])
    wanted = CircuitState.ACTIVE if function == "approve" else CircuitState.RETIRED
    said = f"Circuit {shown_id(which)} is {state.name.lower()}"
    already = f"{said}: there is nothing to decide." if state == wanted else ""
    if not already and state != wanted - 1:
        raise CatalogueError(
            f"{said}, and cannot be {wanted.name.lower()}.",
            "A proposed circuit can be approved, and an active one retired.",
        )
    return Call("CircuitRegistry", function, (which,), already)
