"""What a run measured, and on which machine."""
