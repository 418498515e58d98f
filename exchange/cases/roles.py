"""Roles of a case: what council, owner, developer and auditor each do, from a home of their own.

A role's steps take and give plain JSON: what the parties would write to each other. Ids and roots
are 0x and hexadecimal. What a step does not give, such as rows, answers that others paid for, and
keys, stays in the role's folder.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from zkpipe.exchange.cases.parties import Facts
from zkpipe.exchange.clients.circuits import Circuits, source_of
from zkpipe.exchange.clients.circuits.checking import Checked, check
from zkpipe.exchange.clients.circuits.proposing import propose
from zkpipe.exchange.clients.facts import id_in
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.clients.view import join
from zkpipe.exchange.deployment import Manifest
from zkpipe.exchange.home import Home
from zkpipe.ground.closing import Closing
from zkpipe.ground.files.reading import read_file
from zkpipe.ground.files.writing import write_file
from zkpipe.prover import DEVELOPMENT, setup
from zkpipe.verifier_contracts import Chain, Receipt

Connect = Callable[[Home], Chain]
PASSWORD_SIZE = 24  # random bytes
KEYS = "keys"


class Role(Closing):
    """Somebody with a home in a folder, which is made if it is not there.

    connect  gives the chain, to sign with the account of a home
    """

    steps: ClassVar[tuple[str, ...]] = ("account", "join")

    def __init__(self, folder: Path, connect: Connect) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self.home = _home(folder)
        self.chain = connect(self.home)
        self._session: Session | None = None

    def close(self) -> None:
        """Close the session and the home."""
        if self._session is not None:
            self._session.close()
        self.home.close()

    @property
    def session(self) -> Session:
        """The session, from the first use after `join` on."""
        if self._session is None:
            self._session = Session(self.home, self.chain)
        return self._session

    @cached_property
    def circuits(self) -> Circuits:
        """The circuits that this home has checked."""
        return Circuits(self.home)

    # Steps.

    def account(self) -> Facts:
        """The address to pay to and to name in terms."""
        return {"account": self.home.address, "seal_key": str(self.home.public.seal.y)}

    def join(self, manifest: str) -> Facts:
        """Compare the contracts with the chain, and keep the manifest."""
        made = Manifest.from_bytes(manifest.encode(), "The manifest")
        join(self.home.documents, made, self.chain, self.home.path)
        return {"account": self.home.address}


class Checker(Role):
    """A role that reads circuits of others."""

    steps = (*Role.steps, "check")

    def check(self, circuit: str, key: str, name: str) -> Facts:
        """Read a circuit: compile it, prove it sound, and keep it with its key."""
        started = time.perf_counter()
        checked = check(source_of(circuit), Path(key))
        self.circuits.keep(checked)
        self.circuits.adopt(self.session.latest)
        return {
            **facts_of(checked, name),
            "seconds": {"check": time.perf_counter() - started},
        }


class Proposer(Checker):
    """A role that proposes circuits, too."""

    steps = (*Checker.steps, "propose")

    def propose(self, circuit: str, name: str) -> Facts:
        """Make a development key for a circuit, check both, and propose them.

        circuit  register, stats:SCHEMA.json:COLUMN or FILE.py
        name     of the key's file
        """
        started = time.perf_counter()
        source = source_of(circuit)
        folder = self.folder / KEYS
        folder.mkdir(mode=0o700, exist_ok=True)
        key = folder / f"{name}.zkey"
        if not key.exists():
            setup(source.template().circuit.trace(), DEVELOPMENT).save(key)
        made = time.perf_counter()
        checked = check(source, key)
        checked.require_fine()
        record = propose(self.session, self.circuits, checked)
        return {
            **facts_of(checked, name),
            "circuit": hexadecimal(record.circuit),
            "verifier": record.verifier,
            "key": str(key),
            "source": circuit,
            "seconds": {"key": made - started, "check": time.perf_counter() - made},
        }


def facts_of(checked: Checked, name: str) -> Facts:
    """What everybody may know of a circuit that was checked."""
    record = checked.template.record
    return {
        "name": name,
        "kind": record.kind,
        "constraints": checked.system.constraint_count,
        "leak_bits": record.leak_bits,
        "floor_safe": record.floor_safe,
        "development": checked.development,
        "columns": list(checked.columns),
    }


def gas_of(receipt: Receipt | None) -> int:
    """The gas of a transaction; 0 if none was needed."""
    return 0 if receipt is None else receipt.gas_used


def hexadecimal(data: bytes) -> str:
    """An id as parties write it."""
    return "0x" + data.hex()


def an_id(text: str) -> bytes:
    """An id that another party wrote."""
    return id_in(text)


def _home(folder: Path) -> Home:
    """The home in a folder, with a random password beside it, for its owner alone."""
    place, file = folder / "home", folder / "password"
    if not file.exists():
        write_file(file, secrets.token_urlsafe(PASSWORD_SIZE).encode(), secret=True)
    password = read_file(file, 1 << 10)
    if os.path.lexists(place):
        return Home.open(place, password)
    return Home.create(place, password)
