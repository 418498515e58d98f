"""Whether a key that was verified is from a ceremony that this user trusts, and keeping that.

A key that follows from its circuit, its powers of tau and its contributions may still be one
person's: who makes up a whole history knows all its secrets. So people whom the user trusts must
have taken part, known by the hashes that they published:

- in each phase one contribution at least that is in the user's list and is no beacon. Proofs under
  a key can be forged by who knows tau, alpha and beta, or delta, so both phases need somebody, and
  one suffices, whoever the others were. A beacon's secrets can be computed by everybody;
- if the powers were truncated, the last contribution to them also, beacon or not. Its hash is over
  powers that are gone, so only the list can vouch for the end of the history. That hash alone does
  not suffice where it is a beacon's: its record can be put behind a history that somebody made up;
- nobody else may be able to write to the key or the powers: who has mapped a file can change its
  bytes, and put them back, and leave no trace in its times;
- the transcript of the powers must hold. A file that was verified before need not be again.

The public powers of tau, known by the digest of the whole file, need no line in the list.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from zkpipe.ground.files.reading import FileError
from zkpipe.prover.ceremony.phase1.verify import contributions_of, verify_opened
from zkpipe.prover.ceremony.phase2.prepared_powers import PreparedPowers
from zkpipe.prover.ceremony.phase2.verify import VerifiedKey
from zkpipe.prover.ceremony.progress import Told
from zkpipe.prover.ceremony.ptau_file import PtauFile
from zkpipe.prover.ceremony.public_files import is_public
from zkpipe.prover.provenance.kept import (
    KeptKey,
    forget_key,
    keep_key,
    keep_ptau,
    kept_key,
    kept_ptau,
    now,
)
from zkpipe.prover.provenance.kind import Provenance
from zkpipe.prover.provenance.trusted import TrustedList

NO_LIST = (
    "no list says whom you trust, and one person can make up a whole history: compare the hashes "
    "with those that contributors published"
)
NOBODY_IN_KEY = "none of the contributions to the key, beacons aside, is in the list"
NOBODY_IN_POWERS = "none of the contributions to the powers of tau, beacons aside, is in the list"
OPEN_END = (
    "the powers of tau were truncated, and the list lacks the last contribution to them, whose "
    "hash nothing else confirms"
)
BEACON_OF_A_PERSON = (
    "the list takes a beacon for a person, and anybody can put that beacon behind a history of "
    "their own. Write `beacon` before its hash: {hash}"
)
EXPOSED = (
    "{problem}: it could be changed unseen while it is verified. Copy it into a file of your own, "
    "and verify the copy"
)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a verified key is to this user.

    because  why it stays UNVERIFIED: words that go on from "because"; empty for CEREMONY
    phase1   numbers, from 0, of the contributions to the powers that count; none of a public file
    phase2   the same of the key
    public   whether the powers are a public file
    """

    provenance: Provenance
    because: str
    phase1: tuple[int, ...] = ()
    phase2: tuple[int, ...] = ()
    public: bool = False


def decide_provenance(
    found: VerifiedKey,
    powers: PreparedPowers,
    trusted: TrustedList | None,
    told: Told | None = None,
    max_memory: int | str | None = None,
) -> Decided:
    """Decide whether a verified key is CEREMONY, and keep the answer in the user's state folder.

    found       what `verify_key` gave for the key and these powers
    trusted     whom the user trusts; None for nobody
    told        is told the progress where the powers must be verified
    max_memory  that it may take for this: as of `verify_ptau`

    What was kept of the key before is replaced: an answer of UNVERIFIED forgets it.

    Raises CeremonyError if the transcript of the powers does not hold; FormatError; FileError, also
    if what was kept before cannot be forgotten.
    """
    decided = _decide(found, powers.ptau, trusted)
    exposed = found.exposed or powers.file.file.exposed()
    if exposed and not decided.because:
        because = EXPOSED.format(problem=exposed)
        decided = replace(decided, provenance=Provenance.UNVERIFIED, because=because)
    sha256 = ""
    if not decided.because and not decided.public:
        sha256 = _verified_powers(powers.ptau, told, max_memory)
    powers.file.file.check_untouched()
    if decided.because:
        _forget(found.sha256)
        return decided
    try:
        keep_key(_kept(found, powers.ptau, decided, sha256))
    except FileError as error:
        because = f"that cannot be kept. {error.problem} {error.fix}".rstrip(".")
        return replace(decided, provenance=Provenance.UNVERIFIED, because=because)
    return decided


def keep_verified_powers(file: PtauFile) -> None:
    """Keep that the transcript of a file holds, which `verify_opened` has just found.

    Raises FileError if the file was changed since it was opened, or others could have changed it
    unseen, or that cannot be kept.
    """
    exposed = file.file.file.exposed()
    if exposed:
        raise FileError(
            f"That {file.path} holds is not kept: {exposed}.", "Verify a copy of your own."
        )
    sha256 = file.file.file.sha256()
    file.file.file.check_untouched()
    keep_ptau(sha256)


def _decide(found: VerifiedKey, powers: PtauFile, trusted: TrustedList | None) -> Decided:
    if trusted is None:
        return Decided(Provenance.UNVERIFIED, NO_LIST)
    of_key = [i for i in trusted.among(found.hashes) if not found.contributions[i].beacon]
    phase2 = tuple(of_key)
    public = is_public(powers)
    steps = contributions_of(powers.records)
    named = trusted.among(step.response_hash for step in steps)
    phase1 = () if public else tuple(i for i in named if not steps[i].is_beacon)
    if not phase2:
        return Decided(Provenance.UNVERIFIED, NOBODY_IN_KEY, phase1, (), public)
    if not public and not phase1:
        return Decided(Provenance.UNVERIFIED, NOBODY_IN_POWERS, (), phase2)
    last = steps[-1].response_hash if steps else b""
    vouched = last in trusted.contributions or last in trusted.beacons
    if not public and powers.truncated and not vouched:
        return Decided(Provenance.UNVERIFIED, OPEN_END, phase1, phase2)
    beacons = [one.response_hash for one in steps if one.is_beacon]
    beacons += [hash_ for i, hash_ in enumerate(found.hashes) if found.contributions[i].beacon]
    mistaken = trusted.among(beacons)
    if mistaken:
        because = BEACON_OF_A_PERSON.format(hash=beacons[mistaken[0]].hex())
        return Decided(Provenance.UNVERIFIED, because, phase1, phase2, public)
    return Decided(Provenance.CEREMONY, "", phase1, phase2, public)


def _verified_powers(powers: PtauFile, told: Told | None, max_memory: int | str | None) -> str:
    """Verify them, unless this user has verified the very file before; its SHA-256."""
    sha256 = powers.file.file.sha256()
    if not kept_ptau(sha256):
        verify_opened(powers, told, max_memory)
        with suppress(FileError):  # then they are verified again the next time
            keep_ptau(sha256)
    return sha256


def _forget(sha256: str) -> None:
    """Forget a key. Raises FileError if that fails, and what was kept would still be believed."""
    try:
        forget_key(sha256)
    except FileError:
        if kept_key(sha256) is not None:
            raise


def _kept(found: VerifiedKey, powers: PtauFile, decided: Decided, sha256: str) -> KeptKey:
    steps = contributions_of(powers.records)
    return KeptKey(
        key=found.sha256,
        key_digest=found.key_digest,
        circuit=found.circuit,
        powers=sha256,
        phase1=tuple(steps[i].response_hash.hex() for i in decided.phase1),
        phase2=tuple(found.hashes[i].hex() for i in decided.phase2),
        date=now(),
    )
