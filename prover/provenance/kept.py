"""What this user has verified, kept in their own state folder and never beside a key.

    keys/SHA256.json   a key that is from a ceremony; the name is the SHA-256 of its file
    ptau/SHA256.json   a file of the powers of tau whose transcript holds

A record that came with a key would prove nothing, so a key is looked up by what it is. The files
have mode 0600 in folders of mode 0700. What somebody else could have written there, or what is not
of our form, is not believed: a warning says so, and what it was kept of counts as unverified.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from zkpipe.ground.errors import FormatError, ZkpipeWarning
from zkpipe.ground.files.own_folders import read_own, remove_own, state_folder, write_own
from zkpipe.ground.files.reading import FileError
from zkpipe.ground.files.strict_json import Json, json_bytes, parse_json
from zkpipe.ground.quick_dataclass import dataclass

KEY_FORMAT = "zkpipe verified key 1"
PTAU_FORMAT = "zkpipe verified ptau 1"
LIMIT = 1 << 16  # bytes of a record
MOST_RECORDS = 1 << 14  # that are looked through for a digest
SHA256 = "[0-9a-f]{64}"
HASH = "[0-9a-f]{128}"
DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
_COUNTS = "What it was kept of counts as unverified."
_AGAIN = "Remove it, and verify again: `zkpipe key verify`, or `zkpipe ptau verify`."


@dataclass(frozen=True, slots=True)
class KeptKey:
    """That a key is from a ceremony; all digests in hexadecimal.

    key           SHA-256 of its file
    key_digest    of its verifying key: KEY_DIGEST of a contract
    circuit       ConstraintSystem.digest
    powers        SHA-256 of the .ptau; empty for a public one, which is known by another digest
    phase1        hashes of contributions that were in the user's list; empty for a public file
    phase2        the same of the key
    date          of the verification, UTC
    """

    key: str
    key_digest: str
    circuit: str
    powers: str
    phase1: tuple[str, ...]
    phase2: tuple[str, ...]
    date: str


def now() -> str:
    """The date of a verification."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def keep_key(kept: KeptKey) -> None:
    """Keep that a key is from a ceremony. Raises FileError if that cannot be kept safely."""
    record: dict[str, Json] = {"format": KEY_FORMAT, **asdict(kept)}
    record |= {"phase1": list(kept.phase1), "phase2": list(kept.phase2)}
    write_own(_place("keys", kept.key), json_bytes(record))


def forget_key(sha256: str) -> None:
    """Forget what was kept of a key. Raises FileError."""
    folder = state_folder()
    if folder is not None:
        remove_own(folder / "keys" / f"{sha256}.json")


def kept_key(sha256: str) -> KeptKey | None:
    """What was kept of the key whose file has this SHA-256; None if nothing that is believed."""
    folder = state_folder()
    return None if folder is None else _read_key(folder / "keys" / f"{sha256}.json")


def kept_key_of_digest(key_digest: str) -> KeptKey | None:
    """The same of any key with this verifying key."""
    folder = state_folder()
    if folder is None:
        return None
    try:
        names = sorted(path.name for path in (folder / "keys").iterdir())[:MOST_RECORDS]
    except OSError:
        return None
    for name in names:
        if re.fullmatch(SHA256, name.removesuffix(".json")) and name.endswith(".json"):
            found = _read_key(folder / "keys" / name)
            if found is not None and found.key_digest == key_digest:
                return found
    return None


def keep_ptau(sha256: str) -> None:
    """Keep that the transcript of a .ptau holds. Raises FileError."""
    record: Json = {"format": PTAU_FORMAT, "ptau": sha256, "date": now()}
    write_own(_place("ptau", sha256), json_bytes(record))


def kept_ptau(sha256: str) -> bool:
    """Whether the .ptau of this SHA-256 was verified by this user before."""
    folder = state_folder()
    if folder is None:
        return False
    path = folder / "ptau" / f"{sha256}.json"
    record = _believed(path)
    if record is None:
        return False
    fits = set(record) == {"format", "ptau", "date"} and record["format"] == PTAU_FORMAT
    if fits and record["ptau"] == sha256 and _is(DATE, record["date"]):
        return True
    _warn(path, "is not of the form that zkpipe writes")
    return False


def _place(kind: str, sha256: str) -> Path:
    folder = state_folder()
    if folder is None:
        raise FileError(
            "There is no folder of your own in which a verification could be kept.",
            "Name one in XDG_STATE_HOME, with its full path.",
        )
    return folder / kind / f"{sha256}.json"


def _read_key(path: Path) -> KeptKey | None:
    record = _believed(path)
    if record is None:
        return None
    kept = _key(record)
    if kept is None or kept.key != path.stem:
        _warn(path, "is not of the form that zkpipe writes")
        return None
    return kept


def _key(record: dict[str, Json]) -> KeptKey | None:
    """A record in its form; None if it is not in it."""
    if record.get("format") != KEY_FORMAT or len(record) != 1 + len(KeptKey.__slots__):
        return None
    phases = [_hashes(record.get(name)) for name in ("phase1", "phase2")]
    texts = [record.get(name) for name in ("key", "key_digest", "circuit", "powers", "date")]
    key, key_digest, circuit, powers, date = texts
    if not all(_is(SHA256, one) for one in (key, key_digest, circuit)) or not _is(DATE, date):
        return None
    public = powers == ""
    if phases[0] is None or not phases[1] or public is bool(phases[0]):
        return None
    if not public and not _is(SHA256, powers):
        return None
    return KeptKey(
        str(key), str(key_digest), str(circuit), str(powers), phases[0], phases[1], str(date)
    )


def _hashes(value: Json) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(_is(HASH, one) for one in value):
        return None
    return tuple(map(str, value))


def _is(form: str, value: Json) -> bool:
    return isinstance(value, str) and re.fullmatch(form, value) is not None


def _believed(path: Path) -> dict[str, Json] | None:
    """The JSON object in a file of the state folder; None, with a warning if it is there."""
    try:
        data = read_own(path, LIMIT)
        value = None if data is None else parse_json(data, str(path), limit=LIMIT)
    except (FileError, FormatError) as error:
        ZkpipeWarning(
            "record-not-believed",
            f"{error.problem} {_COUNTS}",
            error.fix,
        ).report()
        return None
    if data is not None and not isinstance(value, dict):
        _warn(path, "is not of the form that zkpipe writes")
    return value if isinstance(value, dict) else None


def _warn(path: Path, how: str) -> None:
    ZkpipeWarning("record-not-believed", f"{path} {how}. {_COUNTS}", _AGAIN).report()
