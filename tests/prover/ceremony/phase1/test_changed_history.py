"""Every kind of change to every contribution of a ceremony of the powers of tau.

Each is refused, and its place is named. What a file of the format cannot tell, as nothing in it is
a hash of it, stands at the end: the name, a beacon that is said to be a person, and the hash of a
contribution before the last, which is then on nobody's list.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from tests.long_form import IS_LONG, in_turn
from tests.prover.ceremony import wrong_points
from tests.prover.ceremony.transcripts import (
    BEACON,
    POWER,
    flipped,
    make_ceremony,
    records_of,
    with_powers,
    with_proof,
    with_records,
)
from tests.prover.ceremony.wrong_points import Wrong
from zkpipe.ground.errors import FormatError
from zkpipe.prover.ceremony.blake2b import STATE_BYTES
from zkpipe.prover.ceremony.phase1.challenge import first_challenge
from zkpipe.prover.ceremony.phase1.verify import verify_ptau
from zkpipe.prover.ceremony.proofs_of_knowledge import KINDS, ProofOfKnowledge
from zkpipe.prover.ceremony.records import Beacon, Record, Standing
from zkpipe.prover.errors import CeremonyError

NUMBERS = range(1, 7)  # five persons, and a beacon
PERSONS = NUMBERS[:-1]
RUNS = 100 if IS_LONG else 1
PROOF = {"g1_s": "s", "g1_sx": "s x", "g2_spx": "sp x"}
POWERS = {
    "tau_g1": "tau in G1",
    "tau_g2": "tau in G2",
    "alpha_g1": "alpha in G1",
    "beta_g1": "beta in G1",
    "beta_g2": "beta in G2",
}


@dataclass(frozen=True)
class Changed:
    """Records that no longer hold, and what says so.

    number  of the contribution that must be named; None for the powers behind the last
    says    what the error tells of it
    """

    records: Sequence[Record]
    number: int | None
    says: str = ""


Kind = Callable[[list[Record], int], Changed]  # of the records, and the number of one


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    """The records of another ceremony, of the same contributors."""
    return records_of(make_ceremony(tmp_path_factory.mktemp("others")))


def instead(records: list[Record], number: int, record: Record, says: str) -> Changed:
    """One record that is another, and is seen itself."""
    return Changed([*records[: number - 1], record, *records[number:]], number, says)


def picked(numbers: Sequence[int], but: int) -> int:
    return secrets.choice([number for number in numbers if number != but])


# --- one contribution's points


def power_is_wrong(way: Wrong, name: str, records: list[Record], number: int) -> Changed:
    record = records[number - 1]
    point = way(getattr(record.powers, name))
    return instead(records, number, with_powers(record, **{name: point}), POWERS[name])


def power_is_the_one_before(name: str, records: list[Record], number: int) -> Changed:
    """The proof holds, and its secret was not used."""
    before = records[number - 2].powers if number > 1 else Standing.at_first(b"").powers
    record = with_powers(records[number - 1], **{name: getattr(before, name)})
    return instead(records, number, record, f"{POWERS[name]} after it does not follow")


def power_is_one(name: str, records: list[Record], number: int) -> Changed:
    """Its secret takes those of all before away."""
    due = getattr(Standing.at_first(b"").powers, name)
    record = with_powers(records[number - 1], **{name: due})
    return instead(records, number, record, f"{POWERS[name]} after it does not follow")


def proof_is_wrong(way: Wrong, kind: int, part: str, records: list[Record], number: int) -> Changed:
    record = records[number - 1]
    point = way(getattr(record.proofs[kind], part))
    says = f"its proof that {KINDS[kind]} is known does not hold"
    return instead(records, number, with_proof(record, kind, **{part: point}), says)


def s_and_s_x_are_exchanged(kind: int, records: list[Record], number: int) -> Changed:
    record = records[number - 1]
    proof = record.proofs[kind]
    changed = with_proof(record, kind, g1_s=proof.g1_sx, g1_sx=proof.g1_s)
    return instead(records, number, changed, f"its proof that {KINDS[kind]} is known")


def proof_is_scaled(kind: int, records: list[Record], number: int) -> Changed:
    """All its points are multiplied alike: the pairings hold for the old sp."""
    record, factor = records[number - 1], 2 + secrets.randbelow(1 << 64)
    points = {
        part: wrong_points.multiple(getattr(record.proofs[kind], part), factor) for part in PROOF
    }
    says = f"its proof that {KINDS[kind]} is known does not hold"
    return instead(records, number, with_proof(record, kind, **points), says)


def proof_is_of_another_secret(kind: int, records: list[Record], number: int) -> Changed:
    record = records[number - 1]
    proofs = list(record.proofs)
    proofs[kind] = proofs[picked(range(3), kind)]
    says = f"its proof that {KINDS[kind]} is known does not hold"
    return instead(records, number, replace(record, proofs=tuple(proofs)), says)


def with_other_proof(
    records: list[Record], number: int, kind: int, proof: ProofOfKnowledge
) -> Changed:
    record = records[number - 1]
    proofs = list(record.proofs)
    proofs[kind] = proof
    says = f"its proof that {KINDS[kind]} is known does not hold"
    return instead(records, number, replace(record, proofs=tuple(proofs)), says)


def proof_is_of_another_contribution(kind: int, records: list[Record], number: int) -> Changed:
    proof = records[picked(NUMBERS, number) - 1].proofs[kind]
    return with_other_proof(records, number, kind, proof)


# --- the chain


def next_challenge_is(make: Callable[[list[Record], int], bytes]) -> Kind:
    """Seen by the contribution that answers to it; the last by the hash of the powers."""

    def changed(records: list[Record], number: int) -> Changed:
        record = replace(records[number - 1], next_challenge=make(records, number))
        seen = min(number + 1, len(records))
        says = "the hash of the powers" if number == len(records) else "its proof that tau"
        return replace(instead(records, number, record, says), number=seen)

    return changed


def left_out(records: list[Record], number: int) -> Changed:
    rest = [*records[: number - 1], *records[number:]]
    return Changed(rest, number if number < len(records) else None)


def doubled(records: list[Record], number: int) -> Changed:
    return Changed([*records[:number], *records[number - 1 :]], number + 1)


def exchanged(records: list[Record], number: int) -> Changed:
    other = picked(NUMBERS, number)
    changed = list(records)
    changed[number - 1], changed[other - 1] = changed[other - 1], changed[number - 1]
    return Changed(changed, min(number, other))


def moved(records: list[Record], number: int) -> Changed:
    """To another place."""
    place = picked(NUMBERS, number)
    changed = list(records)
    changed.insert(place - 1, changed.pop(number - 1))
    return Changed(changed, min(number, place))


def is_again_at_the_end(records: list[Record], number: int) -> Changed:
    return Changed([*records, records[number - 1]], len(records) + 1)


def all_after_are_left_out(records: list[Record], number: int) -> Changed:
    """The powers are those behind the last."""
    return Changed(records[: number - 1], None)


# --- beacons


def is_said_to_be_a_beacon(records: list[Record], number: int) -> Changed:
    """Or to be another one."""
    beacon = Beacon(secrets.token_bytes(32), BEACON.exponent)
    record = replace(records[number - 1], beacon=beacon)
    return instead(records, number, record, "its tau does not come from its beacon")


def is_said_to_be_the_same_beacon(records: list[Record], number: int) -> Changed:
    """As the last one is: of another exponent there."""
    exponent = BEACON.exponent + (number == len(records))
    record = replace(records[number - 1], beacon=Beacon(BEACON.value, exponent))
    return instead(records, number, record, "its tau does not come from its beacon")


ALL_KINDS = range(len(KINDS))
GROUPS: dict[str, dict[str, Kind]] = {
    "a power after it is wrong": {
        f"{POWERS[name]} is {way.__name__}": partial(power_is_wrong, way, name)
        for name in POWERS
        for way in wrong_points.ways(16 if name.endswith("g2") else 8)
    },
    "a power does not change": {
        f"{POWERS[name]} is the one before": partial(power_is_the_one_before, name)
        for name in POWERS
    },
    "a power begins anew": {
        f"{POWERS[name]} is the generator": partial(power_is_one, name) for name in POWERS
    },
    "a point of a proof is wrong": {
        f"{PROOF[part]} of {KINDS[kind]} is {way.__name__}": partial(
            proof_is_wrong, way, kind, part
        )
        for kind in ALL_KINDS
        for part in PROOF
        for way in wrong_points.ways(16 if part == "g2_spx" else 8)
    },
    "s and s x are exchanged": {
        KINDS[kind]: partial(s_and_s_x_are_exchanged, kind) for kind in ALL_KINDS
    },
    "a proof is scaled": {KINDS[kind]: partial(proof_is_scaled, kind) for kind in ALL_KINDS},
    "a proof is of another secret": {
        KINDS[kind]: partial(proof_is_of_another_secret, kind) for kind in ALL_KINDS
    },
    "a proof is of another contribution": {
        KINDS[kind]: partial(proof_is_of_another_contribution, kind) for kind in ALL_KINDS
    },
    "the next challenge is another": {
        "one bit": next_challenge_is(
            lambda r, i: flipped(r[i - 1].next_challenge, secrets.randbelow(64))
        ),
        "another contribution's": next_challenge_is(
            lambda r, i: r[picked(NUMBERS, i) - 1].next_challenge
        ),
        "the first one": next_challenge_is(lambda r, i: first_challenge(POWER)),
        "zeros": next_challenge_is(lambda r, i: bytes(64)),
    },
    "it is left out": {"alone": left_out, "with all after it": all_after_are_left_out},
    "it is there twice": {"side by side": doubled, "again at the end": is_again_at_the_end},
    "it stands elsewhere": {"exchanged": exchanged, "moved": moved},
    "it is said to be a beacon": {
        "of any value": is_said_to_be_a_beacon,
        "of the same value": is_said_to_be_the_same_beacon,
    },
}
EVERY = [(group, name) for group, kinds in GROUPS.items() for name in kinds]


def assert_refused(transcript: Path, changed: Changed, path: Path) -> None:
    with_records(transcript, changed.records, path)
    with pytest.raises(CeremonyError) as caught:
        verify_ptau(path)
    error = caught.value
    if not changed.records:
        assert "Nobody has contributed" in error.problem
    elif changed.number is None:
        assert (error.section, error.index) == (2, 1)
    else:
        assert error.contribution == changed.number, error.problem
        assert error.problem.startswith(f"Contribution {changed.number}: {changed.says}")


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("group", GROUPS)
def test_a_changed_contribution_is_refused_by_its_number(
    group: str, number: int, transcript: Path, tmp_path: Path
) -> None:
    """A hundred times of a hundred; each time by another of the group's changes."""
    records = records_of(transcript)
    kinds = list(GROUPS[group].values())
    for _ in range(RUNS):
        changed = secrets.choice(kinds)(records, number)
        assert_refused(transcript, changed, tmp_path / "a.ptau")


@pytest.mark.parametrize(("change", "number"), in_turn(EVERY, NUMBERS))
def test_every_change_is_refused(
    change: tuple[str, str], number: int, transcript: Path, tmp_path: Path
) -> None:
    group, name = change
    changed = GROUPS[group][name](records_of(transcript), number)
    assert_refused(transcript, changed, tmp_path / "a.ptau")


@pytest.mark.parametrize("number", NUMBERS)
def test_what_another_ceremony_has_is_refused(
    number: int, transcript: Path, others: list[Record], tmp_path: Path
) -> None:
    """Its proofs, its contribution, and all to there: the powers are of another tau."""
    records, foreign = records_of(transcript), others[number - 1]
    for kind in ALL_KINDS if IS_LONG or number in (1, 6) else [number % 3]:
        changed = with_other_proof(records, number, kind, foreign.proofs[kind])
        if number == 1:  # both answer to the first challenge: the proof holds, of another secret
            changed = replace(changed, says=f"{KINDS[kind]} in G1 after it does not follow")
        assert_refused(transcript, changed, tmp_path / "a.ptau")
    if number > 1:
        changed = Changed([*records[: number - 1], foreign, *records[number:]], number)
        assert_refused(transcript, changed, tmp_path / "a.ptau")
    changed = Changed([*others[:number], *records[number:]], None)
    if number < len(records):
        changed = replace(changed, number=number + 1, says="its proof that tau is known")
    assert_refused(transcript, changed, tmp_path / "a.ptau")


@pytest.mark.parametrize("place", [128, STATE_BYTES - 9])
def test_the_state_of_the_last_hash_counts(place: int, transcript: Path, tmp_path: Path) -> None:
    """Its words are compared by the hash of the powers; its counts are read before."""
    records = records_of(transcript)
    records[-1] = replace(records[-1], state=flipped(records[-1].state, place))
    path = with_records(transcript, records, tmp_path / "a.ptau")
    with pytest.raises((CeremonyError, FormatError)) as caught:
        verify_ptau(path)
    assert "ontribution 6" in caught.value.problem


# --- what a file cannot tell


@pytest.mark.parametrize("number", PERSONS if IS_LONG else (1, 3, 5))
def test_another_hash_of_an_earlier_contribution_is_on_no_list(
    number: int, transcript: Path, tmp_path: Path
) -> None:
    """What it is the hash of is gone."""
    published = [one.response_hash for one in verify_ptau(transcript).contributions]
    records = records_of(transcript)
    state = records[number - 1].state
    records[number - 1] = replace(records[number - 1], state=flipped(state, 130))
    path = with_records(transcript, records, tmp_path / "a.ptau")
    hashes = [one.response_hash for one in verify_ptau(path).contributions]
    assert [one in published for one in hashes] == [other != number for other in NUMBERS]


@pytest.mark.parametrize("number", NUMBERS if IS_LONG else (1, 6))
def test_another_name_changes_no_hash(number: int, transcript: Path, tmp_path: Path) -> None:
    """Names are what the file says; lists have names of their own, by the hash."""
    records = records_of(transcript)
    records[number - 1] = replace(records[number - 1], name="Mallory")
    path = with_records(transcript, records, tmp_path / "a.ptau")
    before, after = (verify_ptau(file).contributions for file in (transcript, path))
    assert after[number - 1].name == "Mallory"
    assert [one.response_hash for one in after] == [one.response_hash for one in before]


def test_a_beacon_that_is_said_to_be_a_person_keeps_its_hash(
    transcript: Path, tmp_path: Path
) -> None:
    """As a person's who took a secret that everybody knows."""
    records = records_of(transcript)
    records[-1] = replace(records[-1], beacon=None)
    path = with_records(transcript, records, tmp_path / "a.ptau")
    before, after = (verify_ptau(file).contributions for file in (transcript, path))
    assert not after[-1].is_beacon
    assert after[-1].response_hash == before[-1].response_hash
