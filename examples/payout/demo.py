"""A payment to each person on a list, on a chain in this process.

    python examples/payout/demo.py

It plays everybody: the sponsor, those who claim, and those who try to take what is not theirs.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from payout import claim, commitment_of, list_of, new_secret, number_of

from zkpipe import DEVELOPMENT, ConstraintSystem, ProvingKey, ZkpipeError, prove, setup
from zkpipe.accel.bn254 import R
from zkpipe.circuits.gadgets import MerkleTree
from zkpipe.verifier_contracts import Chain, Contract, calldata, compile_solidity, solidity_verifier
from zkpipe.verifier_contracts.errors import RevertError

FOLDER = Path(__file__).resolve().parent
NAMES = ("Ada", "Ben", "Chidi")
PAYMENT = 10**15  # wei, to each
FAR = 1 << 40  # seconds since 1970


@dataclass(frozen=True, slots=True)
class Claim:
    """What is sent to the contract: the arguments of its function `claim`."""

    proof: tuple[Any, ...]
    nullifier: int
    recipient: str

    @property
    def arguments(self) -> tuple[Any, ...]:
        """All of them, in their order."""
        return (*self.proof, self.nullifier, self.recipient)


@dataclass(frozen=True, slots=True)
class Counter:
    """What everybody has who claims: the circuit, its key, the list."""

    system: ConstraintSystem
    key: ProvingKey
    tree: MerkleTree

    def claim(self, place: int, secret: int, contract: Contract, recipient: str) -> Claim:
        """Prove a claim. Raises UnsatisfiedError if the secret is not of that place."""
        path = self.tree.path(place)
        witness = self.system.solve(
            root=self.tree.root,
            contract=number_of(contract.chain.chain_id, contract.address),
            recipient=int(recipient, 16),
            secret=secret,
            siblings=path.siblings,
            index=path.index_bits,
        )
        proof = calldata(prove(self.key, witness), witness.public)[:3]
        return Claim(proof, witness.public[0], recipient)


def main() -> None:
    """Set up, claim, try to cheat."""
    began = time.perf_counter()
    secrets = [new_secret() for _ in NAMES]
    tree = list_of([commitment_of(secret) for secret in secrets])
    print(f"{len(NAMES)} people draw a secret each. The list is a tree of their hashes.")
    system = claim.compile()
    counter = Counter(system, setup(system, DEVELOPMENT), tree)
    print(f"The circuit has {system.constraint_count:,} constraints. The keys are for development.")
    chain = Chain.embedded()
    contract, another = deploy(counter, chain), deploy(counter, chain)
    ada, ben, thief = (fresh_account(number) for number in (1, 2, 3))

    first = counter.claim(0, secrets[0], contract, ada)
    gas = contract.transact("claim", *first.arguments).gas_used
    print(f"\nAda claims. Her new account has {balance(chain, ada)} wei.")
    seen = counter.claim(1, secrets[1], contract, ben)
    stolen = Claim(seen.proof, seen.nullifier, thief)
    refused("A thief sees Ben's claim, and sends it for an account of their own", contract, stolen)
    contract.transact("claim", *seen.arguments)
    print(f"The thief sends it as it is: Ben's account has {balance(chain, ben)} wei.")
    again = counter.claim(0, secrets[0], contract, thief)
    refused("Ada claims again, for another account", contract, again)
    alias = Claim(first.proof, first.nullifier + R, ada)
    refused("Ada adds r to the nullifier", contract, alias)
    refused("Somebody sends Ada's claim to another contract", another, first)
    print(f"\na claim on the chain: {gas:,} gas")
    print(f"all of this: {time.perf_counter() - began:.0f} s")


def deploy(counter: Counter, chain: Chain) -> Contract:
    """Deploy a verifier and a payout with money for everybody."""
    source = solidity_verifier(counter.key.verifying_key, "ClaimVerifier")
    verifier = chain.deploy(compile_solidity(source), "ClaimVerifier")
    compiled = compile_solidity((FOLDER / "Payout.sol").read_text(encoding="utf-8"))
    given = (verifier.address, counter.tree.root, PAYMENT, FAR)
    contract = chain.deploy(compiled, "Payout", *given)
    chain.transact({"to": contract.address, "value": len(NAMES) * PAYMENT})
    return contract


def fresh_account(number: int) -> str:
    """An account that nobody has used."""
    return f"0x{0xC0FFEE00 + number:040x}"


def balance(chain: Chain, address: str) -> int:
    """The wei of an account."""
    return int(chain.web3.eth.get_balance(chain.web3.to_checksum_address(address)))


def refused(what: str, contract: Contract, made: Claim) -> None:
    """Ask what becomes of a claim that the contract must refuse."""
    try:
        contract.call("claim", *made.arguments)
    except RevertError as error:
        print(f"{what}: refused, {error.name}.")
    else:
        sys.exit(f"{what}: accepted, which is wrong.")


if __name__ == "__main__":
    try:
        main()
    except ZkpipeError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_status)
