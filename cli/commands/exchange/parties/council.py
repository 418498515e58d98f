"""exchange open, auditor-key, set-council, decide, council: what the council decides of itself.

`circuit approve|retire` and `settle issue` are the council's too, and have commands of their own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from zkpipe.cli.command import command
from zkpipe.cli.commands.exchange.parties.deciding import Asked, Call, decides
from zkpipe.cli.commands.exchange.working import looks, viewing
from zkpipe.cli.console.answer import Answer, table

if TYPE_CHECKING:
    from zkpipe.exchange.clients.view import View

SIGNED = "Exit status 1: too few have signed it; 3: no node answers."
NODE = "--rpc http://127.0.0.1:8545"
RENEWED = "Write the manifest that others join with from now on: zkpipe exchange manifest."
HOME_AND_NODE = f"--home home --password-file password {NODE}"


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

    def call(view: View) -> Call:
        from zkpipe.exchange.deployment import is_open

        is_listed = is_open(view.manifest, view.chain)
        already = "JobBoard is listed: the exchange is open." if is_listed else ""
        return Call("UsageGrants", "setBoard", (view.manifest.addresses["JobBoard"], True), already)

    return asked.decided(call)


@command(
    "auditor-key",
    example="zkpipe exchange auditor-key "
    "16950150798460657717958625567821834550301663161624707787222815936182638968203 "
    f"--action key.json {HOME_AND_NODE}",
    status=SIGNED,
)
@click.argument("key", metavar="KEY")
@decides
def auditor_key(key: str, asked: Asked) -> Answer:
    """Begin an epoch with another key of the auditor's, for the council.

    KEY is y of the key that `exchange show --epoch N` prints for the auditor's home. Answers of
    jobs that are opened from then on are sealed to it. Jobs that are open keep the key that they
    began with.
    """

    def call(view: View) -> Call:
        from zkpipe.exchange.clients.decisions.council_calls import checked_key

        word = checked_key(key)
        is_so = int(view.call("CircuitRegistry", "auditorKey")) == word
        already = "This is the auditor's key now." if is_so else ""
        return Call("CircuitRegistry", "setAuditorKey", (word,), already)

    return asked.decided(call)


@command(
    "set-council",
    example="zkpipe exchange set-council --threshold 1 "
    "--member 0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf "
    f"--action council-action.json {HOME_AND_NODE}",
    status=SIGNED,
)
@click.option("--member", "members", metavar="ADDRESS", multiple=True, required=True, help="One.")
@click.option(
    "--threshold",
    metavar="N",
    type=click.IntRange(1, 100),
    required=True,
    help="How many members decide together.",
)
@decides
def set_council(members: tuple[str, ...], threshold: int, asked: Asked) -> Answer:
    """Replace the council: all members and their number, for the council that there is.

    The new council decides from then on, and the old one no more. Whoever joins the exchange
    afterwards needs a manifest that names the new council: `zkpipe exchange manifest` writes it.
    """

    def call(view: View) -> Call:
        from zkpipe.exchange.deployment import Council
        from zkpipe.exchange.deployment.manifest import council_on

        key = int(view.call("CircuitRegistry", "auditorKey"))
        council = Council(members, threshold, key)
        there = council_on(view.chain, view.manifest)
        is_so = there == (council.members, council.threshold)
        already = "This is the council now." if is_so else ""
        arguments = list(council.members), council.threshold
        return Call("CircuitRegistry", "setCouncil", arguments, already, RENEWED)

    return asked.decided(call)


@command(
    "decide",
    example="zkpipe exchange decide CredentialRegistry.defineTemplate "
    f"--argument doc=0x{'11' * 32} --argument circuit=0x{'22' * 32} "
    f"--argument predicate=0 --action template.json {HOME_AND_NODE}",
    status=SIGNED,
)
@click.argument("function", metavar="CONTRACT.FUNCTION")
@click.option(
    "--argument",
    "given",
    metavar="NAME=VALUE",
    multiple=True,
    help="An argument of the function; once for each of them.",
)
@decides
def decide(function: str, given: tuple[str, ...], asked: Asked) -> Answer:
    """Call any function that the council decides, such as those of credentials.

    An argument is an address, a number in decimal digits, 0x and hexadecimal digits, true or
    false; a list is JSON.
    """

    def call(view: View) -> Call:
        from zkpipe.exchange.clients.decisions.council_calls import council_arguments

        contract, _, name = function.partition(".")
        return Call(contract, name, council_arguments(contract, name, given))

    return asked.decided(call)


@command(
    "council",
    example=f"zkpipe exchange council --home home {NODE}",
    status="Exit status 3: no node answers.",
)
@looks
def council(home: Path, rpc: str) -> Answer:
    """Show the council: its members, how many decide, and the auditor's key."""
    from eth_utils.address import to_checksum_address

    from zkpipe.exchange.deployment import is_open

    with viewing(home, rpc) as view:
        members = [to_checksum_address(one) for one in view.call("CircuitRegistry", "members")]
        threshold, nonce = (int(view.call("CircuitRegistry", n)) for n in ("threshold", "nonce"))
        key = str(view.call("CircuitRegistry", "auditorKey"))
        is_listed = is_open(view.manifest, view.chain)
    return Answer(
        {
            "members": members,
            "threshold": threshold,
            "nonce": nonce,
            "auditor_key": key,
            "open": is_listed,
        },
        table(
            [
                *(("member", one) for one in members),
                ("decide", f"{threshold} of {len(members)}"),
                ("decisions", f"{nonce:,} so far"),
                ("auditor key", key),
                ("JobBoard", "listed" if is_listed else "not listed: `zkpipe exchange open`"),
            ]
        ),
    )
