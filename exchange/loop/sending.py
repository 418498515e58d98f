"""What the loop has the sender send: at most one transaction for a job's proof, and its opening."""

from __future__ import annotations

from collections.abc import Callable

from zkpipe.exchange.clients.uses.steps import Use
from zkpipe.exchange.sender import Attempt, Outcome, Sender
from zkpipe.verifier_contracts import Contract


class Sending:
    """Calls of a board about jobs, `submit` and `deliver`."""

    def __init__(self, sender: Sender, board: Contract) -> None:
        self._sender, self._board = sender, board
        self._planned: dict[tuple[str, bytes], int] = {}  # function and job, to ctx

    def plan(
        self,
        function: str,
        use: Use,
        arguments: list[object],
        effect: Callable[[int], bool],
        deadline: int,
    ) -> None:
        """Have a call sent in the next rounds. Raises FileError."""
        self._sender.plan(
            self._board,
            function,
            arguments,
            subject=use.job,
            i=use.number,
            effect=effect,
            deadline=deadline,
        )
        self._planned[function, use.job] = use.context.word

    def is_signed(self, function: str, use: Use) -> bool:
        """Whether a transaction was ever signed, whatever became of it."""
        last = self._last(function, use)
        return last is not None and (last.begun is not None or last.number > 0)

    def is_on_its_way(self, function: str, use: Use) -> bool:
        """Whether a transaction is signed, and did not fail: only its bytes may be sent."""
        last = self._last(function, use)
        is_signed = last is not None and (last.begun is not None or last.outcome is Outcome.FOUND)
        return last is not None and is_signed and not last.may_be_followed

    def is_planned(self, function: str, use: Use) -> bool:
        """Whether this process has planned it, and the sender has not given it up."""
        last = self._last(function, use)
        is_ours = self._planned.get((function, use.job)) == use.context.word
        return is_ours and last is not None and not last.is_final

    def _last(self, function: str, use: Use) -> Attempt | None:
        return self._sender.last(self._board, function, use.job, use.number)
