"""From a Python function to PTX, the text that the driver of a card compiles."""
