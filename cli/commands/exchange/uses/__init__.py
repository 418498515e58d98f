"""Commands of grants and jobs."""
