"""Run a command and write down its time and the most memory that it held.

    python -I -S launch.py USAGE.json WORD ...

A small process on purpose. What the system reports as a child's peak memory includes that of the
process it was started from, up to the moment its own program began; a Python with numba in it would
hide every peer of less than 200 MB. This one holds some 10 MB. Standard input, output and error
are the command's; the exit status is the command's, or 127 if it could not be started.

Source: Linux, fs/exec.c, exec_mmap: the old memory's high-water mark goes into the process's.
"""

import json
import os
import sys
import time


def main() -> int:
    """Start, wait, write {"status", "seconds", "processor_seconds", "peak_bytes"}.

    Processor seconds are those of the command and of all children that it waited for. Of a command
    that the system does not start, {"not_started": REASON} is written.
    """
    usage_file, *words = sys.argv[1:]
    started = time.perf_counter()
    try:
        child = os.posix_spawnp(words[0], words, os.environ)
    except OSError as error:
        _write(usage_file, {"not_started": os.strerror(error.errno or 0)})
        return 127
    _, ended, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    status = os.waitstatus_to_exitcode(ended)
    facts: dict[str, object] = {
        "status": status,
        "seconds": seconds,
        "processor_seconds": usage.ru_utime + usage.ru_stime,
        "peak_bytes": usage.ru_maxrss * 1024,
    }
    _write(usage_file, facts)
    return status & 0xFF


def _write(path: str, facts: dict[str, object]) -> None:
    with open(path, "w") as file:  # noqa: PTH123 # pathlib would double the memory
        json.dump(facts, file)


if __name__ == "__main__":
    sys.exit(main())
