"""Who could have put a file where it lies: asked before it is executed, unpickled or believed.

Trusted are the user, root, and whoever owns zkpipe's own code, who can make it do anything as it
is. A file is theirs if one of them owns it and every folder and link on the way to it, and nobody
else can write to any of these. A folder that all can write to serves if its sticky bit is set, as
in /tmp: then others cannot replace what lies in it. The user's private group, which Debian, Ubuntu
and Fedora make for each user beside a umask of 002, is nobody else. Where a system's files have no
owners and modes, as on Windows, nothing is trusted.

Sources: OpenSSH, secure_permissions, for the walk, and Debian's patch of it for private groups;
acl(5): of an access list, the mode's bits for the group show what it grants to anybody.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

from zkpipe.ground.process.posix import AT_ONCE, BYTES, NO_LINK, has_owners, user_number

grp: ModuleType | None
pwd: ModuleType | None
try:
    import grp
    import pwd
except ImportError:
    grp = pwd = None

OTHERS = stat.S_IWGRP | stat.S_IWOTH
MOST_LINKS = 40  # as Linux follows


def objection(path: Path, writers: int = OTHERS, *, on_the_way: bool = False) -> str | None:
    """Why the file or folder at a path is not to be trusted, in words; None if it is.

    writers     the mode bits that no folder on the way may have; the last part has none of OTHERS
    on_the_way  the path is a folder on the way to something else: it may be sticky, as /tmp is

    Raises OSError if something on the way is not there.
    """
    if not has_owners():
        return "this system does not say who can write to it"
    whole = path if path.is_absolute() else Path.cwd() / path
    todo = list(reversed(whole.parts[1:]))
    here, links = Path("/"), 0
    while todo:
        name = todo.pop()
        if name == "..":
            here = here.parent  # it holds no links any more
            continue
        here = here / name
        status = here.lstat()
        if status.st_uid not in _trusted():
            return f"{here} belongs to user {status.st_uid}"
        if stat.S_ISLNK(status.st_mode):
            links += 1
            if links > MOST_LINKS:
                return f"{here} is one of more than {MOST_LINKS} links"
            aim = here.readlink()
            here = Path("/") if aim.is_absolute() else here.parent
            todo.extend(reversed(aim.parts[1:] if aim.is_absolute() else aim.parts))
        elif _is_open(
            here, status, writers if todo or on_the_way else OTHERS, bool(todo) or on_the_way
        ):
            return f"{here} can be written to by others"
    return None


def objection_to_open(handle: int, name: Path) -> str | None:
    """The same of an open file, by its own owner and mode; `name` stands in the words."""
    if not has_owners():
        return "this system does not say who can write to it"
    status = os.fstat(handle)
    if status.st_uid not in _trusted():
        return f"{name} belongs to user {status.st_uid}"
    return f"{name} can be written to by others" if _is_open(handle, status) else None


def _is_open(
    file: Path | int, status: os.stat_result, writers: int = OTHERS, is_on_the_way: bool = False
) -> bool:
    """Whether others can change what it is, or what lies in it.

    file  a path or a descriptor
    """
    if is_on_the_way and status.st_mode & stat.S_ISVTX:
        return False
    by = status.st_mode & writers
    if by == stat.S_IWGRP:
        return status.st_gid != _private_group() or _has_access_list(file)
    return bool(by)


def _has_access_list(file: Path | int) -> bool:
    """Whether others than the owner and the group may have been given access, or nobody knows."""
    try:
        return "system.posix_acl_access" in os.listxattr(file)  # Linux only
    except (AttributeError, OSError):
        return True


def read_trusted(path: Path, most: int = -1) -> bytes:
    """The bytes of a regular file of a trusted owner that nobody else can write to.

    most  of them that are read; -1 for all

    The file that is read is the one that was looked at. The folders on the way are not looked at.

    Raises OSError, PermissionError among them.
    """
    with open_trusted(path) as file:
        return file.read(most)


def open_trusted(path: Path, buffering: int = -1) -> BinaryIO:
    """Such a file, open for reading; `buffering` as of `open`. Raises OSError, too."""
    handle = os.open(path, os.O_RDONLY | NO_LINK | AT_ONCE | BYTES)
    file: BinaryIO = os.fdopen(handle, "rb", buffering)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or _is_open(handle, status):
            raise PermissionError(0, "others can write to it", str(path))
        if status.st_uid not in _trusted():
            raise PermissionError(0, "it belongs to another user", str(path))
    except BaseException:
        file.close()
        raise
    return file


def program(name: str) -> Path | None:
    """The first executable of this name on PATH that is to be trusted; None if there is none.

    Left out are folders without a full path, like `.`, and what others own or can write to. Folders
    may be open to their group: Debian's and Homebrew's are, for administrators.
    """
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = Path(folder, name)
        if not path.is_absolute() or not path.is_file() or not os.access(path, os.X_OK):
            continue
        with suppress(OSError):  # it is gone
            if objection(path, stat.S_IWOTH) is None:
                return path
    return None


@cache
def _trusted() -> frozenset[int]:
    """The users whose files are taken."""
    return frozenset({user_number(), 0, Path(__file__).stat().st_uid})


@cache
def _private_group() -> int | None:
    """The group of the user's own name, if nobody else is in it. Root has none."""
    if grp is None or pwd is None:
        return None
    try:
        user = pwd.getpwuid(user_number())
        group = grp.getgrgid(user.pw_gid)
    except KeyError:
        return None
    if user.pw_uid == 0 or group.gr_name != user.pw_name:
        return None
    named = {name for one in grp.getgrall() if one.gr_gid == group.gr_gid for name in one.gr_mem}
    by_account = {one.pw_name for one in pwd.getpwall() if one.pw_gid == group.gr_gid}
    return group.gr_gid if named | by_account <= {user.pw_name} else None
