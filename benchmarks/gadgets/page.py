"""docs/gadgets.md: what each gadget costs, a table for each kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zkpipe.benchmarks.gadgets.circomlib import figures
from zkpipe.benchmarks.gadgets.counting import Counts
from zkpipe.benchmarks.gadgets.statements import SECTIONS, Statement

HEAD = """\
# gadgets: what they cost

`python -m zkpipe.benchmarks.gadgets` writes this page. A test compares it with what the gadgets
cost now, so that a change that costs a constraint is seen.

- **Rows** are constraints. Rows that the inputs need for themselves, such as one for a bit, are
  not counted, unless the table says so.
- **Wires** are all of the circuit's, its inputs and outputs included. **Entries** are the non-zero
  coefficients of A, B and C. The time of a proof depends on the rows, and a little on the entries.
- **circomlib** is version 2.0.5, measured: compiled by circom2 0.2.23 with all simplifications
  (`--O2`).
- **gnark** is its commit 8558b82, with its R1CS builder for Groth16. A dagger (†) marks a circuit
  that commits to lookups. Its proofs and its verifier are larger.
- **published** is the least that we know to be published. **target** is our aim.
- Our analysis proves of every gadget here that its inputs determine all of its values
  ([soundness](soundness.md)). Gadgets of others need not have this property.
"""
COLUMNS = ("gadget", "rows", "wires", "entries", "circomlib: rows", "entries", "gnark",
           "published", "target")  # fmt: skip


def page(costs: Mapping[str, Counts]) -> str:
    """The page's text.

    costs  of each gadget its size, by the name that it has in `SECTIONS`
    """
    return HEAD + "".join(
        f"\n## {title}\n\n{table(statements, costs)}" for title, statements in SECTIONS.items()
    )


def table(statements: Iterable[Statement], costs: Mapping[str, Counts]) -> str:
    """Rows of a table, and the notes on them below it."""
    notes: list[str] = []
    lines = [_line(COLUMNS), _line(["---", *["---:"] * (len(COLUMNS) - 1)])]
    for statement in statements:
        mark = ""
        if statement.note:
            if statement.note not in notes:
                notes.append(statement.note)
            mark = f" ({notes.index(statement.note) + 1})"
        lines.append(row(statement, costs[statement.gadget], mark))
    text = "\n".join(lines) + "\n"
    if notes:
        text += "\n" + "".join(f"{i}. {note}\n" for i, note in enumerate(notes, 1))
    return text


def row(statement: Statement, cost: Counts, mark: str = "") -> str:
    """A gadget's row.

    mark  of the note on it
    """
    others = figures()[statement.circomlib] if statement.circomlib else None
    return _line(
        [
            statement.gadget + mark,
            *(f"{number:,}" for number in cost),
            f"{others.rows:,}" if others else "",
            f"{others.entries:,}" if others else "",
            statement.gnark,
            statement.published,
            statement.target,
        ]
    )


def all_costs() -> dict[str, Counts]:
    """The size of every gadget, by name. Takes seconds."""
    return {statement.gadget: cost(statement) for each in SECTIONS.values() for statement in each}


def cost(statement: Statement) -> Counts:
    """The size of a gadget."""
    return statement.count(statement.circuit())


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
