"""Tables of inputs: CSV, Parquet and JSON lines as rows of named cells.

table          opens a table by the suffix of its name
columns        which column is which input; a row's cells as the arguments of a circuit
plan           how columns make up the inputs: `loan.rate`, `prices[0]`, or a whole `prices`
cells          a cell as a value of the declared type
csv_table, json_lines, parquet_table   the formats
rows           a row, and what is needed of it
stream         a file's bytes, read once and never whole
names          the names of columns in messages
"""
