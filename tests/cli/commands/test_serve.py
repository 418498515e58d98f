"""`zkpipe serve`: what it refuses before it serves, what it says, what it needs."""

from __future__ import annotations

import importlib.util
import json
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workshop import CIRCUITS, done, invoke
from tests.jobs.service.serving import serving


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one circuit, as the current one."""
    folder = tmp_path / "keys"
    folder.mkdir()
    shutil.copy(CIRCUITS / "square.py", folder)
    monkeypatch.chdir(folder)
    done("setup", "square.py", "square.zkey", "--dev")
    return folder


def refused(*words: object, says: str, status: int = 2) -> str:
    """It must refuse to serve, with a sentence on what is wrong and one on the fix."""
    result = invoke("serve", *words)
    assert result.exit_code == status, result.output
    assert says in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) >= 2
    return result.stderr


def test_check_says_what_would_be_served(keys: Path) -> None:
    facts = json.loads(done("serve", "--keys", ".", "--check", "--json"))
    assert facts["circuits"]["square"]["development"] is True
    assert len(facts["circuits"]["square"]["key"]) == 64
    assert "a development key" in done("serve", "--keys", ".", "--check")
    (keys / "square.py").write_text("raise SystemExit\n")
    refused("--keys", ".", "--check", says="")
    (keys / "square.zkey").chmod(0o666)
    refused("--keys", ".", "--check", says="can be written to by others")


def test_what_is_no_folder_of_keys_is_refused(keys: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused("--keys", tmp_path / "empty", "--volatile", says="has no keys to serve")
    refused("--keys", "square.py", "--volatile", says="is not a folder")
    refused("--keys", tmp_path / "nothing", "--volatile", says="is not a folder")
    refused(says="--keys")
    (keys / "square.py").unlink()
    refused("--keys", ".", "--volatile", says="has a key and no source")


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104 # it is refused
def test_another_address_needs_a_token(keys: Path, host: str) -> None:
    refused("--keys", ".", "--volatile", "--host", host, says="there is no token")


def test_an_address_that_cannot_be_had_is_an_error(keys: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused("--keys", ".", "--volatile", "--port", port, says="cannot be listened on")
    refused("--keys", ".", "--volatile", "--host", "no.such.name.invalid", says="not an address")
    refused("--keys", ".", "--volatile", "--host", "", "--port", 99999, says="99999")


@pytest.mark.parametrize(
    ("text", "mode", "says"),
    [
        ("a" * 32, 0o644, "its mode is 0644"),
        ("a" * 32, 0o640, "its mode is 0640"),
        ("a" * 31, 0o600, "does not hold a token"),
        ("", 0o600, "does not hold a token"),
        ("a b" * 20, 0o600, "does not hold a token"),
        ("ä" * 40, 0o600, "does not hold a token"),
        (("a" * 40 + "\n") * 2, 0o600, "does not hold a token"),
    ],
)
def test_a_token_that_is_none_or_that_others_can_read_is_refused(
    keys: Path, text: str, mode: int, says: str
) -> None:
    Path("token").write_text(text)
    Path("token").chmod(mode)
    told = refused("--keys", ".", "--volatile", "--token-file", "token", says=says)
    assert text[:10] not in told or not text


def test_a_token_file_that_is_not_there_or_a_link_is_refused(keys: Path) -> None:
    refused("--keys", ".", "--volatile", "--token-file", "nothing", says="nothing cannot be read")
    Path("real").write_text("a" * 40)
    Path("real").chmod(0o600)
    Path("link").symlink_to("real")
    refused("--keys", ".", "--volatile", "--token-file", "link", says="link cannot be read")


@pytest.mark.parametrize("days", ["0", "-1", "nan", "inf", "1e9", "a day", ""])
def test_what_are_no_days_is_refused(keys: Path, days: str) -> None:
    refused("--keys", ".", "--keep", days, says="not a number of days")


def test_options_that_exclude_each_other_are_refused(keys: Path) -> None:
    refused("--keys", ".", "--volatile", "--state", "x", says="Give --state or --volatile")


def test_without_the_extra_it_says_how_to_get_it(
    keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec

    def without(name: str, *more: Any) -> Any:
        return None if name == "uvicorn" else real(name, *more)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    told = refused("--keys", ".", says="uvicorn", status=3)
    assert "pip install 'zkpipe[service]'" in told


def test_it_says_what_it_serves_where_and_that_inputs_travel_in_clear(
    keys: Path, tmp_path: Path
) -> None:
    Path("token").write_text("t" * 40)
    Path("token").chmod(0o600)
    words = ("--host", "0.0.0.0", "--token-file", str(keys / "token"))  # noqa: S104 # with a token
    with serving(keys, tmp_path / "service", *words, token="t" * 40) as found:
        said = found.said()
        assert "in clear" in said
        assert "Serving square at http://0.0.0.0:" in said
        headers = {"Host": "zkpipe.example"}
        assert found.ask("GET", "/metrics", headers=headers).status == 200
        assert found.end() == 0
        assert "proved  0" in found.said()


def test_with_json_every_line_is_an_object(keys: Path, tmp_path: Path) -> None:
    with serving(keys, tmp_path / "service", "--json") as found:
        assert found.wait(found.submit("square", {"root": 3}))["public"] == ["9"]
        assert found.end() == 0
        lines = found.said().split("\n{\n")
        logged = [json.loads(line)["log"] for line in lines[0].splitlines()]
        assert any(line.startswith("job ") for line in logged)
        assert json.loads("{" + lines[1]) == {"done": 1, "failed": 0, "left": 0}


def test_on_a_loopback_of_the_other_kind_it_serves_too(keys: Path, tmp_path: Path) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with serving(keys, tmp_path / "service", "--host", "::1") as found:
        assert found.ask("GET", "/health").status == 200


@pytest.mark.parametrize(
    ("option", "size", "told"),
    [
        ("--memory-limit", "4", "'4' is 4 bytes"),
        ("--memory-limit", "255M", "the least is 256M"),
        ("--max-body", "16", "'16' is 16 bytes"),
    ],
)
def test_a_size_without_its_unit_is_refused(keys: Path, option: str, size: str, told: str) -> None:
    assert told in refused("--keys", ".", option, size, "--check", says=option)
