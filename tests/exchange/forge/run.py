"""`make invariants`: random walks of forge over the exchange's contracts.

python -m tests.exchange.forge.run FORGE FOLDER [RUNS [DEPTH]]

FORGE is forge's executable, and FOLDER one for its project, which is made anew. Ends with status 1
if an invariant is broken, or if fewer than 3 % of the walks reach one of the end states.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from zkpipe.verifier_contracts import find_solc

ROOT = Path(__file__).resolve().parents[3]
COPIED = (
    "verifier_contracts/contracts/exchange",
    "tests/exchange/contracts/solidity",
    "tests/exchange/forge",
    "node_modules/@openzeppelin",
)
ENDS = {
    1: "a grant exhausted",
    2: "a grant revoked",
    4: "a job closed",
    8: "a job void",
    16: "a job failed",
    32: "a grant expired",
}
LEAST = 0.03  # of the walks


def staged(folder: Path) -> Path:
    """A project of forge's own in a folder, whose cache and output stay."""
    for name in COPIED:
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "tests/exchange/forge/foundry.toml", folder / "foundry.toml")
    (folder / "ends.txt").unlink(missing_ok=True)
    return folder


def shares(folder: Path) -> dict[str, float]:
    """In which part of the walks each end state was reached."""
    walks = [int(line) for line in (folder / "ends.txt").read_text().split()]
    return {name: sum(1 for w in walks if w & bit) / len(walks) for bit, name in ENDS.items()}


def main() -> int:
    """Run forge, then look at what the walks reached."""
    forge, folder, *counts = sys.argv[1:]
    project = staged(Path(folder).absolute())
    names = ("FOUNDRY_INVARIANT_RUNS", "FOUNDRY_INVARIANT_DEPTH")
    settings = dict(zip(names, counts, strict=False))
    settings["FOUNDRY_SOLC"] = str(find_solc().executable)
    done = subprocess.run(  # noqa: S603 # forge, no shell
        [Path(forge).absolute(), "test", "--root", project],
        cwd=project,
        env=os.environ | settings,
        check=False,
    )
    if done.returncode:
        return 1
    found = shares(project)
    for name, share in found.items():
        sys.stdout.write(f"{share:6.1%} of the walks reach {name}\n")
    return int(min(found.values()) < LEAST)


if __name__ == "__main__":
    sys.exit(main())
