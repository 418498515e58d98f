"""An exchange as people deploy it, whose circuits have real verifiers and real proofs.

The proofs are right for words that the test builds: their maker knows the secrets of the keys.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from typing import Any

from eth_account import Account
from eth_utils import keccak

from tests.exchange.contracts.setting.chains import Anvil, Embedded
from tests.exchange.contracts.setting.deployed import ATTRIBUTES, NAMES, Placed
from tests.exchange.contracts.setting.values import AUDITOR, COUNCIL, OPENING, WORDS
from tests.exchange.contracts.setting.world import Circuit, World
from tests.verifier_contracts.conftest import Trapdoor
from zkpipe.exchange.deployment import Council, Manifest, deploy
from zkpipe.exchange.ids import list_digest, opening_digest
from zkpipe.exchange.signatures import Action, gathered
from zkpipe.exchange.structs import JobSpec, Segment, Terms
from zkpipe.prover import Proof, VerifyingKey
from zkpipe.verifier_contracts import (
    Chain,
    CompiledContract,
    calldata,
    compile_solidity,
    key_digest,
    solidity_verifier,
)

REAL = {kind: Trapdoor.of(f"evidence {kind}", sum(WORDS[kind])) for kind in (1, 2, 4)}
SOURCE = b"@circuit\ndef stats(): ...\n"
NONE = bytes(32)


@cache
def key_of(kind: int) -> VerifyingKey:
    """That of a circuit; its maker takes seconds."""
    return REAL[kind].key()


@cache
def verifiers() -> dict[int, CompiledContract]:
    """The generated contracts, compiled."""
    return {
        kind: compile_solidity(solidity_verifier(key_of(kind), f"Kind{kind}"))[f"Kind{kind}"]
        for kind in REAL
    }


def keys() -> list[VerifyingKey]:
    return [key_of(kind) for kind in REAL]


def words_of(proof: Proof) -> tuple[int, ...]:
    a, b, c = calldata(proof, [])
    return (*a, *b[0], *b[1], *c)


class Founded(World):
    """A world that a Deployer created, as its manifest says."""

    manifest: Manifest

    def __init__(self, chain: Anvil | Embedded, code: Any, client: Chain) -> None:
        self.client = client
        super().__init__(chain, code)

    def _deploy(self) -> None:
        council = Council(tuple(account.address for account in COUNCIL), 2, AUDITOR)
        self.manifest = deploy(self.client, council)
        for name, attribute in zip(NAMES, ATTRIBUTES, strict=True):
            at = self.manifest.addresses[name]
            setattr(self, attribute, Placed(self, self.code[name], at))
        self.all = [getattr(self, attribute) for attribute in ATTRIBUTES]
        self.chain.time = int(self.client.web3.eth.get_block("latest")["timestamp"])


class Witnessed(Founded):
    """With real circuits. `said` lists the public values that the test built."""

    def __init__(self, chain: Anvil | Embedded, code: Any, verifiers: Any, client: Chain) -> None:
        self.verifiers = verifiers
        self.said: list[tuple[int, list[int]]] = []
        super().__init__(chain, code, client)

    # ---- real circuits

    def stub(self, kind: int, **other: Any) -> Circuit:
        if kind not in REAL:
            return super().stub(kind, **other)
        contract = self.verifiers[kind]
        outcome = self.chain.send(self.deployer, None, contract.bytecode)
        assert outcome.created is not None
        verifier = Placed(self, contract, outcome.created)
        known = super().stub(kind, **other).record
        record = replace(
            known,
            verifier=verifier.address,
            codehash=keccak(self.chain.code(verifier.address)),
            key_digest=bytes.fromhex(key_digest(key_of(kind))),
            source_hash=hashlib.sha256(SOURCE).digest(),
            provenance=1,
            development=True,
        )
        return Circuit(verifier, record)

    def proof(self, kind: int, words: list[int]) -> tuple[int, ...]:
        self.said.append((kind, words))
        return words_of(REAL[kind].proof(tuple(words)))

    def proven(self, lineage: bytes, number: int, **other: Any) -> Segment:
        """A segment with its proof."""
        place = {"submitter": other.pop("by")} if "by" in other else {}
        segment = self.segment(number, **other)
        words = self.segment_words(lineage, segment, self.policy(), **place)
        return replace(segment, proof=self.proof(2 if "replaces" in other else 1, words))

    def published(self, lineage: bytes, number: int, **other: Any) -> bytes:
        segment = self.proven(lineage, number, **other)
        self.publish(self.owner, lineage, [segment])
        return segment.root

    def publish(self, who: str, lineage: bytes, segments: list[Segment], gone: Any = ()) -> None:
        given = (lineage, [segment.as_tuple for segment in segments], list(gone), NONE)
        self.send(who, self.catalogue, "publish", *given)

    def proved(self, spec: JobSpec, ticket: int = 1) -> JobSpec:
        proof = self.proof(4, self.step_words(spec, ticket))
        submitter = spec.steps[0].submitter
        self.send(submitter, self.board, "submit", *self.submission(spec, proof=proof))
        return spec

    def delivered(self, spec: JobSpec) -> None:
        results = self.submission(spec)[-1]
        self.send(self.stranger, self.board, "deliver", spec, 0, results, *OPENING)

    def answered(self, terms: Terms) -> None:
        """A job, from its opening to its delivery."""
        spec = self.proved(self.opened(self.spec(terms)))
        self.delivered(spec)

    # ---- a story with some of everything

    def story(self) -> None:
        """Versions, an update, a sale, two answers, one of them delivered, and evidence."""
        old = self.published(self.lineage, 2)
        more = self.proven(self.lineage, 3)
        update = self.proven(self.lineage, 4, replaces=old)
        self.publish(self.owner, self.lineage, [more, update])
        terms = self.granted()
        self.answered(terms)
        self.proved(self.opened(self.spec(terms, nonce=2, root=more.root)), 2)
        self.opened_entry()
        asset = "0x" + self.lineage[12:].hex()
        self.send(self.owner, self.identities, "changeOwner", asset, self.buyer)
        self.publish(self.buyer, self.lineage, [self.proven(self.lineage, 5, by=self.buyer)])
        self.publish(self.buyer, self.lineage, [], [more.root])

    def crowd(self, other: str) -> None:
        """Blocks of several transactions, with logs of ours and of a contract that looks like ours.

        other  the address of another IdentityRegistry
        """
        chain = self.chain
        assert isinstance(chain, Anvil)
        chain.ask("evm_setAutomine", False)
        for number in range(3):
            name, value = b"crowd".ljust(32, b"\0"), bytes([number]) * 40
            for sender in (self.holder, self.issuer, self.owner):
                call = self.identities.data("setAttribute", sender, name, value, 500)
                for to, data in ((sender, "0x"), (self.identities.address, call), (other, call)):
                    given = {"from": sender, "to": to, "data": data, "gas": hex(200_000)}
                    legacy = {"gasPrice": hex(10**10)} if number == 1 else {}
                    chain.ask("eth_sendTransaction", given | legacy)
            chain.ask("evm_mine")
        chain.ask("evm_setAutomine", True)
        chain.time = int(self.client.web3.eth.get_block("latest")["timestamp"])

    def opened_entry(self) -> None:
        """A note in the ledger that is opened, and confirmed by two."""
        signing = [Account.from_key(bytes([9] * 31 + [i])) for i in (1, 2)]
        signing.sort(key=lambda account: int(account.address, 16))
        listed = [account.address for account in signing]
        value, salt = b"a note of the owner's", keccak(b"salt")
        digest, signers = opening_digest(salt, value), list_digest(listed, 2)
        call = (self.owner, 1, digest, [], signers)
        (event,) = self.send(self.owner, self.ledger, "append", *call)
        entry = event.arguments["entry"]
        self.send(self.stranger, self.ledger, "open", entry, value, salt)
        action = Action(
            chain_id=self.id,
            contract=self.ledger.address,
            target=self.ledger.address,
            what=entry,
            deadline=1 << 40,
        )
        sigs = gathered(action, [action.signed_by(account) for account in signing])
        self.send(self.stranger, self.ledger, "confirm", entry, listed, 2, sigs)
