"""Every kind of change to every contribution to a key: refused, and its place is named.

A transcript is a hash that anybody can make anew. So each change to s and s x is tried with the old
one and with the one that is due. What a file cannot tell stands at the end.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.long_form import IS_LONG, in_turn
from tests.prover.ceremony import wrong_points
from tests.prover.ceremony.phase2.conftest import BEACON, Ceremony
from tests.prover.ceremony.phase2.test_verify_key import history, with_sections
from tests.prover.ceremony.transcripts import flipped
from tests.prover.ceremony.wrong_points import Wrong
from zkpipe.ground.errors import FormatError, ZkpipeError
from zkpipe.ground.files.binfile import read_binfile
from zkpipe.prover.ceremony.phase2.contribute import beacon_key, contribute_key
from zkpipe.prover.ceremony.phase2.key_file import CeremonyKey
from zkpipe.prover.ceremony.phase2.transcript import first_delta, transcript_of
from zkpipe.prover.ceremony.phase2.verify import VerifiedKey, verify_key
from zkpipe.prover.contributions import HASH_BYTES, Contribution
from zkpipe.prover.errors import CeremonyError

NUMBERS = range(1, 7)  # the third and the last are beacons
BEACONS = (3, 6)
RUNS = 100 if IS_LONG else 1
PROOF = {"g1_s": "s", "g1_sx": "s x", "g2_spx": "sp x"}
DELTA_G1, DELTA_G2 = 468, 532  # where they lie in section 2


@dataclass(frozen=True)
class Changed:
    """Contributions that no longer hold, and what says so.

    number  of the one that must be named; None for the header's delta, which is behind the last
    says    what the error tells of it
    """

    steps: Sequence[Contribution]
    number: int | None
    says: str = ""


Kind = Callable[[list[Contribution], int], Changed]  # of the steps, and the number of one
Anew = Callable[[Sequence[Contribution]], bytes]  # the transcript that is due for the last


@dataclass(frozen=True)
class Closed:
    """A key of five contributions and a beacon behind them."""

    ceremony: Ceremony
    path: Path
    steps: tuple[Contribution, ...]
    circuit_hash: bytes

    def verify(self, path: Path) -> VerifiedKey:
        return verify_key(path, self.ceremony.system, self.ceremony.powers)

    def with_steps(self, steps: Sequence[Contribution], path: Path) -> Path:
        key = CeremonyKey.load(self.path)
        return with_sections(self.path, path, s10=history(key, list(steps)))

    def with_transcript(self, changed: Changed, number: int) -> Changed:
        """The same where the transcript is the one that is due."""
        steps = list(changed.steps)
        step = steps[number - 1]
        due = transcript_of(self.circuit_hash, steps[: number - 1], step.g1_s, step.g1_sx)
        steps[number - 1] = replace(step, transcript=due)
        return replace(changed, steps=steps, says="it proves no knowledge of its secret")


def closed_of(ceremony: Ceremony, before: Path, path: Path) -> Closed:
    beacon_key(before, path, BEACON, 11, "the last")
    key = CeremonyKey.load(path)
    return Closed(ceremony, path, key.steps, key.circuit_hash)


@pytest.fixture(scope="module")
def closed(ceremony: Ceremony, tmp_path_factory: pytest.TempPathFactory) -> Closed:
    return closed_of(ceremony, ceremony.final, tmp_path_factory.mktemp("closed") / "6.zkey")


@pytest.fixture(scope="module")
def others(
    ceremony: Ceremony, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Contribution, ...]:
    """The contributions of another ceremony of the same circuit."""
    folder = tmp_path_factory.mktemp("others")
    keys = [ceremony.keys[0], *(folder / f"{number}.zkey" for number in NUMBERS)]
    for before, after in pairwise(keys):
        contribute_key(before, after)
    return CeremonyKey.load(keys[-1]).steps


def instead(steps: list[Contribution], number: int, step: Contribution, says: str) -> Changed:
    """One contribution that is another, and is seen itself."""
    return Changed([*steps[: number - 1], step, *steps[number:]], number, says)


def picked(numbers: Sequence[int], but: int) -> int:
    return secrets.choice([number for number in numbers if number != but])


NOT_BEHIND = "its transcript is not the hash of what came before it"
NO_PROOF = "it proves no knowledge of its secret"
NOT_DELTA = "delta after it is not delta before it times its secret"


# --- one contribution's points


def delta_is_wrong(way: Wrong, steps: list[Contribution], number: int) -> Changed:
    step = steps[number - 1]
    return instead(steps, number, replace(step, delta=way(step.delta)), NOT_DELTA)


def delta_is_the_one_before(steps: list[Contribution], number: int) -> Changed:
    """The proof holds, and its secret was not used."""
    before = steps[number - 2].delta if number > 1 else first_delta()
    return instead(steps, number, replace(steps[number - 1], delta=before), NOT_DELTA)


def delta_is_one(steps: list[Contribution], number: int) -> Changed:
    return instead(steps, number, replace(steps[number - 1], delta=first_delta()), NOT_DELTA)


def proof_is_wrong(way: Wrong, part: str, steps: list[Contribution], number: int) -> Changed:
    step = steps[number - 1]
    says = NO_PROOF if part == "g2_spx" else NOT_BEHIND
    changed = replace(step, **{part: way(getattr(step, part))})  # type: ignore[arg-type]
    return instead(steps, number, changed, says)


def s_and_s_x_are_exchanged(steps: list[Contribution], number: int) -> Changed:
    step = steps[number - 1]
    return instead(steps, number, replace(step, g1_s=step.g1_sx, g1_sx=step.g1_s), NOT_BEHIND)


def proof_is_scaled(steps: list[Contribution], number: int) -> Changed:
    """All its points are multiplied alike: the pairings hold for the old sp."""
    step, factor = steps[number - 1], 2 + secrets.randbelow(1 << 64)
    points = {part: wrong_points.multiple(getattr(step, part), factor) for part in PROOF}
    return instead(steps, number, replace(step, **points), NOT_BEHIND)  # type: ignore[arg-type]


def proof_is_of(steps: list[Contribution], number: int, other: Contribution) -> Changed:
    """Of another contribution, here or elsewhere, with its transcript."""
    changed = replace(
        steps[number - 1],
        g1_s=other.g1_s,
        g1_sx=other.g1_sx,
        g2_spx=other.g2_spx,
        transcript=other.transcript,
    )
    return instead(steps, number, changed, NOT_BEHIND)


def proof_is_of_another_contribution(steps: list[Contribution], number: int) -> Changed:
    return proof_is_of(steps, number, steps[picked(NUMBERS, number) - 1])


# --- the chain


def transcript_is(make: Callable[[list[Contribution], int], bytes]) -> Kind:
    def changed(steps: list[Contribution], number: int) -> Changed:
        step = replace(steps[number - 1], transcript=make(steps, number))
        return instead(steps, number, step, NOT_BEHIND)

    return changed


def left_out(steps: list[Contribution], number: int) -> Changed:
    rest = [*steps[: number - 1], *steps[number:]]
    return Changed(rest, number if number < len(steps) else None, NOT_BEHIND)


def all_after_are_left_out(steps: list[Contribution], number: int) -> Changed:
    return Changed(steps[: number - 1], None)


def doubled(steps: list[Contribution], number: int) -> Changed:
    return Changed([*steps[:number], *steps[number - 1 :]], number + 1, NOT_BEHIND)


def is_again_at_the_end(steps: list[Contribution], number: int) -> Changed:
    return Changed([*steps, steps[number - 1]], len(steps) + 1, NOT_BEHIND)


def exchanged(steps: list[Contribution], number: int) -> Changed:
    other = picked(NUMBERS, number)
    changed = list(steps)
    changed[number - 1], changed[other - 1] = changed[other - 1], changed[number - 1]
    return Changed(changed, min(number, other), NOT_BEHIND)


def moved(steps: list[Contribution], number: int) -> Changed:
    place = picked(NUMBERS, number)
    changed = list(steps)
    changed.insert(place - 1, changed.pop(number - 1))
    return Changed(changed, min(number, place), NOT_BEHIND)


# --- beacons


def is_a_beacon(make: Callable[[Contribution], tuple[int, bytes]]) -> Kind:
    """Said to be one, or to be another one."""

    def changed(steps: list[Contribution], number: int) -> Changed:
        exponent, value = make(steps[number - 1])
        step = replace(steps[number - 1], exponent=exponent, value=value)
        says = "its points are not those that follow from its beacon"
        return instead(steps, number, step, says)

    return changed


ONE_POINT: dict[str, dict[str, Kind]] = {
    "delta after it is wrong": {
        way.__name__: partial(delta_is_wrong, way) for way in wrong_points.ways(8)
    },
    "delta does not change": {
        "the one before": delta_is_the_one_before,
        "the generator": delta_is_one,
    },
    "sp x is wrong": {
        way.__name__: partial(proof_is_wrong, way, "g2_spx") for way in wrong_points.ways(16)
    },
}
OF_S: dict[str, dict[str, Kind]] = {
    "s or s x is wrong": {
        f"{PROOF[part]} is {way.__name__}": partial(proof_is_wrong, way, part)
        for part in ("g1_s", "g1_sx")
        for way in wrong_points.ways(8)
    },
    "s and s x are exchanged": {"both": s_and_s_x_are_exchanged},
    "the proof is scaled": {"by any factor": proof_is_scaled},
    "the proof is another's": {"of the same key": proof_is_of_another_contribution},
}
OF_THE_CHAIN: dict[str, dict[str, Kind]] = {
    "the transcript is another": {
        "one bit": transcript_is(
            lambda s, i: flipped(s[i - 1].transcript, secrets.randbelow(HASH_BYTES))
        ),
        "another contribution's": transcript_is(lambda s, i: s[picked(NUMBERS, i) - 1].transcript),
        "zeros": transcript_is(lambda s, i: bytes(HASH_BYTES)),
    },
    "it is left out": {"alone": left_out, "with all after it": all_after_are_left_out},
    "it is there twice": {"side by side": doubled, "again at the end": is_again_at_the_end},
    "it stands elsewhere": {"exchanged": exchanged, "moved": moved},
    "it is said to be a beacon": {
        "of any value": is_a_beacon(lambda step: (10, secrets.token_bytes(32))),
        "of the same value": is_a_beacon(lambda step: (12, BEACON)),
    },
}
GROUPS = {**ONE_POINT, **OF_S, **OF_THE_CHAIN}
EVERY = [(group, name) for group, kinds in GROUPS.items() for name in kinds]


def assert_refused(closed: Closed, changed: Changed, path: Path) -> None:
    with pytest.raises((CeremonyError, FormatError)) as caught:
        closed.verify(closed.with_steps(changed.steps, path))
    problem = caught.value.problem
    if isinstance(caught.value, FormatError):  # a delta that is no point is malformed
        assert f"delta after contribution {changed.number} is not a point" in problem
        assert changed.says == NOT_DELTA
    elif not changed.steps:
        assert "Nobody contributed" in problem
    elif changed.number is None:
        assert caught.value.section == 2
    else:
        assert caught.value.contribution == changed.number, problem
        assert problem.startswith(f"Contribution {changed.number}")
        assert f" does not hold: {changed.says}" in problem


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("group", GROUPS)
def test_a_changed_contribution_is_refused_by_its_number(
    group: str, number: int, closed: Closed, tmp_path: Path
) -> None:
    """A hundred times of a hundred; each time by another of the group's changes."""
    kinds = list(GROUPS[group].values())
    for run in range(RUNS):
        changed = secrets.choice(kinds)(list(closed.steps), number)
        if group in OF_S and run % 2:
            changed = closed.with_transcript(changed, number)
        assert_refused(closed, changed, tmp_path / "k.zkey")


@pytest.mark.parametrize(("change", "number"), in_turn(EVERY, NUMBERS, each=2))
def test_every_change_is_refused(
    change: tuple[str, str], number: int, closed: Closed, tmp_path: Path
) -> None:
    group, name = change
    changed = GROUPS[group][name](list(closed.steps), number)
    assert_refused(closed, changed, tmp_path / "k.zkey")
    if group in OF_S:
        anew = closed.with_transcript(changed, number)
        assert_refused(closed, anew, tmp_path / "k.zkey")


@pytest.mark.parametrize("number", NUMBERS)
def test_what_another_ceremony_has_is_refused(
    number: int, closed: Closed, others: tuple[Contribution, ...], tmp_path: Path
) -> None:
    """Its proof, its contribution, and all to there: delta is another."""
    steps, foreign, path = list(closed.steps), others[number - 1], tmp_path / "k.zkey"
    proof = proof_is_of(steps, number, foreign)
    anew = closed.with_transcript(proof, number)
    if number == 1:  # both begin with the same circuit: the proof holds, of another secret
        proof, anew = replace(proof, says=NOT_DELTA), replace(anew, says=NOT_DELTA)
    assert_refused(closed, proof, path)
    assert_refused(closed, anew, path)
    if number > 1:
        assert_refused(closed, instead(steps, number, foreign, NOT_BEHIND), path)
    last = number == len(steps)
    behind = Changed([*others[:number], *steps[number:]], None if last else number + 1, NOT_BEHIND)
    assert_refused(closed, behind, path)


@pytest.mark.parametrize("number", range(1, 6))
def test_the_delta_of_an_earlier_contribution_is_not_that_of_the_points(
    number: int, closed: Closed, tmp_path: Path
) -> None:
    """The history is cut, and the header with it: L and H tell."""
    earlier = read_binfile(closed.ceremony.keys[number], b"zkey", 1).section(2).tobytes()
    steps = history(CeremonyKey.load(closed.path), list(closed.steps[:number]))
    path = with_sections(closed.path, tmp_path / "k.zkey", s2=earlier, s10=steps)
    with pytest.raises(CeremonyError) as caught:
        closed.verify(path)
    assert (caught.value.section, caught.value.index) == (9, 0)


@pytest.mark.parametrize("way", [*wrong_points.OUTSIDE_G2, wrong_points.infinity])
def test_delta_in_g2_is_a_point_of_g2(way: Wrong, closed: Closed, tmp_path: Path) -> None:
    header = read_binfile(closed.path, b"zkey", 1).section(2).tobytes()
    delta = np.frombuffer(header, "<u8", 16, DELTA_G2).astype(np.uint64)
    changed = header[:DELTA_G2] + way(delta).tobytes() + header[DELTA_G2 + 128 :]
    path = with_sections(closed.path, tmp_path / "k.zkey", s2=changed)
    with pytest.raises(ZkpipeError) as caught:
        closed.verify(path)
    assert "elta" in caught.value.problem


# --- what a file cannot tell


def test_a_beacon_that_is_said_to_be_a_person_keeps_its_hash(
    closed: Closed, tmp_path: Path
) -> None:
    """As a person's who took a secret that everybody knows."""
    steps, due = list(closed.steps), closed.verify(closed.path).hashes
    for number in BEACONS:
        steps[number - 1] = replace(steps[number - 1], exponent=None, value=None)
    found = closed.verify(closed.with_steps(steps, tmp_path / "k.zkey"))
    assert not any(step.beacon for step in found.contributions)
    assert found.hashes == due


def test_other_names_change_no_hash(closed: Closed, tmp_path: Path) -> None:
    """Names are what the file says; lists have names of their own, by the hash."""
    steps = [replace(step, name="Mallory") for step in closed.steps]
    found = closed.verify(closed.with_steps(steps, tmp_path / "k.zkey"))
    assert {step.name for step in found.contributions} == {"Mallory"}
    assert found.hashes == closed.verify(closed.path).hashes
