"""A bundle changed by whoever can write a new listing for it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import rlp


def relist(path: Path, **other: Any) -> None:
    """Write the listing anew, as its format says, for the files that are there."""
    old = json.loads((path / "bundle.json").read_text())
    old.update(other)
    names = sorted(
        str(file.relative_to(path))
        for file in path.rglob("*")
        if file.is_file() and file.name != "bundle.json"
    )
    files = []
    for name in names:
        data = (path / name).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        files.append(f'{{"name":"{name}","sha256":"{digest}","size":{len(data)}}}')
    head = (
        f'{{"evidence":"{old["evidence"]}","format":"{old["format"]}",\n'
        f'"anchor":"{old["anchor"]}","block":{old["block"]},\n"files":[\n'
        + ",\n".join(files)
        + "\n],\n"
    )
    digest = hashlib.sha256(head.encode()).hexdigest()
    (path / "bundle.json").write_text(f'{head}"sha256":"{digest}"}}\n')


def lists(file: Path) -> list[Any]:
    """What a file of RLP holds."""
    return list(rlp.decode(file.read_bytes()))


def store(file: Path, items: Any) -> None:
    file.write_bytes(rlp.encode(items))
