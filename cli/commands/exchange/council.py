"""exchange open, council, auditor-key: what the council decides of the exchange itself.

`circuit approve|retire`, `settle issue` and `credential template` are the council's too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.deciding import Asked, Call, decides
from zkpipe.cli.console.answer import Answer

if TYPE_CHECKING:
    from zkpipe.exchange.clients.view import View

SIGNED = "Exit status 1: too few have signed it; 3: no node answers."
HOME_AND_NODE = "--home home --password-file password --rpc http://127.0.0.1:8545"


@command(
    "open",
    example=f"zkpipe exchange open --action open.json {HOME_AND_NODE}\n"
    f"zkpipe exchange open {HOME_AND_NODE}",
    status=SIGNED,
)
@decides
def open_exchange(asked: Asked) -> Answer:
    """List the JobBoard of the exchange, so that grants can be approved, for the council.

    It is needed once, after the deployment. If the account of the home is the only one that must
    sign, it signs and sends at once. Otherwise write what is to be signed with --action, have each
    member sign it with `zkpipe exchange sign`, and give the signatures here. A member who sends
    signs, too.
    """
    return asked.decided(_opening)


def _opening(view: View) -> Call:
    from zkpipe.exchange.deployment import is_open

    board = view.manifest.addresses["JobBoard"]
    already = (
        "JobBoard is listed: the exchange is open." if is_open(view.manifest, view.chain) else ""
    )
    return Call("UsageGrants", "setBoard", (board, True), already)


COMMANDS = (open_exchange,)
