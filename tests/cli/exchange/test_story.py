"""The hour of docs/exchange.md, command by command, and then the examples of other commands.

The suite takes segments of 32 rows, so that keys are small; the long form takes the page as it is.
"""

from __future__ import annotations

import json
import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands.test_commands import ALL, STORY
from tests.cli.deployment.funded import fund
from tests.cli.exchange.town import PASSWORD
from tests.cli.workshop import invoke
from tests.docs.pages import ROOT, Page
from tests.exchange.circuits.cases import CTX, FOR, OTHER_KEY, RECIPIENT
from tests.long_form import IS_LONG
from zkpipe.exchange.answers import open_answer
from zkpipe.exchange.circuits import answer_inputs
from zkpipe.exchange.home import Header, Home
from zkpipe.exchange.home.encryption import LEAST_WORK
from zkpipe.exchange.tables import Schema, commit
from zkpipe.exchange.tables.encoding import encode
from zkpipe.verifier_contracts import Chain, Node, find_solc
from zkpipe.verifier_contracts.errors import MissingError

PAGE = Page.load(ROOT / "docs" / "exchange.md")
FILES = ("council.json", "schema.json", "policy.json", "terms.json")  # of the page, in order
WORD = re.compile(r"\b[A-Z]{3,}\b")
SMALL = {
    "register register": "register@5 register",
    "stats:schema.json": "stats@5:schema.json",
    "people.csv schema.json segments.json": "people.csv schema.json segments.json --class 5",
}
PEOPLE = [("basic" if i % 3 else "plus", i * 7 % 9) for i in range(1, 31)]
RAISED = {  # the word that a command's answer gives, and where it stands
    "catalogue register": ("LINEAGE", "lineage"),
    "grant request": ("GRANT", "grant"),
    "job open": ("JOB", "job"),
    "audit export": ("ANCHOR", "anchor"),
    "ledger append": ("ENTRY", "entry"),
}
AFTER = (  # what the page does not run, each by its own example, in an order in which it works
    "identity new",
    "identity show",
    "identity attribute",
    "identity delegate",
    "catalogue diff",
    "catalogue circuit check",
    "catalogue circuit list",
    "catalogue circuit verify",
    "ledger append",
    "ledger open",
    "ledger confirm",
    "ledger show",
    "ledger lineage",
    "settle issue",
    "settle balance",
    "job monitor",
    "audit serve",
    "grant revoke",
    "grant close",
    "job expire",
    "catalogue update",
    "catalogue freeze",
    "catalogue circuit retire",
    "identity transfer",
)


def lines() -> Iterator[str]:
    """The commands of the page, in order."""
    for block in PAGE.blocks:
        if block.language == "sh":
            for line in block.text.strip().replace("\\\n", " ").splitlines():
                if line.startswith("zkpipe "):
                    yield line


class Story:
    """A folder with homes, on a node; what the words in capitals stand for."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.words: dict[str, str] = {}

    def run(self, line: str) -> dict[str, Any]:
        """Run a command that must succeed, with --json; what it says."""
        for word, small in {} if IS_LONG else SMALL.items():
            line = line.replace(word, small)
        is_quick = line.startswith("zkpipe exchange init ") and not IS_LONG
        facts = self.quick_home(line) if is_quick else self.said(line)
        self.learn(shlex.split(line)[1:], facts)
        return facts

    def said(self, line: str) -> dict[str, Any]:
        """What a command says, with --json."""
        filled = WORD.sub(lambda match: self.words.get(match[0], match[0]), line)
        result = invoke(*shlex.split(filled)[1:], "--json")
        assert result.exit_code == 0, f"{line}: {result.output}"
        return dict(json.loads(result.stdout))

    def quick_home(self, line: str) -> dict[str, Any]:
        """A home that opens in no time: commands open it often. `init` itself makes one more."""
        name = line.split()[-1]
        if not Path("spare").exists():
            assert self.said(line.replace(f"--home {name}", "--home spare"))["account"]
        Home.create(Path(name).resolve(), PASSWORD, work=LEAST_WORK).close()
        return {"account": Header.load(Path(name)).address}

    def learn(self, words: list[str], facts: dict[str, Any]) -> None:
        """Take a word's meaning from what a command said."""
        name = " ".join(words[:2])
        if name in RAISED:
            word, field = RAISED[name]
            self.words[word] = facts[field]
        elif name == "exchange init":
            home = words[words.index("--home") + 1]
            self.words[home.upper()] = facts["account"]
            fund(self.node.url, facts["account"])
            if home == "auditor":
                shown = self.run("zkpipe exchange show --home auditor --epoch 0")
                self.words["AUDITORKEY"] = shown["auditor"]["y"]
        elif name == "catalogue commit":
            self.words["ROOT"] = facts["roots"][0]
        elif words[:3] == ["catalogue", "circuit", "propose"]:
            word = "REGISTER" if words[3].startswith("register") else "VISITS"
            self.words[word] = self.words["CIRCUIT"] = facts["circuit"]

    def write(self, name: str) -> None:
        """A file of the page."""
        texts = [b.text for b in PAGE.blocks if b.language == "json" and '"answer"' not in b.text]
        text = dict(zip(FILES, texts, strict=True))[name]
        Path(name).write_text(WORD.sub(lambda match: self.words.get(match[0], match[0]), text))


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    try:
        find_solc()
        node = Node.start()
    except MissingError as missing:
        pytest.skip(str(missing))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZKPIPE_RPC", node.url)
    monkeypatch.setenv("ZKPIPE_PASSWORD_FILE", "password")
    Path("password").write_text(f"{PASSWORD}\n")
    rows = "".join(f"{i},{plan},{visits}\n" for i, (plan, visits) in enumerate(PEOPLE, 1))
    Path("people.csv").write_text(f"person,plan,visits\n{rows}")
    with node:
        yield Story(node)


def test_these_are_all_commands_of_the_exchange() -> None:
    told = {name for line in lines() for name in ALL if line.startswith(f"zkpipe {name} ")}
    there = {name for name in ALL if name.split()[0] in STORY}
    there -= {"case open-data"}  # which tests/exchange/cases runs
    assert told & there | set(AFTER) == there


def test_the_hour_of_the_page_goes_as_it_says(story: Story) -> None:
    for line in lines():
        for name in FILES:
            if name in line and not Path(name).exists():
                story.write(name)
        story.run(line)

    answer = json.loads(Path("answer.json").read_text())["answer"]
    groups = {cell["cell"]["plan"]: cell for cell in answer["cells"]}
    for plan in ("basic", "plus"):
        visits = [v for p, v in PEOPLE if p == plan]
        assert groups[plan]["rows"] == len(visits)
        assert int(groups[plan]["sum"]) == sum(visits)
    assert json.loads(Path("opened.json").read_text())["answer"] == answer
    assert story.run("zkpipe settle balance --home owner")["balance"] == 10

    prepare(story)
    for name in AFTER:
        for line in ALL[name].example.splitlines():  # type: ignore[attr-defined]
            before(story, name, line)
            story.run(line.replace("http://127.0.0.1:8545", story.node.url))


@pytest.mark.parametrize("least", [0, 5, 9])
def test_the_question_of_the_page_is_answered_as_plain_python_answers(
    least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = [b.text for b in PAGE.blocks if b.language == "json"]
    Path("schema.json").write_text(files[FILES.index("schema.json")])
    (source,) = [b.text for b in PAGE.blocks if b.language == "python"]
    small = source.replace('"visits"])', '"visits"], 5)')
    assert small != source
    Path("frequent.py").write_text(small)
    frequent = runpy.run_path("frequent.py")["frequent"]
    assert frequent.record.leak_bits == 22

    plans, visits = zip(*PEOPLE, strict=True)
    data = {"person": [*range(30)], "plan": [*plans], "visits": [*visits]}
    rows = commit(encode(Schema.load("schema.json"), data, 5), OTHER_KEY)
    inputs = answer_inputs(frequent, rows, FOR, ctx=CTX, ask=least)
    results = frequent.circuit.compile().solve(**inputs).public[: frequent.record.results]
    answer = open_answer(RECIPIENT, results, FOR.wraps[0], frequent.answers)
    assert answer == [
        sum(p == plan and v >= least for p, v in PEOPLE) for plan in ("basic", "plus")
    ]


def prepare(story: Story) -> None:
    """The files that examples name."""
    Path("consent.txt").write_text("They agreed.")
    Path("method.txt").write_text("By a questionnaire.")
    Path("gone.csv").write_text("person\n3\n6\n9\n")
    story.words["CIRCUIT"] = story.words["REGISTER"]


def before(story: Story, name: str, line: str) -> None:
    """What must have happened before an example works."""
    if name == "ledger confirm" and "--action" not in line:
        story.run("zkpipe exchange sign confirm.json confirmed.json --home member")
    if name == "job expire":
        story.run("zkpipe grant request terms.json --home developer")
        story.run("zkpipe grant approve GRANT --home owner")
        story.run("zkpipe job open --grant GRANT --root ROOT --home developer")
        provider = Chain.connect(story.node.url).web3.provider
        provider.make_request("evm_increaseTime", [10 * 86_400])  # type: ignore[arg-type] # anvil's
        provider.make_request("evm_mine", [])  # type: ignore[arg-type] # anvil's
