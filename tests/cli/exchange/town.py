"""A node with an exchange, and homes that have joined it: owner, developer, member.

`member` is the one member of the council.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.deployment.funded import fund
from tests.cli.workshop import done, invoke
from zkpipe.exchange.clients.view import join
from zkpipe.exchange.deployment import Council, deploy
from zkpipe.exchange.home import Header, Home
from zkpipe.exchange.home.encryption import LEAST_WORK
from zkpipe.verifier_contracts import Chain, Node

PASSWORD = "correct horse battery"  # noqa: S105 # of homes made here for these tests
NAMES = ("owner", "developer", "member")


def declined(*words: object, says: str, status: int = 2) -> str:
    """Run a command that must fail, though it may read the chain into the home; its message."""
    result = invoke(*words)
    assert result.exit_code == status, f"{words}: {result.exit_code} {result.output}"
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert says in result.stderr, result.stderr
    assert result.stderr.strip().splitlines()[-1].endswith((".", "?"))
    return result.stderr


class Town:
    """See the module. Commands run in the folder of the homes, which must be the current one."""

    def __init__(self, node: Node) -> None:
        self.url = node.url
        Path("password").write_text(f"{PASSWORD}\n")
        self.address = {}
        for name in NAMES:
            Home.create(Path(name).resolve(), PASSWORD, work=LEAST_WORK).close()
            self.address[name] = Header.load(Path(name)).address
            fund(node.url, self.address[name])
        chain = Chain.connect(node.url)
        council = Council((self.address["member"],), 1, 12345)
        self.manifest = deploy(chain, council, depth=0)
        for name in NAMES:
            with Home.open(Path(name).resolve(), PASSWORD) as home:
                join(home.documents, self.manifest, chain, home.path)

    def looks(self, name: str) -> tuple[str, ...]:
        """The options of a command that only looks."""
        return "--home", name, "--rpc", self.url

    def works(self, name: str) -> tuple[str, ...]:
        """The options of a command that signs or sends."""
        return *self.looks(name), "--password-file", "password"

    def facts(self, *words: object) -> dict[str, Any]:
        """What a command answers with --json."""
        found: dict[str, Any] = json.loads(done(*words, "--json"))
        return found

    def sign(self, action: str, name: str) -> str:
        """Have a home sign an action; the file of its signature."""
        path = f"{name}-{action}"
        own = ("--home", name, "--password-file", "password")
        done("exchange", "sign", action, path, *own)
        return path
