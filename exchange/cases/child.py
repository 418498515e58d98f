"""A party in a process of its own; started by ProcessParty.

    python -m zkpipe.exchange.cases.child ROLE FOLDER RPC

Steps come as lines of JSON on standard input; answers go to standard output, all else to standard
error.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from zkpipe.exchange.cases.open_data.places import ROLES, connecting
from zkpipe.exchange.cases.parties import serve


def main() -> None:
    """Serve until standard input ends."""
    name, folder, rpc = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints goes to standard error
    role = ROLES[name](Path(folder), connecting(rpc))
    try:
        serve(role, sys.stdin.buffer, answers)
    finally:
        role.close()


if __name__ == "__main__":
    main()
