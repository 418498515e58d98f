"""Points: what an account has, and what it allows a board to lock.

points_of(view, address)
allow(session, 500)
"""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.exchange.clients.repeats import Change, begun, repeat, topic
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.view import View
from zkpipe.exchange.index.events import Event
from zkpipe.verifier_contracts import Receipt

SETTLEMENT = "Settlement"
BOARD = "JobBoard"
TRIES = 3  # a reorganisation may come between the tables and the contract
MOST_POINTS = (1 << 128) - 1


@dataclass(frozen=True, slots=True)
class Escrow:
    """Points that a board has locked, under a key: the id of a job."""

    board: str
    key: str
    points: int


@dataclass(frozen=True, slots=True)
class Points:
    """The points of an account after a block.

    balance    that it can use
    allowed    how many of these each board may lock
    escrows    that its points are locked in
    earned     what each board that the council has listed has paid it in all
    issued     all points that there are, by the contract
    counted    all balances and escrows of all accounts, by the events
    """

    address: str
    block: int
    balance: int
    allowed: dict[str, int]
    escrows: tuple[Escrow, ...]
    earned: dict[str, int]
    issued: int
    counted: int

    @property
    def is_whole(self) -> bool:
        """Whether balances and escrows together are what was issued."""
        return self.issued == self.counted


def points_of(view: View, address: str) -> Points:
    """The points of an account after the last block. Raises what View.latest raises."""
    for _ in range(TRIES):
        found = _counted(view, address)
        if found.is_whole:
            break
    return found


def _counted(view: View, address: str) -> Points:
    with view.moment() as state:
        boards = {row["listed_board"] for row in state.rows("boards", was_on=1)}
        balances, held = state.rows("balances"), state.rows("escrows")
        allowed = state.rows("allowances", holder=address)
        earned = state.rows("earnings", holder=address)
        block = state.block
    return Points(
        address=address,
        block=block,
        balance=sum(int(row["points"]) for row in balances if row["holder"] == address),
        allowed={str(row["board"]): int(row["points"]) for row in allowed if int(row["points"])},
        escrows=tuple(
            Escrow(str(row["board"]), str(row["key"]), int(row["points"]))
            for row in held
            if row["payer"] == address and int(row["points"])
        ),
        earned={str(row["board"]): int(row["points"]) for row in earned if row["board"] in boards},
        issued=int(view.call(SETTLEMENT, "issued", block=max(block, 0))),
        counted=sum(int(row["points"]) for row in (*balances, *held)),
    )


def allow(session: Session, points: int) -> Receipt | None:
    """Let JobBoard lock so many points from now on, in place of what it could before.

    None, and nothing is sent, if it is so already. Raises what Session.send raises.
    """
    board = session.manifest.addresses[BOARD]

    def is_it(event: Event) -> bool:
        return (event.said["board"], event.said["n"]) == (board, points)

    first = topic(session.me)
    change = Change(SETTLEMENT, "allow", (board, points), "Allowed", first, is_it)
    now = int(session.call(SETTLEMENT, "allowance", session.me, board))
    if now == points and begun(session, change) is None:
        return None
    return repeat(session, change)
