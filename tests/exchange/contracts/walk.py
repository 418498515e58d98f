"""A random walk over the contracts, beside the model: each act must end as the model says."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

from eth_account import Account

from tests.exchange.contracts import model
from tests.exchange.contracts.model import LIMIT, POINTS, Model, State
from tests.exchange.contracts.world import (
    APPROVERS,
    FAR,
    OPENING,
    RESULTS,
    Circuit,
    Placed,
    R,
    Refused,
    World,
)
from zkpipe.exchange.signatures import Action, gathered
from zkpipe.exchange.structs import JobSpec, Scheme, Terms

BUYER = Account.from_key(b"\x22" * 32)
SCHEMES = [Scheme(lender="0x" + "44" * 20, doc=bytes([i]) * 32).word for i in (1, 2)]
NONE = bytes(32)
TAKES_ALL = 1


def prepare(world: World) -> dict[int, Circuit]:
    """What all walks begin with: circuits that take every proof, a buyer, points, a budget."""
    world.chain.ask("anvil_setBalance", BUYER.address, hex(10**22))
    world.chain.ask("anvil_impersonateAccount", BUYER.address)
    circuits = {**world.circuits_by_kind, 6: world.listed(6, floor_safe=True, leak_bits=7)}
    for circuit in circuits.values():
        world.send(world.stranger, circuit.verifier, "setMode", TAKES_ALL)
    world.decide(world.settlement, "issue", ["address", "uint128"], world.grantee, POINTS - 1000)
    world.send(world.grantee, world.settlement, "allow", world.board.address, POINTS)
    world.lineage = world.registered(world.policy(limit_bits=LIMIT), 5)
    for kind in (4, 5, 6):
        arguments = (world.lineage, circuits[kind].id, True)
        world.send(world.owner, world.catalogue, "allow", *arguments)
    world.decide(world.grants, "setBoard", ["address", "bool"], world.other_board, True)
    segments = [world.segment(100 + i).as_tuple for i in (0, 1)]
    world.send(world.owner, world.catalogue, "publish", world.lineage, segments, [], NONE)
    return circuits


class Walk:
    """One walk. `ends` counts the states that grants and jobs ended in."""

    def __init__(self, world: World, circuits: dict[int, Circuit], seed: int) -> None:
        self.world, self.rng = world, random.Random(seed)  # noqa: S311 # a walk to walk again
        self.ids = {kind: circuit.id for kind, circuit in circuits.items()}
        boards = {world.board.address, world.other_board}
        state = State(
            owner=world.owner,
            provers={world.prover},
            balance={world.grantee: POINTS, world.payee: 0, world.owner: 0},
            allowance=POINTS,
            is_board=set(boards),
            was_board=set(boards),
            segments={(100 + i).to_bytes(32, "big"): [1, 0] for i in (0, 1)},
            allowed={self.ids[kind] for kind in (4, 5, 6)},
        )
        kinds = {
            circuit.id: model.Kind(kind, circuit.record.leak_bits, circuit.record.floor_safe)
            for kind, circuit in circuits.items()
        }
        self.model = Model(state, kinds, world.board.address, world.lineage)
        self.grants: dict[bytes, Terms] = {}
        self.jobs: dict[bytes, tuple[bytes, JobSpec]] = {}
        self.steps: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.seen: dict[Any, int] = {}

    # ---- one act on both sides

    def both(
        self, act: str, sender: str, to: Placed, function: str, call: tuple[Any, ...], *told: Any
    ) -> bool:
        """Send a call, and do the act in the model at the call's time."""
        wanted = self.model.act(act, sender, *told, now=self.world.now + 1)
        return self.compare(act, wanted, sender, to, function, *call)

    def compare(self, act: str, wanted: Any, sender: str, to: Placed, *call: Any) -> bool:
        error = None
        try:
            self.world.send(sender, to, *call)
        except Refused as refused:
            error = refused.error
        assert error == wanted, act
        if error is not None:
            self.refusals[error[0]] += 1
        self.steps[act] += error is None
        return error is None

    def step(self) -> None:
        acts, weights = zip(*ACTS, strict=True)
        self.rng.choices(acts, weights)[0](self)

    # ---- acts on grants

    def some(self, of: Iterable[bytes], state: int = 0) -> bytes | None:
        """Mostly one that is in the state in which the act does something."""
        found = {**self.model.state.grants, **self.model.state.jobs}
        everything = list(of)
        keys = [key for key in everything if found[key].state == state]
        if not keys or self.rng.random() < 0.2:
            keys = everything
        return self.rng.choice(keys) if keys else None

    def request(self) -> None:
        rng, world = self.rng, self.world
        kind = rng.choice([4] * 14 + [6] * 4 + [5, 1])
        own = kind == 6 or rng.random() < 0.1
        terms = Terms(
            board=world.other_board if own else world.board.address,
            grantee=world.grantee,
            payee=rng.choice([world.payee, world.owner, world.grantee]),
            lineage=world.lineage,
            circuit=self.ids[kind],
            param=rng.choice(SCHEMES) if (kind == 6) != (rng.random() < 0.05) else 0,
            salt=len(self.grants),
            price=rng.choice([0, 7, 100, 900]),
            expiry=world.now + rng.randint(20, 900),
            version=rng.choice([0] * 6 + [1, self.model.state.head, self.model.state.head + 1]),
            max_uses=rng.choice([0, 1, 1, 1, 2, 2, 3, 30]),
        )
        grant = terms.grant(world.id, world.grants.address)
        sender = rng.choice([world.grantee] * 9 + [world.stranger])
        if self.both("request", sender, world.grants, "request", (terms,), grant, terms):
            self.grants[grant] = terms

    def listed(self) -> tuple[str, list[str], int, list[Any]]:
        """A list of approvers, mostly the right one; who can sign of it."""
        right = "policy" if self.model.state.owner == self.model.set_by else "owner"
        given = self.rng.choice([right] * 9 + ["policy", "owner"])
        if given == "policy":
            return given, self.world.approvers, 2, APPROVERS
        signers = [BUYER] if self.model.state.owner == BUYER.address else []
        return given, [self.model.state.owner], 1, signers

    def approve(self) -> None:
        grant = self.some(self.grants, model.APPLIED)
        if grant is None:
            return
        world, terms = self.world, self.grants[grant]
        given, members, m, accounts = self.listed()
        signing = accounts[: self.rng.choice([m] * 9 + [m - 1])]
        action = Action(
            chain_id=world.id,
            contract=world.grants.address,
            target=world.grants.address,
            what=grant,
            deadline=FAR,
        )
        sigs = gathered(action, [action.signed_by(account) for account in signing])
        call = (terms, members, m, sigs)
        told = (grant, terms, given, len(signing))
        self.both("approve", world.stranger, world.grants, "approve", call, *told)

    def revoke(self) -> None:
        grant = self.some(self.grants, model.ACTIVE)
        if grant is None:
            return
        world, terms = self.world, self.grants[grant]
        given, members, m, _ = self.listed()
        sender = self.rng.choice([self.model.state.owner, world.stranger, world.grantee])
        told = (grant, terms, given, sender in members)
        self.both("revoke", sender, world.grants, "revoke", (terms, members, m), *told)

    def close(self) -> None:
        grant = self.some(self.grants)
        if grant is not None:
            self.close_one(grant)

    def close_one(self, grant: bytes) -> None:
        world, terms = self.world, self.grants[grant]
        told = (grant, terms)
        self.both("close", world.stranger, world.grants, "close", (terms,), *told)

    def ticket(self) -> None:
        """The other board takes, uses or drops."""
        world = self.world
        own = {g: t for g, t in self.grants.items() if t.board == world.other_board}
        grant = self.some(own, model.ACTIVE)
        if grant is None:
            return
        terms, rng = own[grant], self.rng
        sender = rng.choice([world.other_board] * 15 + [world.stranger])
        act = rng.choice(["take", "use", "use", "drop"])
        g = self.model.state.grants[grant]
        last = rng.choice([g.next - 1] * 8 + [g.next, 0])
        rest = () if act == "take" else (last,)
        self.both(act, sender, world.grants, act, (terms, *rest), grant, terms, *rest)

    # ---- acts on jobs

    def open(self) -> None:
        world, rng = self.world, self.rng
        board, anywhere = world.board.address, rng.random() < 0.1
        here = [g for g, terms in self.grants.items() if anywhere or terms.board == board]
        grant = self.some(here, model.ACTIVE)
        if grant is None:
            return
        terms, now, other = self.grants[grant], world.now, world.stranger
        prove_by = now + rng.randint(5, 200)
        roots = [*self.model.state.segments, b"\x77" * 32]
        spec = world.spec(
            terms,
            nonce=len(self.jobs) if rng.random() < 0.95 else 0,
            submitter=rng.choice(
                [world.prover] * 12 + [world.owner, BUYER.address, world.stranger]
            ),
            root=rng.choice(roots + roots[:-1] * 8),
            prove_by=prove_by,
            deliver_by=prove_by + rng.randint(0, 120),
        )
        job = world.job(spec)
        sender = rng.choice([world.grantee] * 15 + [world.stranger])
        told = (job, grant, spec)
        if self.both("open", sender, world.board, "open", (spec, Scheme()), *told):
            self.jobs[job] = (grant, spec)

    def submit(self) -> None:
        job = self.some(self.jobs, model.OPEN)
        if job is None:
            return
        world, (grant, spec) = self.world, self.jobs[job]
        step = spec.steps[0]
        sender = self.rng.choice([step.submitter] * 9 + [world.stranger])
        root = step.root if self.rng.random() < 0.95 else b"\x76" * 32
        call = world.submission(spec, root=root)
        self.both("submit", sender, world.board, "submit", call, job, grant, spec, root)

    def deliver(self) -> None:
        job = self.some(self.jobs, model.PROVED)
        if job is None:
            return
        world, (_, spec) = self.world, self.jobs[job]
        w0, w1 = OPENING
        opens = self.rng.random() < 0.8
        opening = OPENING if opens else self.rng.choice([(w0 + R, w1), (w1, w0), (w0, 0)])
        call = (spec, 0, RESULTS, *opening)
        self.both("deliver", world.stranger, world.board, "deliver", call, job, spec, opens)

    def expire(self) -> None:
        job = self.some(self.jobs)
        if job is not None:
            self.expire_one(job)

    def expire_one(self, job: bytes) -> None:
        world, (grant, spec) = self.world, self.jobs[job]
        self.both("expire", world.stranger, world.board, "expire", (spec,), job, grant, spec)

    # ---- what goes on around them

    def wait(self) -> None:
        self.world.chain.time += self.rng.choice([1, 5, 20, 60, 200])

    def publish(self) -> None:
        world, rng = self.world, self.rng
        sender = rng.choice([self.model.state.owner] * 3 + [world.stranger])
        root = rng.choice([*self.model.state.segments, b"\x77" * 32])
        if rng.random() < 0.2:
            call = (world.lineage, [], [root], NONE)
            self.both("withdraw", sender, world.catalogue, "publish", call, root)
            return
        number = 100 + rng.randint(0, len(self.model.state.segments))
        segment = world.segment(number)
        call = (world.lineage, [segment.as_tuple], [], NONE)
        self.both("add", sender, world.catalogue, "publish", call, segment.root)

    def allow(self) -> None:
        world = self.world
        circuit, on = self.ids[self.rng.choice([4, 6])], self.rng.random() < 0.7
        call = (world.lineage, circuit, on)
        owner = self.model.state.owner
        self.both("allow", owner, world.catalogue, "allow", call, circuit, on)

    def sell(self) -> None:
        world, owner = self.world, self.model.state.owner
        if owner == world.owner and self.rng.random() < 0.7:
            return  # provers are the first owner's
        to = world.owner if owner == BUYER.address else BUYER.address
        sender = self.rng.choice([owner, owner, world.stranger])
        call = ("0x" + world.lineage[12:].hex(), to)
        self.both("sell", sender, world.identities, "changeOwner", call, to)

    def set_board(self) -> None:
        world = self.world
        board = self.rng.choice([world.board.address, world.other_board])
        on = self.rng.random() < 0.8
        world.decide(world.grants, "setBoard", ["address", "bool"], board, on)
        assert self.model.act("set_board", board, on, now=world.now) is None

    def end_lineage(self) -> None:
        """Rarely: little is left to do after it."""
        if self.rng.random() < 0.1:
            world, owner = self.world, self.model.state.owner
            to = self.rng.choice([21, 22, 22, 23, 24])
            call = (world.lineage, to)
            self.both("set_state", owner, world.catalogue, "setState", call, to)

    # ---- what must hold

    def check(self) -> None:
        """The contracts' views are the model's state, and the invariants hold of them."""
        world, state = self.world, self.model.state
        lineage = world.catalogue("lineage", world.lineage)
        assert (lineage["held"], lineage["spent"]) == (state.held, state.spent)
        assert (lineage["head"], lineage["state"]) == (state.head, state.lineage)
        assert lineage["held"] + lineage["spent"] <= LIMIT  # 4
        held = spent = escrows = 0
        for grant, terms in self.grants.items():
            g, ours = world.grants("grant", grant), state.grants[grant]
            assert list(g.values()) == [ours.state, ours.used, ours.open, ours.next, ours.leak]
            assert g["used"] + g["open"] <= terms.max_uses  # 2
            spent += g["used"] * g["leakBits"]
            if g["state"] != model.CLOSED:
                held += (terms.max_uses - g["used"]) * g["leakBits"]
            self.only_rises((grant, "state"), g["state"])  # 6
            self.only_rises((grant, "used"), g["used"])  # 5
        assert (held, spent) == (lineage["held"], lineage["spent"])  # 3, 4
        for job, (_, spec) in self.jobs.items():
            j, price = world.board("jobs", job), spec.steps[0].terms.price
            assert j["state"] == state.jobs[job].state
            left = world.settlement("escrow", world.board.address, job)["left"]
            assert left == (price if j["state"] in (model.OPEN, model.PROVED) else 0)  # 7, 8
            escrows += left
            self.only_rises((job, "state"), j["state"])  # 6
        balances = {who: world.settlement("balance", who) for who in state.balance}
        assert balances == state.balance
        assert sum(balances.values()) + escrows == world.settlement("issued") == POINTS  # 1
        for who, points in state.earned.items():
            assert world.settlement("earned", world.board.address, who) == points
            self.only_rises((who, "earned"), points)  # 5
        self.only_rises("spent", lineage["spent"])  # 5
        for root, (added, withdrawn) in state.segments.items():  # 9
            found = world.catalogue("segment", root)
            assert (found["added"], found["withdrawn"]) == (added, withdrawn)
        asset = "0x" + world.lineage[12:].hex()
        assert world.ledger("head", asset)["seq"] == state.entries  # 10

    def only_rises(self, what: Any, value: int) -> None:
        assert value >= self.seen.get(what, 0), what
        self.seen[what] = value

    def finish(self) -> set[str]:
        """After all deadlines everything ends, and nothing is held; the ends that were reached."""
        self.check()
        live = self.model.state.grants
        ends = {"grant revoked"} if self.steps["revoke"] else set()
        if any(0 < t.max_uses == live[g].used for g, t in self.grants.items()):
            ends.add("grant exhausted")
        self.world.chain.time += 2000
        for job in self.jobs:
            self.expire_one(job)
        drops = [(g, t) for g, t in self.grants.items() if t.board == self.world.other_board]
        for grant, terms in drops:
            while (g := self.model.state.grants[grant]).open:
                told = (grant, terms, g.next - 1)
                call = (terms, g.next - 1)
                board = self.world.other_board
                assert self.both("drop", board, self.world.grants, "drop", call, *told)
        for grant in self.grants:
            self.close_one(grant)
        self.check()
        assert self.model.state.held == 0  # 12
        assert not any(self.model.state.escrow.values())  # 12
        assert all(g.state == model.CLOSED for g in self.model.state.grants.values())
        names = {model.JOB_CLOSED: "job closed", model.VOID: "job void", model.FAILED: "job failed"}
        return ends | {names[j.state] for j in self.model.state.jobs.values()}


ACTS = [
    (Walk.request, 8),
    (Walk.approve, 12),
    (Walk.revoke, 1),
    (Walk.close, 4),
    (Walk.ticket, 10),
    (Walk.open, 16),
    (Walk.submit, 16),
    (Walk.deliver, 12),
    (Walk.expire, 6),
    (Walk.wait, 2),
    (Walk.publish, 3),
    (Walk.allow, 0.5),
    (Walk.sell, 1),
    (Walk.set_board, 0.5),
    (Walk.end_lineage, 0.3),
]
