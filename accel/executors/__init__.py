"""What a proof is computed on: what it must offer, the processor, and which one is chosen."""
