"""The contracts on a chain: transactions, their events and errors, and the council's signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import rlp
from eth_abi import decode
from eth_utils import keccak, to_canonical_address, to_checksum_address

from tests.exchange.contracts.setting.chains import Anvil, Embedded, NodeError, Outcome
from tests.exchange.contracts.setting.values import AUDITOR, COUNCIL, FAR
from zkpipe.exchange.signatures import Action, gathered, what_of
from zkpipe.exchange.structs import Sigs
from zkpipe.verifier_contracts import CompiledContract, Settings, compile_sources
from zkpipe.verifier_contracts.abi import encoded, selector, type_of
from zkpipe.verifier_contracts.shipped.exchange import (
    compile_exchange,
    exchange_contracts,
    exchange_sources,
)

STUBS = Path(__file__).parents[1] / "solidity"
NAMES = (
    "Settlement",
    "IdentityRegistry",
    "CircuitRegistry",
    "CredentialRegistry",
    "DataCatalogue",
    "UsageGrants",
    "EvidenceLedger",
    "JobBoard",
)
ATTRIBUTES = (
    "settlement",
    "identities",
    "circuits",
    "credentials",
    "catalogue",
    "grants",
    "ledger",
    "board",
)
SOLIDITYS_OWN: tuple[dict[str, Any], ...] = (
    {"type": "error", "name": "Error", "inputs": [{"name": "reason", "type": "string"}]},
    {"type": "error", "name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]},
)


def compiled() -> dict[str, CompiledContract]:
    """All contracts of the sources that lie here, and the stubs.

    The package holds them compiled, and another test proves that it is of these sources. Only
    where the sources were changed are they compiled again, which takes most of a minute.
    """
    stubs = {path.name: path.read_text() for path in sorted(STUBS.glob("*.sol"))}
    shipped = exchange_contracts()
    given = shipped[NAMES[0]].standard_input["sources"]
    theirs = {name: file["content"] for name, file in given.items() if "/" not in name}
    ours = shipped if theirs == exchange_sources() else compile_exchange()
    return ours | compile_sources(stubs, Settings(1000))


class Refused(Exception):
    """A transaction that reverted: the error's name and arguments."""

    def __init__(self, error: tuple[Any, ...]) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True)
class Happening:
    """An event: its name, and its arguments by name."""

    name: str
    arguments: Mapping[str, Any]


class Placed:
    """A contract at an address."""

    def __init__(self, world: Deployed, compiled: CompiledContract, address: str) -> None:
        self.world, self.name, self.address = world, compiled.name, address
        self.functions = {e["name"]: e for e in compiled.abi if e["type"] == "function"}

    def data(self, function: str, *arguments: Any) -> str:
        entry = self.functions[function]
        given = [a.as_tuple if hasattr(a, "as_tuple") else a for a in arguments]
        return "0x" + (selector(entry) + encoded(function, entry["inputs"], given)).hex()

    def __call__(self, function: str, *arguments: Any) -> Any:
        """What a view says: a value, or a dict of several by name."""
        outputs = self.functions[function]["outputs"]
        answer = self.world.chain.call(self.address, self.data(function, *arguments))
        values = decode([type_of(output) for output in outputs], answer)
        if len(values) > 1:
            return {o["name"]: v for o, v in zip(outputs, values, strict=True)}
        if outputs[0]["type"] == "tuple":
            members = outputs[0]["components"]
            return {m["name"]: v for m, v in zip(members, values[0], strict=True)}
        return values[0]


class Deployed:
    """The contracts on a chain; attributes are the contracts, and accounts that take part."""

    def __init__(self, chain: Anvil | Embedded, code: Mapping[str, CompiledContract]) -> None:
        self.chain, self.code, self.id = chain, code, chain.chain_id
        (
            self.deployer,
            self.owner,
            self.prover,
            self.grantee,
            self.payee,
            self.stranger,
            self.buyer,
            self.issuer,
            self.other_board,
            self.holder,
        ) = map(to_checksum_address, chain.accounts[:10])
        abi = [entry for contract in code.values() for entry in contract.abi]
        self.errors = {selector(e): e for e in abi if e["type"] == "error"}
        self.errors |= {selector(e): e for e in SOLIDITYS_OWN}
        self.events = {topic(e): e for e in abi if e["type"] == "event"}
        self._deploy()

    def _deploy(self) -> None:
        poseidon_at = self.deploy("PoseidonT3").address
        at = {name: created(self.deployer, 1 + i) for i, name in enumerate(NAMES)}
        council = [account.address for account in COUNCIL]
        circuits, identities = at["CircuitRegistry"], at["IdentityRegistry"]
        grants, credentials = at["UsageGrants"], at["CredentialRegistry"]
        catalogue, ledger, settlement = at["DataCatalogue"], at["EvidenceLedger"], at["Settlement"]
        self.settlement = self.deploy("Settlement", circuits)
        self.identities = self.deploy("IdentityRegistry", catalogue)
        self.circuits = self.deploy("CircuitRegistry", council, 2, AUDITOR)
        self.credentials = self.deploy("CredentialRegistry", circuits)
        self.catalogue = self.deploy("DataCatalogue", circuits, identities, grants, credentials)
        self.grants = self.deploy("UsageGrants", circuits, catalogue)
        self.ledger = self.deploy("EvidenceLedger", grants, identities)
        self.board = self.deploy(
            "JobBoard",
            *(circuits, identities, credentials, catalogue, grants, ledger, settlement),
            poseidon_at,
        )
        self.all = [getattr(self, name) for name in ATTRIBUTES]
        assert [c.address for c in self.all] == [at[name] for name in NAMES]

    def deploy(self, name: str, *arguments: Any) -> Placed:
        code = self.code[name]
        wanted: Any = next((e["inputs"] for e in code.abi if e["type"] == "constructor"), ())
        data = code.bytecode + encoded(name, wanted, arguments).hex()
        outcome = self.chain.send(self.deployer, None, data)
        if not outcome.succeeded:
            raise Refused(self.error(outcome.data))
        assert outcome.created is not None
        return Placed(self, code, to_checksum_address(outcome.created))

    # ---- transactions

    def send(self, sender: str, to: Placed, function: str, *arguments: Any) -> list[Happening]:
        """Raises Refused."""
        outcome = self.outcome(sender, to, function, *arguments)
        if not outcome.succeeded:
            raise Refused(self.error(outcome.data))
        return [self.happening(log) for log in outcome.logs]

    def outcome(self, sender: str, to: Placed, function: str, *arguments: Any) -> Outcome:
        return self.chain.send(sender, to.address, to.data(function, *arguments))

    def refused(self, sender: str, to: Placed, function: str, *arguments: Any) -> tuple[Any, ...]:
        """The error of a transaction that is really sent, and changes nothing of any contract."""
        before = self.storage()
        outcome = self.outcome(sender, to, function, *arguments)
        assert not outcome.succeeded, f"{function} was accepted"
        assert self.storage() == before
        return self.error(outcome.data)

    def call_refused(self, to: Placed, function: str, *arguments: Any) -> tuple[Any, ...]:
        """The error of a call, without a transaction, at the time of the last block."""
        with pytest.raises(NodeError) as refused:
            self.chain.call(to.address, to.data(function, *arguments))
        return self.error(refused.value.data)

    def storage(self) -> list[str]:
        """What stands for all that the contracts keep."""
        if isinstance(self.chain, Embedded):
            return []
        return [self.chain.storage_root(contract.address) for contract in self.all]

    def error(self, data: bytes) -> tuple[Any, ...]:
        """(name, arguments...) of an error; addresses with checksums."""
        entry = self.errors[data[:4]]
        types = [type_of(i) for i in entry["inputs"]]
        return (entry["name"], *map(shown, types, decode(types, data[4:])))

    def happening(self, log: tuple[str, tuple[bytes, ...], bytes]) -> Happening:
        _, topics, data = log
        entry = self.events[topics[0]]
        inputs = entry["inputs"]
        indexed = iter(topics[1:])
        rest = iter(decode([type_of(i) for i in inputs if not i["indexed"]], data))
        arguments = {}
        for i in inputs:
            kind = type_of(i)
            value = decode([kind], next(indexed))[0] if i["indexed"] else next(rest)
            arguments[i["name"]] = shown(kind, value)
        return Happening(entry["name"], arguments)

    def wait(self, until: int) -> None:
        """Let the next transaction's block be of this second."""
        assert until > self.chain.time
        self.chain.time = until - 1

    @property
    def now(self) -> int:
        """The time of the last block; the next one's is a second later."""
        return self.chain.time

    # ---- the council

    def council(
        self, to: Placed, function: str, types: list[str], *values: Any, **other: Any
    ) -> Sigs:
        """Two members' signatures for a call; `other` changes the action that they sign."""
        action = Action(
            chain_id=self.id,
            contract=self.circuits.address,
            target=to.address,
            what=what_of(function, types, *values),
            nonce=self.circuits("nonce"),
            deadline=FAR,
        )
        action = replace(action, **other)
        return gathered(action, [action.signed_by(account) for account in COUNCIL[:2]])

    def decide(self, to: Placed, function: str, types: list[str], *values: Any) -> list[Happening]:
        sigs = self.council(to, function, types, *values)
        return self.send(self.stranger, to, function, *values, sigs)


def created(sender: str, nonce: int) -> str:
    """The address of the contract that an account's transaction creates."""
    return to_checksum_address(keccak(rlp.encode([to_canonical_address(sender), nonce]))[12:])


def topic(event: Mapping[str, Any]) -> bytes:
    types = ",".join(map(type_of, event["inputs"]))
    return keccak(f"{event['name']}({types})".encode())


def shown(kind: str, value: Any) -> Any:
    if kind == "address":
        return to_checksum_address(value)
    return tuple(map(to_checksum_address, value)) if kind == "address[]" else value
