"""Why inputs were refused, in the words that a test's `because` is held against.

    a check that fails    its message; the text of its line if it has none
    a parameter's type    what is said of the parameter
    anything else         what is said of it: a value that does not fit, a divisor of zero, a hint

Names alone, of circuits, files, parameters and hints, are no reasons, and neither is advice.
"""

from __future__ import annotations

import re

from zkpipe.circuits.errors import InputError, UnsatisfiedError
from zkpipe.ground.kinds import is_of
from zkpipe.ground.shown import shown

Refusal = InputError | UnsatisfiedError
_IN_CIRCUIT = re.compile(r"^In \S+ ")
_CHECK = re.compile(r"^A check of \S+ fails")
_NAME = re.compile("`[^`]*`")
_WORD = re.compile(r"\w")


def required_words(because: object) -> str:
    """The text that a refusal must hold; raises AssertionError for one that says nothing."""
    __tracebackhide__ = True
    words = str.__str__(because) if is_of(because, str) else ""
    if not _WORD.search(words):
        raise AssertionError(
            f"`because` holds words of the refusal, and the test gives {shown(because)}: leave it "
            "out, or give the message of the check that must fail."
        )
    return words.strip()


def is_reason(because: str, refusal: Refusal) -> bool:
    """Whether a refusal says these words: whole ones, so that "7 bits" is not in "17 bits"."""
    said = reason(refusal)
    names = [] if _is_message(refusal) else [name.span() for name in _NAME.finditer(said)]
    return any(
        not any(start <= found.start() and found.end() <= stop for start, stop in names)
        for found in _whole_words(because).finditer(said)
    )


def reason(refusal: Refusal) -> str:
    """What a refusal says of its cause."""
    if isinstance(refusal, UnsatisfiedError):
        if refusal.message:
            return refusal.message
        if _CHECK.match(refusal.problem):
            return "" if refusal.source is None else refusal.source.text
    return _IN_CIRCUIT.sub("", refusal.problem)


def _is_message(refusal: Refusal) -> bool:
    return isinstance(refusal, UnsatisfiedError) and bool(refusal.message)


def _whole_words(text: str) -> re.Pattern[str]:
    before = r"(?<!\w)" if _WORD.match(text[0]) else ""
    after = r"(?!\w)" if _WORD.match(text[-1]) else ""
    return re.compile(before + re.escape(text) + after)
