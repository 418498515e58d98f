"""Small circuits with development keys, and the file of a developer."""

from __future__ import annotations

from pathlib import Path

from tests.exchange.some_tables import small_schema
from zkpipe.exchange.clients.circuits import source_of
from zkpipe.prover import DEVELOPMENT, setup_to_file

CLASS = 3

SCORE = """
from pathlib import Path
from zkpipe import UInt
from zkpipe.circuits import narrow
from zkpipe.exchange.circuits import query
from zkpipe.exchange.tables import Schema

with Path(__file__).with_name("runs").open("a") as runs:
    runs.write("x")
schema = Schema.load(Path(__file__).with_name("schema.json"))


@query(schema, ["visits"], 3)
def most(visits) -> UInt[10]:
    return narrow(sum(visits.codes), UInt[10])
"""


def own_words(folder: Path, name: str, column: str = "") -> str:
    """The words of one of the exchange's own circuits, with its schema's file."""
    schema = folder / "schema.json"
    schema.write_bytes(small_schema().canonical)
    parts = [f"{name}@{CLASS}", *([str(schema)] if name != "register" else [])]
    return ":".join([*parts, *([column] if column else [])])


def developer_file(folder: Path, text: str = SCORE) -> Path:
    (folder / "schema.json").write_bytes(small_schema().canonical)
    path = folder / "score.py"
    path.write_text(text)
    return path


def key_of(words: str, place: Path) -> Path:
    """A development key for the circuit that words name."""
    setup_to_file(source_of(words).template().circuit.compile(), DEVELOPMENT, place)
    return place
