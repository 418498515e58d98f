"""What rows and a trace are made of: combinations, long sums, known bits, growing arrays."""
