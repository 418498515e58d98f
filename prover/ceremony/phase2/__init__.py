"""The second phase: from powers of tau to the key of a circuit, step by step."""
