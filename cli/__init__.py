"""zkpipe: cli."""
