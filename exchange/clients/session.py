"""A home at work on an exchange: it looks, signs and sends.

with Home.open(folder, password) as home, Session(home, chain) as session:
    session.send("UsageGrants", "request", terms.as_tuple, subject=grant, effect=is_requested)
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import Any

from zkpipe.exchange.clients.view import INDEX, View, joined
from zkpipe.exchange.deployment import Manifest
from zkpipe.exchange.home import Home
from zkpipe.exchange.sender import AttemptState, Sender
from zkpipe.exchange.sender.advancing import Effect
from zkpipe.exchange.sender.ends import not_final
from zkpipe.exchange.sender.sender import FIRST_PAUSE, GROWTH, LONGEST_PAUSE, SECONDS
from zkpipe.verifier_contracts import Chain, Receipt, Terms


class Session(View):
    """A view with a home that is open to write, and a sender for its account; `with` closes both.

    The home itself stays open. Raises NotJoinedError; OutboxError if another program sends.
    """

    def __init__(
        self,
        home: Home,
        chain: Chain,
        manifest: Manifest | None = None,
        terms: Terms | None = None,
    ) -> None:
        manifest = manifest or joined(home.documents, home.path)
        self.home = home
        super().__init__(manifest, chain, home.place(INDEX), home.documents)
        try:
            self.sender = Sender(home, chain, manifest.depth, terms)
        except BaseException:
            super().close()
            raise

    def close(self) -> None:
        """Let go of the index and the outbox."""
        self.sender.close()
        super().close()

    @property
    def me(self) -> str:
        """The address of the home's account."""
        return self.home.address

    def send(
        self,
        name: str,
        function: str,
        arguments: Sequence[Any],
        *,
        subject: bytes,
        effect: Effect,
        i: int = 0,
        deadline: int | None = None,
    ) -> Receipt | None:
        """Send a call of a contract, never twice, and wait until it is final.

        name     of the contract, in Solidity
        subject  what it is about, with i: see Sender.plan
        effect   whether the contract has it already, after the block of a number

        None if the contract had the effect without a transaction of this home. Raises as
        Sender.send does.
        """
        contract = self.contract(name)
        return self.sender.send(
            contract, function, arguments, subject=subject, i=i, effect=effect, deadline=deadline
        )

    def settle(self, timeout: float = SECONDS) -> None:
        """Wait until what was signed earlier, by a run that was ended, is final.

        What such a run only planned stays as it is. Raises NotFinalError if the time is over, and
        what Sender.step raises.
        """
        until, pause = time.monotonic() + timeout, FIRST_PAUSE
        while signed := [
            one for one in self.sender.pending() if one.state is not AttemptState.PLANNED
        ]:
            self.sender.step()
            if time.monotonic() > until:
                raise not_final(signed[0])
            time.sleep(pause)
            pause = min(pause * GROWTH, LONGEST_PAUSE)


def new_salt() -> int:
    """A number of 256 bits, random: it makes ids that nobody foresees."""
    return secrets.randbits(256)
