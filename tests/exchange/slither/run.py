"""`make slither`: findings of high or medium weight in the exchange's contracts, all explained.

python -m tests.exchange.slither.run SLITHER FOLDER

SLITHER is slither's executable, in an environment of its own, and FOLDER one for copies of the
sources, which is made anew. Ends with status 1 for a finding that EXPLAINED does not have, or for
an explanation without its finding.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from zkpipe.verifier_contracts import find_solc

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "verifier_contracts" / "contracts" / "exchange"
PACKAGE = ROOT / "node_modules" / "@openzeppelin"

EXPLAINED = {  # by detector and by what it was found in
    ("reentrancy-no-eth", "JobBoard.open"): (
        "`grants.take` calls nobody, so no call comes back before the ticket is stored. The job's "
        "state is set before it."
    ),
    ("uninitialized-local", "Signed._requireSigned"): "The first signer is compared with 0.",
    ("uninitialized-local", "EvidenceLedger.append"): "An entry that is not chained has seq 0.",
    ("unused-return", "DataCatalogue._requireTemplate"): "Only the template's state is asked for.",
    ("unused-return", "JobBoard.submit"): "The entry's id stands in the ledger's event.",
    ("unused-return", "Signed._requireSigned"): "tryRecover's last value only details its error.",
}


def found(slither: str, folder: Path) -> dict[tuple[str, str], str]:
    """Slither's findings, by detector and by the function that each is in."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SOURCES, folder / "contracts", ignore=shutil.ignore_patterns("compiled"))
    shutil.copytree(PACKAGE, folder / "packages" / "@openzeppelin")
    answer = folder / "findings.json"
    words = ["contracts", "--solc", str(find_solc().executable), "--solc-standard-json"]
    words += ["--solc-remaps", "@openzeppelin/=packages/@openzeppelin/"]
    words += ["--solc-args", "--via-ir --optimize", "--filter-paths", "packages/"]
    words += ["--exclude-informational", "--exclude-optimization", "--exclude-low"]
    done = subprocess.run(  # noqa: S603 # slither, no shell
        [Path(slither).absolute(), *words, "--json", answer],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if not answer.is_file():
        sys.exit(done.stderr)
    told = json.loads(answer.read_text())
    if not told["success"]:
        sys.exit(told["error"])
    return {
        (finding["check"], _place(finding)): finding["description"]
        for finding in told["results"].get("detectors", [])
    }


def _place(finding: dict[str, object]) -> str:
    """Contract and function of a finding's first element that lies in a function."""
    for element in finding["elements"]:
        while element["type"] not in ("function", "contract"):
            element = element["type_specific_fields"]["parent"]
        if element["type"] == "function":
            contract = element["type_specific_fields"]["parent"]["name"]
            return f"{contract}.{element['name']}"
    return str(finding["elements"][0]["name"])


def main() -> int:
    """Compare the findings with the explanations."""
    slither, folder = sys.argv[1:]
    findings = found(slither, Path(folder).absolute())
    for key in findings.keys() - EXPLAINED.keys():
        sys.stdout.write(f"{key[0]} in {key[1]} is not explained:\n{findings[key]}\n")
    for key in EXPLAINED.keys() - findings.keys():
        sys.stdout.write(f"{key[0]} in {key[1]} is explained, and was not found\n")
    sys.stdout.write(f"{len(findings)} findings of high or medium weight\n")
    return int(findings.keys() != EXPLAINED.keys())


if __name__ == "__main__":
    sys.exit(main())
