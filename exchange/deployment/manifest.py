"""The manifest of an exchange: where its contracts are, and that they are its contracts.

The file is what people hand on to let others take part. Nothing in it is believed: the addresses
must follow from the deployer's, and `check` compares what lies on the chain with the contracts that
come with zkpipe, to the last byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from zkpipe.exchange.canonical import written
from zkpipe.exchange.deployment.chain_identity import HASH, genesis_of
from zkpipe.exchange.deployment.council import LEAST_KEY, Council
from zkpipe.exchange.deployment.expected_code import code_left_by
from zkpipe.exchange.deployment.layout import ORDER, addresses_from, creation_code
from zkpipe.exchange.errors import (
    CouncilError,
    NotDeployedError,
    OtherChainError,
    OtherCodeError,
    OtherCouncilError,
)
from zkpipe.exchange.words import keccak
from zkpipe.ground.errors import FormatError
from zkpipe.ground.files.reading import read_file
from zkpipe.ground.files.strict_json import Json, parse_json
from zkpipe.ground.files.writing import write_file
from zkpipe.ground.kinds import require, require_path
from zkpipe.verifier_contracts import Chain, Contract
from zkpipe.verifier_contracts.abi import ADDRESS, signature
from zkpipe.verifier_contracts.shipped.exchange import exchange_contracts
from zkpipe.verifier_contracts.transactions.terms import LARGEST_CHAIN_ID

FORMAT = "zkpipe exchange 1"
LARGEST = 1 << 20  # bytes of a file
DEPTH = 12  # blocks that a reorganisation is taken not to reach
MOST_DEPTH = 10_000
DIGEST = re.compile("[0-9a-f]{64}")
FIELDS = {"format", "chainId", "genesis", "block", "depth", "deployer", "council", "contracts"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """An exchange on a chain.

    chain_id   EIP-155
    genesis    hash of the chain's first block
    block      in which the first contract was created: no event is older
    depth      a block is final when so many lie on it
    deployer   the contract that created the others; their addresses follow from its own
    members    of the council that the exchange was deployed with, or that `renewed` found; in
               ascending order
    threshold  how many of them decide together
    codes      keccak256 of each contract's code, hexadecimal, by name
    """

    chain_id: int
    genesis: str
    block: int
    depth: int
    deployer: str
    members: tuple[str, ...]
    threshold: int
    codes: Mapping[str, str] = field(hash=False)

    @property
    def addresses(self) -> dict[str, str]:
        """The contracts' addresses by name, with checksums."""
        return addresses_from(self.deployer)

    def check(self, chain: Chain) -> None:
        """Compare everything with the chain.

        Raises OtherChainError on another chain, NotDeployedError if no code lies at an address,
        OtherCodeError if it is not the code that comes with zkpipe, OtherCouncilError if the
        council is another one now. NodeMissingError if the node does not answer.

        Cost: 13 requests to the node, and half a second.
        """
        self.check_contracts(chain)
        found = council_on(chain, self)
        if found == (self.members, self.threshold):
            return
        raise OtherCouncilError(
            "The council on the chain is not the one of the manifest.",
            "Ask the council whether it was replaced. If so, get the manifest that `zkpipe "
            "exchange manifest` writes from the home of one who has joined.",
            [f"on the chain: {found[1]} of {', '.join(found[0])}"],
        )

    def check_contracts(self, chain: Chain) -> None:
        """Compare all but the council with the chain; errors are those of `check`."""
        require("Manifest.check", "chain", chain, Chain, "Give what Chain.connect gives.")
        if (chain.chain_id, genesis_of(chain)) != (self.chain_id, self.genesis):
            raise OtherChainError(
                f"The manifest is of chain {self.chain_id} with the first block {self.genesis}; "
                f"{chain.place} serves chain {chain.chain_id} with another one.",
                "Give the URL of a node of the manifest's chain.",
            )
        for name, code in expected_codes(self.deployer, self.chain_id).items():
            check_code(chain, name, self.addresses[name], code)
            if self.codes[name] != keccak(code).hex():
                raise OtherCodeError(
                    f"The manifest's digest of {name} is not that of its code.",
                    "The manifest was changed: get it again from whoever deployed the exchange.",
                )

    def renewed(self, chain: Chain) -> Manifest:
        """The manifest with the council that there is now.

        Use it after the council told you that it was replaced. Raises as `check_contracts` does.
        """
        self.check_contracts(chain)
        members, threshold = council_on(chain, self)
        return replace(self, members=members, threshold=threshold)

    def contract(self, chain: Chain, name: str) -> Contract:
        """One of the contracts, to be called. It names the errors of the others, too.

        Call `check` first: nothing is compared here.
        """
        compiled = exchange_contracts()
        errors = {signature(e): e for c in compiled.values() for e in c.abi if e["type"] == "error"}
        abi = [entry for entry in compiled[name].abi if entry["type"] != "error"]
        return Contract(chain, self.addresses[name], [*abi, *errors.values()])

    def save(self, path: str | Path) -> None:
        """Write it as a file. Raises FileError."""
        write_file(require_path("Manifest.save", "path", path), self.to_bytes())

    def to_bytes(self) -> bytes:
        """The file: canonical JSON, so that one manifest has one text."""
        value: dict[str, Json] = {
            "format": FORMAT,
            "chainId": self.chain_id,
            "genesis": self.genesis,
            "block": self.block,
            "depth": self.depth,
            "deployer": self.deployer,
            "council": {"members": list(self.members), "threshold": self.threshold},
            "contracts": {
                name: {"address": address, "code": self.codes[name]}
                for name, address in self.addresses.items()
            },
        }
        return written(value)

    @classmethod
    def load(cls, path: str | Path) -> Manifest:
        """Read a file. Call `check` next. Raises FileError, FormatError if it is no manifest."""
        file = require_path("Manifest.load", "path", path)
        return cls.from_bytes(read_file(file, LARGEST), str(path))

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Manifest:
        """Of a file's content; `name` stands in the errors. Raises FormatError."""
        value = parse_json(data, name, limit=LARGEST)
        try:
            if isinstance(value, dict) and set(value) == FIELDS and value["format"] == FORMAT:
                manifest = _manifest(value)
                if manifest.to_bytes() == data:
                    return manifest
        except (LookupError, TypeError, ValueError, CouncilError):
            pass
        raise FormatError(
            f"{name} is not the manifest of an exchange, or was changed.",
            "Give the file that `zkpipe exchange deploy` wrote.",
        )


def _manifest(value: dict[str, Any]) -> Manifest:
    """Raises LookupError, TypeError, ValueError, CouncilError if a field is not of its form."""
    numbers = {"chainId": LARGEST_CHAIN_ID, "block": 1 << 63, "depth": MOST_DEPTH}
    for name, most in numbers.items():
        if type(value[name]) is not int or not 0 <= value[name] <= most:
            raise ValueError(name)
    codes = {name: value["contracts"][name]["code"] for name in ORDER}
    if not HASH.fullmatch(value["genesis"]) or not ADDRESS.fullmatch(value["deployer"]):
        raise ValueError("genesis, deployer")
    if not all(DIGEST.fullmatch(code) for code in codes.values()):
        raise ValueError("code")
    council = Council(**value["council"], auditor_key=LEAST_KEY)  # it checks them
    return Manifest(
        chain_id=value["chainId"],
        genesis=value["genesis"],
        block=value["block"],
        depth=value["depth"],
        deployer=value["deployer"],
        members=council.members,
        threshold=council.threshold,
        codes=codes,
    )


def expected_codes(deployer: str, chain_id: int) -> dict[str, bytes]:
    """The code of each contract on a chain, if this Deployer created it.

    The council is not in the code but in storage, so any will do here.
    """
    council = Council((deployer,), 1, LEAST_KEY)
    addresses, contracts = addresses_from(deployer), exchange_contracts()
    codes = {}
    for name in ORDER:
        creation = creation_code(contracts[name], addresses, council)
        codes[name] = code_left_by(creation, addresses[name], deployer, chain_id)
    return codes


def check_code(chain: Chain, name: str, address: str, expected: bytes) -> None:
    """Raises NotDeployedError or OtherCodeError unless this code lies at an address."""
    code = chain.code(address)
    if not code:
        raise NotDeployedError(
            f"No code lies at {address} on chain {chain.chain_id}, where {name} should be.",
            "Check that the node has all blocks. If a reorganisation undid the deployment, deploy "
            "again under another name.",
        )
    if code != expected:
        raise OtherCodeError(
            f"What lies at {address} on chain {chain.chain_id} is not {name} as this zkpipe has "
            "it.",
            "Use the version of zkpipe that the exchange was deployed with; do not use the "
            "exchange if that one says so, too.",
        )


def council_on(chain: Chain, manifest: Manifest) -> tuple[tuple[str, ...], int]:
    """The members, in ascending order and with checksums, and the threshold that there are now."""
    from eth_utils.address import to_checksum_address

    registry = manifest.contract(chain, "CircuitRegistry")
    members = {to_checksum_address(member) for member in registry.call("members")}
    return tuple(sorted(members, key=lambda text: int(text, 16))), int(registry.call("threshold"))
