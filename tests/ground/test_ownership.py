"""What others could have put in place is neither trusted nor read. Another user is uid 65534."""

from __future__ import annotations

import grp
import os
import pwd
import stat
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from zkpipe.ground.files import cache_folders, ownership
from zkpipe.ground.files.cache_folders import own_folder, readable_folders, refusal
from zkpipe.ground.files.ownership import objection, program, read_trusted

STRANGER = 65534
root = pytest.mark.skipif(
    os.geteuid() != 0, reason="files of another user can be made by root only"
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A file two folders deep."""
    (tmp_path / "a" / "b").mkdir(parents=True, mode=0o755)
    for folder in (tmp_path / "a", tmp_path / "a" / "b"):
        folder.chmod(0o755)
    (tmp_path / "a" / "b" / "file").write_text("ours")
    (tmp_path / "a" / "b" / "file").chmod(0o644)
    return tmp_path


def file_of(tree: Path) -> Path:
    return tree / "a" / "b" / "file"


def test_what_only_the_user_can_change_is_trusted(tree: Path) -> None:
    assert objection(file_of(tree)) is None
    assert objection(file_of(tree).parent) is None
    assert read_trusted(file_of(tree)) == b"ours"


@pytest.mark.parametrize("bits", [0o020, 0o002, 0o022])
@pytest.mark.parametrize("part", ["a", "a/b", "a/b/file"])
def test_what_others_can_write_to_is_not(
    tree: Path, account: Account, part: str, bits: int
) -> None:
    account(name="staff")
    path = tree / part
    path.chmod(path.stat().st_mode | bits)
    assert objection(file_of(tree)) == f"{path} can be written to by others"
    if part == "a/b/file":
        with pytest.raises(PermissionError):
            read_trusted(path)


@root
@pytest.mark.parametrize("part", ["a", "a/b", "a/b/file"])
def test_what_another_user_owns_is_not(tree: Path, part: str) -> None:
    os.chown(tree / part, STRANGER, STRANGER)
    assert objection(file_of(tree)) == f"{tree / part} belongs to user {STRANGER}"
    if part == "a/b/file":
        with pytest.raises(PermissionError):
            read_trusted(tree / part)


def test_a_sticky_folder_on_the_way_serves_but_not_at_the_end(tree: Path) -> None:
    (tree / "a").chmod(0o1777)
    assert objection(file_of(tree)) is None
    assert objection(tree / "a") == f"{tree / 'a'} can be written to by others"
    assert objection(tree / "a", on_the_way=True) is None
    (tree / "a").chmod(0o777)
    assert objection(tree / "a", on_the_way=True) is not None


@root
def test_a_strangers_folder_in_a_sticky_one_is_not_trusted(tree: Path) -> None:
    (tree / "a").chmod(0o1777)
    os.chown(tree / "a" / "b", STRANGER, STRANGER)
    assert objection(file_of(tree)) is not None


def test_links_are_followed_and_what_they_lead_through_counts(tree: Path) -> None:
    (tree / "open").mkdir()
    (tree / "open" / "file").write_text("anybody's")
    (tree / "link").symlink_to("open/file")
    (tree / "good").symlink_to(file_of(tree))
    (tree / "back").symlink_to("a/../a/b/file")
    assert objection(tree / "good") is None
    assert objection(tree / "back") is None
    (tree / "open").chmod(0o777)
    assert objection(tree / "link") == f"{tree / 'open'} can be written to by others"
    assert objection(tree / "open" / ".." / "a" / "b" / "file") is not None
    with pytest.raises(OSError, match="symbolic link"):
        read_trusted(tree / "good")


@root
def test_a_strangers_link_to_a_good_file_is_not_trusted(tree: Path) -> None:
    (tree / "link").symlink_to(file_of(tree))
    os.chown(tree / "link", STRANGER, STRANGER, follow_symlinks=False)
    assert objection(tree / "link") == f"{tree / 'link'} belongs to user {STRANGER}"


def test_links_in_a_circle_are_no_file(tree: Path) -> None:
    (tree / "one").symlink_to("two")
    (tree / "two").symlink_to("one")
    assert "links" in str(objection(tree / "one"))


def test_what_is_not_there_is_an_error_of_the_system(tree: Path) -> None:
    for reader in (objection, read_trusted):
        with pytest.raises(FileNotFoundError):
            reader(tree / "none")


def test_a_pipe_or_a_folder_is_not_read(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    for name in ("pipe", "a"):
        with pytest.raises((PermissionError, IsADirectoryError)):
            read_trusted(tree / name)


# The user's private group, under a umask of 002.

Account = Callable[..., None]


@pytest.fixture
def account(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Make the system's lists say that the group of the tree's files is this."""
    gid = file_of(tree).stat().st_gid

    def user(name: str, uid: int, group: int = gid) -> pwd.struct_passwd:
        return pwd.struct_passwd((name, "x", uid, group, "", "/", "/bin/sh"))

    def made(
        name: str = "ann", uid: int = 1000, members: list[str] | None = None, others: int = 0
    ) -> None:
        groups = [grp.struct_group((name, "x", gid, members or []))]
        groups += [grp.struct_group(("alias", "x", gid, ["mallory"]))] if others == 2 else []
        users = [user("ann", uid), user("bob", 1001, gid + 1)]
        users += [user("mallory", 1002)] if others == 1 else []
        monkeypatch.setattr(pwd, "getpwuid", lambda _uid: users[0])
        monkeypatch.setattr(pwd, "getpwall", lambda: users)
        monkeypatch.setattr(grp, "getgrgid", lambda _gid: groups[0])
        monkeypatch.setattr(grp, "getgrall", lambda: groups)
        ownership._private_group.cache_clear()

    yield made
    ownership._private_group.cache_clear()


def open_to_its_group(tree: Path) -> None:
    for part in ("a", "a/b", "a/b/file"):
        (tree / part).chmod((tree / part).stat().st_mode | 0o020)


@pytest.mark.parametrize("members", [[], ["ann"]])
def test_what_the_users_private_group_can_write_to_is_trusted(
    tree: Path, account: Account, members: list[str]
) -> None:
    open_to_its_group(tree)
    account(members=members)
    assert objection(file_of(tree)) is None
    assert read_trusted(file_of(tree)) == b"ours"
    (tree / "a").chmod(0o777)
    assert objection(file_of(tree)) is not None


@pytest.mark.parametrize(
    "shared",
    [
        {"members": ["ann", "mallory"]},
        {"others": 1},  # an account whose first group it is
        {"others": 2},  # the same number under another name
        {"name": "staff"},
        {"uid": 0},
    ],
)
def test_a_group_that_others_are_in_is_not_private(
    tree: Path, account: Account, shared: dict[str, Any]
) -> None:
    open_to_its_group(tree)
    account(**shared)
    assert objection(file_of(tree)) == f"{tree / 'a'} can be written to by others"
    with pytest.raises(PermissionError):
        read_trusted(file_of(tree))


@root
def test_a_file_of_another_group_is_open_to_others(tree: Path, account: Account) -> None:
    open_to_its_group(tree)
    account()
    os.chown(file_of(tree), -1, STRANGER)
    assert objection(file_of(tree)) == f"{file_of(tree)} can be written to by others"


def test_an_access_list_may_name_others(tree: Path, account: Account) -> None:
    account()
    user_group_mask = [(1, 7, -1), (2, 7, STRANGER), (4, 5, -1), (16, 7, -1), (32, 5, -1)]
    entries = b"".join(struct.pack("<HHi", *entry) for entry in user_group_mask)
    try:
        os.setxattr(tree / "a", "system.posix_acl_access", struct.pack("<I", 2) + entries)
    except (AttributeError, OSError):
        pytest.skip("no access lists here")
    assert (tree / "a").stat().st_mode & 0o020
    assert objection(file_of(tree)) == f"{tree / 'a'} can be written to by others"


# Programs on PATH.


def executable(path: Path) -> Path:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_first_program_on_path_that_is_trusted_is_found(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = executable(tree / "a" / "tool"), executable(tree / "a" / "b" / "tool")
    monkeypatch.setenv("PATH", f"{tree / 'a'}:{tree / 'a' / 'b'}")
    assert program("tool") == bad
    bad.chmod(0o777)
    assert program("tool") == good
    good.chmod(0o644)
    assert program("tool") is None


@pytest.mark.parametrize("entry", [".", "", "a", "../a"])
def test_a_folder_without_a_full_path_is_left_out(
    tree: Path, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    monkeypatch.chdir(tree / "a")
    executable(tree / "a" / "tool")
    (tree / "a" / "a").symlink_to(".")
    monkeypatch.setenv("PATH", f"{entry}:/nowhere")
    assert program("tool") is None


def test_a_folder_open_to_its_group_serves_for_programs_and_one_open_to_all_does_not(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = executable(tree / "a" / "tool")
    monkeypatch.setenv("PATH", str(tree / "a"))
    (tree / "a").chmod(0o2775)
    assert program("tool") == tool
    (tree / "a").chmod(0o757)
    assert program("tool") is None


# Folders of ours.


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The user's cache folder and the one for temporary files, of this test's own."""
    cache, temporary = tmp_path / "cache", tmp_path / "temporary"
    cache.mkdir(mode=0o755)
    temporary.mkdir()
    temporary.chmod(0o1777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(cache_folders, "TEMPORARY", ())
    return cache, temporary


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_every_folder_that_is_made_is_the_users_alone(
    homes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, umask: int
) -> None:
    deep = homes[0] / "not" / "there"
    monkeypatch.setenv("XDG_CACHE_HOME", str(deep))
    before = os.umask(umask)
    try:
        folder = own_folder("kernels/0123")
    finally:
        os.umask(before)
    assert folder == deep / "zkpipe" / "kernels" / "0123"
    assert refusal("kernels/0123") is None
    for made in (folder, *folder.parents):
        if made == homes[0]:
            break
        assert stat.S_IMODE(made.stat().st_mode) == 0o700


def opened(cache: Path) -> None:
    (cache / "zkpipe").mkdir()
    (cache / "zkpipe").chmod(0o777)


def open_above(cache: Path) -> None:
    cache.chmod(0o775)


def a_strangers(cache: Path) -> None:
    (cache / "zkpipe" / "kernels").mkdir(parents=True)
    os.chown(cache / "zkpipe" / "kernels", STRANGER, STRANGER)


def a_link_to_an_open_folder(cache: Path) -> None:
    (cache / "elsewhere").mkdir()
    (cache / "elsewhere").chmod(0o777)
    (cache / "zkpipe").symlink_to("elsewhere")


def a_file(cache: Path) -> None:
    (cache / "zkpipe").write_text("")


@pytest.mark.parametrize(
    "spoil",
    [opened, open_above, pytest.param(a_strangers, marks=root), a_link_to_an_open_folder, a_file],
)
def test_where_others_could_write_a_folder_of_the_users_own_takes_the_place(
    homes: tuple[Path, Path], spoil: Callable[[Path], None]
) -> None:
    cache, temporary = homes
    spoil(cache)
    folder = own_folder("kernels")
    assert folder == temporary / f"zkpipe-{os.geteuid()}" / "kernels"
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert "is not used: " in str(refusal("kernels"))


def everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.mark.parametrize("spoil", [opened, open_above, a_link_to_an_open_folder])
def test_nothing_is_made_in_a_place_that_is_not_used(
    homes: tuple[Path, Path], spoil: Callable[[Path], None]
) -> None:
    spoil(homes[0])
    before = everything(homes[0])
    own_folder("kernels/0123")
    assert everything(homes[0]) == before


def test_what_comes_in_between_is_judged_before_a_folder_is_made_in_it(
    homes: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, aim = Path.mkdir, tmp_path / "aim"
    aim.mkdir()
    aim.chmod(0o777)

    def make_too_late(path: Path, *words: Any, **named: Any) -> None:
        if path.name.startswith("zkpipe"):
            path.symlink_to(aim)
        make(path, *words, **named)

    monkeypatch.setattr(Path, "mkdir", make_too_late)
    assert own_folder("kernels/0123") is None
    assert everything(aim) == set()


@root
def test_a_strangers_link_among_temporary_files_makes_no_folder_where_it_leads(
    homes: tuple[Path, Path], tmp_path: Path
) -> None:
    homes[0].chmod(0o777)
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    link = homes[1] / f"zkpipe-{os.geteuid()}"
    link.symlink_to(private)
    os.chown(link, STRANGER, STRANGER, follow_symlinks=False)
    assert own_folder("kernels") is None
    assert everything(private) == set()


def test_without_a_safe_place_there_is_no_folder(homes: tuple[Path, Path]) -> None:
    for home in homes:
        home.chmod(0o777)  # not sticky
    assert own_folder("kernels") is None
    assert "is not used: " in str(refusal("kernels"))


@root
def test_a_folder_that_somebody_made_first_for_temporary_files_is_not_used(
    homes: tuple[Path, Path],
) -> None:
    homes[0].chmod(0o777)
    early = homes[1] / f"zkpipe-{os.geteuid()}"
    early.mkdir(mode=0o700)
    os.chown(early, STRANGER, STRANGER)
    assert own_folder("kernels") is None


def test_without_a_home_the_folder_for_temporary_files_serves(
    homes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless(*_names: object, **_options: object) -> str:
        raise RuntimeError("Could not determine home directory.")

    for name in ("XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setattr("platformdirs.user_cache_dir", homeless)
    assert own_folder("kernels") == homes[1] / f"zkpipe-{os.geteuid()}" / "kernels"


def test_a_relative_cache_folder_is_passed_by(
    homes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the XDG specification has it: it would be another one in every working folder."""
    monkeypatch.chdir(homes[0])
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    monkeypatch.setenv("HOME", str(homes[0] / "home"))
    assert own_folder("kernels") == homes[0] / "home" / ".cache" / "zkpipe" / "kernels"
    assert not (homes[0] / "cache").exists()


def test_a_relative_place_is_passed_by(
    homes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older versions of platformdirs give what XDG_CACHE_HOME or HOME says."""
    monkeypatch.chdir(homes[0])
    for name in ("XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, "relative")
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: "cache")
    assert own_folder("kernels") == homes[1] / f"zkpipe-{os.geteuid()}" / "kernels"
    assert list(homes[0].iterdir()) == []


@pytest.mark.parametrize("temporary", ["", "relative", "/dev/null", "/proc/none", "/proc"])
def test_an_odd_folder_for_temporary_files_leads_to_the_next(
    homes: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, temporary: str
) -> None:
    homes[0].chmod(0o777)
    monkeypatch.setenv("TMPDIR", temporary)
    monkeypatch.setattr(cache_folders, "TEMPORARY", ("/dev/null", str(homes[1])))
    assert own_folder("kernels") == homes[1] / f"zkpipe-{os.geteuid()}" / "kernels"


def test_a_folder_that_can_only_be_read_is_read_and_the_next_one_written_to(
    homes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = own_folder("kernels")
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != first and access(path, mode))
    assert refusal("kernels") == f"{first} can only be read."
    second = own_folder("kernels")
    assert second == homes[1] / f"zkpipe-{os.geteuid()}" / "kernels"
    assert list(readable_folders("kernels")) == [first, second]


def test_what_others_could_write_to_is_not_read_either(homes: tuple[Path, Path]) -> None:
    first = own_folder("kernels")
    assert first is not None
    assert list(readable_folders("kernels")) == [first]
    first.chmod(0o777)
    assert list(readable_folders("kernels")) == []


def test_to_look_for_a_folder_makes_none(homes: tuple[Path, Path]) -> None:
    assert list(readable_folders("kernels")) == []
    assert list(homes[0].iterdir()) == list(homes[1].iterdir()) == []
