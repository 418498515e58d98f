"""Commands of identities, the evidence ledger and points."""
