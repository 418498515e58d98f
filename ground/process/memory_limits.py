"""How much memory there is for this process."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from zkpipe.ground.process.posix import memory_size

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")


def memory_of_this_machine() -> int:
    """Bytes; those of the container or of systemd's unit, where it has fewer."""
    return min([memory_size(), *cgroup_limits(_CGROUPS, _OWN_CGROUP)])


def cgroup_limits(root: Path, own: Path) -> list[int]:
    """The limits of memory of a process's control group and of all around it, in bytes.

    root  where the second version of the hierarchy is mounted
    own   the process's file in /proc that names its group
    """
    group = ""
    with suppress(OSError, ValueError):
        lines = own.read_text().splitlines()
        group = next((line[3:] for line in lines if line.startswith("0::/")), "")
    path = root / group.strip("/")
    found = []
    for place in (path, *path.parents):
        if place.is_relative_to(root):
            with suppress(OSError, ValueError):  # no such group here, or "max"
                found.append(int((place / "memory.max").read_text()))
    return found
