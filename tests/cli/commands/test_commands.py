"""Every command: its help has an example, and the example works."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.cli.commands.test_exchange_deploy import COUNCIL
from tests.cli.deployment.funded import fund
from tests.cli.workshop import CIRCUITS, invoke
from tests.long_form import IS_LONG
from zkpipe.cli.main import zkpipe
from zkpipe.exchange.clients.decisions.decision import Decision
from zkpipe.exchange.deployment import Manifest
from zkpipe.exchange.home import Header
from zkpipe.verifier_contracts import Node, find_solc
from zkpipe.verifier_contracts.errors import MissingError

NODE_URL = "http://127.0.0.1:8545"  # as the examples name it
IN_ORDER = (  # each example uses what those before it left
    "compile",
    "info",
    "print",
    "lint",
    "witness",
    "check",
    "setup",
    "prove",
    "fullprove",
    "export vkey",
    "verify",
    "export verifier",
    "export calldata",
    "export wtns-json",
    "export r1cs-json",
    "deploy",
    "verify-onchain",
    "batch run",
    "batch status",
    "batch cancel",
    "batch resume",
    "bench run",
    "bench report",
    "doctor",
    "serve",
    "ptau new",
    "ptau contribute",
    "ptau beacon",
    "ptau verify",
    "ptau info",
    "ptau prepare",
    "ptau truncate",
    "key contribute",
    "key beacon",
    "key info",
    "key prepare",
    "key verify",
    "exchange init",
    "exchange show",
    "exchange deploy",
    "exchange join",
    "exchange manifest",
    "exchange index",
    "exchange open",
    "exchange council",
    "exchange auditor-key",
    "exchange set-council",
    "exchange decide",
    "exchange sign",
    "exchange backup",
    "exchange restore",
    "exchange password",
)
STORY = ("identity", "catalogue", "grant", "job", "ledger", "settle", "audit", "case")
# Groups whose examples tell one story, of several homes: tests/cli/exchange/test_story.py.
REPLACES = ("setup", "deploy", "exchange backup", "exchange manifest")  # with --force only
REPLACES += ("key contribute", "key beacon")
REPLACES += ("ptau new", "ptau contribute", "ptau beacon")
REPLACES += ("ptau prepare", "ptau truncate")
MAKES = {"exchange init": "home", "exchange restore": "restored"}  # folders, which must be new
JOB = """
circuit = "square.py"
key = "square.zkey"
inputs = "roots.csv"
out = "proofs"
"""
HEAVY = (
    "numpy",
    "numba",
    "llvmlite",
    "web3",
    "eth_tester",
    "solcx",
    "rich",
    "requests",
    "matplotlib",
    "prometheus_client",
    "starlette",
    "uvicorn",
    "Crypto",
    "eth_account",
)
BELOW = (
    *("ground", "accel", "circuits", "prover", "verifier_contracts", "jobs", "exchange"),
    "benchmarks",
)
OURS = tuple(f"zkpipe.{layer}" for layer in BELOW)


def commands(group: click.Group = zkpipe, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield prefix + name, command


ALL = dict(commands())


def own_council() -> dict[str, object]:
    """A council of the home alone, which signs and sends at once."""
    return {**COUNCIL, "members": [Header.load(Path("home")).address], "threshold": 1}


def an_action() -> bytes:
    """What the council of the exchange might decide."""
    return Decision(
        chain_id=Manifest.load("manifest.json").chain_id,
        contract="Settlement",
        function="issue",
        arguments=(COUNCIL["members"][0], 5),  # type: ignore[index] # a list
        nonce=0,
        deadline=1 << 32,
    ).to_bytes()


def test_the_examples_below_are_of_all_commands() -> None:
    assert set(IN_ORDER) == {name for name in ALL if name.split()[0] not in STORY}


@pytest.mark.parametrize("name", ALL)
def test_every_commands_help_shows_its_example_and_its_common_options(name: str) -> None:
    result = invoke(*name.split(), "--help")
    assert result.exit_code == 0
    example = ALL[name].example  # type: ignore[attr-defined]
    for line in example.splitlines():
        assert line.startswith(f"zkpipe {name}")
        assert line in " ".join(result.stdout.split())
    assert "--json" in result.stdout
    assert "--debug" in result.stdout


def test_every_example_works_after_those_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        find_solc()
        node = Node.start()
    except MissingError as missing:
        pytest.skip(str(missing))
    monkeypatch.chdir(tmp_path)
    shutil.copy(CIRCUITS / "square.py", tmp_path)
    Path("input.json").write_text('{"root": 12}')
    Path("roots.csv").write_text("root\n3\n5\n")
    Path("job.toml").write_text(JOB)
    for name in ("password", "new-password"):  # the same: each example runs twice
        Path(name).write_text("correct horse battery\n")
    with node:
        for name in IN_ORDER:
            for line in ALL[name].example.splitlines():  # type: ignore[attr-defined]
                words = shlex.split(line.replace(NODE_URL, node.url))[1:]
                if name == "exchange deploy":  # this node's chain never grows by itself
                    words += ["--depth", "0"]
                again = ["--force"] if name in REPLACES else []
                if name == "bench run" and not IS_LONG:  # test_bench.py runs all parts of it
                    if "square.py" in words:  # and test_bench_own.py this
                        continue
                    words += ["--part", "kernels"]
                # The kernels are measured once: what both answers say, test_bench.py reads.
                told = (
                    [["--json"]]
                    if name == "bench run" and not IS_LONG
                    else [[], ["--json", *again]]
                )
                for options in told:
                    if name == "exchange deploy":
                        Path("council.json").write_text(json.dumps(own_council()))
                        fund(node.url, Header.load(Path("home")).address)
                    if name == "key contribute":
                        begin = ("setup", "square.py", "initial.zkey", "--ptau", "final.ptau")
                        assert invoke(*begin, "--force").exit_code == 0
                    if name == "exchange sign":
                        Path("action.json").write_bytes(an_action())
                    if name in MAKES:
                        shutil.rmtree(MAKES[name], ignore_errors=True)
                    result = invoke(*words, *options)
                    assert result.exit_code == 0, f"{line}: {result.output}"
                    lines = result.stderr.splitlines()  # what takes long says so
                    assert all(line.endswith(" ...") for line in lines)
                facts = json.loads(result.stdout)
                assert isinstance(facts, dict)
                assert facts
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {
        "square.py",
        "input.json",
        "job.toml",
        "roots.csv",
        "new.ptau",
        "first.ptau",
        "beacon.ptau",
        "final.ptau",
        "small.ptau",
        "proofs",
        "proofs.batch",
        "build",
        "square.wtns",
        "square.witness.json",
        "square.r1cs.json",
        *("initial.zkey", "first.zkey", "final.zkey"),
        *("initial.zkey.circuit.json", "first.zkey.circuit.json", "final.zkey.circuit.json"),
        "square.zkey",
        "proof.json",
        "public.json",
        "vkey.json",
        "verifier.sol",
        "deployment.json",
        "results.json",
        *(["own.json"] if IS_LONG else []),
        "report.html",
        "report.md",
        "password",
        "new-password",
        "home",
        "home.backup",
        "restored",
        "council.json",
        "manifest.json",
        "renewed.json",
        "open.json",
        "key.json",
        "council-action.json",
        "template.json",
        "action.json",
        "signature.json",
    }
    assert json.loads(Path("public.json").read_text()) == ["144"]


def test_help_imports_nothing_heavy_and_none_of_the_layers_below() -> None:
    script = (
        "import sys\n"
        "from zkpipe.cli.main import zkpipe\n"
        "try:\n    zkpipe.main(['--help'])\n"
        "except SystemExit as end:\n    assert not end.code\n"
        "print('\\n'.join(sys.modules))\n"
    )
    ran = subprocess.run(  # noqa: S603 # this Python, our own text
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    imported = set(ran.stdout.splitlines())
    assert not imported & {*HEAVY, *OURS} - {"zkpipe.ground"}
    below = {name for name in imported if name.startswith("zkpipe.ground.")}
    assert below <= {
        f"zkpipe.ground.{name}" for name in ("files", "files.containers", "quick_dataclass")
    }
    assert "verify-onchain" in ran.stdout


def test_the_installed_command_answers() -> None:
    command = Path(sys.executable).with_name("zkpipe")
    ran = subprocess.run(  # noqa: S603 # our own command
        [command, "--version"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("zkpipe ")


def test_without_a_command_the_usage_is_wrong() -> None:
    for words in ([], ["export"], ["--json"]):
        assert invoke(*words).exit_code == 2
