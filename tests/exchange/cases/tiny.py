"""A party of one role for tests, in a process as ProcessParty starts it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from zkpipe.exchange.cases import child
from zkpipe.exchange.cases.parties import Facts
from zkpipe.exchange.errors import TermsError
from zkpipe.verifier_contracts.errors import RevertError


class Tiny:
    """It says where it is, chatters, is refused, and dies."""

    steps = ("where", "chatter", "refuse", "revert", "die", "crash")

    def __init__(self, folder: Path, connect: Any) -> None:
        self.folder = folder

    def close(self) -> None:
        (self.folder / "closed").touch()

    def where(self, **said: Any) -> Facts:
        return {"folder": str(self.folder), "cwd": os.getcwd(), "process": os.getpid(), **said}  # noqa: PTH109

    def chatter(self) -> Facts:
        print('{"process": 0}')  # noqa: T201 # as a library might
        os.write(1, b'{"process": 0}\n')
        return {"done": True}

    def refuse(self) -> Facts:
        raise TermsError("They do not fit.", "Ask for others.")

    def revert(self) -> Facts:
        raise RevertError("It reverts.", "Wait.", "GrantExhausted", [3])

    def die(self) -> Facts:
        os._exit(3)

    def crash(self) -> Facts:
        raise AssertionError

    def unlisted(self) -> Facts:
        return {}


if __name__ == "__main__":
    child.ROLES = {"tiny": Tiny}  # type: ignore[dict-item,assignment,attr-defined] # no Role
    child.main()
