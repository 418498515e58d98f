"""What iden3's containers hold, by the bytes that they begin with: for errors about wrong files.

Nothing is imported, so that commands start at once.
"""

from __future__ import annotations

CONTAINERS = {
    b"r1cs": "a compiled circuit (.r1cs)",
    b"wtns": "a witness (.wtns)",
    b"zkey": "a proving key (.zkey)",
    b"ptau": "a powers-of-tau file (.ptau)",
}


def described(head: bytes) -> str | None:
    """What a file is that begins so: a container, JSON, or None for anything else."""
    if head[:4] in CONTAINERS:
        return CONTAINERS[head[:4]]
    return "JSON" if head.lstrip()[:1] in (b"{", b"[") else None
