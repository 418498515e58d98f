"""zkpipe: accel."""
