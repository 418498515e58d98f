"""Tables as they are published: a schema, codes in segments, and a commitment a segment.

formats      widths and ranges of columns, as their digests say them
digests      a column's digest and a table's root, of integers or of a circuit's values
columns      the declared columns of a schema, each with strict checks
layout       what a schema says: committed columns, cells, units
frames       data frames, CSV and Parquet as columns of Arrow
texts        texts and digests as 123 bits
values       columns of Arrow as numbers and flags
codes        a column of Arrow as codes
segments     rows sorted by cell and unit, in segments of at most 1,024
encoding     a frame under a schema as a Table
schema       the file that says what the columns are, which make the cell, and whose the rows are
holders      the numbers by which rows are found from public keys
salts        the numbers that hide chunks
commitment   the digests of all segments at once, on arrays
"""

from zkpipe.exchange.tables.commitment import Commitment, commit, commit_segments
from zkpipe.exchange.tables.holders import holder_of
from zkpipe.exchange.tables.salts import segment_key
from zkpipe.exchange.tables.schema import Schema
from zkpipe.exchange.tables.segments import Table

__all__ = ["Commitment", "Schema", "Table", "commit", "commit_segments", "holder_of", "segment_key"]
