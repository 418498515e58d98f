"""Verifying keys and circuits' sources in a bundle: files that count by their digest alone.

The file of a key is snarkjs' JSON, in the one form that its points have, without names of its
public values: these bind nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from zkpipe.exchange.clients.circuits.public import Held, key_file
from zkpipe.exchange.errors import BundleError
from zkpipe.exchange.evidence.chain.encoding import AGAIN
from zkpipe.exchange.evidence.folder import KEYS, SOURCES, Folder
from zkpipe.exchange.evidence.proofs import by_digest
from zkpipe.exchange.index.rows import Row
from zkpipe.ground.errors import ZkpipeError
from zkpipe.prover import VerifyingKey


def keys_in(folder: Folder, circuits: Sequence[Row]) -> list[VerifyingKey]:
    """The verifying keys, each named by its digest, which a circuit's Record has.

    Raises BundleError, with the place, for another file.
    """
    registered = {(row["key_digest"][2:], bool(row["development"])) for row in circuits}
    keys = []
    for name in folder.names(KEYS):
        try:
            data = folder.read(name)
            key = VerifyingKey.load(Held(name, data))
        except BundleError:
            raise
        except ZkpipeError as error:
            raise BundleError(name, error.problem, AGAIN) from error
        ((digest, _),) = by_digest([key]).items()
        is_named = f"{KEYS}/{digest.hex()}.json" == name and key_file(key) == data
        if not is_named or (digest.hex(), key.development) not in registered:
            raise BundleError(name, "it is not the key of a circuit in the registry.", AGAIN)
        keys.append(key)
    return keys


def sources_in(folder: Folder, circuits: Sequence[Row]) -> int:
    """How many sources there are, each named by its SHA-256, which a circuit's Record has."""
    registered = {row["source_hash"][2:] for row in circuits}
    for name in folder.names(SOURCES):
        digest = hashlib.sha256(folder.read(name)).hexdigest()
        if f"{SOURCES}/{digest}.txt" != name or digest not in registered:
            raise BundleError(name, "it is not the source of a circuit in the registry.", AGAIN)
    return len(folder.names(SOURCES))
