"""What a caller is told at the end: the receipt, or why there is none."""

from __future__ import annotations

from zkpipe.exchange.errors import DeadlineError, NotFinalError
from zkpipe.exchange.sender.attempts import Attempt, Outcome
from zkpipe.ground.errors import ZkpipeError
from zkpipe.verifier_contracts.abi import Abi
from zkpipe.verifier_contracts.chain import Chain
from zkpipe.verifier_contracts.errors import RevertError, TransactionError
from zkpipe.verifier_contracts.transactions.transaction import Receipt


def receipt_of(chain: Chain, attempt: Attempt) -> Receipt:
    """The receipt of a final attempt. Raises TransactionError, Refusal, NodeMissingError."""
    mined = attempt.mined
    told = mined and chain.ask("eth_getTransactionReceipt", mined.digest)
    if mined is None or not isinstance(told, dict):
        raise TransactionError(
            f"{chain.place} does not tell the receipt of a transaction that is final.",
            "Ask another node of the same chain that keeps older blocks. If it is a development "
            "chain that was set back, make the homes and the exchange anew.",
        )
    used = chain.number(told.get("gasUsed"))
    return Receipt(mined.digest, mined.block, used, None, tuple(told.get("logs") or ()))


def failure_of(chain: Chain, attempt: Attempt, abi: Abi) -> ZkpipeError:
    """Why a final attempt did nothing.

    abi  of the contract, to name its error
    """
    task, begun, mined = attempt.task, attempt.begun, attempt.mined
    if attempt.outcome in (Outcome.EXPIRED, Outcome.CANCELLED):
        return DeadlineError(
            f"{task.function} was not mined before its deadline, and never will be.",
            "Ask for it again with a later deadline, if it is still of use.",
        )
    if attempt.outcome is Outcome.REVERTED and begun and mined:
        call = {"from": begun.account, "to": begun.to, "data": begun.data, "gas": begun.gas}
        try:
            chain.call(call, abi, mined.block)
        except RevertError as error:
            return error
        return TransactionError(
            f"Transaction {mined.digest} of {task.function} failed, most likely because it ran out "
            "of gas.",
            "Ask for it again; name more gas.",
        )
    why = attempt.note.rstrip(".") or "another transaction has its nonce"
    return TransactionError(f"{task.function} was not sent: {why}.", "Ask for it again.")


def not_final(attempt: Attempt) -> NotFinalError:
    """That the time is over, with all that one needs to find the transaction."""
    evidence = [] if attempt.begun is None else attempt.begun.facts()
    if attempt.note:
        evidence.append(f"last answer: {attempt.note}")
    error = NotFinalError(
        f"{attempt.task.function} is {attempt.state.value}, and not final in the time that was "
        "given.",
        "Ask for it again: it goes on, and nothing is sent twice.",
    )
    error.evidence = tuple(evidence)
    return error
