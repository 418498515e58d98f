"""Write docs/gadgets.md anew."""

from __future__ import annotations

import sys
from pathlib import Path

from zkpipe.benchmarks.gadgets.page import all_costs, page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "gadgets.md"


def main() -> None:
    """Count every gadget, and write the page."""
    costs = all_costs()
    PAGE.write_text(page(costs), encoding="utf-8")
    sys.stdout.write(f"docs/{PAGE.name}: {len(costs)} gadgets\n")


if __name__ == "__main__":
    main()
