"""Ether for an account, of a node that has unlocked some."""

from __future__ import annotations

from zkpipe.verifier_contracts import Chain


def fund(url: str, address: str) -> None:
    Chain.connect(url).transact({"to": address, "value": 10**20})
