"""Tables in files, and what comes of their rows: for the tests of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zkpipe.circuits.language.values.inputs import Parameter, bind, integers
from zkpipe.circuits.language.values.types import Array, Bool, Field, Fixed, Int, UInt, record_type
from zkpipe.ground.errors import ZkpipeError
from zkpipe.jobs.batch.tables.columns import Columns
from zkpipe.jobs.batch.tables.table import Row, Table, open_table


@dataclass
class Loan:
    rate: UInt[16]
    paid: Array[Bool, 2]


RATE = Fixed[64, 20]
AGE = [Parameter("age", UInt[8], public=False)]
LOANS = [
    Parameter("age", UInt[8], public=False),
    Parameter("delta", Int[16], public=True),
    Parameter("key", Field, public=False),
    Parameter("rate", RATE, public=False),
    Parameter("ok", Bool, public=False),
    Parameter("prices", Array[UInt[32], 3], public=False),
    Parameter("loans", Array[record_type(Loan), 2], public=False),
]
LOANS_HEADER = (
    "age,delta,key,rate,ok,prices[0],prices[1],prices[2],loans[0].rate,loans[0].paid[0],"
    "loans[0].paid[1],loans[1].rate,loans[1].paid[0],loans[1].paid[1]"
)


def written(folder: Path, name: str, data: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def opened(folder: Path, name: str, data: str | bytes) -> Table:
    return open_table(written(folder, name, data))


def cells(table: Table) -> list[dict[str, object] | str]:
    """Of each row its cells, or its problem's text."""
    return [str(row.problem) if row.problem else dict(row.cells) for row in table.rows()]


def flat(parameters: Sequence[Parameter], columns: Columns, row: Row) -> list[int]:
    """The scalar parts of a row's arguments, as flat_inputs has them before it takes residues."""
    bound = bind("circuit", parameters, (), columns.inputs(row))
    return [x for parameter in parameters for x in integers(parameter, bound[parameter.name])]


def outcomes(
    parameters: Sequence[Parameter], table: Table, id_column: str | None = None
) -> Iterator[list[int] | ZkpipeError]:
    """Of each row its flat inputs, or the error."""
    columns = Columns.of(parameters, table, id_column)
    for row in table.rows(columns.need):
        try:
            yield flat(parameters, columns, row)
        except ZkpipeError as error:
            yield error


def texts_of(error: BaseException | None) -> Iterator[str]:
    """What an error shows, those that it comes from too."""
    while error is not None:
        yield str(error)
        yield repr(error)
        error = error.__cause__
