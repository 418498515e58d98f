"""The author's text: its frames, places, syntax, and the heads of functions."""
