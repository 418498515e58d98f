"""Hashes over arrays: many at once, on threads and in lanes."""
