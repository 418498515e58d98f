"""Tables of inputs: CSV, Parquet and JSON lines."""
