"""What a worker does: inputs in, checked proofs or named failures out."""
