"""That all events are of one exchange: of the contracts that are there, from their beginning on.

At an address another contract may have lain before, and been destroyed. The registry's constructor
tells: CouncilSet and AuditorKeySet come first, and later only after the council's Authorised, in
the same transaction. Before them only those contracts can tell anything that are created before the
registry. A history that begins later, or begins twice, is refused.
"""

from __future__ import annotations

from zkpipe.exchange.index.events import Event, Log
from zkpipe.exchange.index.rows import Rows

REGISTRY = "CircuitRegistry"
COUNCIL_SET, KEY_SET, AUTHORISED = "CouncilSet", "AuditorKeySet", "Authorised"
EARLIER = ("IdentityRegistry", "Settlement")  # created before the registry, as in ORDER
ISSUED = "Issued"  # Settlement asks the registry before that

Told = tuple[Log, Event]


def objection(rows: Rows, told: Told, before: Told | None) -> str | None:
    """What is wrong with an event where it stands, as the end of a sentence; None if nothing is.

    rows    the tables before it
    before  the last event of the same contract; it is asked for the registry's alone
    """
    log, event = told
    registry = event.exchange.addresses.get(REGISTRY)
    if registry is None:
        return None  # an index of some contracts
    if event.contract != REGISTRY:
        is_early = event.contract in EARLIER and event.name != ISSUED
        if is_early or rows.find("council", registry) is not None:
            return None
        return "before the registry's constructor"
    if before is None:
        return None if event.name == COUNCIL_SET else "before the registry's constructor"
    earlier, last = before
    is_same = (earlier.block, earlier.transaction) == (log.block, log.transaction)
    is_next = is_same and earlier.number + 1 == log.number
    row = rows.get("council", registry)
    if last.name == COUNCIL_SET and row["nonce"] == 0:  # the constructor is at work
        is_right = event.name == KEY_SET and is_next
    elif event.name in (COUNCIL_SET, KEY_SET):
        is_right = last.name == AUTHORISED and is_next
    else:
        is_right = True
    if not is_right:
        return "without the council: a constructor ran again, or events before it are missing"
    if event.name == AUTHORISED and event.said["nonce"] != row["nonce"]:
        return f"as action {event.said['nonce']}, and not as {row['nonce']}"
    return None
