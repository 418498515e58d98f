"""The second phase of a ceremony: from powers of tau to the key of a circuit, step by step."""
