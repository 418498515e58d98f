"""Points of Baby Jubjub as the rows of a system have them, for the lemma of multiples."""
