"""identity, ledger, settle and the council's commands, on a node, as people and machines see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.exchange.town import Town, declined
from tests.cli.workshop import done, invoke
from zkpipe.cli.commands.exchange.parties.joining import is_shallow
from zkpipe.exchange.home import Home
from zkpipe.exchange.sender import Attempt, Sender
from zkpipe.verifier_contracts import Chain, Node
from zkpipe.verifier_contracts.errors import NodeMissingError

HOSTILE = (
    b"\x1b]0;owned\x07\x1b[2J",  # a terminal's title, and an empty screen
    "\u202egro.live//:ptth".encode(),  # right to left
    "\u05d0\u05d1 2027".encode(),  # reorders the number beside it
    b"line\nidentity  did:ethr:0x539:0xforged",
    b"\xff\xfe\x00",
    b"a" * 200_000,
    "e\u0301\u0301\u0301\u0301".encode(),
    b'"} quoted',
)


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    try:
        started = Node.start()
    except NodeMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")
    with started as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("town")


@pytest.fixture(scope="module")
def made(node: Node, folder: Path) -> Town:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return Town(node)


@pytest.fixture
def town(made: Town, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.chdir(folder)
    return made


def test_a_council_of_one_opens_the_exchange_at_once_and_once(town: Town) -> None:
    message = declined("exchange", "open", *town.works("owner"), says="signed by nobody", status=1)
    assert town.address["member"] in message
    facts = town.facts("exchange", "open", *town.works("member"))
    assert facts["signed"] == [town.address["member"]]
    assert facts["transaction"]
    assert town.facts("exchange", "council", *town.looks("owner")) == {
        "members": [town.address["member"]],
        "threshold": 1,
        "nonce": 1,
        "auditor_key": "12345",
        "open": True,
    }
    for words in ((), ("--action", "again.json")):
        assert "already" in town.facts("exchange", "open", *words, *town.works("member"))
    assert not Path("again.json").exists()


def test_what_is_decided_goes_by_files(town: Town) -> None:
    to = town.address["developer"]
    words = ("settle", "issue", to, "70")
    facts = town.facts(*words, "--action", "issue.json", *town.looks("owner"))
    assert (facts["signers"], facts["need"]) == ([town.address["member"]], 1)
    signature = town.sign("issue.json", "member")
    before = town.facts("settle", "balance", to, *town.looks("owner"))["balance"]
    sent = town.facts(*words, signature, *town.works("owner"))
    again = town.facts(*words, signature, *town.works("owner"))
    assert again["transaction"] == sent["transaction"]
    assert town.facts(*words, signature, *town.works("developer"))["transaction"] is None
    found = town.facts("settle", "balance", *town.looks("developer"))
    assert (found["balance"], found["whole"]) == (before + 70, True)
    declined("settle", "issue", to, "71", signature, *town.works("owner"), says="of another action")
    other = town.sign("issue.json", "developer")
    declined(*words, other, *town.works("owner"), says="may not sign it")
    declined(*words, signature, "--action", "x.json", *town.works("owner"), says="for sending it")
    assert json.loads(done("info", "issue.json", "--json"))["kind"] == "action"
    assert json.loads(done("info", signature, "--json"))["kind"] == "signature"


def test_the_same_issue_by_the_only_member_is_another_one(town: Town) -> None:
    to = town.address["owner"]
    hashes = {
        town.facts("settle", "issue", to, "5", *town.works("member"))["transaction"]
        for _ in range(2)
    }
    assert len(hashes) == 2
    assert town.facts("settle", "balance", *town.looks("owner"))["balance"] == 10


def test_who_joins_sees_what_the_manifest_calls_final(town: Town, tmp_path: Path) -> None:
    """No byte of a contract says it: whoever wrote the manifest does."""
    file = tmp_path / "manifest.json"
    replace(town.manifest, depth=0).save(file)
    text = done("exchange", "join", str(file), *town.works("owner"))
    assert dict(line.split(maxsplit=1) for line in text.splitlines())["final"] == "0 blocks deep"
    elsewhere = [replace(town.manifest, chain_id=1, depth=depth) for depth in (0, 11, 12)]
    assert [is_shallow(one) for one in elsewhere] == [True, True, False]
    assert not is_shallow(town.manifest)


def test_who_signs_the_same_words_again_sees_that_they_would_count_beside_the_first(
    town: Town,
) -> None:
    own = ("--home", "member", "--password-file", "password")
    done("settle", "issue", town.address["owner"], "5", "--action", "a.json", *town.looks("owner"))
    text, said = Path("a.json").read_text(), json.loads(Path("a.json").read_text())
    following = said["nonce"] + 1
    Path("b.json").write_text(text.replace(f'"nonce":{said["nonce"]}', f'"nonce":{following}'))
    shown = [done("exchange", "sign", f"{n}.json", f"{n}.sig", *own) for n in ("a", "b")]
    assert shown[0] != shown[1]
    rows = dict(line.split(maxsplit=1) for line in shown[1].splitlines())
    assert rows["nonce"] == str(following)


def test_signatures_of_two_actions_and_other_files_are_declined(town: Town) -> None:
    to = town.address["developer"]
    for n in ("1", "2"):
        done("settle", "issue", to, n, "--action", f"{n}.json", *town.looks("owner"))
    files = town.sign("1.json", "member"), town.sign("2.json", "developer")
    words = ("settle", "issue", to, "1")
    declined(*words, *files, *town.works("owner"), says="of different actions")
    declined(*words, "1.json", *town.works("owner"), says="is no signature")
    declined(*words, "password", *town.works("owner"), says="is not JSON")
    declined(*words, "nothing", *town.works("owner"), says="cannot be read")
    own = ("--home", "member", "--password-file", "password")
    declined("exchange", "sign", files[0], "new", *own, says="is no action")
    declined("exchange", "sign", "1.json", "1.json", *own, says="is an input")
    declined("exchange", "sign", "1.json", "password", *own, says="is an input")
    Path("notes").write_text("my notes")
    declined("exchange", "sign", "1.json", "notes", *own, says="never overwritten")
    done("exchange", "backup", "kept", *own)
    declined("exchange", "sign", "1.json", "kept", *own, says="a backup of an exchange home")
    declined(*words, "--action", "kept", *town.looks("owner"), says="a backup of an exchange home")


def test_an_identity_says_who_it_is_once(town: Town) -> None:
    words = ("identity", "new", "--name", "Statistics", "--kind", "organisation")
    first = town.facts(*words, *town.works("owner"))
    assert first["did"] == f"did:ethr:0x539:{town.address['owner']}"
    assert set(first["stated"]) == {"zkpipe/name", "zkpipe/kind"}
    assert town.facts(*words, *town.works("owner"))["stated"] == {}
    plain = town.facts("identity", "new", *town.works("developer"))
    assert plain["stated"] == {}
    found = town.facts("identity", "show", first["did"], *town.looks("developer"))
    names = {one["name"]["text"]: one["value"]["text"] for one in found["attributes"]}
    assert names == {"zkpipe/name": "Statistics", "zkpipe/kind": "organisation"}
    assert found["document"]["id"] == first["did"]


def test_attributes_and_delegates_come_and_go(town: Town) -> None:
    own, site = town.address["owner"], ("did/svc/Site", "https://a.example")
    assert done("identity", "attribute", own, *site, *town.works("owner"))
    text = done("identity", "show", own, *town.looks("member"))
    assert '"did/svc/Site" "https://a.example" until ' in text
    done("identity", "attribute", own, *site, "--remove", *town.works("owner"))
    who = ("zkpipe/prover", town.address["member"])
    done("identity", "delegate", own, *who, "--valid", "1000", *town.works("owner"))
    text = done("identity", "show", own, *town.looks("member"))
    assert f'delegate   "zkpipe/prover" {town.address["member"]} until ' in text
    assert "a.example" not in text
    done("identity", "delegate", own, *who, "--remove", *town.works("owner"))
    declined("identity", "attribute", own, *site, *town.works("member"), says="owns it")
    bad = invoke("identity", "attribute", own, "a", "0x1", *town.works("owner"))
    assert bad.exit_code == 2
    declined("identity", "show", "did:web:x", *town.looks("owner"), says="no identity of did:ethr")


def test_what_others_wrote_reaches_no_terminal_raw(town: Town) -> None:
    """Names and values as anyone can put them on the chain, by a contract's own call."""
    with Home.open(Path("developer").resolve(), "correct horse battery") as home:
        chain = Chain.connect(town.url, home.account, chain_id=1337)
        registry = town.manifest.contract(chain, "IdentityRegistry")
        for value in HOSTILE:
            name = value[:32].ljust(32, b"\0")
            registry.transact("setAttribute", home.address, name, value, 1_000_000)
            registry.transact("addDelegate", home.address, name, home.address, 1_000_000)
        address = home.address
    for words in ((), ("--json",)):
        text = done("identity", "show", address, *town.looks("owner"), *words)
        assert text.replace("\n", "").isascii()
        assert text.replace("\n", "").isprintable()
        assert "forged" not in "".join(line for line in text.splitlines() if "did:" in line[:16])
    text = done("identity", "show", address, *town.looks("owner"))
    assert len(text) < 20_000
    assert len(text.splitlines()) == 2 + 2 * len(HOSTILE) + 1 + 10
    assert "200,000 bytes" in text
    facts = town.facts("identity", "show", address, *town.looks("owner"))
    sizes = {one["value"]["bytes"]: one["value"]["hex"] for one in facts["attributes"]}
    assert sizes[200_000] is None


def test_evidence_is_added_confirmed_opened_and_shown(town: Town) -> None:
    own, member = town.address["owner"], town.address["member"]
    Path("consent.txt").write_text("I agree")
    Path("method.txt").write_text("We count")
    first = town.facts("ledger", "append", own, "collect", "consent.txt", *town.works("owner"))
    assert (first["level"], first["sequence"]) == (1, 1)
    words = ("--open-later", "--by", member, "--parent", first["entry"])
    entry = town.facts(
        "ledger", "append", own, "process", "method.txt", *words, *town.works("owner")
    )
    assert (entry["confirmers"], entry["need"]) == ([member], 1)
    says = "store does not follow process"
    declined("ledger", "append", own, "store", "method.txt", *town.works("owner"), says=says)
    confirm = ("ledger", "confirm", entry["entry"])
    done(*confirm, "--action", "confirm.json", *town.looks("owner"))
    signature = town.sign("confirm.json", "member")
    declined(*confirm, signature, *town.works("developer"), says="not the accounts that the entry")
    done(*confirm, signature, "--by", member, *town.works("developer"))
    assert "already" in town.facts(*confirm, *town.works("owner"))
    says = "is not the file of entry"
    declined("ledger", "open", entry["entry"], "consent.txt", *town.works("owner"), says=says)
    done("ledger", "open", entry["entry"], "method.txt", *town.works("owner"))
    facts = town.facts("ledger", "show", own, *town.looks("developer"))
    assert facts["whole"]
    assert [(one["level"], one["confirmed"]) for one in facts["entries"]] == [(1, False), (2, True)]
    text = done("ledger", "show", own, *town.looks("developer"))
    assert "recomputed: as the contract has it" in text
    lines = done("ledger", "lineage", own, *town.looks("developer")).splitlines()
    assert lines[1].startswith("1")
    assert lines[2].endswith(", follows from 1")
    assert invoke("ledger", "open", "0x12", "method.txt", *town.works("owner")).exit_code == 2


def test_who_confirms_sees_the_entry_and_compares_the_file(town: Town) -> None:
    own, member = town.address["owner"], town.address["member"]
    Path("report.txt").write_text("We looked")
    Path("other.txt").write_text("We did not look")
    words = ("report.txt", "--by", member, *town.works("owner"))
    entry = town.facts("ledger", "append", own, "share", *words)
    confirm = ("ledger", "confirm", entry["entry"])
    done(*confirm, "--action", "c.json", *town.looks("owner"))
    sign = ("exchange", "sign", "c.json", "c.sig", "--password-file", "password")
    text = done(*sign, "--home", "member", "--of", "report.txt")
    rows = dict(line.split(maxsplit=1) for line in text.splitlines())
    assert rows["asset"] == rows["author"] == f'"{own}"'
    assert rows["digest"] == f'"{entry["digest"]}"'
    assert rows["sequence"] == str(entry["sequence"])
    assert "give --rpc" in rows["checked"]
    declined(*sign, "--home", "member", "--of", "other.txt", says="The entry is not of other.txt")
    declined(*sign, "--home", "developer", says="may not sign the action")
    told = town.facts(*sign, *town.looks("member"))
    assert told["told"] == {"stage": "share", "level": 1}
    assert (told["may_sign"], told["asked_chain"], told["need"]) == (True, True, 1)
    says = "--of is for actions that confirm"
    to = town.address["developer"]
    done("settle", "issue", to, "1", "--action", "i.json", *town.looks("owner"))
    issue = ("exchange", "sign", "i.json", "i.sig", "--password-file", "password")
    declined(*issue, "--home", "member", "--of", "report.txt", says=says)
    declined(*issue, *town.looks("developer"), says="The council is")
    warned = town.facts(*issue, "--home", "developer")
    assert not warned["may_sign"]
    assert "not in the council" in json.dumps(warned["warnings"])
    done(*confirm, "c.sig", *town.works("owner"))
    declined(*sign, *town.looks("member"), says="is confirmed")


def test_an_allowance_is_set_and_kept(town: Town) -> None:
    assert town.facts("settle", "allow", "500", *town.works("developer"))["transaction"]
    assert town.facts("settle", "allow", "500", *town.works("developer"))["transaction"] is None
    text = done("settle", "balance", *town.looks("developer"))
    assert "JobBoard may lock" in text
    assert "as many as were issued" in text


def test_an_identity_goes_to_another_in_one_step(town: Town) -> None:
    own, to = town.address["developer"], town.address["member"]
    assert "only the new owner" in done("identity", "transfer", own, to, *town.works("developer"))
    assert town.facts("identity", "show", own, *town.looks("owner"))["owner"] == to
    declined("identity", "transfer", own, to, *town.works("developer"), says=f"{to} owns it")


def test_the_council_is_replaced_and_the_old_one_decides_no_more(town: Town) -> None:
    words = ("--member", town.address["owner"], "--member", town.address["developer"])
    council = ("exchange", "set-council", *words, "--threshold", "2", *town.works("member"))
    assert "zkpipe exchange manifest" in done(*council)
    assert "already" in town.facts(*council)
    old = Path("old.json")
    town.manifest.save(old)
    join = ("exchange", "join", "renewed.json", *town.works("developer"))
    declined("exchange", "join", str(old), *town.works("developer"), says="exchange manifest")
    renew = ("exchange", "manifest", "renewed.json", *town.looks("member"))
    made = town.facts(*renew)
    assert made["renewed"]
    assert made["council"]["threshold"] == 2
    assert town.facts(*join)["council"] == made["council"]
    assert set(made["council"]["members"]) == {town.address["owner"], town.address["developer"]}
    declined(*renew, says="not overwritten")
    before = Path("renewed.json").read_bytes()
    assert not town.facts(*renew[:3], "--force", *town.looks("developer"))["renewed"]
    assert Path("renewed.json").read_bytes() == before
    declined(
        "settle", "issue", "0x" + "11" * 20, "5", *town.works("member"), says="2 of 2", status=1
    )
    issue = ("settle", "issue", town.address["owner"], "5")
    declined(*issue, *town.works("member"), says="2 of 2", status=1)
    message = declined(*issue, *town.works("owner"), says="so 1 more", status=1)
    assert town.address["developer"] in message
    done(*issue, "--action", "two.json", *town.looks("member"))
    signature = town.sign("two.json", "developer")
    declined(*issue, signature, *town.works("member"), says="so 1 more", status=1)
    facts = town.facts(*issue, signature, *town.works("owner"))  # who adds its own
    assert set(facts["signed"]) == {town.address["owner"], town.address["developer"]}


def test_a_command_that_did_not_end_is_told_by_the_next_one(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was ended after its transaction was out; another command of the home goes on with it."""

    def end(sender: Sender, attempt: Attempt, until: float) -> Attempt:
        sender.step()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Sender, "_final", end)
        assert invoke("settle", "allow", "77", *town.works("owner")).exit_code == 130
    said = ("identity", "attribute", town.address["owner"], "a", "b")
    facts = town.facts(*said, *town.works("owner"))
    (warning,) = facts["warnings"]
    assert "did not end: allow" in json.dumps(warning)
    assert "warnings" not in town.facts(*said, *town.works("owner"))
    assert town.facts("settle", "allow", "77", *town.works("owner"))["transaction"] is None
