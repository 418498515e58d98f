"""What to write instead, where Python needs a plain value and the text gives a circuit's."""
