"""An owner, a developer and a member use grants and jobs by commands alone, on a node."""

from __future__ import annotations

import json
import signal
import socket
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.place import ZKPIPE
from tests.cli.workshop import as_on_a_terminal, done, invoke, refused
from tests.exchange.canaries import Canaries
from tests.exchange.clients.market import FLOOR, LIMIT, Market
from tests.exchange.home.own import PASSWORD
from tests.exchange.some_tables import small_schema
from zkpipe.exchange.clients.holdings import Holdings
from zkpipe.exchange.home import Home
from zkpipe.exchange.ids import list_digest
from zkpipe.exchange.structs import Policy
from zkpipe.verifier_contracts import Chain, Node
from zkpipe.verifier_contracts.errors import NodeMissingError


class Stand:
    """Homes of an exchange that a node serves, and commands with the options of each."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        with closing(Market(folder, Chain.connect(url))) as market:
            self.lineage, self.root = market.lineage, market.root
            self.circuit = market.records["stats"].circuit
            self.expected = market.expected(market.root)
            self.now = market.owner.now
            self.members = [market.owner.me, market.session("member").me]
            policy = Policy(
                schema_hash=small_schema().hash,
                approvers=list_digest(self.members, 2),
                limit_bits=LIMIT,
                floor=FLOOR,
                keyed=False,
            )
            manifest = market.manifest
            self.shared = policy.lineage(
                manifest.chain_id, manifest.addresses["DataCatalogue"], market.owner.me, 3
            )
            market.act(market.owner, "DataCatalogue", "register", policy.as_tuple, 3)
            allowed = [self.shared, self.circuit, True]
            market.act(market.owner, "DataCatalogue", "allow", *allowed)

    def words(
        self, home: str, *words: object, asks: bool = False, url: str | None = None
    ) -> list[str]:
        own = [] if asks else ["--password-file", "password"]
        place = ["--home", str(self.folder / home), *own, "--rpc", url or self.url]
        return [*map(str, words), *place]

    def does(self, home: str, *words: object, asks: bool = False) -> dict[str, Any]:
        said = done(*self.words(home, *words, asks=asks), "--json")
        return json.loads(said)  # type: ignore[no-any-return]

    def terms(self, lineage: bytes, **others: Any) -> dict[str, Any]:
        return {
            "format": "zkpipe terms 1",
            "lineage": "0x" + lineage.hex(),
            "circuit": "0x" + self.circuit.hex(),
            "price": 0,
            "expiry": self.now + 30 * 86_400,
            "maxUses": 2,
            **others,
        }

    def grant(self, **others: Any) -> str:
        Path("terms.json").write_text(json.dumps(self.terms(self.lineage, **others)))
        grant = self.does("developer", "grant", "request", "terms.json")["grant"]
        self.does("owner", "grant", "approve", grant)
        return str(grant)

    def start(
        self, home: str, *words: object, asks: bool = False, url: str | None = None
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 # ours
            [ZKPIPE, *self.words(home, *words, asks=asks, url=url)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=as_on_a_terminal,
        )


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    try:
        started = Node.start()
    except NodeMissingError as error:
        pytest.skip(f"{error.problem} {error.fix}")
    with started as node:
        yield Stand(tmp_path_factory.mktemp("stand"), node.url)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("password").write_text(f"{PASSWORD}\n")
    return tmp_path


def test_a_right_is_asked_for_used_up_and_closed(stand: Stand) -> None:
    grant = stand.grant()
    (found,) = [
        one
        for one in stand.does("owner", "grant", "list", asks=True)["grants"]
        if one["grant"] == grant
    ]
    assert (found["state"], found["left"], found["open"], found["price"]) == ("Active", 2, 0, "0")
    opening = ("job", "open", "--grant", grant, "--root", "0x" + stand.root.hex())
    jobs = [stand.does("developer", *opening) for _ in range(2)]
    assert [job["ticket"] for job in jobs] == [1, 2]
    refused(
        *stand.words("developer", "job", "result", jobs[0]["job"], "answer.json"),
        says="is not proved yet",
        status=1,
    )
    ended = {job["job"]: "closed" for job in jobs}
    assert stand.does("owner", "job", "run", "--once") == {"jobs": [], "ended": ended}
    for job in jobs:
        said = stand.does("developer", "job", "result", job["job"], "answer.json")
        assert said["verified"]
        answer = json.loads(Path("answer.json").read_text())
        cells = answer["answer"]["cells"]
        told = [(cell["rows"], int(cell["sum"]) + 5 * cell["rows"]) for cell in cells]
        assert told == stand.expected
        assert stat.S_IMODE(Path("answer.json").stat().st_mode) == 0o600
        assert (said["answer"], said["openedAs"]) == ("answer.json", "recipient")
        assert set(said) == {"job", "answer", "openedAs", "verified"}  # nothing of the answer
    refused(*stand.words("developer", *opening), says="is used up")
    assert stand.does("developer", "grant", "close", grant)["state"] == "Closed"
    listed = done(*stand.words("owner", "grant", "list", asks=True))
    assert "Closed" in listed
    refused(*stand.words("developer", *opening), says="Ask for another")


def test_two_approve_by_files_and_anyone_sends(stand: Stand) -> None:
    Path("terms.json").write_text(json.dumps(stand.terms(stand.shared)))
    grant = stand.does("developer", "grant", "request", "terms.json")["grant"]
    approve = ("grant", "approve", grant)
    refused(*stand.words("owner", *approve), says="of which the chain has a digest only")
    members = {"format": "zkpipe approvers 1", "members": stand.members, "need": 2}
    Path("approvers.json").write_text(json.dumps(members))
    listed = ("--approvers", "approvers.json")
    stand.does("owner", *approve, "--action", "action.json", *listed)
    for name in ("owner", "member"):
        home = ("--home", stand.folder / name, "--password-file", "password")
        done("exchange", "sign", "action.json", f"{name}.json", *home)
    few = stand.words("developer", *approve, "member.json", *listed)
    result = invoke(*few)
    assert result.exit_code == 1
    assert "1 more" in result.stderr
    stand.does("developer", *approve, "owner.json", "member.json", *listed)
    assert stand.does("member", "grant", "revoke", grant, *listed)["state"] == "Revoked"


def test_an_owner_names_the_approvers_when_a_lineage_is_registered(stand: Stand) -> None:
    Path("schema.json").write_bytes(small_schema().canonical)
    policy = {"format": "zkpipe policy 1", "limitBits": LIMIT, "floor": FLOOR}
    Path("policy.json").write_text(json.dumps(policy))
    both = stand.members[::-1]  # no list that another test gave to a home
    members = {"format": "zkpipe approvers 1", "members": both, "need": 2}
    Path("approvers.json").write_text(json.dumps(members))
    register = ("catalogue", "register", "policy.json", "--schema", "schema.json", "--new-budget")
    listed = ("--approvers", "approvers.json")
    made = stand.does("owner", *register, *listed)
    digest = "0x" + list_digest(both, 2).hex()
    assert made["policy"]["approvers"] == digest
    show = ("catalogue", "show", made["lineage"])
    found = stand.does("owner", *show, asks=True)
    assert found["approvers"] == digest
    assert found["approved_by"] == {"members": both, "need": 2}
    said = done(*stand.words("owner", *show, asks=True))
    assert f"2 of {', '.join(both)}" in said
    assert stand.does("developer", *show, asks=True)["approved_by"] is None
    assert "this home lacks" in done(*stand.words("developer", *show, asks=True))
    alone = stand.does("owner", "catalogue", "show", "0x" + stand.lineage.hex(), asks=True)
    assert alone["approved_by"] == {"members": stand.members[:1], "need": 1}

    stand.does("owner", "catalogue", "allow", made["lineage"], "0x" + stand.circuit.hex())
    Path("terms.json").write_text(json.dumps(stand.terms(bytes.fromhex(made["lineage"][2:]))))
    grant = stand.does("developer", "grant", "request", "terms.json")["grant"]
    approve = ("grant", "approve", grant)
    stand.does("owner", *approve, "--action", "action.json")  # the home has the list
    for name in ("owner", "member"):
        told = stand.does(name, "exchange", "sign", "action.json", f"{name}.json")
        assert (told["may_sign"], told["need"]) == (True, 2)
    stand.does("owner", *approve, "owner.json", "member.json")

    Path("policy.json").write_text(json.dumps({**policy, "approvers": "0x" + "11" * 32}))
    refused(*stand.words("owner", *register, *listed), says="digest of another list")
    Path("policy.json").write_text(json.dumps(policy))
    twice = {**members, "members": [stand.members[0], stand.members[0].lower()]}
    Path("approvers.json").write_text(json.dumps(twice))
    refused(*stand.words("owner", *register, *listed), says="names an account twice")
    turned = stand.members[0].swapcase().replace("0X", "0x")
    Path("approvers.json").write_text(json.dumps({**members, "members": [turned], "need": 1}))
    refused(*stand.words("owner", *register, *listed), says="capitals of its checksum")


def test_a_job_of_a_file_is_opened_and_expired(stand: Stand) -> None:
    grant = stand.grant()
    job = {
        "format": "zkpipe jobspec 1",
        "steps": [{"grant": grant, "root": "0x" + stand.root.hex()}],
    }
    Path("job.json").write_text(json.dumps(job))
    opened = stand.does("developer", "job", "open", "job.json", "--prove-by", 400)
    assert any("development key" in one for one in opened["warnings"])
    refused(*stand.words("developer", "job", "expire", opened["job"]), says="time is not over")
    chain = Chain.connect(stand.url)
    chain.web3.provider.make_request("evm_increaseTime", [401])  # type: ignore[arg-type]
    chain.web3.provider.make_request("evm_mine", [])  # type: ignore[arg-type]
    assert stand.does("owner", "job", "expire", opened["job"])["state"] == "Void"
    refused(
        *stand.words("developer", "job", "result", opened["job"], "answer.json"),
        says="ended without a proof",
        status=1,
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("open",), "Give a file of a job, or --grant and --root"),
        (("open", "--grant", "0x" + "11" * 32), "Give a file of a job"),
        (("open", "--grant", "0x11", "--root", "0x" + "11" * 32), "is no id"),
        (("open", "job.json", "--prove-by", "1"), "299|300"),
        (("result", "0x" + "11" * 32, "answer.json"), "knows no job"),
    ],
)
def test_words_that_ask_for_nothing_are_refused(
    stand: Stand, words: tuple[str, ...], says: str
) -> None:
    result = invoke(*stand.words("developer", "job", *words))
    assert result.exit_code == 2
    assert any(part in result.stderr for part in says.split("|"))


def test_the_loop_and_the_monitor_end_cleanly_at_a_signal(stand: Stand) -> None:
    """Meanwhile nobody else works in the home; who looks and who reads answers may."""
    grant = stand.grant()
    loop = stand.start("owner", "job", "run", "--json")
    watching = stand.start("owner", "job", "monitor", "--follow", asks=True)
    late = threading.Timer(60, watching.kill)  # ends the wait for its lines
    late.start()
    try:
        opening = ("job", "open", "--grant", grant, "--root", "0x" + stand.root.hex())
        job = stand.does("developer", *opening)["job"]
        assert watching.stdout is not None
        told = (json.loads(line) for line in watching.stdout)  # of all jobs on the node
        assert any(one.get("event") == "JobClosed" and one["said"]["job"] == job for one in told)
        done(*stand.words("developer", "job", "result", job, "answer.json"))
    finally:
        late.cancel()
        loop.send_signal(signal.SIGTERM)
        watching.send_signal(signal.SIGINT)
        ends = [process.communicate(timeout=60) for process in (loop, watching)]
    assert (loop.returncode, watching.returncode) == (0, 0), ends
    assert json.loads(ends[0][0]) == {"jobs": [], "ended": {job: "closed"}}


@pytest.mark.parametrize(
    ("words", "number", "status"),
    [
        (("job", "run"), signal.SIGTERM, 0),
        (("job", "run"), signal.SIGINT, 0),
        (("job", "run", "--once"), signal.SIGTERM, 143),
        (("job", "monitor", "--follow"), signal.SIGINT, 0),
        (("audit", "serve"), signal.SIGTERM, 0),
        (("audit", "serve", "--check"), signal.SIGINT, 130),
    ],
)
def test_a_signal_while_it_starts_is_a_good_end_for_what_serves_only(
    stand: Stand, words: tuple[str, ...], number: signal.Signals, status: int
) -> None:
    """The node takes the connection and never answers, so nothing is served yet."""
    with socket.create_server(("127.0.0.1", 0)) as node:
        node.settimeout(60)
        url = f"http://127.0.0.1:{node.getsockname()[1]}"
        process = stand.start("owner", *words, asks=words[:2] != ("job", "run"), url=url)
        connection, _ = node.accept()
        with connection:
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
    assert process.returncode == status, (out, err)
    assert ("error:" in err) == bool(status)


def test_no_answer_row_salt_or_key_leaves_its_home(stand: Stand, place: Path) -> None:
    canaries = Canaries()
    with Home.read(stand.folder / "owner", PASSWORD) as owner:
        segment = Holdings(owner).segment(stand.root)
        canaries.plant("segment key", segment.key)
        for j in range(4):
            canaries.plant(f"salt {j}", segment.salts(j)[0])
        canaries.plant("owner's seal key", owner.keys.seal.scalar)
    with Home.read(stand.folder / "developer", PASSWORD) as developer:
        canaries.plant("developer's seal key", developer.keys.seal.scalar)
    grant = stand.grant()
    opening = ("job", "open", "--grant", grant, "--root", "0x" + stand.root.hex())
    job = stand.does("developer", *opening)["job"]
    texts = []
    loop = stand.start("owner", "job", "run", "--once", "--json")
    with canaries.on_process(loop.pid) as seen:
        texts += loop.communicate(timeout=120)
    assert loop.returncode == 0, texts
    texts.append(done(*stand.words("developer", "job", "result", job, "answer.json")))
    texts.append(done(*stand.words("owner", "job", "monitor", asks=True)))
    assert seen == []
    assert [canaries.in_bytes(text, "output") for text in texts] == [[]] * len(texts)
    inside = [stand.folder / name / "secrets" for name in ("owner", "developer", "member")]
    assert canaries.in_folder(stand.folder, but=inside) == []
    assert canaries.in_folder(place) == []
    chain = Chain.connect(stand.url)
    last = chain.quantity("eth_blockNumber")
    for number in range(last + 1):
        block = chain.ask("eth_getBlockByNumber", hex(number), True)
        assert canaries.in_bytes(json.dumps(block), f"block {number}") == []
        for sent in block["transactions"]:
            assert canaries.in_bytes(bytes.fromhex(sent["input"][2:]), "calldata") == []
