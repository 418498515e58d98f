"""The Solidity verifier of a key: its source, its name, and the key that a source holds."""
