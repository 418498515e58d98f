"""Nonces that must be used up before anything new is signed.

An outbox that was lost, or a home that was restored from a backup, does not know what was signed
since. Such a transaction may be mined later, beside a new one for the same task. No more than
WINDOW nonces beyond the last final one are ever signed, so all that can be lost have nonces below
the final count and WINDOW. A fence fills those that are free with empty transfers, and waits until
all are final: then every lost transaction is mined or never will be, and the contracts say which.
"""

from __future__ import annotations

from contextlib import suppress

from zkpipe.exchange.sender.advancing import WINDOW, Advancer
from zkpipe.exchange.sender.home import Home
from zkpipe.exchange.sender.looking import Head, used_nonces
from zkpipe.verifier_contracts.rpc.refusals import Refusal


class Fence:
    """The fence of one account, kept in the outbox until everything below it is final."""

    def __init__(self, advancer: Advancer, home: Home) -> None:
        self._advancer, self._outbox, self._home = advancer, advancer.outbox, home
        self._place = advancer.chain_id, advancer.address
        is_new = self._outbox.fenced(*self._place) is None
        if self._outbox.is_behind or (home.restored is not None and is_new):
            self._outbox.fence(*self._place, None)

    def holds(self, head: Head) -> bool:
        """Whether nothing new may be signed yet; fills the nonces that are free.

        Raises TransactionError if the account cannot pay, Refusal, NodeMissingError.
        """
        chain, account = self._advancer.chain, self._advancer.address
        fenced = self._outbox.fenced(*self._place)
        if fenced is None:
            return False
        final = used_nonces(chain, account, head.final)
        until = fenced[0]
        if until is None:
            until = final + WINDOW
            with suppress(Refusal):  # some nodes know mined blocks only
                until = max(until, used_nonces(chain, account, "pending"))
            self._outbox.fence(*self._place, until)
        if final >= until:
            if self._home.restored is not None:
                self._home.reconciled()
            self._outbox.lift(*self._place)
            return False
        for nonce in range(used_nonces(chain, account), until):
            if not self._outbox.has_nonce(*self._place, nonce):
                self._advancer.fill(nonce)
        return True
