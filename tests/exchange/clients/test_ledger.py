"""The ledger: what is added is what the contract has, once, and in the order of stages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from Crypto.Hash import keccak
from eth_abi.abi import encode

from tests.exchange.clients.interrupting import interrupted, sent_by
from tests.exchange.clients.parties import FAR, Parties
from zkpipe.exchange.clients.decisions.decision import Decision
from zkpipe.exchange.clients.decisions.quorum import carry_out
from zkpipe.exchange.clients.evidence import evidence_of, lineage_of
from zkpipe.exchange.clients.identities.changes import add_delegate, remove_delegate
from zkpipe.exchange.clients.ledger import (
    LONGEST_OPENING,
    Note,
    append,
    confirmers_of,
    digest_of_file,
    entry_on_chain,
    open_entry,
)
from zkpipe.exchange.clients.session import Session
from zkpipe.exchange.errors import EvidenceError, UnknownSubjectError
from zkpipe.exchange.states import Level, Stage
from zkpipe.ground.errors import FormatError


def hashed(data: bytes) -> bytes:
    """keccak256 by pycryptodome."""
    return keccak.new(digest_bits=256, data=data).digest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_bytes(b"what we did with it")
    return path


def note(session: Session, stage: Stage, file: Path, **more: Any) -> Note:
    return Note(asset=session.me, stage=stage, file=file, **more)


def test_the_digest_of_a_file_is_keccak_under_a_tag(tmp_path: Path) -> None:
    for size in (0, 1, 135, 136, 137, (1 << 20) - 1, 1 << 20, (1 << 20) + 1):
        data = bytes(i % 251 for i in range(size))
        (tmp_path / "f").write_bytes(data)
        wanted = hashed(hashed(b"zkpipe.v1.file") + hashed(data))
        assert digest_of_file(tmp_path / "f") == wanted


def test_a_file_of_holes_is_not_digested(tmp_path: Path) -> None:
    with (tmp_path / "f").open("wb") as made:
        made.truncate(1 << 40)
    with pytest.raises(FormatError, match="sparse"):
        digest_of_file(tmp_path / "f")


def test_entries_of_the_owner_are_chained_and_the_head_is_recomputed(
    parties: Parties, file: Path
) -> None:
    session = parties.session("owner")
    made = [append(session, note(session, stage, file)) for stage in (Stage.COLLECT, Stage.STORE)]
    made.append(append(session, note(session, Stage.STORE, file)))  # the same again is another
    assert [one.sequence for one in made] == [1, 2, 3]
    assert {one.level for one in made} == {Level.SIGNED}
    evidence = evidence_of(session, session.me)
    assert [entry.entry for entry in evidence.entries] == [one.entry for one in made]
    head = bytes(32)
    for one in made:
        head = hashed(head + one.entry)
    assert evidence.head == head == evidence.told
    assert evidence.is_whole
    for entry in evidence.entries:
        values = (session.manifest.chain_id, session.manifest.addresses["EvidenceLedger"])
        rest = (session.me, entry.sequence, entry.digest, session.me)
        types = ["uint256", "address", "address", "uint64", "bytes32", "address"]
        assert entry.entry == hashed(encode(types, [*values, *rest]))


def test_evidence_of_which_a_part_is_missing_or_changed_is_not_whole(
    parties: Parties, file: Path
) -> None:
    session = parties.session("checked")
    for stage in (Stage.COLLECT, Stage.STORE):
        append(session, note(session, stage, file))
    evidence = evidence_of(session, session.me)
    first, second = evidence.entries
    assert evidence.is_whole
    assert not replace(evidence, entries=(first,)).is_whole
    assert not replace(evidence, entries=(second, first)).is_whole
    assert not replace(evidence, entries=(first, replace(second, is_right=False))).is_whole
    assert not replace(evidence, length=3).is_whole
    assert not replace(evidence, told=bytes(32)).is_whole


def test_an_entry_that_was_interrupted_is_added_once_also_with_a_salt(
    parties: Parties, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = parties.session("interrupted")
    for i, open_later in enumerate((False, True)):
        wanted = note(session, Stage.COLLECT, file, open_later=open_later)
        before = sent_by(session)
        interrupted(monkeypatch, session, lambda wanted=wanted: append(session, wanted))
        made = append(session, wanted)
        assert sent_by(session) == before + 1
        assert made.sequence == i + 1
    open_entry(session, made.entry, file)  # with the salt of the first try
    assert entry_on_chain(session, made.entry).level is Level.OPENED


def test_stages_out_of_order_are_refused_before_anything_is_sent(
    parties: Parties, file: Path
) -> None:
    session = parties.session("ordered")
    append(session, note(session, Stage.PROCESS, file))
    before = sent_by(session)
    with pytest.raises(EvidenceError, match="store does not follow process, the last stage of"):
        append(session, note(session, Stage.STORE, file))
    append(session, note(session, Stage.COLLECT, file))  # it begins again
    append(session, note(session, Stage.DESTROY, file))
    with pytest.raises(EvidenceError, match="nothing follows the stage destroy"):
        append(session, note(session, Stage.COLLECT, file))
    assert sent_by(session) == before + 2


def test_what_others_say_is_not_chained_and_said_once(parties: Parties, file: Path) -> None:
    owner, other = parties.session("subject"), parties.session("other")
    own = append(owner, note(owner, Stage.COLLECT, file))
    said = Note(asset=owner.me, stage=Stage.USE, file=file, parents=(own.entry,))
    made = append(other, said)
    assert (made.sequence, made.level) == (0, Level.CLAIMED)
    before = sent_by(other)
    with pytest.raises(EvidenceError, match="has this entry"):
        append(other, said)
    assert sent_by(other) == before
    evidence = evidence_of(owner, owner.me)
    assert [entry.sequence for entry in evidence.entries] == [1, 0]
    assert evidence.is_whole


def test_a_delegate_adds_to_the_chain_until_he_is_one_no_more(parties: Parties, file: Path) -> None:
    owner, delegate = parties.session("principal"), parties.session("delegate")
    add_delegate(owner, owner.me, "zkpipe/ledger", delegate.me, 86_400)
    said = Note(asset=owner.me, stage=Stage.COLLECT, file=file)
    assert append(delegate, said).level is Level.SIGNED
    remove_delegate(owner, owner.me, "zkpipe/ledger", delegate.me)
    assert append(delegate, said).level is Level.CLAIMED


def test_an_entry_is_opened_with_its_file_and_the_salt_of_the_home(
    parties: Parties, file: Path, tmp_path: Path
) -> None:
    session, other = parties.session("opener"), parties.session("other")
    plain = append(session, note(session, Stage.COLLECT, file))
    salted = append(session, note(session, Stage.COLLECT, file, open_later=True))
    again = append(session, note(session, Stage.COLLECT, file, open_later=True))
    assert len({plain.digest, salted.digest, again.digest}) == 3
    with pytest.raises(EvidenceError, match="has no salt of entry"):
        open_entry(session, plain.entry, file)
    with pytest.raises(EvidenceError, match="has no salt of entry"):
        open_entry(other, salted.entry, file)
    with pytest.raises(UnknownSubjectError, match="no entry 0x7878"):
        open_entry(session, b"x" * 32, file)
    (tmp_path / "changed").write_bytes(file.read_bytes() + b"\n")
    before = sent_by(session)
    with pytest.raises(EvidenceError, match="is not the file of entry"):
        open_entry(session, salted.entry, tmp_path / "changed")
    assert sent_by(session) == before
    assert open_entry(session, salted.entry, file) is not None
    assert entry_on_chain(session, salted.entry).level is Level.OPENED
    open_entry(session, salted.entry, file)
    assert sent_by(session) == before + 1
    (tmp_path / "large").write_bytes(bytes(LONGEST_OPENING + 1))
    with pytest.raises(FormatError, match="at most 32768"):
        append(session, note(session, Stage.COLLECT, tmp_path / "large", open_later=True))
    append(session, note(session, Stage.COLLECT, tmp_path / "large"))


def test_an_entry_is_confirmed_by_those_whom_it_names(parties: Parties, file: Path) -> None:
    session, first, second = (parties.session(n) for n in ("asker", "first", "second"))
    members = tuple(sorted((first.me, second.me), key=lambda one: int(one, 16)))
    made = append(session, note(session, Stage.COLLECT, file, confirmers=members, need=2))
    signers = entry_on_chain(session, made.entry).signers
    assert confirmers_of(session, signers, (), 0) == [list(members), 2]  # kept in the home
    assert confirmers_of(first, signers, members[::-1], 2) == [list(members), 2]
    for named, need in (((), 0), (members, 1), (members[:1], 1)):
        with pytest.raises(EvidenceError, match="not the accounts that the entry names"):
            confirmers_of(first, signers, named, need)
    decision = Decision(
        chain_id=session.manifest.chain_id,
        contract="EvidenceLedger",
        function="confirm",
        arguments=(made.entry, members, 2),
        nonce=0,
        deadline=FAR,
    )
    action = decision.action(session.manifest)
    signatures = [action.signed_by(one.home.account) for one in (first, second)]
    assert not evidence_of(session, session.me).entries[0].is_confirmed
    assert carry_out(session, decision, signatures) is not None
    assert carry_out(first, decision, signatures) is None  # it is done
    assert evidence_of(session, session.me).entries[0].is_confirmed
    plain = append(session, note(session, Stage.COLLECT, file))
    with pytest.raises(EvidenceError, match="names nobody"):
        confirmers_of(session, entry_on_chain(session, plain.entry).signers, (), 0)


@pytest.mark.parametrize(("count", "need"), [(0, 1), (1, 0), (1, 2), (2, 3), (101, 1)])
def test_confirmers_who_cannot_be_are_refused(
    parties: Parties, file: Path, count: int, need: int
) -> None:
    session = parties.session("asker")
    members = tuple("0x" + f"{i + 1:040x}" for i in range(count))
    before = sent_by(session)
    with pytest.raises(EvidenceError):
        append(session, note(session, Stage.COLLECT, file, confirmers=members, need=need))
    with pytest.raises(EvidenceError):
        append(session, note(session, Stage.COLLECT, file, confirmers=members[:1] * 2, need=1))
    assert sent_by(session) == before


def test_a_lineage_goes_back_over_assets_and_parents_come_first(
    parties: Parties, file: Path
) -> None:
    source, joined = parties.session("source"), parties.session("joined")
    first = append(source, note(source, Stage.COLLECT, file)).entry
    second = append(source, note(source, Stage.STORE, file, parents=(first,))).entry
    own = append(joined, note(joined, Stage.COLLECT, file)).entry
    both = append(joined, note(joined, Stage.PROCESS, file, parents=(own, second))).entry
    last = append(joined, note(joined, Stage.SHARE, file, parents=(both, first))).entry
    found = lineage_of(joined, joined.me)
    assert {entry.entry for entry in found} == {first, second, own, both, last}
    seen: set[bytes] = set()
    for entry in found:
        assert set(entry.parents) <= seen
        seen.add(entry.entry)
    assert {entry.entry for entry in lineage_of(source, source.me)} == {first, second}
    with pytest.raises(UnknownSubjectError):
        append(joined, note(joined, Stage.SHARE, file, parents=(b"x" * 32,)))
    with pytest.raises(EvidenceError, match="each named once"):
        append(joined, note(joined, Stage.SHARE, file, parents=(both, both)))
