"""A world in which there is something to see on every page."""

from __future__ import annotations

from typing import Any

from eth_utils import keccak, to_checksum_address

from tests.exchange.contracts.setting.chains import Anvil
from tests.exchange.contracts.setting.values import DAY, FAR
from tests.exchange.evidence.witnessed import NONE, Witnessed
from zkpipe.exchange.ids import template_id
from zkpipe.verifier_contracts import Chain

NAME = b"name".ljust(32, b"\0")
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;"
TURNED = "abc\u202etxt.exe\u2066\u200b\u0000\u001b[31m"
TOWER = "z" + "\u0301" * 40
LONG = "x" * 5000
NO_TEXT = b"\xff\xfe\x00binary"
HOSTILE = (MARKUP, TURNED, TOWER, LONG, "{{ 7 * 7 }}{% raw %}", "\u2028line\u2029", "\U000e0041tag")


class Storied(Witnessed):
    """The witnesses' story, and more of it: states, deadlines, words that people wrote."""

    @classmethod
    def told(cls, chain: Anvil, code: Any, verifiers: Any, client: Chain) -> Storied:
        found = cls(chain, code, verifiers, client)
        found.furnish()
        found.story()
        found.more()
        return found

    @classmethod
    def tidy(cls, chain: Anvil, code: Any, verifiers: Any, client: Chain) -> Storied:
        """For pictures: without what strangers write."""
        found = cls(chain, code, verifiers, client)
        found.furnish()
        found.story()
        found.named()
        found.waiting()
        return found

    @property
    def asset(self) -> str:
        return to_checksum_address("0x" + self.lineage[12:].hex())

    def more(self) -> None:
        self.named()
        self.hostile()
        self.waiting()
        self.templates()
        self.send(self.stranger, self.ledger, "append", self.asset, 1, keccak(b"rumour"), [], NONE)

    def named(self) -> None:
        """The buyer, who owns the data set now, gives it a name."""
        call = (self.asset, NAME, "Visits to a doctor, 就诊记录 2026".encode(), 900 * DAY)
        self.send(self.buyer, self.identities, "setAttribute", *call)

    def hostile(self) -> None:
        """What a stranger may write, as attributes and kinds of delegates."""
        for number, text in enumerate(HOSTILE):
            name = b"<b>%d</b>" % number
            call = (self.stranger, name.ljust(32, b"\0"), text.encode(), 900 * DAY)
            self.send(self.stranger, self.identities, "setAttribute", *call)
        call = (self.stranger, b"\xff" * 32, NO_TEXT, 1)
        self.send(self.stranger, self.identities, "setAttribute", *call)
        kind = b"<i>\xe2\x80\xae".ljust(32, b"\0")
        self.send(
            self.stranger, self.identities, "addDelegate", self.stranger, kind, self.holder, 9 * DAY
        )
        self.evil = self.registered(self.policy(approvers=bytes(32)), salt=77, owner=self.stranger)
        asset = to_checksum_address("0x" + self.evil[12:].hex())
        title = (MARKUP + TURNED).encode()
        self.send(self.stranger, self.identities, "setAttribute", asset, NAME, title, 900 * DAY)

    def waiting(self) -> None:
        """On a second data set, jobs in other states: open, late, ended; such grants, too."""
        self.second = self.registered(self.policy(limit_bits=60), salt=79)
        call = (self.second, self.circuits_by_kind[4].id, True)
        self.send(self.owner, self.catalogue, "allow", *call)
        root = self.published(self.second, 11)
        terms = self.granted(lineage=self.second, salt=5, max_uses=4, version=1)
        self.decide(self.settlement, "issue", ["address", "uint128"], self.grantee, 1000)
        self.open_job = self.opened(self.spec(terms, nonce=50, root=root))
        late, ended = self.now + 50, self.now + 20
        self.late_job = self.opened(self.spec(terms, nonce=51, root=root, prove_by=late))
        self.ended_job = self.opened(self.spec(terms, nonce=52, root=root, prove_by=ended))
        self.wait(self.ended_job.prove_by + 1)
        self.send(self.stranger, self.board, "expire", self.ended_job)
        self.wait(self.late_job.prove_by + 1)
        self.applied = self.terms(lineage=self.second, salt=6, expiry=FAR)
        self.send(self.grantee, self.grants, "request", self.applied)
        self.revoked = self.terms(lineage=self.second, salt=7)
        self.send(self.grantee, self.grants, "request", self.revoked)
        self.send(self.owner, self.grants, "revoke", self.revoked, self.approvers, 2)
        frozen = self.registered(self.policy(limit_bits=0), salt=78, owner=self.holder)
        self.send(self.holder, self.catalogue, "setState", frozen, 22)

    def templates(self) -> None:
        values = (keccak(b"doc"), self.listed(3).id, 9)
        self.decide(self.credentials, "defineTemplate", ["bytes32", "bytes32", "uint256"], *values)
        self.template = template_id(self.id, self.credentials.address, *values)
        types = ["uint256", "uint256", "address", "bool"]
        self.decide(self.credentials, "setIssuer", types, self.template, 5, self.issuer, True)
        self.send(self.issuer, self.credentials, "setRevocation", self.template, 5, 1234, [3, 9])
