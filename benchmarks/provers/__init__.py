"""Whole proofs by zkpipe and its peers, what else is waited for, and who judges."""
