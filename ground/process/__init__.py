"""This process: what POSIX gives it, its threads and memory, and what ends it."""
