"""zkpipe: prover."""
