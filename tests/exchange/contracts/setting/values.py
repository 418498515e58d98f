"""Values that tests of the exchange's contracts share."""

from __future__ import annotations

from eth_account import Account
from eth_utils import keccak

from zkpipe.circuits.gadgets import poseidon

DAY = 86400
FAR = 1 << 40  # seconds since 1970: longer than any test
R = 21888242871839275222246405745257275088548364400416034343698204186575808495617
PROVER = b"zkpipe/prover".ljust(32, b"\0")
LEDGER = b"zkpipe/ledger".ljust(32, b"\0")
SCHEMA = keccak(b"a schema")
AUDITOR, RECIPIENT = 7001, 7002
PROOF = (1, 2, 3, 4, 5, 6, 7, 8)
OPENING = (51, 52)
RESULTS = (poseidon(list(OPENING)), 61, 62)
COUNCIL = [Account.from_key(bytes([1] * 31 + [i])) for i in (1, 2, 3)]
APPROVERS = [Account.from_key(bytes([2] * 31 + [i])) for i in (1, 2, 3)]
WORDS = {1: (2, 3), 2: (2, 5), 3: (1, 7), 4: (3, 6), 5: (3, 6), 6: (3, 8), 7: (4, 6), 8: (3, 6)}
