"""solc: where it is, how it is run, and what it makes of a source."""
