"""The list of those whom a user trusts: hashes of contributions, and digests of verifying keys.

A text file, one a line:

    128 hexadecimal digits and a name    a person's contribution, by the hash published for it
    beacon and the same                  a beacon, which may be the last of truncated powers
    vkey and 64 hexadecimal digits       a verifying key, by its KEY_DIGEST

No hash tells a beacon from a contribution, so the list must: who makes up a history can put a real
beacon's record at its end, under its real hash, and call it a contribution.

Lines that are empty or begin with # are passed over. A key is as good as the best of its
contributors, so one that the user trusts suffices. A list may be kept as `trusted.txt` in the
user's configuration folder: there nobody else must be able to write it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path

from zkpipe.ground.errors import FormatError, ZkpipeWarning
from zkpipe.ground.files.own_folders import configuration_folder, read_own
from zkpipe.ground.files.reading import FileError, read_file
from zkpipe.ground.kinds import require_path
from zkpipe.ground.quick_dataclass import dataclass

LIMIT = 1 << 20  # bytes of a list
NAME = "trusted.txt"
_CONTRIBUTION = r"([0-9a-fA-F]{128})(?:\s+(.*))?"
_BEACON = r"beacon\s+([0-9a-fA-F]{128})(?:\s+(.*))?"
_KEY = r"vkey\s+(?:0x)?([0-9a-fA-F]{64})(?:\s.*)?"
_OF_ATTESTATION = r"zkpipe attestation|hash\s"  # how lines of one begin
_FIX = (
    "A line has the 128 hexadecimal digits of a contribution's hash and a name behind them; "
    "`beacon` before them if it is a beacon's; or `vkey` and the digest of a verifying key."
)
_FIX_ATTESTATION = (
    "This is a line of an attestation. Of each attestation write one line into a list: the 128 "
    "hexadecimal digits behind `hash`, without that word, and a name."
)


@dataclass(frozen=True, slots=True)
class TrustedList:
    """What a user's list holds.

    contributions  of people: names by the hash of 64 bytes
    keys           digests of 32 bytes
    beacons        names by the hash; none of them is among the contributions
    """

    contributions: Mapping[bytes, str]
    keys: frozenset[bytes]
    beacons: Mapping[bytes, str] = field(default_factory=dict)

    @staticmethod
    def load(path: str | Path) -> TrustedList:
        """Read a list. Raises FileError; FormatError for a malformed line, or two of one hash."""
        file = require_path("TrustedList.load", "path", path)
        return TrustedList.of(read_file(file, LIMIT), str(path))

    @staticmethod
    def of(data: bytes, path: str) -> TrustedList:
        """The list in the bytes of a file, whose name stands in errors. Raises FormatError."""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise FormatError(f"{path} is not a text in UTF-8.", _FIX) from None
        contributions, beacons, keys = dict[bytes, str](), dict[bytes, str](), set[bytes]()
        for number, line in enumerate(text.split("\n"), 1):
            stripped = line.strip()
            if len(stripped.splitlines()) > 1:  # what follows would not look like a line of its own
                raise FormatError(
                    f"Line {number} of {path} has a character within it that ends lines elsewhere.",
                    "Take it out, and look at what stands behind it.",
                )
            if not stripped or stripped.startswith("#"):
                continue
            if found := re.fullmatch(_CONTRIBUTION, stripped):
                contributions[bytes.fromhex(found[1])] = found[2] or ""
            elif found := re.fullmatch(_BEACON, stripped):
                beacons[bytes.fromhex(found[1])] = found[2] or ""
            elif found := re.fullmatch(_KEY, stripped):
                keys.add(bytes.fromhex(found[1]))
            else:
                raise FormatError(
                    f"Line {number} of {path} names no contribution and no key.",
                    _FIX_ATTESTATION if re.match(_OF_ATTESTATION, stripped) else _FIX,
                )
        if both := contributions.keys() & beacons.keys():
            raise FormatError(
                f"{path} has a hash both as a person's and as a beacon's: {min(both).hex()}.",
                "Keep the line with `beacon` if it was published as a beacon's, else the other.",
            )
        return TrustedList(contributions, frozenset(keys), beacons)

    def among(self, hashes: Iterable[bytes]) -> list[int]:
        """The numbers, from 0 on, of the contributions that the list holds as people's."""
        return [i for i, hash_ in enumerate(hashes) if hash_ in self.contributions]


def users_list() -> TrustedList | None:
    """The list in the user's configuration folder; None if there is none.

    One that another user could have written is not believed: a warning says so.

    Raises FormatError for what is no list, as `load` does.
    """
    folder = configuration_folder()
    if folder is None:
        return None
    path = folder / NAME
    try:
        data = read_own(path, LIMIT)
    except FileError as error:
        ZkpipeWarning(
            "list-not-believed", f"{error.problem} Nobody in it is trusted.", error.fix
        ).report()
        return None
    return None if data is None else TrustedList.of(data, str(path))
