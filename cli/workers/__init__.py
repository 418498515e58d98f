"""Child processes of jobs."""
