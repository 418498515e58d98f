"""A table of inputs, proved row by row; a stopped batch goes on where it was.

job_file   JOB.toml
tables     CSV, Parquet and JSON lines as rows of named cells
identity   what a row is known by, without telling what is in it
journal    what was done, in SQLite, chained so that a loss shows
results    proofs in their places
engines    who proves: this process, local processes, a Ray cluster
run        all of it together
"""
