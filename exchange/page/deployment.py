"""Which exchange a page is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zkpipe.exchange.deployment.manifest import Manifest
from zkpipe.verifier_contracts import Chain, Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Where an exchange is.

    chain_id   EIP-155
    genesis    hash of the chain's first block
    depth      a block is final when so many lie on it
    addresses  of the contracts, by name
    circuits   CircuitRegistry, which is asked about proofs whose key is not here
    """

    chain_id: int
    genesis: str
    depth: int
    addresses: Mapping[str, str]
    circuits: Contract

    @classmethod
    def of(cls, manifest: Manifest, chain: Chain) -> Deployment:
        """Of a manifest. It is to be checked before."""
        return cls(
            chain_id=manifest.chain_id,
            genesis=manifest.genesis,
            depth=manifest.depth,
            addresses=manifest.addresses,
            circuits=manifest.contract(chain, "CircuitRegistry"),
        )
