"""zkpipe: circuits."""
