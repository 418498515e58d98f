"""Two witnesses that differ, or rows that nothing satisfies."""
