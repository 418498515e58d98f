"""A job's proof, and what opens its answer.

The seal's numbers follow from the job's secret and from all that the answer depends on: ctx, the
segment's root, the question, the floor and the two keys. So the same job has the same sealed answer
however often it is proved, and another ticket, or another fork of the chain, has other numbers. The
witness, with the rows and the answer, stays in memory.
"""

from __future__ import annotations

from dataclasses import dataclass

from zkpipe.exchange.answers import is_opening
from zkpipe.exchange.circuits import Recipients, answer_inputs
from zkpipe.exchange.clients.uses.steps import Use
from zkpipe.exchange.errors import AnswerError
from zkpipe.exchange.home import seal_numbers
from zkpipe.exchange.loop.material import Tools
from zkpipe.exchange.tables import Commitment
from zkpipe.prover import prove
from zkpipe.verifier_contracts import calldata


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof as `submit` takes it: its eight words, and its results. Nothing in it is secret."""

    words: tuple[int, ...]
    results: tuple[int, ...]


def recipients(use: Use, secret: bytes) -> Recipients:
    """Whom an answer is for, with the numbers of its seal. secret is the job's, 32 bytes."""
    ctx, *bound = use.words
    numbers = seal_numbers(secret, ctx, bound)
    spec = use.spec
    return Recipients(spec.opener_key, spec.auditor_key, numbers.nonce, numbers.key)


def proven(use: Use, tools: Tools, commitment: Commitment, secret: bytes) -> Proven:
    """The proof of a step, which is verified before it is returned.

    Raises InputError or UnsatisfiedError if the circuit has no answer; WitnessError if the key is
    another circuit's, which shows in its proofs alone; AnswerError if the proof is not of what the
    board will ask for.

    Cost: that of the circuit's witness and proof.
    """
    template = tools.template
    inputs = answer_inputs(
        template,
        commitment,
        recipients(use, secret),
        ctx=use.context.word,
        ask=use.spec.ask,
        floor=use.floor,
    )
    witness = tools.system.solve(**inputs)
    public, count = witness.public, template.record.results
    if public[count:] != use.words:
        raise AnswerError(
            "The circuit's public words are not those that the board will build.",
            "Check the circuit again: zkpipe catalogue circuit check.",
        )
    a, b, c, *_ = calldata(prove(tools.key, witness), public)
    return Proven((*a, *b[0], *b[1], *c), tuple(public[:count]))


def opening(use: Use, secret: bytes) -> tuple[int, int] | None:
    """What opens a proved step's lock, w0 and w1; None if the secret is not that of its proof."""
    wraps = recipients(use, secret).wraps
    return wraps if use.results and is_opening(use.results, *wraps) else None
