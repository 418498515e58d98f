"""What is known of the sources is known until one of them changes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from zkpipe.accel.compiled import kernel_folders, stamps
from zkpipe.accel.compiled.stamps import Look, remembered


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sources that are older than what is asked of them."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kernel_folders, "_opened", set())
    monkeypatch.setattr(stamps, "ROOT", tmp_path / "tree")
    (folder := tmp_path / "tree" / "accel" / "inner").mkdir(parents=True)
    for path in (folder / "a.py", folder / "b.py", folder.parent / "c.py", folder / "notes.txt"):
        path.write_text("x = 1\n")
    later(monkeypatch)
    return folder


def later(monkeypatch: pytest.MonkeyPatch, seconds: float = 60.0) -> None:
    now = time.time()
    monkeypatch.setattr(stamps, "time", SimpleNamespace(time=lambda: now + seconds))


def asked(question: str = "a question", answer: str = "an answer") -> bool:
    """Whether the answer was found out, and not remembered."""
    made = []

    def find_out() -> str:
        made.append(answer)
        return answer

    assert remembered(question, find_out) == answer
    return bool(made)


def test_an_answer_is_found_out_once(tree: Path) -> None:
    assert [asked(), asked(), asked()] == [True, False, False]


def test_another_question_has_an_answer_of_its_own(tree: Path) -> None:
    asked()
    assert asked("another", "another answer")
    assert not asked()


def grow(path: Path) -> None:
    path.write_text("x = 1\ny = 2\n")


def change_and_hide_it(path: Path) -> None:
    """The same size, and the times put back as they were: the time of change tells."""
    before = path.stat()
    path.write_text("x = 2\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace_and_hide_it(path: Path) -> None:
    before = path.stat()
    other = path.with_suffix(".other")
    other.write_text("x = 3\n")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


def remove(path: Path) -> None:
    path.unlink()


def add_another(path: Path) -> None:
    path.with_name("new.py").write_text("")


def add_a_folder(path: Path) -> None:
    (path.parent / "new").mkdir()
    (path.parent / "new" / "d.py").write_text("")


def rename(path: Path) -> None:
    path.rename(path.with_name("z.py"))


CHANGES = [grow, change_and_hide_it, replace_and_hide_it, remove, add_another, add_a_folder, rename]


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_it_is_found_out_again(tree: Path, change: Callable[[Path], None]) -> None:
    asked()
    time.sleep(0.02)  # the clock of a file system may tick every ten milliseconds
    change(tree / "a.py")
    assert asked()


def test_what_is_no_source_does_not_matter(tree: Path) -> None:
    asked()
    (tree / "notes.txt").write_text("more")
    assert not asked()


def test_a_link_to_nothing_is_no_source(tree: Path) -> None:
    """A fixed fault: the lock of an editor, .#a.py, ended every program that used kernels."""
    asked()
    (tree / ".#a.py").symlink_to("someone@host.123:456")
    assert not asked()


def test_nothing_is_remembered_of_sources_that_changed_just_now(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One might change again within the same tick of the clock."""
    later(monkeypatch, 0.1)
    assert [asked(), asked()] == [True, True]
    later(monkeypatch)
    assert [asked(), asked()] == [True, False]


def test_nothing_is_remembered_of_sources_that_change_while_they_are_read(tree: Path) -> None:
    def find_out() -> str:
        grow(tree / "a.py")
        return "of either"

    assert remembered("a question", find_out) == "of either"
    assert asked()


def test_one_look_answers_several_questions(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked("one", "first")
    asked("two", "second")
    look = Look()
    monkeypatch.setattr(stamps, "_files", lambda: pytest.fail("the sources are looked at again"))
    assert remembered("one", lambda: "another", look) == "first"
    assert remembered("two", lambda: "another", look) == "second"


def test_what_is_found_out_after_a_look_is_not_kept_for_the_sources_as_they_were(
    tree: Path,
) -> None:
    look = Look()
    grow(tree / "a.py")
    assert remembered("a question", lambda: "of the new", look) == "of the new"
    assert not asked(answer="of the new")
    assert remembered("a question", lambda: "of the old", look) == "of the old"


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"a": 1}', "[" * 100_000])
def test_what_is_damaged_is_found_out_again(tree: Path, tmp_path: Path, text: str) -> None:
    asked()
    (notes,) = (tmp_path / "cache").rglob(stamps.NAME)
    notes.write_text(text)
    assert [asked(), asked()] == [True, False]


def test_what_others_could_have_written_is_not_believed(tree: Path, tmp_path: Path) -> None:
    """They could have kernels of other sources called."""
    asked()
    (notes,) = (tmp_path / "cache").rglob(stamps.NAME)
    notes.write_text(json.dumps(dict.fromkeys(json.loads(notes.read_text()), "theirs")))
    assert remembered("a question", lambda: "ours") == "theirs"  # the user's own is
    notes.chmod(0o666)
    assert remembered("a question", lambda: "ours") == "ours"


def test_the_oldest_answers_go(tree: Path, tmp_path: Path) -> None:
    for number in range(stamps.MOST + 5):
        asked(str(number), str(number))
    assert not asked(str(stamps.MOST + 4), str(stamps.MOST + 4))
    assert asked("0", "0")
    (notes,) = (tmp_path / "cache").rglob(stamps.NAME)
    assert len(json.loads(notes.read_text())) == stamps.MOST
