"""zkpipe: verifier_contracts."""
