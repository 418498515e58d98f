"""Events of a bundle of events only that cannot be are refused; nothing else binds them."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.evidence.conftest import Bundle
from tests.exchange.evidence.forging import relist
from tests.long_form import IS_LONG
from zkpipe.exchange.errors import BundleError
from zkpipe.exchange.evidence import verify_events


def changed_events(path: Path, change: Any) -> None:
    """Change the logs of a bundle of events only."""
    file = path / "events" / "00000000.json"
    said = json.loads(file.read_text())
    change(said["logs"])
    file.write_text(json.dumps(said, sort_keys=True, separators=(",", ":")) + "\n")
    relist(path)


def set_in(name: str, value: Any) -> Any:
    return lambda logs: logs[3].__setitem__(name, value)


@pytest.mark.parametrize(
    "change",
    [
        lambda logs: logs.reverse(),
        lambda logs: logs.append(logs[-1]),
        lambda logs: logs.insert(2, logs[4]),
        lambda logs: logs[3].pop("data"),
        set_in("more", 1),
        set_in("address", "0x" + "12" * 20),
        set_in("address", None),
        set_in("block", -1),
        set_in("block", 1 << 61),
        set_in("block", True),
        set_in("log", "1"),
        set_in("time", 1),
        set_in("data", "0x0"),
        set_in("data", "0x"),
        set_in("topics", []),
        set_in("topics", ["0x" + "00" * 32]),
        set_in("topics", ["0x12"]),
        set_in("topics", [None]),
        set_in("topics", None),
        lambda logs: logs.__setitem__(3, []),
        lambda logs: logs.pop(0),
        lambda logs: logs.pop(len(logs) // 2),
    ],
)
def test_events_that_cannot_be_are_refused(
    change: Any, events_bundle: Bundle, tmp_path: Path
) -> None:
    copy = shutil.copytree(events_bundle.path, tmp_path / "copy")
    changed_events(copy, change)
    with pytest.raises(BundleError):
        verify_events(copy)


def test_any_nibble_of_an_event_changed_is_an_answer_and_never_a_crash(
    events_bundle: Bundle, tmp_path: Path
) -> None:
    """Nothing binds such events: some changes are as good as the truth, none ends otherwise."""
    copy = shutil.copytree(events_bundle.path, tmp_path / "copy")
    file = copy / "events" / "00000000.json"
    text, chance = file.read_text(), random.Random(20)  # noqa: S311 # a test's
    ends = {"refused": 0, "taken": 0}
    for _ in range(300 if IS_LONG else 12):
        said = json.loads(text)
        log = chance.choice(said["logs"])
        field = chance.choice(["data", "data", "topics"])
        words = log["data"] if field == "data" else log["topics"][-1]
        if len(words) > 2:
            place = chance.randrange(2, len(words))
            changed = words[:place] + chance.choice("0123456789abcdef") + words[place + 1 :]
            log.update({"data": changed} if field == "data" else {})
            log["topics"][-1] = changed if field == "topics" else log["topics"][-1]
        file.write_text(json.dumps(said, sort_keys=True, separators=(",", ":")) + "\n")
        relist(copy)
        try:
            verify_events(copy)
            ends["taken"] += 1
        except BundleError:
            ends["refused"] += 1
    assert ends["refused"] > ends["taken"]
