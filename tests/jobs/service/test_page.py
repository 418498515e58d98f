"""What docs/service.md says of a running service: its commands are run, its tables compared."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.workshop import done
from tests.docs.pages import ROOT, Page
from tests.jobs.service.serving import Serving, serving
from zkpipe.cli.main import zkpipe
from zkpipe.jobs.service.web.app import CANNOT_BE_LOADED, EXAMINING, SERVED

PAGE = Page.load(ROOT / "docs" / "service.md")
USUAL = "http://127.0.0.1:8470"
COMMANDS = [
    block.text
    for block in PAGE.blocks
    if block.language == "sh" and block.fragment and "test_page.py" in block.fragment
]


def run(service: Serving, text: str, folder: Path) -> str:
    """What a block of the page prints, asked of the service of this test."""
    ran = subprocess.run(  # noqa: S603 # the page's own text
        ["/bin/bash", "-ec", text.replace(USUAL, f"http://127.0.0.1:{service.port}")],
        cwd=folder,
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return ran.stdout


def test_the_commands_of_the_page_work(tmp_path: Path) -> None:
    (source,) = [block for block in PAGE.blocks if block.file == "keys/square.py"]
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "square.py").write_text(source.text)
    done("setup", tmp_path / "keys" / "square.py", tmp_path / "keys" / "square.zkey", "--dev")
    started, send, look, poll, witness = COMMANDS
    assert started == "zkpipe serve --keys keys\n"
    if subprocess.run(["which", "curl"], check=False, capture_output=True).returncode:  # noqa: S607
        pytest.skip("curl is not here")
    with serving(tmp_path / "keys", tmp_path / "service") as found:
        job = json.loads(run(found, send, tmp_path))["job"]
        get, delete = look.replace("ID", job).strip().splitlines()
        while (told := json.loads(run(found, get, tmp_path)))["state"] != "done":
            time.sleep(0.1)
        assert told["public"] == ["144"]
        shown = PAGE.source.partition('{"job": "dd04...", "state"')[2]
        for name in told:
            assert f'"{name}"' in '"job", "state"' + shown
        assert run(found, delete, tmp_path) == ""
        assert json.loads(run(found, poll, tmp_path))["public"] == ["144"]
        failed = found.wait(found.submit("square", {"side": 12}))
        for text in ('"state": "failed"', *map(json.dumps, failed["error"].values())):
            assert text in PAGE.source
        other = json.loads(run(found, witness, tmp_path).splitlines()[-1])["job"]
        assert found.wait(other)["public"] == ["144"]


def test_the_page_has_every_limit_with_its_default() -> None:
    options = {option.opts[0]: option for option in zkpipe.commands["serve"].params if option.opts}
    rows = re.findall(r"^\| `(--[\w-]+)` \| (\S+)", PAGE.source, re.MULTILINE)
    assert [name for name, _ in rows] == [
        "--workers",
        "--queue",
        "--time-limit",
        "--memory-limit",
        "--max-body",
    ]
    for name, default in rows:
        if name != "--memory-limit":
            assert str(options[name].default).removesuffix(".0") == default


def test_the_page_has_every_state_of_a_circuit() -> None:
    table = PAGE.source.partition("| state | meaning |")[2].partition("\n\n")[0]
    listed = re.findall(r"^\| ([a-z ]+) \|", table, re.MULTILINE)
    assert listed == [EXAMINING, SERVED, CANNOT_BE_LOADED]


def test_the_page_has_every_metric_of_ours(service: Serving) -> None:
    service.ask("GET", "/nothing")
    service.wait(service.submit("square", {"root": 31}))
    text = service.ask("GET", "/metrics").body.decode()
    made = set(re.findall(r"^# TYPE (zkpipe_\w+)", text, re.MULTILINE))
    made = {name for name in made if not name.endswith("_created")}
    assert made == set(re.findall(r"`(zkpipe_\w+)`", PAGE.source))
