"""`make contracts`: compile the exchange's contracts into the package.

python -m zkpipe.verifier_contracts.shipped [--check]

--check writes nothing. It ends with status 1, and names the files, if the package has others.
"""

from __future__ import annotations

import argparse
import sys

from zkpipe.ground.files.writing import write_file
from zkpipe.verifier_contracts.shipped.exchange import COMPILED, compile_exchange, exchange_files


def main() -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(prog="python -m zkpipe.verifier_contracts.shipped")
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    is_check = parser.parse_args().check
    files = exchange_files(compile_exchange())
    there = {path.name: path.read_bytes() for path in COMPILED.glob("*.json")}
    if is_check:
        differing = sorted(n for n in {*files, *there} if files.get(n) != there.get(n))
        for name in differing:
            sys.stdout.write(f"{name} is not what the sources compile to\n")
        return int(bool(differing))
    COMPILED.mkdir(exist_ok=True)
    for name in there.keys() - files.keys():
        (COMPILED / name).unlink()
    for name, data in files.items():
        write_file(COMPILED / name, data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
