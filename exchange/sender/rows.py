"""An attempt as a row of the outbox, and back."""

from __future__ import annotations

import sqlite3
from typing import Any

from zkpipe.exchange.sender.attempts import Attempt, AttemptState, Mined, Outcome, Task
from zkpipe.exchange.words import keccak
from zkpipe.verifier_contracts.transactions.begun import Begun
from zkpipe.verifier_contracts.transactions.terms import Fees

COLUMNS = (
    "key",
    "task",
    "attempt",
    "chain_id",
    "contract",
    "function",
    "subject",
    "i",
    "account",
    "data",
    "asked_gas",
    "deadline",
    "nonce",
    "gas",
    "most_fee",
    "priority_fee",
    "begun_block",
    "raw",
    "hash",
    "empty",
    "state",
    "block",
    "block_hash",
    "mined_hash",
    "outcome",
    "note",
)


def hash_of(raw: bytes) -> str:
    """The hash of a signed transaction, 0x and hexadecimal."""
    return f"0x{keccak(raw).hex()}"


def row_of(attempt: Attempt) -> dict[str, Any]:
    """The columns of an attempt. Wei are texts: SQLite's integers end at 2^63."""
    task, begun, mined = attempt.task, attempt.begun, attempt.mined
    priority = None if begun is None else begun.fees.priority
    return {
        "key": attempt.key,
        "task": task.id,
        "attempt": attempt.number,
        "chain_id": task.chain_id,
        "contract": task.contract,
        "function": task.function,
        "subject": task.subject,
        "i": task.i,
        "account": attempt.account,
        "data": attempt.data,
        "asked_gas": attempt.gas,
        "deadline": attempt.deadline,
        "nonce": None if begun is None else begun.nonce,
        "gas": None if begun is None else begun.gas,
        "most_fee": None if begun is None else str(begun.fees.most),
        "priority_fee": None if priority is None else str(priority),
        "begun_block": None if begun is None else begun.block,
        "raw": attempt.raw,
        "hash": hash_of(attempt.raw) if attempt.raw else None,
        "empty": attempt.empty,
        "state": attempt.state.value,
        "block": None if mined is None else mined.block,
        "block_hash": None if mined is None else mined.block_hash,
        "mined_hash": None if mined is None else mined.digest,
        "outcome": None if attempt.outcome is None else attempt.outcome.value,
        "note": attempt.note,
    }


def attempt_of(row: sqlite3.Row) -> Attempt:
    """The attempt of a row. Raises ValueError or TypeError if it is none that `row_of` made."""
    task = Task(row["chain_id"], row["contract"], row["function"], row["subject"], row["i"])
    begun = None
    if row["nonce"] is not None:
        priority = None if row["priority_fee"] is None else int(row["priority_fee"])
        begun = Begun(
            chain_id=row["chain_id"],
            account=row["account"],
            nonce=row["nonce"],
            to=row["contract"],
            data=f"0x{row['data'].hex()}",
            value=0,
            gas=row["gas"],
            fees=Fees(int(row["most_fee"]), priority),
            block=row["begun_block"],
            hashes=(row["hash"],),
        )
    outcome = None if row["outcome"] is None else Outcome(row["outcome"])
    mined = None
    if row["block"] is not None and outcome is not None:
        mined = Mined(row["block"], row["block_hash"], row["mined_hash"], outcome)
    attempt = Attempt(
        task=task,
        number=row["attempt"],
        account=row["account"],
        data=row["data"],
        state=AttemptState(row["state"]),
        gas=row["asked_gas"],
        deadline=row["deadline"],
        begun=begun,
        raw=row["raw"],
        empty=row["empty"],
        mined=mined,
        outcome=outcome,
        note=row["note"],
    )
    if attempt.key != row["key"] or task.id != row["task"]:
        raise ValueError("a key of another attempt")
    if begun is not None and row["hash"] != hash_of(attempt.raw):
        raise ValueError("a hash of other bytes")
    return attempt
