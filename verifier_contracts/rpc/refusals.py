"""What a node means when it refuses: one cause for each of its many wordings, and one advice.

The errors of JSON-RPC have no common codes for what is wrong with a transaction, and each client
has its own words; they are matched here once. Where the words of two causes stand in one message,
the first of `WORDINGS` counts.
"""

from __future__ import annotations

import re
from enum import Enum

LONGEST = 300  # characters of a node's message that are shown


class Cause(Enum):
    """Why a node refuses, and what to do about it."""

    KNOWN = "The node has this transaction already; wait until it is mined."
    NONCE_USED = "Another transaction of the account has this nonce; send with the next one."
    REPLACEMENT = (
        "A transaction with this nonce is pending; paying a tenth more per gas replaces it."
    )
    NONCE_AHEAD = "Transactions with earlier nonces are missing; send those first."
    BUSY = "Ask again later, or through another node."
    BALANCE = "Send ether to the account, or pay less per gas."
    LOW_FEES = "Pay more per gas: `--gas-price`, or gas_price= in Python."
    FEES = "Check what is paid per gas: `--gas-price` and `--priority-fee`."
    OPCODE = (
        "The chain may lack an opcode that the code has, such as PUSH0: compile for an older EVM, "
        "`--evm-version paris`."
    )
    SIZE = "The contract is larger than the chain allows; fewer public values make it smaller."
    GAS = (
        "Check the gas that is allowed: less than the transaction takes, or more than a block has."
    )
    CHAIN = "Check that the node serves the chain that is meant."
    KIND = "The chain takes no transactions of this type; give another node, or a newer chain."
    ACCOUNT = (
        "The node does not sign for this account: give one of your own, `--keystore FILE`, or "
        "account= in Python."
    )
    METHOD = (
        "The node lacks this method: give the URL of another. One that signs for no account needs "
        "one of your own, `--keystore FILE`, or account= in Python."
    )
    OTHER = "Look the message up in the documentation of the node or of its provider."


WORDINGS: tuple[tuple[Cause, str], ...] = (
    (
        Cause.METHOD,
        r"method.*(not (found|exist|supported|available|allowed|implemented|whitelisted)|unknown)|"
        r"(unknown|unsupported|invalid) method",
    ),
    (Cause.KNOWN, r"already ?known|known transaction|already (imported|exists|in )|alreadyexists"),
    (Cause.REPLACEMENT, r"replace"),
    (Cause.NONCE_USED, r"nonce (is )?too low|nonce.*(used|expired|lower)|invalid nonce|old ?nonce"),
    (Cause.NONCE_AHEAD, r"nonce (is )?too (high|far)|nonce gap|future nonce"),
    (Cause.BALANCE, r"insufficient (funds|balance)|exceeds (the )?(account )?balance|upfront cost"),
    (Cause.SIZE, r"code ?size|init ?code|contract size|size limit|codestore"),
    (Cause.GAS, r"gas ?limit|intrinsic gas|gas (required|uint)|out of ?gas|gas.*(exceed|too high)"),
    (Cause.OPCODE, r"opcode|push0|not ?activated"),
    (Cause.KIND, r"transaction type|tx ?type|type not supported|typed transaction"),
    (Cause.FEES, r"configured cap|fee cap exceeded|(tip|priority fee).*(higher|above|greater)"),
    (Cause.LOW_FEES, r"fee|underpriced|gas ?price"),
    (Cause.ACCOUNT, r"unknown account|no signer|unlock|authentication needed|cannot sign"),
    (Cause.CHAIN, r"chain ?id|replay.protected|invalid sender"),
    (
        Cause.BUSY,
        r"\brate|too many|limit exceeded|exceeded|quota|capacity|indexing|busy|overload|"
        r"time(d)? ?out|temporarily|unavailable|again|retry|header not found|syncing|"
        r"internal|pool is full|out ?of ?range|unknown block",
    ),
    (Cause.GAS, r"gas"),
)
BUSY_CODES = (-32005, 429)  # EIP-1474 "limit exceeded"; what some providers give
METHOD_CODE = -32601  # JSON-RPC's "method not found"


class Refusal(Exception):
    """A node's answer that is an error: its code if it has one, its words, and the cause."""

    def __init__(self, code: int | None, said: str) -> None:
        self.code, self.said = code, one_line(said)
        self.cause = cause_of(self.said, code)
        super().__init__(self.said)


def cause_of(said: str, code: int | None = None) -> Cause:
    """The cause that the words of a node name; the code decides where the words do not."""
    if code in BUSY_CODES:
        return Cause.BUSY
    if code == METHOD_CODE:
        return Cause.METHOD
    words = said.lower().replace("_", " ")
    for cause, pattern in WORDINGS:
        if re.search(pattern, words):
            return cause
    return Cause.OTHER


def one_line(text: str) -> str:
    """What a node says, on one line that is not too long."""
    line = " ".join(text[: 4 * LONGEST].split()).rstrip(".")
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."
