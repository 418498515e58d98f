"""What else to look at in a circuit, and before a key is made."""
