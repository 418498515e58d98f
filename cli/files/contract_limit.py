"""How many public values a contract can check, told before a key is made for more."""

from __future__ import annotations


def warn_of_public_values(name: str, count: int) -> None:
    """Warn of a circuit, or of its key, with more public values than a contract can hold."""
    from zkpipe.ground.errors import ZkpipeWarning
    from zkpipe.verifier_contracts.solidity.generator import MOST_PUBLIC_VALUES

    if count > MOST_PUBLIC_VALUES:
        ZkpipeWarning(
            "no-contract",
            f"{name} has {count:,} public values; a verifier contract holds at most "
            f"{MOST_PUBLIC_VALUES}. Its proofs are verified in Python only.",
            "To verify them on a chain, make one hash of the values public, and the values "
            "themselves private.",
        ).report()
