"""What POSIX systems have and others lack, with what takes its place there.

zkpipe is made for Linux. Elsewhere its modules can be imported: what a system lacks is found here,
so that no other module asks for it by name.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from types import ModuleType
from typing import Any

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:
    fcntl = None

# Flags of os.open: every file of ours is closed in programs that we start, and holds bytes.
BYTES = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
AT_ONCE = getattr(os, "O_NONBLOCK", 0)  # a pipe is opened without waiting for who writes to it
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
FOLDER = getattr(os, "O_DIRECTORY", 0)

_one_at_a_time = threading.Lock()


def user_number() -> int:
    """The user's number; 0 where users have none."""
    return int(os.geteuid()) if hasattr(os, "geteuid") else 0


def has_owners() -> bool:
    """Whether the owner and the mode of a file say who can write to it."""
    return hasattr(os, "geteuid")


def lock(handle: int) -> None:
    """Wait until no other process has locked this open file, and lock it until it is closed.

    Where the system or the file system has no such locks, nothing is done.
    """
    if fcntl is not None:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)


def try_to_lock(handle: int) -> bool:
    """Lock this open file until it is closed, unless another process has; whether it is locked.

    Where the system or the file system has no such locks, it counts as locked.
    """
    if fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
    return True


def read_at(handle: int, out: Any, begin: int) -> int:
    """Read bytes of a file from `begin` on into `out`; how many. Threads may do so at once."""
    if hasattr(os, "preadv"):
        return os.preadv(handle, [out], begin)
    with _one_at_a_time:
        os.lseek(handle, begin, os.SEEK_SET)
        data = os.read(handle, len(out))
    out[: len(data)] = data
    return len(data)


def memory_size() -> int:
    """Bytes of memory of this machine; 2^63 where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 1 << 63
