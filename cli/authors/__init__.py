"""A circuit in its author's file: named, imported, compiled, and its errors."""
