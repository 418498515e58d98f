"""Number-theoretic transforms over Fr."""
