"""Private values lie in the service's own folder while a job waits, and nowhere else ever."""

from __future__ import annotations

import base64
import os
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import platformdirs
import pytest

from tests.cli.workshop import done
from tests.jobs.service.circuits.mischief import A_WHILE, END, INTERRUPT, PRINT_LATER, SLEEP
from tests.jobs.service.serving import Serving, serving
from zkpipe.accel.bn254 import R

CANARY = random.Random(20261129).randrange(R // 2, R)  # noqa: S311 # a test's
SOME = 12  # letters of a text, or bytes, by which it is known


def encodings(value: int) -> dict[str, bytes]:
    """The six in which a value might lie anywhere."""
    montgomery = value * 2**256 % R
    raw = {
        "little-endian": value.to_bytes(32, "little"),
        "big-endian": value.to_bytes(32, "big"),
        "Montgomery": montgomery.to_bytes(32, "little"),
    }
    return {
        "decimal": str(value).encode(),
        "hex": f"{value:064x}".encode(),
        "HEX": f"{value:064X}".encode(),
        **raw,
        "base64": base64.b64encode(raw["little-endian"])[:40],
        "base64, big-endian": base64.b64encode(raw["big-endian"])[:40],
        "Montgomery, decimal": str(montgomery).encode(),
    }


PIECES = {
    name: {text[at : at + 2 * SOME] for at in (0, len(text) - 2 * SOME)}
    for name, text in encodings(CANARY).items()
}


def leaks(data: bytes) -> list[str]:
    return [name for name, pieces in PIECES.items() if any(piece in data for piece in pieces)]


def places(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below folders."""
    for folder in folders:
        for path in folder.rglob("*"):
            with suppress(OSError):
                if path.is_file():
                    yield str(path), path.read_bytes()
                yield f"the name {path}", os.fsencode(path)


def processes(service: Serving) -> Iterator[tuple[str, bytes]]:
    """What any user, or its own, sees of the processes."""
    for number in (service.process.pid, *service.children()):
        for part in ("cmdline", "environ", "status", "comm"):
            with suppress(OSError):
                path = Path(f"/proc/{number}/{part}")
                yield str(path), path.read_bytes()


def test_the_search_finds_every_encoding() -> None:
    for name, text in encodings(CANARY).items():
        assert name in leaks(b"before " + text + b" behind")
    assert leaks(str(CANARY + 10**60).encode()[:30]) == []


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def settings(home: Path) -> dict[str, str]:
    """Whatever is written by habit goes to a folder that is searched."""
    cache = platformdirs.user_cache_path().as_posix()
    return {"HOME": str(home), "TMPDIR": str(home), "XDG_CACHE_HOME": cache}


def test_a_private_value_is_nowhere_when_its_job_has_ended(
    keys: Path, tmp_path: Path, home: Path
) -> None:
    options = ("--workers", "1", "--time-limit", "4")
    with serving(keys, tmp_path / "service", *options, **settings(home)) as found:
        answers: list[tuple[str, bytes]] = []

        def note(what: str, data: bytes) -> None:
            answers.append((what, data))

        def all_places() -> list[str]:
            seen = [*places(tmp_path / "service", home), *processes(found), *answers]
            seen.append(("log", found.log.read_bytes()))
            note("metrics", found.ask("GET", "/metrics").body)
            note("health", found.ask("GET", "/health").body)
            return [f"{where}: {name}" for where, data in seen for name in leaks(data)]

        first = found.submit("mischief", {"what": SLEEP, "value": 1})
        state = tmp_path / "service" / "state"
        waiting = [
            found.submit("square", {"root": CANARY}),
            found.submit("mischief", {"what": END, "value": CANARY}),
            found.submit("mischief", {"what": A_WHILE, "value": str(CANARY)}),
            found.submit("square", {"root": f"0x{CANARY:x}"}),
            found.submit("square", {"rot": CANARY}),
            found.submit("small-sum", {"left": CANARY, "right": CANARY}),
            found.submit("small-sum", {"left": 1, "right": str(CANARY) * 2}),
        ]
        kind = {"Content-Type": "application/octet-stream"}
        (tmp_path / "input.json").write_text(f'{{"root": {CANARY}}}')
        done("witness", keys / "square.py", tmp_path / "input.json", tmp_path / "w.wtns")
        body = (tmp_path / "w.wtns").read_bytes()
        assert leaks(body)
        for path, data in (
            ("/prove?circuit=square", body),
            ("/prove?circuit=cube", body),
            ("/prove?circuit=square", body[:-7]),
        ):
            waiting.append(found.ask("POST", path, data, kind).json["job"])
        cancelled = found.submit("cube", {"root": CANARY})

        # While they wait, the state folder has them, and nothing else does.
        inside = [where for where, data in places(state) if leaks(data)]
        assert len(inside) >= 8
        assert all((state / "queued") in Path(where).parents for where in inside)
        found.kill()  # whatever was in the middle of it
        found.start()
        assert found.ask("DELETE", f"/jobs/{cancelled}").status == 204
        assert found.wait(first)["state"] == "failed"
        for job in waiting:
            found.wait(job)
            note(job, found.ask("GET", f"/jobs/{job}").body)
        for data in (
            f'{{"circuit":"square","inputs":{{"root":{CANARY}}}',
            f'{{"circuit":"{CANARY}","inputs":{{}}}}',
            f'{{"circuit":"square","inputs":{CANARY}}}',
            f'{{"circuit":"square","inputs":{{}},"{CANARY}":1,"{CANARY}":1}}',
            f'{{"circuit":"square","inputs":{{"a":{CANARY}.}}}}',
        ):
            got = found.ask("POST", "/prove", data.encode(), {"Content-Type": "application/json"})
            assert got.status in (400, 404)
            if "1," not in data:  # a name that is given twice is repeated to who sent it
                note(data, got.body)
        assert all_places() == []
        assert found.end() == 0
        assert [w for w, data in places(tmp_path / "service", home) if leaks(data)] == []


def test_a_job_that_is_cancelled_while_it_runs_leaves_nothing(
    keys: Path, tmp_path: Path, home: Path
) -> None:
    with serving(keys, tmp_path / "service", **settings(home)) as found:
        job = found.submit("mischief", {"what": SLEEP, "value": CANARY})
        until = time.monotonic() + 30
        while found.get(job)["state"] != "running":
            assert time.monotonic() < until
            time.sleep(0.05)
        assert found.ask("DELETE", f"/jobs/{job}").status == 204
        seen = [*places(tmp_path / "service", home), *processes(found)]
        assert [where for where, data in seen if leaks(data)] == []


def test_a_token_is_in_no_argument_and_no_environment(all_keys: Path, tmp_path: Path) -> None:
    token = "secret" * 8
    (tmp_path / "token").write_text(token)
    (tmp_path / "token").chmod(0o600)
    words = ("--token-file", str(tmp_path / "token"))
    with serving(all_keys, tmp_path / "service", *words, token=token) as found:
        found.wait_until_ready()
        seen = dict(processes(found)) | {"log": found.log.read_bytes()}
        assert len(seen) > 5
        assert [where for where, data in seen.items() if token.encode() in data] == []


def test_what_a_hint_says_when_it_ends_the_worker_or_later_is_not_in_the_log(
    keys: Path, tmp_path: Path
) -> None:
    with serving(keys, tmp_path / "service", "--workers", "1") as found:
        late = found.submit("mischief", {"what": PRINT_LATER, "value": CANARY})
        assert found.wait(late)["state"] == "done"
        time.sleep(1)
        ending = found.submit("mischief", {"what": INTERRUPT, "value": CANARY})
        assert found.wait(ending)["state"] == "failed"
        assert leaks(found.log.read_bytes()) == []
        assert "Traceback" not in found.said()
