"""An owner, a developer and a member of the council use the catalogue by commands, on a node."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.deployment.funded import fund
from tests.cli.workshop import done, invoke, refused
from tests.exchange.canaries import Canaries
from tests.exchange.clients.circuits.some_circuits import SCORE
from tests.exchange.some_tables import small_schema
from zkpipe.exchange.clients.circuits import source_of
from zkpipe.exchange.home import Header, Home
from zkpipe.exchange.home.encryption import LEAST_WORK
from zkpipe.prover import DEVELOPMENT, setup_to_file
from zkpipe.verifier_contracts import Node
from zkpipe.verifier_contracts.errors import NodeMissingError

PASSWORD = "correct horse battery"  # noqa: S105 # of homes made here
FIRST = 10**17  # of the numbers of persons: long enough to be looked for
PEOPLE = range(12)


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    try:
        started = Node.start()
    except NodeMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")
    with started as running:
        yield running


def table(path: str, people: Any) -> None:
    with Path(path).open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["person", "visits", "well", "days"])
        writer.writerows([FIRST + one, one, "false", one + 1] for one in people)


class Desk:
    """Commands, each with the options of a party."""

    def __init__(self, url: str) -> None:
        self.url = url

    def _words(self, home: str, words: tuple[object, ...], *, asks: bool) -> list[object]:
        own = [] if asks else ["--password-file", "password"]
        return [*words, "--home", home, *own, "--rpc", self.url, "--json"]

    def does(self, home: str, *words: object) -> dict[str, Any]:
        return json.loads(done(*self._words(home, words, asks=False)))  # type: ignore[no-any-return]

    def asks(self, home: str, *words: object) -> dict[str, Any]:
        return json.loads(done(*self._words(home, words, asks=True)))  # type: ignore[no-any-return]

    def fails(self, home: str, *words: object, status: int = 1) -> dict[str, Any]:
        result = invoke(*self._words(home, words, asks=False))
        assert result.exit_code == status, result.output
        return json.loads(result.stdout)  # type: ignore[no-any-return]


def test_the_catalogue_from_a_commitment_to_its_end(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("password").write_text(f"{PASSWORD}\n")
    Path("schema.json").write_bytes(small_schema().canonical)
    desk = Desk(node.url)
    for name in ("member", "owner", "developer"):
        Home.create(tmp_path / name, PASSWORD, work=LEAST_WORK).close()
        fund(node.url, Header.load(Path(name)).address)
    council = {"members": [Header.load(Path("member")).address], "threshold": 1}
    Path("council.json").write_text(json.dumps({**council, "auditorKey": "12345"}))
    deploy = ("exchange", "deploy", "council.json", "manifest.json", "--chain-id", "1337")
    desk.does("member", *deploy, "--depth", "0")
    for name in ("member", "owner", "developer"):
        desk.does(name, "exchange", "join", "manifest.json")

    # circuits: the exchange's own, and a developer's
    Path("score.py").write_text(SCORE)
    sources = {
        "register": "register@3",
        "update": "update@3:schema.json",
        "stats": "stats@3:schema.json:visits",
        "score": "score.py",
    }
    circuits = {}
    for name, words in sources.items():
        system = source_of(words).template().circuit.trace()  # the story has the command
        setup_to_file(system, DEVELOPMENT, Path(f"{name}.zkey"))
        propose = ("catalogue", "circuit", "propose", words, f"{name}.zkey")
        made = desk.does("developer", *propose)
        circuits[name] = made["circuit"]
        if name != "register":
            continue
        assert desk.does("developer", *propose)["verifier"] == made["verifier"]  # not again
        compared = ("catalogue", "circuit", "verify", made["circuit"], words, f"{name}.zkey")
        assert desk.asks("member", *compared) == {
            "circuit": made["circuit"], "same": True, "differences": [],
        }  # fmt: skip
    approve = ("catalogue", "circuit", "approve", circuits["register"])
    desk.asks("member", *approve, "--action", "approve.json")
    done("exchange", "sign", "approve.json", "signature.json", "--home", "member",
         "--password-file", "password")  # fmt: skip
    desk.does("developer", *approve, "signature.json")  # anyone sends what was signed
    for name in ("update", "stats", "score"):
        desk.does("member", "catalogue", "circuit", "approve", circuits[name])
    listed = desk.asks("developer", "catalogue", "circuit", "list")["circuits"]
    assert {one["id"]: one["state"] for one in listed} == dict.fromkeys(circuits.values(), "active")
    swapped = ("catalogue", "circuit", "verify", circuits["stats"], sources["score"], "stats.zkey")
    result = invoke(*swapped, "--home", "member", "--rpc", node.url, "--json")
    assert result.exit_code == 1
    assert any("r1csHash" in one for one in json.loads(result.stdout)["differences"])

    # data
    table("people.csv", PEOPLE)
    Path("gone.csv").write_text("person\n" + "".join(f"{FIRST + one}\n" for one in (0, 1, 2)))
    for name in ("register", "update"):
        checked = desk.does("owner", "catalogue", "circuit", "check", sources[name], f"{name}.zkey")
        assert checked["circuits"] == [circuits[name]]
        assert checked["objections"] == []
        more = ["visits", "well", "days"] if name == "update" else []
        assert checked["names"] == ["cell", "unit", *more]
    commit = ("catalogue", "commit", "people.csv", "schema.json", "segments.json", "--class", "3")
    made = json.loads(done(*commit, "--home", "owner", "--password-file", "password", "--json"))
    assert (made["rows"], made["units"], len(made["roots"])) == (12, 12, 2)
    policy = {
        "format": "zkpipe policy 1", "schemaHash": made["schema"], "limitBits": 100, "floor": 2,
        "keyed": False,
    }  # fmt: skip
    Path("policy.json").write_text(json.dumps(policy))
    lineage = desk.does("owner", "catalogue", "register", "policy.json")["lineage"]
    assert desk.does("owner", "catalogue", "register", "policy.json")["lineage"] == lineage
    publish = ("catalogue", "publish", lineage)
    assert desk.does("owner", *publish, "segments.json")["version"] == 1
    assert desk.does("owner", *publish, "segments.json")["calls"] == 0
    assert desk.does("owner", "catalogue", "verify", lineage, "people.csv")["same"]
    table("others.csv", range(1, 13))
    assert not desk.fails("owner", "catalogue", "verify", lineage, "others.csv")["same"]
    desk.does("owner", "catalogue", "update", "segments.json", "gone.csv", "updated.json")
    assert desk.does("owner", *publish, "updated.json")["version"] == 2
    table("people.csv", range(3, 12))
    assert desk.does("owner", "catalogue", "verify", lineage, "people.csv")["same"]
    found = desk.asks("developer", "catalogue", "diff", lineage, "1", "2")
    (added,), (removed,) = found["added"], found["removed"]
    assert (added["replaces"], removed["root"]) == (removed["root"], made["roots"][0])

    checked = desk.does("owner", "catalogue", "circuit", "check", "score.py", "score.zkey")
    assert (checked["circuits"], checked["objections"]) == ([circuits["score"]], [])
    assert checked["names"] == ["visits"]  # the home has the schema since the commitment

    # who may ask
    allow = ("catalogue", "allow", lineage)
    desk.does("owner", *allow, circuits["stats"])
    desk.does("owner", *allow, circuits["stats"])
    shown = desk.asks("developer", "catalogue", "show", lineage)
    assert shown["allowed"] == [circuits["stats"]]
    assert [one["rows"] for one in shown["segments"]] == [4, 5]
    options = ("--home", "owner", "--password-file", "password", "--rpc", node.url)
    result = invoke(*allow, circuits["score"], *options)
    assert "does not keep the floor, 2" in result.stderr
    for on in (True, False, True, False):
        desk.does("owner", *allow, circuits["stats"], *([] if on else ["--off"]))
    assert desk.asks("developer", "catalogue", "show", lineage)["allowed"] == []
    names = [one["id"] for one in desk.asks("owner", "catalogue", "search", "VISITS")["found"]]
    assert set(names) == {lineage, circuits["stats"], circuits["score"]}
    result = invoke("catalogue", "search", "nothing-of-it", "--home", "owner", "--rpc", node.url)
    assert result.exit_code == 1
    assert "only if this home has the schema" in result.stdout

    # the end
    end = desk.does("owner", "catalogue", "freeze", lineage, "--destroy")
    assert len(end["erased"]) == 3
    assert desk.does("owner", "catalogue", "freeze", lineage, "--destroy")["state"] == "destroyed"
    assert desk.asks("developer", "catalogue", "show", lineage)["state"] == "destroyed"
    result = invoke(*publish, "segments.json", *options)
    assert "is destroyed" in result.stderr
    result = invoke("catalogue", "verify", lineage, "people.csv", *options)
    assert "no segment" in result.stderr

    canaries = Canaries()
    for one in PEOPLE:
        canaries.plant(f"person {one}", FIRST + one)
    data = [Path(name) for name in ("people.csv", "others.csv", "gone.csv")]
    assert canaries.in_folder(tmp_path, but=data) == []


def test_words_that_name_nothing_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("password").write_text(f"{PASSWORD}\n")
    Path("schema.json").write_bytes(small_schema().canonical)
    Home.create(tmp_path / "owner", PASSWORD, work=LEAST_WORK).close()
    own = ("--home", "owner", "--password-file", "password")
    there = (*own, "--rpc", "http://127.0.0.1:1")
    result = invoke("catalogue", "show", "0x12", "--home", "owner", "--rpc", "http://127.0.0.1:1")
    assert "is no id" in result.stderr
    result = invoke("catalogue", "publish", "0x" + "1" * 64, *there)
    assert "Give a description of segments" in result.stderr
    table("people.csv", PEOPLE)
    refused("catalogue", "commit", "people.csv", "people.csv", "new.json", *own, says="JSON")
    refused("catalogue", "commit", "people.csv", "schema.json", "schema.json", *own, says="schema")
    Path("wrong.csv").write_text("person,visits,well,days\n1,700,false,1\n")
    said = refused("catalogue", "commit", "wrong.csv", "schema.json", "s.json", *own, says="visits")
    assert "700" not in said
    Path("wrong.csv").write_text("7007,visits,well,days\n1,7,false,1\n")  # no header, perhaps
    said = refused("catalogue", "commit", "wrong.csv", "schema.json", "s.json", *own, says="first")
    assert "7007" not in said
    Path("policy.json").write_text('{"format": "zkpipe policy 1", "limitBits": 9, "floor": 3}')
    refused("catalogue", "register", "policy.json", *there, says="--schema SCHEMA.json")
    result = invoke("catalogue", "circuit", "check", "stats", "schema.json", *there)
    assert result.exit_code == 2
