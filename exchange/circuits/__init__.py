"""The circuits of the data exchange, as templates: sizes and schema are their parameters.

template   what a circuit is to CircuitRegistry
openings   columns as a circuit opens them
sealing    answers for a recipient and an auditor
answering  circuits that open columns and seal an answer
cells      sums of a cell's rows
register   kind 1: a segment is sorted, and its heads are right
update     kind 2: a segment without some units, none of which could be told from the difference
stats      kind 4: count and sum of a column, cell by cell
query      kind 5: a developer's own function of columns
findings   what lint says of them, less what is meant so
"""

from zkpipe.exchange.circuits.answering import answer_inputs
from zkpipe.exchange.circuits.findings import findings
from zkpipe.exchange.circuits.query import Opened, query
from zkpipe.exchange.circuits.register import register, register_inputs
from zkpipe.exchange.circuits.sealing import Recipients
from zkpipe.exchange.circuits.stats import Total, stats, totals
from zkpipe.exchange.circuits.template import Record, Template
from zkpipe.exchange.circuits.update import update, update_inputs

__all__ = [
    "Opened",
    "Recipients",
    "Record",
    "Template",
    "Total",
    "answer_inputs",
    "findings",
    "query",
    "register",
    "register_inputs",
    "stats",
    "totals",
    "update",
    "update_inputs",
]
