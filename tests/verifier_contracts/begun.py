"""A transaction that was begun, as the record of a deployment keeps it."""

from __future__ import annotations

from zkpipe.verifier_contracts.transactions.begun import Begun
from zkpipe.verifier_contracts.transactions.terms import Fees

BEGUN = Begun(
    chain_id=1337,
    account="0x" + "ab" * 20,
    nonce=3,
    to=None,
    data="0x60016000f3",
    value=0,
    gas=100_000,
    fees=Fees(2 * 10**9, 10**9),
    block=7,
    hashes=("0x" + "cd" * 32,),
)
