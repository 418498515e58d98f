"""The errors of the data exchange, in the tree of ground.errors.

ZkpipeError
└── ExchangeError   something that the exchange cannot do as it is asked
    ├── SchemaError   a schema, or a circuit asked of one, that the exchange cannot serve
    └── TableError    data that do not fit their schema: by column and row, never by value
"""

from __future__ import annotations

from zkpipe.ground.errors import ZkpipeError


class ExchangeError(ZkpipeError):
    """Something that the exchange cannot do as it is asked."""


class SchemaError(ExchangeError):
    """A schema that says what no table can hold, or a circuit asked of a schema that lacks it."""


class TableError(ExchangeError):
    """Data that do not fit their schema. It names columns and rows, never a value."""
