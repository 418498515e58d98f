"""Random acts on an exchange, and on what the contracts' own random walk leaves out."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

from eth_account import Account

from tests.exchange.contracts.setting.deployed import Refused
from tests.exchange.contracts.setting.values import COUNCIL, LEDGER, PROOF, PROVER
from tests.exchange.contracts.setting.world import Circuit, World
from tests.exchange.contracts.walks.walk import Walk, prepare
from zkpipe.exchange.ids import list_digest, opening_digest, template_id
from zkpipe.exchange.signatures import Action, gathered
from zkpipe.exchange.structs import Presentation

ZERO = bytes(32)


class History:
    """Acts that go through, or are refused; both are history."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.chance = world, random.Random(seed)  # noqa: S311 # a test's
        self.entries: list[tuple[bytes, bytes | None]] = []
        self.proposed: list[bytes] = []
        self.lineages: list[bytes] = []
        self.roots: dict[bytes, list[bytes]] = {}
        self.presenting: Circuit | None = None
        self.templates: list[int] = []
        self.revoked: dict[tuple[int, int], list[int]] = {}
        self.number = 0

    def act(self) -> None:
        self.number += 1
        acts = [self.identify, self.identify, self.write, self.write, self.settle, self.register]
        acts += [self.publish, self.publish, self.credential, self.credential]
        acts += [self.circuit] if self.chance.random() < 0.3 else []
        with suppress(Refused):  # a transaction that fails has no events
            self.chance.choice(acts)()

    def salt(self) -> bytes:
        return self.number.to_bytes(32, "big")

    def who(self) -> str:
        world = self.world
        return self.chance.choice([world.owner, world.stranger, world.holder, world.issuer])

    def identify(self) -> None:
        world, chance, who = self.world, self.chance, self.who()
        deed = chance.choice(["addDelegate", "revokeDelegate", "setAttribute", "revokeAttribute"])
        if chance.random() < 0.1:
            to = chance.choice([self.who(), "0x" + "00" * 20])
            world.send(who, world.identities, "changeOwner", who, to)
        elif deed == "addDelegate":
            kind = chance.choice([PROVER, LEDGER])
            world.send(who, world.identities, deed, who, kind, self.who(), chance.randint(0, 500))
        elif deed == "revokeDelegate":
            world.send(who, world.identities, deed, who, PROVER, self.who())
        else:
            name, value = b"did/pub".ljust(32, b"\0"), b"v" * chance.randint(0, 80)
            rest = [chance.randint(0, 1 << 70)] if deed == "setAttribute" else []
            world.send(who, world.identities, deed, who, name, value, *rest)

    def write(self) -> None:
        world, chance = self.world, self.chance
        deed = chance.random()
        if deed < 0.2 and self.entries:
            entry, value = chance.choice(self.entries)
            if value is not None:
                world.send(self.who(), world.ledger, "open", entry, value, self.salt_of(value))
            return
        signing = [Account.from_key(bytes([9] * 31 + [i])) for i in (1, 2)]
        signing.sort(key=lambda account: int(account.address, 16))
        listed = [account.address for account in signing]
        if deed < 0.4 and self.entries:
            entry = chance.choice(self.entries)[0]
            action = Action(
                chain_id=world.id,
                contract=world.ledger.address,
                target=world.ledger.address,
                what=entry,
                deadline=1 << 40,
            )
            sigs = gathered(action, [action.signed_by(account) for account in signing])
            world.send(self.who(), world.ledger, "confirm", entry, listed, 2, sigs)
            return
        value = bytes([self.number % 256]) * 3
        asset = chance.choice([world.owner, "0x" + world.lineage[12:].hex(), self.who()])
        parents = [chance.choice(self.entries)[0]] if self.entries and deed < 0.7 else []
        digest = opening_digest(self.salt_of(value), value)
        signers = list_digest(listed, 2) if chance.random() < 0.7 else ZERO
        who, stage = self.who(), chance.randint(0, 7)
        events = world.send(who, world.ledger, "append", asset, stage, digest, parents, signers)
        self.entries.append((events[0].arguments["entry"], value))

    def salt_of(self, value: bytes) -> bytes:
        return value[:1] * 32

    def settle(self) -> None:
        world, chance = self.world, self.chance
        points, key = chance.choice([0, 5, 300]), chance.randint(1, 3).to_bytes(32, "big")
        deed = chance.choice(["allow", "issue", "lock", "pay", "refund"])
        who, caller = self.who(), self.who()
        if deed == "allow":
            world.send(who, world.settlement, "allow", caller, points)
        elif deed == "issue":
            world.decide(world.settlement, "issue", ["address", "uint128"], who, points)
        else:
            world.send(caller, world.settlement, deed, key, who, points)

    def register(self) -> None:
        world, chance, owner = self.world, self.chance, self.world.holder
        policy = world.policy(limit_bits=chance.randint(0, 99), keyed=chance.random() < 0.5)
        lineage = world.registered(policy, self.number, owner)
        self.lineages.append(lineage)
        for _ in range(chance.randint(0, 2)):
            world.send(owner, world.catalogue, "publish", lineage, [], [], self.salt())
        if chance.random() < 0.3:
            world.send(owner, world.catalogue, "setState", lineage, chance.choice([22, 23]))

    def publish(self) -> None:
        """New rows, an update of rows, or their end; circuits must take every proof."""
        world, chance = self.world, self.chance
        if not self.lineages:
            return
        lineage = chance.choice(self.lineages)
        roots = self.roots.setdefault(lineage, [])
        other = {"replaces": chance.choice(roots)} if roots and chance.random() < 0.5 else {}
        segment = world.segment(10_000 + self.number, units=100, **other)
        gone = [chance.choice(roots)] if roots and not other and chance.random() < 0.5 else []
        call = (lineage, [segment.as_tuple], gone, self.salt())
        world.send(world.holder, world.catalogue, "publish", *call)
        roots.append(segment.root)

    def credential(self) -> None:
        """Templates, issuers and enrolments, under a circuit that takes every proof."""
        world, chance = self.world, self.chance
        if self.presenting is None:
            self.presenting = world.listed(3)
            world.send(world.stranger, self.presenting.verifier, "setMode", 1)
        deed, issuer = chance.random(), chance.randint(1, 2)
        if deed < 0.15 or not self.templates:
            values = (self.salt(), self.presenting.id, self.number)
            types = ["bytes32", "bytes32", "uint256"]
            world.decide(world.credentials, "defineTemplate", types, *values)
            template = template_id(world.id, world.credentials.address, *values)
            self.templates.append(template)
            for on in (1, 2):
                self.name(template, on, True)
                self.revoke(template, on)
        elif deed < 0.2:
            template = chance.choice(self.templates)
            world.decide(world.credentials, "deprecate", ["uint256"], template)
        elif deed < 0.3:
            self.name(chance.choice(self.templates), issuer, chance.random() < 0.7)
        elif deed < 0.5:
            self.revoke(chance.choice(self.templates), issuer)
        else:
            template = chance.choice(self.templates)
            shown = Presentation(
                template=template,
                issuer=issuer,
                root=world.credentials("issuers", template, issuer)["root"],
                nullifier=(1 << 250) + chance.randint(0, 3),
                valid_to=world.now + chance.randint(5, 5000),
                deadline=1 << 40,
                proof=PROOF,
            )
            world.send(self.who(), world.credentials, "enrol", shown)

    def name(self, template: int, issuer: int, on: bool) -> None:
        values = (template, issuer, self.world.issuer, on)
        types = ["uint256", "uint256", "address", "bool"]
        self.world.decide(self.world.credentials, "setIssuer", types, *values)

    def revoke(self, template: int, issuer: int) -> None:
        """With its issuer's account: in the test, what was revoked is kept apart."""
        world = self.world
        indices = [self.chance.randint(0, 1000) for _ in range(self.chance.randint(0, 3))]
        call = (template, issuer, self.number + 1, indices)
        world.send(world.issuer, world.credentials, "setRevocation", *call)
        self.revoked.setdefault((template, issuer), []).extend(indices)

    def circuit(self) -> None:
        world, chance = self.world, self.chance
        if chance.random() < 0.4 and self.proposed:
            id_ = chance.choice(self.proposed)
            world.decide(world.circuits, chance.choice(["approve", "retire"]), ["bytes32"], id_)
        elif chance.random() < 0.3:
            world.decide(world.circuits, "setAuditorKey", ["uint256"], 7001 + chance.randint(0, 1))
        elif chance.random() < 0.3:
            members = [account.address for account in COUNCIL]
            types = ["address[]", "uint256"]
            world.decide(world.circuits, "setCouncil", types, members, chance.randint(1, 2))
        else:
            circuit = world.stub(chance.choice([1, 4, 5]), leak_bits=self.number)
            world.send(world.stranger, world.circuits, "propose", circuit.record)
            self.proposed.append(circuit.id)


def walked(world: World, steps: int, seed: int) -> History:
    """The contracts' walk, and then as many acts of a history."""
    circuits: Any = prepare(world)
    walk, history = Walk(world, circuits, seed), History(world, seed)
    for _ in range(steps):
        walk.step()
    for _ in range(steps):
        history.act()
    return history
