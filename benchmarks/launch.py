"""Run a command and write down its time and the most memory that it held.

    python -I -S launch.py USAGE.json WORD ...

A small process on purpose. What the system reports as a child's peak memory includes that of the
process it was started from, up to the moment its own program began; a Python with numba in it would
hide every peer of less than 200 MB. This one holds some 10 MB. Standard input, output and error
are the command's; the exit status is the command's.

Source: Linux, fs/exec.c, exec_mmap: the old memory's high-water mark goes into the process's.
"""

import json
import os
import sys
import time


def main() -> int:
    """Start, wait, write {"seconds", "peak_bytes"}."""
    usage_file, *words = sys.argv[1:]
    started = time.perf_counter()
    child = os.posix_spawnp(words[0], words, os.environ)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    with open(usage_file, "w") as file:  # noqa: PTH123 # pathlib would double the memory
        json.dump({"seconds": seconds, "peak_bytes": usage.ru_maxrss * 1024}, file)
    return os.waitstatus_to_exitcode(status) & 0xFF


if __name__ == "__main__":
    sys.exit(main())
