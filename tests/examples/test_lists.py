"""The lists of examples/lists: who has no right to get in has no proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.examples.example import (
    assert_no_proof,
    assert_the_page_shows_what_the_demo_prints,
    copy_of,
    module_of,
    needs_solc,
)
from zkpipe import ConstraintSystem
from zkpipe.accel.bn254 import R

lists = module_of("lists")
DOCUMENTS = ["A1", "B22", "C333", "D4444"]
SECRETS = [0x5EC2E7 + number for number in range(4)]
MEMBERS = lists.members_list(DOCUMENTS, map(lists.commitment_of, SECRETS))
SANCTIONS = lists.sanctions_list([f"X{number}" for number in range(30)] + ["C333"])
OTHERS = lists.sanctions_list([f"X{number}" for number in range(30)])
SESSION = 2026
NOT_A_MEMBER = "the leaf is not in the tree"
OWN_LEAF = "the leaf in the key's place is of the key itself"
NOT_ABSENT = "the gap is not in the sanctions list"


@pytest.fixture(scope="module")
def system() -> ConstraintSystem:
    return lists.admitted.trace()  # the demonstration compiles it


def inputs(number: int, **changes: Any) -> dict[str, Any]:
    given = lists.inputs_of(MEMBERS, SANCTIONS, number, DOCUMENTS[number], SECRETS[number])
    return given | {"session": SESSION} | changes


def test_a_member_who_is_not_sanctioned_has_a_proof(system: ConstraintSystem) -> None:
    for number in (0, 1, 3):
        mark = lists.mark_of(SECRETS[number], SESSION)
        public = system.solve(**inputs(number)).public
        assert public == [mark, MEMBERS.root, SANCTIONS.root, SESSION]


def test_a_sanctioned_member_has_no_proof(system: ConstraintSystem) -> None:
    own = inputs(2)
    assert_no_proof(lists.admitted, system, own, OWN_LEAF)
    gap, older = own["gap"], lists.inputs_of(MEMBERS, OTHERS, 2, DOCUMENTS[2], SECRETS[2])["gap"]
    forged = [
        gap | {"is_empty": True},
        gap | {"other_key": gap["other_key"] + 1},
        gap | {"is_empty": True, "siblings": [0] * lists.LEVELS},
        older,
        inputs(0)["gap"],
    ]
    for lie in forged:
        assert_no_proof(lists.admitted, system, inputs(2, gap=lie), NOT_ABSENT)


def test_who_is_no_member_has_no_proof(system: ConstraintSystem) -> None:
    stranger = lists.inputs_of(MEMBERS, SANCTIONS, 0, "E5", SECRETS[0])
    without = [
        inputs(0, secret=SECRETS[1]),
        inputs(0, place=inputs(1)["place"]),
        stranger | {"session": SESSION},
    ]
    for given in without:
        assert_no_proof(lists.admitted, system, given, NOT_A_MEMBER)


def test_a_member_cannot_borrow_anothers_clean_document(system: ConstraintSystem) -> None:
    clean = inputs(0)
    given = inputs(2, document=clean["document"], gap=clean["gap"])
    assert_no_proof(lists.admitted, system, given, NOT_A_MEMBER)


def test_marks_differ_between_members_and_sessions() -> None:
    marks = {lists.mark_of(secret, session) for secret in SECRETS for session in range(3)}
    assert len(marks) == 12
    assert not marks & set(map(lists.commitment_of, SECRETS))


def test_two_documents_never_have_the_same_number() -> None:
    assert lists.number_of("z" * 31) < R
    texts = ["A", "a", "0A", "A0", "00", "0"]
    assert len(set(map(lists.number_of, texts))) == len(texts)
    for text in ("", "A 1", "A\0", "É1", "A" * 32):
        with pytest.raises(ValueError, match="letters and digits"):
            lists.number_of(text)
    with pytest.raises(ValueError, match="twice"):
        lists.members_list(["A1", "A1"], [1, 2])


def test_a_file_may_begin_with_the_mark_that_spreadsheets_write(tmp_path: Path) -> None:
    demo = copy_of("lists", tmp_path, members_csv="\ufeffname,document\nAda,N1\n")
    assert demo["rows_of"]("members.csv", "name") == [{"name": "Ada", "document": "N1"}]


@pytest.mark.parametrize(
    ("members", "because"),
    [
        ("name;document\nAda;N1\n", "members.csv, line 2: no name"),
        ("name,document\nAda,N1\nBen\n", "members.csv, line 3: no document"),
        ("name,document\nAda,N 1\n", "letters and digits"),
        ("name,document\nAda,N1\nBen,N1\n", "twice"),
    ],
)
def test_a_faulty_file_ends_the_demonstration_in_a_sentence(
    members: str, because: str, tmp_path: Path
) -> None:
    demo = copy_of("lists", tmp_path, members_csv=members)
    with pytest.raises(SystemExit, match=because):
        demo["main"]()


def test_nobody_need_be_sanctioned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needs_solc()
    members, nobody = "name,document\nAda,N1\n", "name,document\n"
    copy_of("lists", tmp_path, members_csv=members, sanctions_csv=nobody)["main"]()
    printed = capsys.readouterr().out
    assert "0 on the sanctions list" in printed
    assert "older" not in printed


def test_the_page_shows_what_the_demonstration_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert_the_page_shows_what_the_demo_prints("lists", capsys)
