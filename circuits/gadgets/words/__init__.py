"""Words: bytes and others packed into numbers, rotated, chosen by an index."""
