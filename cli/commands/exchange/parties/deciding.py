"""What commands have in common whose transaction several accounts must sign.

    @command("approve", example=...)
    @click.argument("circuit", ...)
    @decides
    def approve(circuit: bytes, asked: Asked) -> Answer:
        return asked.decided(lambda view: Call("CircuitRegistry", "approve", (circuit,)))

Such a command has three forms. With --action FILE it writes what is to be signed, and sends
nothing. With the files of signatures it checks them and sends. Without either it works where the
account of the home is the only one that must sign.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zkpipe.cli.commands.exchange.parties.signing import facts_of, rows_of
from zkpipe.cli.commands.exchange.showing import sent_facts, sent_row
from zkpipe.cli.commands.exchange.working import viewing, working, works
from zkpipe.cli.console.answer import Answer, table
from zkpipe.cli.console.words import FILE
from zkpipe.cli.files.file_kind import Kind
from zkpipe.cli.files.outputs import outputs
from zkpipe.cli.files.piped import SOURCE, Piped

if TYPE_CHECKING:
    from zkpipe.exchange.clients.decisions.decision import Decision
    from zkpipe.exchange.clients.decisions.signature_files import Signature
    from zkpipe.exchange.clients.session import Session
    from zkpipe.exchange.clients.view import View

Function = Callable[..., Any]
DAY = 86_400  # seconds
READ = 1 << 16  # bytes of a file with a signature
TO_SIGN = "Have it signed with `zkpipe exchange sign`. Then run this command with the signatures."


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be decided: a function of a contract, and all its arguments but the signatures.

    already  why there is nothing to decide, in a sentence; "" if there is. Signatures that are
             given are sent or found on the chain in any case
    then     what to do once it is decided, in a sentence
    """

    contract: str
    function: str
    arguments: tuple[Any, ...]
    already: str = ""
    then: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a command that needs signatures.

    days  for how long what is signed counts
    """

    signatures: tuple[Path | Piped, ...]
    action: Path | None
    days: int
    home: Path
    password_file: Path | Piped | None
    rpc: str

    def decided(self, call: Callable[[View], Call]) -> Answer:
        """Write the action, or send it with the signatures: see the module.

        call  what is to be decided. It is asked once, with a view of the exchange, and may refuse

        Raises NotDecidedError, SignatureError, and what a sender raises.
        """
        if self.action is not None:
            if self.signatures:
                raise click.UsageError(
                    "--action writes what is to be signed; signatures are for sending it.",
                    click.get_current_context(),
                )
            return self._written(self.action, call)
        given = self._given()
        with working(self.home, self.password_file, self.rpc) as session:
            asked = call(session)
            if asked.already and not given:
                return _already(asked)
            return _sent(session, asked, given, self.days)

    def _written(self, action: Path, call: Callable[[View], Call]) -> Answer:
        from zkpipe.exchange.clients.decisions.quorum import Quorum
        from zkpipe.ground.files.writing import write_file

        with viewing(self.home, self.rpc) as view:
            asked = call(view)
            if asked.already:
                return _already(asked)
            with outputs((action, Kind.ACTION)) as [place]:
                decision = _decision(view, asked, view.now + self.days * DAY)
                quorum = Quorum.of(view, decision)
                write_file(place, decision.to_bytes())
        signers = list(quorum.signers)
        return Answer(
            {"action": str(action), **facts_of(decision), "signers": signers, "need": quorum.need},
            table(
                [
                    *rows_of(decision),
                    ("signers", f"{quorum.need} of {', '.join(signers)}"),
                    ("written", action),
                    ("note", TO_SIGN),
                ]
            ),
        )

    def _given(self) -> list[Signature]:
        """The files of signatures, read before anything else is asked."""
        from zkpipe.exchange.clients.decisions.signature_files import Signature
        from zkpipe.exchange.errors import SignatureError
        from zkpipe.ground.files.reading import read_file

        found = [Signature.from_bytes(read_file(one, READ), str(one)) for one in self.signatures]
        for one in found[1:]:
            if (one.action, one.nonce, one.deadline) != (
                found[0].action,
                found[0].nonce,
                found[0].deadline,
            ):
                raise SignatureError(
                    f"{found[0].name} and {one.name} are signatures of different actions.",
                    "Give signatures of one action; `zkpipe exchange sign` makes them.",
                )
        return found


def decides(function: Function) -> Function:
    """The signatures and the options of a command that needs them, as `asked`."""

    @wraps(function)
    def run(
        signatures: tuple[Path | Piped, ...],
        action: Path | None,
        days: int,
        home: Path,
        password_file: Path | Piped | None,
        rpc: str,
        **own: Any,
    ) -> Answer:
        asked = Asked(signatures, action, days, home, password_file, rpc)
        answer: Answer = function(**own, asked=asked)
        return answer

    for option in reversed(
        (
            click.argument("signatures", metavar="[SIG.json]...", nargs=-1, type=SOURCE),
            click.option(
                "--action",
                metavar="ACTION.json",
                type=FILE,
                help="Write what is to be signed to this file, and send nothing.",
            ),
            click.option(
                "--days",
                metavar="N",
                type=click.IntRange(1, 366),
                default=7,
                show_default=True,
                help="For how long signatures of what is written count.",
            ),
        )
    ):
        run = option(run)
    return works(run)


def _decision(view: View, call: Call, deadline: int, nonce: int | None = None) -> Decision:
    from zkpipe.exchange.clients.decisions.decision import OF_ENTRY, OF_GRANT, Decision

    if (call.contract, call.function) in (OF_GRANT, OF_ENTRY):
        nonce = 0
    return Decision.of_council(view, call.contract, call.function, call.arguments, deadline, nonce)


def _already(call: Call) -> Answer:
    facts = {"contract": call.contract, "function": call.function, "already": call.already}
    return Answer(facts, call.already)


def _sent(session: Session, call: Call, given: Sequence[Signature], days: int) -> Answer:
    """The answer once a decision is carried out, by the signatures that are given and one's own."""
    from zkpipe.exchange.clients.decisions.quorum import Quorum, begun_nonce, carry_out, is_councils

    if given:
        decision = _decision(session, call, given[0].deadline, given[0].nonce)
    else:
        decision = _decision(session, call, session.now + days * DAY)
        begun = begun_nonce(session, decision) if is_councils(decision) else None
        if begun is not None:  # by a command that did not end
            decision = _decision(session, call, decision.deadline, begun)
    signatures = {one.signer: one.of(decision, session.manifest) for one in given}
    quorum = Quorum.of(session, decision)
    if session.me in quorum.signers and quorum.missing(signatures):
        own = decision.action(session.manifest).signed_by(session.home.account)
        signatures.setdefault(session.me, own)
    quorum.require(list(signatures))
    receipt = carry_out(session, decision, list(signatures.values()))
    signed = sorted(signatures)
    return Answer(
        {
            **facts_of(decision),
            "signed": signed,
            "need": quorum.need,
            **sent_facts(receipt),
        },
        table(
            [
                *rows_of(decision),
                ("signed by", ", ".join(signed)),
                sent_row(receipt),
                *([("note", call.then)] if call.then else []),
            ]
        ),
    )
