"""What a function sees beside its arguments, as a key: equal keys, equal surroundings.

Everything that it can reach goes into the key by its content: cells of its closure, globals, other
functions with theirs, methods, attributes of objects, classes and modules, lists, dicts, arrays. So
a component's trace is used again only where tracing again would give the same, and a hint that
runs later sees what it saw at its call.

    Surroundings   Unknowable if something has no content that can be compared (an iterator, a file,
                   a clock), or if the code reaches by reflection what it likes
    Held           such things by their identity

Cost: some 0.5 us for each thing that is seen, MOST of them at the most; lists and arrays of plain
values are one thing, copied. A tenth of that if nothing has changed since the last time.
"""

from __future__ import annotations

from zkpipe.circuits.language.surroundings.guards import Guards
from zkpipe.circuits.language.surroundings.held import HeldWalk
from zkpipe.circuits.language.surroundings.keys import Key, Known, Read
from zkpipe.circuits.language.surroundings.walk import Walk


class Surroundings:
    """What a function or a component sees; `key` asks again each time."""

    def __init__(self, root: object, known: Known) -> None:
        self._root = root
        self._known = known
        self._last: tuple[Guards, Key] | None = None

    def key(self) -> Key:
        """The key of all that it sees now. Raises Unknowable."""
        if self._last is None or not self._last[0].hold():
            walk = self._walk()
            self._last = None
            self._last = (walk.guards, walk.key([self._root]))
        return self._last[1]

    def _walk(self) -> Walk:
        return Walk(self._known)


class Held(Surroundings):
    """The same with what cannot be compared by its identity, libraries for granted; never fails."""

    def _walk(self) -> Walk:
        return HeldWalk(self._known, self._root)


def changed_name(before: Key, after: Key) -> str:
    """The name by which the first thing is read in which two keys differ."""
    pairs = zip(before.tokens, after.tokens, strict=False)
    shorter = min(len(before.tokens), len(after.tokens))
    place = next((i for i, (x, y) in enumerate(pairs) if x != y), shorter - 1)
    names = [token.name for token in before.tokens[: place + 1] if isinstance(token, Read)]
    return names[-1] if names else "something"
