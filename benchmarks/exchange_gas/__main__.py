"""Write docs/gas.md anew."""

from __future__ import annotations

import sys
from pathlib import Path

from zkpipe.benchmarks.exchange_gas.operations import measured
from zkpipe.benchmarks.exchange_gas.page import page
from zkpipe.benchmarks.exchange_gas.verifiers import measured as verifiers_measured
from zkpipe.verifier_contracts import Node

PAGE = Path(__file__).resolve().parents[2] / "docs" / "gas.md"


def main() -> None:
    """Measure every operation on a node, and write the page."""
    with Node.start() as node:
        gas = measured(node.url)
        verifiers = verifiers_measured(node.url)
    PAGE.write_text(page(gas, verifiers), encoding="utf-8")
    sys.stdout.write(f"docs/{PAGE.name}: {len(gas)} operations, {len(verifiers)} of verifiers\n")


if __name__ == "__main__":
    main()
